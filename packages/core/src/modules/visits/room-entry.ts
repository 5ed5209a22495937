import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';
import type { Actor } from '../identity/index.ts';
import { listHeldByWorker, lockIfFree, type RoomsService } from '../rooms/index.ts';
import type { Desk } from './desk.ts';
import type { HeldRoom, Holds } from './hold.ts';
import type { VisitRow } from './store.ts';
import { readVisitRules } from './visit-rules.ts';

/** Somebody may check in from a quarter of an hour before; see modules/rooms/rules.ts. */
const earlyMs = 15 * 60_000;
/** A room for less than this is not worth taking again. */
const worthwhileMs = 5 * 60_000;

interface Entrance {
  readonly roomId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly state: 'booked' | 'entered' | 'gone';
}

/**
 * Checks in to the room of a visit that begins. Who begins early gets the room from now on where it is free. Was it
 * released because nobody had come, it is taken again if it still can be; else the visit goes on without a room, and the
 * answer shows none. Only safe while the transaction holds the calendars of worker and citizen.
 */
export function createRoomEntry({
  clock,
  rooms,
  holds,
  desk,
}: {
  readonly clock: Clock;
  readonly rooms: RoomsService;
  readonly holds: Holds;
  readonly desk: Desk;
}) {
  const takeAgain = async (tx: Tx, actor: Actor, row: VisitRow, roomId: string): Promise<HeldRoom> => {
    const none = { bookingId: null, ownsBooking: false };
    const now = clock.now();
    const endsAt = row.plannedEndsAt;
    if (endsAt === null || endsAt.getTime() - now.getTime() < worthwhileMs) return none;
    const worker = await desk.shiftOf(tx, row);
    try {
      const held = await holds.claim(tx, actor, {
        worker,
        citizenId: row.citizenId,
        span: { startsAt: now, endsAt },
        room: { kind: 'room', roomId },
        hours: (await readVisitRules(tx)).workingHours[worker.shift],
        current: { visitId: row.id, ...none },
      });
      if (held.bookingId !== null && held.ownsBooking) await rooms.checkIn(tx, actor, held.bookingId);
      return held;
    } catch (error) {
      // The claim looks before it writes: refused, it has left the transaction as it was.
      if (error instanceof DomainError && error.code === 'hold_refused') return none;
      throw error;
    }
  };

  /** @returns the room that the visit now has */
  return async (tx: Tx, actor: Actor, row: VisitRow): Promise<HeldRoom> => {
    const { bookingId, ownsBooking } = row;
    if (bookingId === null) return { bookingId, ownsBooking };
    const now = clock.now();
    const entrance = await findEntrance(tx, bookingId, now);
    if (entrance === null || entrance.state === 'gone')
      return entrance === null
        ? { bookingId: null, ownsBooking: false }
        : takeAgain(tx, actor, row, entrance.roomId);
    if (entrance.state === 'entered') return { bookingId, ownsBooking };
    if (entrance.startsAt.getTime() - now.getTime() > earlyMs) {
      const span = { startsAt: now, endsAt: entrance.endsAt };
      const held = await listHeldByWorker(tx, row.workerId, span, now);
      const isElsewhere = held.some(({ id }) => id !== bookingId);
      if (!ownsBooking || isElsewhere || !(await lockIfFree(tx, entrance.roomId, span, now, bookingId)))
        return { bookingId, ownsBooking };
      await rooms.move(tx, actor, bookingId, {
        startsAt: span.startsAt.toISOString(),
        endsAt: span.endsAt.toISOString(),
      });
    }
    await rooms.checkIn(tx, actor, bookingId);
    return { bookingId, ownsBooking };
  };
}

async function findEntrance(tx: ReadTx, bookingId: string, now: Date): Promise<Entrance | null> {
  const [row] = await queryHot<Entrance>(
    tx,
    Prisma.sql`
    SELECT b.room_id AS "roomId", b.starts_at AS "startsAt", b.ends_at AS "endsAt",
      CASE WHEN b.state = 'checked-in' THEN 'entered'
        WHEN b.state = 'booked' AND b.check_in_by >= ${now}::timestamptz AND b.ends_at > ${now}::timestamptz THEN 'booked'
        ELSE 'gone' END AS state
    FROM booking b WHERE b.id = ${bookingId}::uuid`,
  );
  return row ?? null;
}
