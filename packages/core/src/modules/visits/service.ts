import type { Clock } from '../../kernel/clock.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { ChangeEvents } from '../../storage/index.ts';
import type { CitizenContacts } from '../citizens/index.ts';
import type { RoomsService } from '../rooms/index.ts';
import { createDayMove } from './day-move.ts';
import { createDesk } from './desk.ts';
import { createHolds } from './hold.ts';
import { createPlanning } from './planning.ts';
import { createVisitRecorder, type VisitListener } from './record.ts';
import { createRecording, type RecordingDeps } from './recording.ts';
import { createRoomEntry } from './room-entry.ts';

export interface VisitsDeps extends Pick<RecordingDeps, 'onRecorded' | 'revisionOf'> {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly contacts: CitizenContacts;
  readonly rooms: RoomsService;
  readonly onChanged: VisitListener;
}

export type VisitsService = ReturnType<typeof createVisits>;

/** Visits, from the first proposal to what was recorded. Everything here is done within the caller's transaction. */
export function createVisits({
  clock,
  ledger,
  changes,
  contacts,
  rooms,
  onChanged,
  onRecorded,
  revisionOf,
}: VisitsDeps) {
  const record = createVisitRecorder({ ledger, changes, contacts, onChanged });
  const desk = createDesk({ contacts, record });
  const holds = createHolds({ clock, rooms });
  const planning = createPlanning({ clock, contacts, rooms, holds, desk });
  const enterRoom = createRoomEntry({ clock, rooms, holds, desk });
  const { moveAlong, ...planned } = planning;
  return {
    ...planned,
    ...createRecording({ clock, contacts, rooms, desk, enterRoom, revisionOf, onRecorded }),
    ...createDayMove({ clock, contacts, desk, planning: { moveAlong } }),
  };
}
