import type { OpeningHours, RoomFeature } from '../../contract/index.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { createLedger } from '../../ledger/index.ts';
import { createChangeEvents, type Tx } from '../../storage/index.ts';
import { createTestDatabase } from '../../testing/index.ts';
import type { Actor } from '../identity/index.ts';
import { createRooms } from './service.ts';

/** Open around the clock on all days. */
export const alwaysOpen: OpeningHours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
  weekday,
  opens: '00:00',
  closes: '24:00',
}));
/** A Tuesday in November, six in the morning in Denmark. */
export const tuesdayMorning = new Date('2026-11-24T05:00:00Z');

/** A municipality with rooms, a clock that stands still, and the service itself: what the tests of rooms begin with. */
export async function createRoomsFixture(sizes?: { readonly app: number; readonly worker: number }) {
  const test = await createTestDatabase(sizes);
  const clock = new ManualClock(tuesdayMorning);
  const announced: { id: string; state: string }[] = [];
  const rooms = createRooms({
    clock,
    ledger: createLedger({ clock }),
    changes: createChangeEvents({ clock }),
    announce: async (_tx, booking) => void announced.push({ id: booking.id, state: booking.state }),
  });
  const municipalityId = await test.municipality();
  const admin = await test.actor(municipalityId, ['administrator'], 'ADM');

  const as = <Result>(actor: Actor, work: (tx: Tx, actor: Actor) => Promise<Result>): Promise<Result> =>
    test.database.write(actor.municipalityId, (tx) => work(tx, actor));

  let counter = 0;
  return {
    ...test,
    clock,
    rooms,
    announced,
    municipalityId,
    admin,
    as,
    worker: (initials?: string) => test.actor(municipalityId, ['support-worker'], initials),
    room: (
      facts: {
        name?: string;
        site?: string;
        seats?: number;
        features?: RoomFeature[];
        bufferMinutes?: number;
        openingHours?: OpeningHours;
        kind?: 'booth' | 'office' | 'meeting-room' | 'other';
      } = {},
    ) => {
      counter += 1;
      const draft = {
        site: 'Rådhuset',
        name: `Boks ${counter}`,
        kind: 'booth' as const,
        seats: 1,
        features: [],
        openingHours: alwaysOpen,
        bufferMinutes: 0,
        ...facts,
      };
      return as(admin, (tx) => rooms.registerRoom(tx, admin, draft));
    },
    book: (actor: Actor, roomId: string, startsAt: string | Date, endsAt: string | Date) =>
      as(actor, (tx) =>
        rooms.book(tx, actor, {
          roomId,
          startsAt: new Date(startsAt).toISOString(),
          endsAt: new Date(endsAt).toISOString(),
        }),
      ),
    /** Bookings that hold the same room or worker at the same time: there must never be any. */
    overlaps: async (): Promise<number> => {
      const { rows } = await test.superuser.query<{ count: string }>(`
        SELECT count(*) FROM booking a JOIN booking b ON a.municipality_id = b.municipality_id AND a.id < b.id
        WHERE a.state IN ('booked', 'checked-in') AND b.state IN ('booked', 'checked-in')
          AND ((a.room_id = b.room_id AND a.starts_at < b.blocked_until AND b.starts_at < a.blocked_until)
            OR (a.worker_id = b.worker_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at))`);
      return Number(rows[0]?.count);
    },
  };
}

export type RoomsFixture = Awaited<ReturnType<typeof createRoomsFixture>>;

/** The error something is refused with; a test fails when it is not refused, or when it breaks instead. */
export async function refusalOf(attempt: Promise<unknown>): Promise<DomainError> {
  const error = await attempt.then(
    () => new Error('it was not refused'),
    (caught: unknown) => caught,
  );
  if (error instanceof DomainError) return error;
  throw error;
}
