import type { Booking } from '../../contract/index.ts';
import type { Ledger, LedgerEntry } from '../../ledger/index.ts';
import type { ChangeEvents, Tx } from '../../storage/index.ts';
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
  const changed = async (
    tx: Tx,
    actor: string,
    rows: readonly BookingRow[],
    occurredAt?: Date,
  ): Promise<void> => {
    if (rows.length === 0) return;
    await ledger.append(tx, actor, rows.map(leafOf), occurredAt);
    await changes.append(
      tx,
      ...rows.map((row) => ({
        type: 'booking.changed',
        entity: { kind: 'booking', id: row.id },
        data: toldOf(row),
      })),
    );
    for (const row of rows) await announce(tx, presentBooking(row));
  };

  return {
    changed,

    /** What is written in one statement with a booking that is being made. */
    prepare: (actor: string, facts: BookingFacts) => ({
      leaf: ledger.seal(actor, leafOf(facts)),
      told: toldOf(facts),
    }),

    /** The outbox alone, for bookings whose leaf and event are written. */
    announce: async (tx: Tx, rows: readonly BookingRow[]): Promise<void> => {
      for (const row of rows) await announce(tx, presentBooking(row));
    },

    /** Nobody did it, and it happened when the time to check in ran out. */
    lapsed: async (tx: Tx, ids: readonly string[], now: Date): Promise<void> => {
      if (ids.length === 0) return;
      for (const row of await getBookings(tx, ids, now)) await changed(tx, 'system', [row], row.checkInBy);
    },
  };
}

type BookingFacts = Pick<BookingRow, 'id' | 'roomId' | 'state' | 'startsAt' | 'endsAt' | 'seriesId'>;

const leafOf = (facts: BookingFacts): LedgerEntry => ({
  type: 'booking.changed',
  booking: facts.id,
  room: facts.roomId,
  state: facts.state,
  startsAt: facts.startsAt.toISOString(),
  endsAt: facts.endsAt.toISOString(),
});

const toldOf = (facts: BookingFacts): Readonly<Record<string, string | null>> => ({
  room: facts.roomId,
  state: facts.state,
  startsAt: facts.startsAt.toISOString(),
  endsAt: facts.endsAt.toISOString(),
  series: facts.seriesId,
});
