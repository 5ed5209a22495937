import { DomainError } from '../../kernel/errors.ts';
import type { SealedLeaf } from '../../ledger/index.ts';
import { Prisma, queryHot, type Tx, violatedConstraint } from '../../storage/index.ts';
import type { Span } from './opening-hours.ts';
import { type LockedRoom, lockedRoom } from './room-store.ts';
import { type BookingRow, hasLapsed, holds } from './store.ts';

export interface BookingDraft extends Span {
  readonly id: string;
  /** What ledger and listeners are told if it is booked. */
  readonly leaf: SealedLeaf;
  readonly told: Readonly<Record<string, string | null>>;
}

export interface HeldTimes {
  readonly blockedUntil: Date;
  readonly checkInBy: Date;
}

export interface Written {
  readonly room: LockedRoom;
  /** What was written, by id; a draft that is missing here met another booking. */
  readonly written: ReadonlyMap<string, HeldTimes>;
  /** The ids of bookings that were released on the way, because nobody had checked in to them. */
  readonly lapsed: readonly string[];
}

/** Makes PostgreSQL take the room's lock before it locks bookings, as everybody does. */
const afterLock = Prisma.sql`AND EXISTS (SELECT 1 FROM sought)`;

const isoTimes = (times: readonly Date[]): string[] => times.map((time) => time.toISOString());

/** A room is held until its buffer after a booking is over. */
const blockedUntil = (endsAt: Prisma.Sql, bufferMinutes: Prisma.Sql) =>
  Prisma.sql`${endsAt} + make_interval(mins => ${bufferMinutes})`;

/**
 * Grace to check in counts from the start, or from now where the start has just passed; without a check-in a booking
 * never outlives its own end.
 */
const checkInBy = (startsAt: Prisma.Sql, endsAt: Prisma.Sql, graceMinutes: Prisma.Sql, now: Date) =>
  Prisma.sql`least(${endsAt}, greatest(${startsAt}, ${now}::timestamptz) + make_interval(mins => ${graceMinutes}))`;

/**
 * Releases what nobody checked in to, of a room and of a worker; in one order, so that two of these never cross. Two
 * days back are more than can stand in the way of a booking; what is older is released by the regular job.
 */
const release = (roomId: string, workerId: string, now: Date, more: Prisma.Sql) => Prisma.sql`
  due AS MATERIALIZED (
    SELECT b.id FROM booking b
    WHERE (b.room_id = ${roomId}::uuid OR b.worker_id = ${workerId}::uuid)
      AND b.starts_at BETWEEN ${now}::timestamptz - interval '2 days' AND ${now}::timestamptz
      AND ${hasLapsed(now)} ${more}
    ORDER BY b.id FOR NO KEY UPDATE
  ), lapsed AS (
    UPDATE booking SET state = 'lapsed', updated_at = ${now}::timestamptz
    FROM due WHERE booking.municipality_id = app_municipality() AND booking.id = due.id
    RETURNING booking.id
  )`;

interface Made {
  readonly id: string;
  readonly blockedUntil: number;
  readonly checkInBy: number;
}

export interface InsertWish {
  readonly roomId: string;
  readonly workerId: string;
  readonly seriesId: string | null;
  /** Does nothing, and does not queue for the room, when it is seen to be taken then. */
  readonly unlessHeld: Span | null;
}

/**
 * Locks a room, releases what has lapsed, and writes bookings of the room for one worker, each unless it meets
 * another, with its leaf and its event: one statement, because this is the path that must be fast on a Monday morning.
 *
 * The room's lock orders those who book it; waiting on the exclusion constraint alone they would deadlock. The
 * constraints decide: they see what others committed while this statement waited for the lock, which a query in the
 * same statement would not, and `ON CONFLICT DO NOTHING` leaves the transaction usable.
 *
 * @returns null when there is no such room, or it is taken for `unlessHeld`
 */
export async function insertBookings(
  tx: Tx,
  wish: InsertWish,
  drafts: readonly BookingDraft[],
  now: Date,
): Promise<Written | null> {
  const { roomId, workerId, seriesId, unlessHeld } = wish;
  const of = <Value>(value: (draft: BookingDraft) => Value): Value[] => drafts.map(value);
  const [row] = await queryHot<{ room: LockedRoom; made: Made[]; lapsed: string[] }>(
    tx,
    Prisma.sql`
    WITH sought AS MATERIALIZED (${lockedRoom(roomId, now, unlessHeld)}),
    ${release(roomId, workerId, now, afterLock)},
    draft AS MATERIALIZED (
      SELECT * FROM unnest(
        ${of((draft) => draft.id)}::uuid[], ${isoTimes(of((draft) => draft.startsAt))}::timestamptz[], ${isoTimes(of((draft) => draft.endsAt))}::timestamptz[],
        ${of((draft) => draft.leaf.entry)}::bytea[], ${of((draft) => draft.leaf.hash)}::bytea[], ${of((draft) => JSON.stringify(draft.told))}::text[]
      ) AS list (id, starts_at, ends_at, leaf, leaf_hash, told)
    ), made AS (
      INSERT INTO booking (municipality_id, id, room_id, worker_id, starts_at, ends_at, blocked_until, check_in_by, state, series_id, created_at, updated_at)
      SELECT app_municipality(), draft.id, sought.id, ${workerId}::uuid, draft.starts_at, draft.ends_at,
        ${blockedUntil(Prisma.sql`draft.ends_at`, Prisma.sql`sought."bufferMinutes"`)},
        ${checkInBy(Prisma.sql`draft.starts_at`, Prisma.sql`draft.ends_at`, Prisma.sql`sought."graceMinutes"`, now)},
        'booked', ${seriesId}::uuid, ${now}::timestamptz, ${now}::timestamptz
      FROM sought, draft
      -- Counting makes PostgreSQL release before it inserts.
      WHERE (SELECT count(*) FROM lapsed) >= 0
      ON CONFLICT DO NOTHING
      RETURNING id, blocked_until, check_in_by
    ), leaves AS (
      INSERT INTO ledger_leaf (municipality_id, entry, leaf_hash)
      SELECT app_municipality(), draft.leaf, draft.leaf_hash FROM draft JOIN made ON made.id = draft.id ORDER BY draft.starts_at
    ), events AS (
      INSERT INTO change_event (municipality_id, type, entity_kind, entity_id, data, occurred_at)
      SELECT app_municipality(), 'booking.changed', 'booking', draft.id::text, draft.told::jsonb, ${now}::timestamptz
      FROM draft JOIN made ON made.id = draft.id ORDER BY draft.starts_at
    )
    SELECT to_json(sought) AS room,
      (SELECT coalesce(json_agg(json_build_object('id', id, 'blockedUntil', extract(epoch FROM blocked_until) * 1000, 'checkInBy', extract(epoch FROM check_in_by) * 1000)), '[]') FROM made) AS made,
      (SELECT coalesce(json_agg(id), '[]') FROM lapsed) AS lapsed
    FROM sought`,
  );
  if (row === undefined) return null;
  const times = row.made.map((one): [string, HeldTimes] => [
    one.id,
    { blockedUntil: new Date(one.blockedUntil), checkInBy: new Date(one.checkInBy) },
  ]);
  return { room: row.room, written: new Map(times), lapsed: row.lapsed };
}

/**
 * Moves a booking unless it would meet another or is no longer as it was read. Only safe while the transaction holds
 * the lock of the room it goes to. Who has checked in keeps the time by which they did.
 *
 * @throws DomainError worker_busy when a colleague's transaction takes the worker at the same moment
 */
export async function moveBooking(
  tx: Tx,
  booking: BookingRow,
  room: LockedRoom,
  to: Span,
  now: Date,
): Promise<Written> {
  const [startsAt, endsAt] = [Prisma.sql`${to.startsAt}::timestamptz`, Prisma.sql`${to.endsAt}::timestamptz`];
  const held = blockedUntil(endsAt, Prisma.sql`${room.bufferMinutes}::int`);
  const [row] = await queryHot<{ moved: (HeldTimes & { id: string })[]; lapsed: string[] }>(
    tx,
    Prisma.sql`
    WITH ${release(room.id, booking.workerId, now, Prisma.sql`AND b.id <> ${booking.id}::uuid`)}, moved AS (
      UPDATE booking SET room_id = ${room.id}::uuid, starts_at = ${startsAt}, ends_at = ${endsAt}, blocked_until = ${held},
        check_in_by = CASE WHEN state = 'booked' THEN ${checkInBy(startsAt, endsAt, Prisma.sql`${room.graceMinutes}::int`, now)} ELSE check_in_by END,
        updated_at = ${now}::timestamptz
      WHERE id = ${booking.id}::uuid AND (SELECT count(*) FROM lapsed) >= 0
        AND state = ${booking.state} AND starts_at = ${booking.startsAt}::timestamptz AND ends_at = ${booking.endsAt}::timestamptz AND room_id = ${booking.roomId}::uuid
        AND NOT EXISTS (
          SELECT 1 FROM booking b
          WHERE b.room_id = ${room.id}::uuid AND b.id <> ${booking.id}::uuid AND ${holds(now)}
            AND b.starts_at > ${startsAt} - interval '14 hours' AND b.starts_at < ${held} AND b.blocked_until > ${startsAt}
        )
        AND NOT EXISTS (
          SELECT 1 FROM booking b
          WHERE b.worker_id = ${booking.workerId}::uuid AND b.id <> ${booking.id}::uuid AND ${holds(now)}
            AND b.starts_at > ${startsAt} - interval '12 hours' AND b.starts_at < ${endsAt} AND b.ends_at > ${startsAt}
        )
      RETURNING id, blocked_until, check_in_by
    )
    SELECT
      (SELECT coalesce(json_agg(json_build_object('id', id, 'blockedUntil', extract(epoch FROM blocked_until) * 1000, 'checkInBy', extract(epoch FROM check_in_by) * 1000)), '[]') FROM moved) AS moved,
      (SELECT coalesce(json_agg(id), '[]') FROM lapsed) AS lapsed`,
  ).catch(explainOverlap(booking.worker));
  const times = (row?.moved ?? []).map((one): [string, HeldTimes] => [
    one.id,
    { blockedUntil: new Date(one.blockedUntil), checkInBy: new Date(one.checkInBy) },
  ]);
  return { room, written: new Map(times), lapsed: row?.lapsed ?? [] };
}

/** The last guards are the constraints; after them the transaction is lost, so no alternatives can be looked for. */
const explainOverlap =
  (worker: string) =>
  (error: unknown): never => {
    const constraint = violatedConstraint(error);
    if (constraint === 'booking_room_free')
      throw new DomainError('room_taken', {}, { details: { alternatives: [] } });
    if (constraint === 'booking_worker_free')
      throw new DomainError('worker_busy', { worker }, { details: { alternatives: [] } });
    throw error;
  };
