import { RoomsAdd } from './add.ts';
import { RoomsBook } from './book.ts';
import { RoomsBookings } from './bookings.ts';
import { RoomsCancel } from './cancel.ts';
import { RoomsChange } from './change.ts';
import { RoomsCheckIn } from './check-in.ts';
import { RoomsExport } from './export.ts';
import { RoomsFree } from './free.ts';
import { RoomsImport } from './import.ts';
import { RoomsList } from './list.ts';
import { RoomsMove } from './move.ts';
import { RoomsSeries } from './series.ts';
import { RoomsSeriesCancel } from './series-cancel.ts';
import { RoomsShow } from './show.ts';

export const commands = {
  free: RoomsFree,
  book: RoomsBook,
  bookings: RoomsBookings,
  'check-in': RoomsCheckIn,
  move: RoomsMove,
  cancel: RoomsCancel,
  series: RoomsSeries,
  'series-cancel': RoomsSeriesCancel,
  list: RoomsList,
  show: RoomsShow,
  add: RoomsAdd,
  change: RoomsChange,
  import: RoomsImport,
  export: RoomsExport,
};
