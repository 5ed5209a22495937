import { createBookings } from './bookings.ts';
import { type CatalogueDeps, createCatalogue } from './catalogue.ts';
import { createBookingRecorder, type RecordDeps } from './record.ts';
import { createSeries } from './series.ts';

export type RoomsDeps = CatalogueDeps & RecordDeps;
export type RoomsService = ReturnType<typeof createRooms>;

/** Rooms, their bookings and series of bookings. Everything here is done within the caller's transaction. */
export function createRooms({ clock, ledger, changes, announce }: RoomsDeps) {
  const record = createBookingRecorder({ ledger, changes, announce });
  return {
    ...createCatalogue({ clock, ledger, changes }),
    ...createBookings({ clock, record }),
    ...createSeries({ clock, record }),
  };
}
