import type { Booking } from '../../contract/index.ts';
import type { Ledger, LedgerEntry } from '../../ledger/index.ts';
import type { Change, ChangeEvents, Tx } from '../../storage/index.ts';
import { presentBooking } from './presenter.ts';
import { type BookingRow, getBookings } from './store.ts';

export interface RecordDeps {
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  /** Puts what has to be sent about a booking into the outbox. */
  readonly announce: (tx: Tx, booking: Booking) => Promise<void>;
}

export type BookingRecorder = ReturnType<typeof createBookingRecorder>;

/** Tells ledger, listeners and outbox what became of bookings, in the transaction that made it so. */
export function createBookingRecorder({ ledger, changes, announce }: RecordDeps) {
  const changed = async (tx: Tx, actor: string, rows: readonly BookingRow[], occurredAt?: Date): Promise<void> => {
    if (rows.length === 0) return;
    await ledger.append(tx, actor, rows.map(leafOf), occurredAt);
    await changes.append(tx, ...rows.map(changeOf));
    for (const row of rows) await announce(tx, presentBooking(row));
  };

  return {
    changed,
    /** Nobody did it, and it happened when the time to check in ran out. */
    lapsed: async (tx: Tx, ids: readonly string[], now: Date): Promise<void> => {
      if (ids.length === 0) return;
      for (const row of await getBookings(tx, ids, now)) await changed(tx, 'system', [row], row.checkInBy);
    },
  };
}

function leafOf(row: BookingRow): LedgerEntry {
  return {
    type: 'booking.changed',
    booking: row.id,
    room: row.roomId,
    state: row.state,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
  };
}

function changeOf(row: BookingRow): Change {
  return {
    type: 'booking.changed',
    entity: { kind: 'booking', id: row.id },
    data: {
      room: row.roomId,
      state: row.state,
      startsAt: row.startsAt.toISOString(),
      endsAt: row.endsAt.toISOString(),
      series: row.seriesId,
    },
  };
}
