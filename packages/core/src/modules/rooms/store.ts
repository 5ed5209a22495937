import type { BookingState } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, type ReadTx, type Tx, violatedConstraint } from '../../storage/index.ts';
import type { Span } from './opening-hours.ts';

/** A booking as it is read: with the names it is shown by, and `lapsed` where nobody checked in in time. */
export interface BookingRow {
  readonly id: string;
  readonly roomId: string;
  readonly roomName: string;
  readonly siteName: string;
  readonly workerId: string;
  readonly worker: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly blockedUntil: Date;
  readonly checkInBy: Date;
  readonly state: BookingState;
  readonly checkedInAt: Date | null;
  readonly seriesId: string | null;
  readonly createdAt: Date;
}

const bookings = (now: Date) => Prisma.sql`
  SELECT b.id, b.room_id AS "roomId", r.name AS "roomName", s.name AS "siteName", b.worker_id AS "workerId", w.initials AS worker,
    b.starts_at AS "startsAt", b.ends_at AS "endsAt", b.blocked_until AS "blockedUntil", b.check_in_by AS "checkInBy",
    CASE WHEN b.state = 'booked' AND b.check_in_by < ${now}::timestamptz THEN 'lapsed' ELSE b.state END AS state,
    b.checked_in_at AS "checkedInAt", b.series_id AS "seriesId", b.created_at AS "createdAt"
  FROM booking b
  JOIN room r ON r.municipality_id = b.municipality_id AND r.id = b.room_id
  JOIN site s ON s.municipality_id = r.municipality_id AND s.id = r.site_id
  JOIN staff w ON w.municipality_id = b.municipality_id AND w.id = b.worker_id`;

/** Whether a booking (alias b) still holds its room; one that nobody checked in to in time does not. */
export const holds = (now: Date) => Prisma.sql`
  b.state IN ('booked', 'checked-in') AND NOT (b.state = 'booked' AND b.check_in_by < ${now}::timestamptz)`;

/** @throws DomainError not_found */
export async function getBooking(tx: ReadTx, id: string, now: Date): Promise<BookingRow> {
  const [row] = await tx.$queryRaw<BookingRow[]>`${bookings(now)} WHERE b.id = ${id}::uuid`;
  if (row === undefined) throw new DomainError('not_found', { kind: 'booking' });
  return row;
}

export function getBookings(tx: ReadTx, ids: readonly string[], now: Date): Promise<BookingRow[]> {
  return tx.$queryRaw<BookingRow[]>`${bookings(now)} WHERE b.id = ANY (${[...ids]}::uuid[]) ORDER BY b.starts_at, b.id`;
}

export function listSeriesBookings(tx: ReadTx, seriesId: string, now: Date): Promise<BookingRow[]> {
  return tx.$queryRaw<BookingRow[]>`${bookings(now)} WHERE b.series_id = ${seriesId}::uuid ORDER BY b.starts_at, b.id`;
}

export interface BookingFilter {
  readonly room?: string | undefined;
  readonly worker?: string | undefined;
  /** Bookings that are not over by then. */
  readonly from?: Date | undefined;
  /** Bookings that have begun before then. */
  readonly to?: Date | undefined;
  readonly state?: BookingState | undefined;
  readonly after?: { readonly startsAt: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** In the order they begin. */
export function listBookings(tx: ReadTx, filter: BookingFilter, now: Date): Promise<BookingRow[]> {
  const { room, worker, from, to, state, after, limit } = filter;
  const lapsed = Prisma.sql`(b.state = 'booked' AND b.check_in_by < ${now}::timestamptz)`;
  const conditions = [
    ...(room === undefined ? [] : [Prisma.sql`b.room_id = ${room}::uuid`]),
    ...(worker === undefined ? [] : [Prisma.sql`w.initials = ${worker}`]),
    // No booking lasts longer than twelve hours, which bounds the part of the index that is read.
    ...(from === undefined ? [] : [Prisma.sql`b.starts_at > ${from}::timestamptz - interval '12 hours' AND b.ends_at > ${from}::timestamptz`]),
    ...(to === undefined ? [] : [Prisma.sql`b.starts_at < ${to}::timestamptz`]),
    ...(state === undefined ? [] : [state === 'lapsed' ? Prisma.sql`(b.state = 'lapsed' OR ${lapsed})` : Prisma.sql`b.state = ${state}`]),
    ...(state === 'booked' ? [Prisma.sql`NOT ${lapsed}`] : []),
    ...(after === undefined ? [] : [Prisma.sql`(b.starts_at, b.id) > (${after.startsAt}::timestamptz, ${after.id}::uuid)`]),
  ];
  const where = conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`;
  return tx.$queryRaw<BookingRow[]>`${bookings(now)} ${where} ORDER BY b.starts_at, b.id LIMIT ${limit}`;
}

export interface BookingDraft extends Span {
  readonly id: string;
  readonly blockedUntil: Date;
  readonly checkInBy: Date;
}

export interface Written {
  /** The ids of what was written; a draft that is missing here met another booking. */
  readonly written: ReadonlySet<string>;
  /** The ids of bookings that were released on the way, because nobody had checked in to them. */
  readonly lapsed: readonly string[];
}

const isoTimes = (times: readonly Date[]): string[] => times.map((time) => time.toISOString());

/** Releases what nobody checked in to, of a room and of a worker; in one order, so that two of these never cross. */
const release = (roomId: string, workerId: string, now: Date, exceptId: string | null) => Prisma.sql`
  due AS MATERIALIZED (
    SELECT id FROM booking
    WHERE state = 'booked' AND check_in_by < ${now}::timestamptz AND (room_id = ${roomId}::uuid OR worker_id = ${workerId}::uuid)
      AND id IS DISTINCT FROM ${exceptId}::uuid
    ORDER BY id FOR NO KEY UPDATE
  ), lapsed AS (
    UPDATE booking SET state = 'lapsed', updated_at = ${now}::timestamptz
    FROM due WHERE booking.municipality_id = app_municipality() AND booking.id = due.id AND booking.state = 'booked'
    RETURNING booking.id
  )`;

const result = (rows: readonly { id: string; lapsed: boolean }[]): Written => ({
  written: new Set(rows.filter((row) => !row.lapsed).map((row) => row.id)),
  lapsed: rows.filter((row) => row.lapsed).map((row) => row.id),
});

/**
 * Writes bookings of one room for one worker, each unless it meets another. Only safe while the transaction holds the
 * room's lock: the exclusion constraints decide, and `ON CONFLICT DO NOTHING` waits for a colleague's transaction
 * without aborting this one.
 */
export async function insertBookings(
  tx: Tx,
  { roomId, workerId, seriesId }: { readonly roomId: string; readonly workerId: string; readonly seriesId: string | null },
  drafts: readonly BookingDraft[],
  now: Date,
): Promise<Written> {
  const rows = await tx.$queryRaw<{ id: string; lapsed: boolean }[]>`
    WITH ${release(roomId, workerId, now, null)}, made AS (
      INSERT INTO booking (municipality_id, id, room_id, worker_id, starts_at, ends_at, blocked_until, check_in_by, state, series_id, created_at, updated_at)
      SELECT app_municipality(), draft.id, ${roomId}::uuid, ${workerId}::uuid, draft.starts_at, draft.ends_at, draft.blocked_until, draft.check_in_by,
        'booked', ${seriesId}::uuid, ${now}::timestamptz, ${now}::timestamptz
      FROM unnest(
        ${drafts.map((draft) => draft.id)}::uuid[],
        ${isoTimes(drafts.map((draft) => draft.startsAt))}::timestamptz[],
        ${isoTimes(drafts.map((draft) => draft.endsAt))}::timestamptz[],
        ${isoTimes(drafts.map((draft) => draft.blockedUntil))}::timestamptz[],
        ${isoTimes(drafts.map((draft) => draft.checkInBy))}::timestamptz[]
      ) AS draft (id, starts_at, ends_at, blocked_until, check_in_by)
      -- Counting makes PostgreSQL release before it inserts.
      WHERE (SELECT count(*) FROM lapsed) >= 0
      ON CONFLICT DO NOTHING
      RETURNING id
    )
    SELECT id, false AS lapsed FROM made UNION ALL SELECT id, true FROM lapsed`;
  return result(rows);
}

/**
 * Moves a booking unless it would meet another or is no longer in the state it was read in. Only safe while the
 * transaction holds the lock of the room it goes to.
 *
 * @throws DomainError worker_busy when a colleague's transaction takes the worker at the same moment
 */
export async function moveBooking(tx: Tx, booking: BookingRow, roomId: string, to: Omit<BookingDraft, 'id'>, now: Date): Promise<Written> {
  const rows = await tx.$queryRaw<{ id: string; lapsed: boolean }[]>`
    WITH ${release(roomId, booking.workerId, now, booking.id)}, moved AS (
      UPDATE booking SET room_id = ${roomId}::uuid, starts_at = ${to.startsAt}::timestamptz, ends_at = ${to.endsAt}::timestamptz,
        blocked_until = ${to.blockedUntil}::timestamptz, check_in_by = ${to.checkInBy}::timestamptz, updated_at = ${now}::timestamptz
      WHERE id = ${booking.id}::uuid AND state = ${booking.state} AND (SELECT count(*) FROM lapsed) >= 0
        AND starts_at = ${booking.startsAt}::timestamptz AND ends_at = ${booking.endsAt}::timestamptz AND room_id = ${booking.roomId}::uuid
        AND NOT EXISTS (
          SELECT 1 FROM booking b
          WHERE b.room_id = ${roomId}::uuid AND b.id <> ${booking.id}::uuid AND ${holds(now)}
            AND b.starts_at > ${to.startsAt}::timestamptz - interval '14 hours' AND b.starts_at < ${to.blockedUntil}::timestamptz
            AND b.blocked_until > ${to.startsAt}::timestamptz
        )
        AND NOT EXISTS (
          SELECT 1 FROM booking b
          WHERE b.worker_id = ${booking.workerId}::uuid AND b.id <> ${booking.id}::uuid AND ${holds(now)}
            AND b.starts_at > ${to.startsAt}::timestamptz - interval '12 hours' AND b.starts_at < ${to.endsAt}::timestamptz
            AND b.ends_at > ${to.startsAt}::timestamptz
        )
      RETURNING id
    )
    SELECT id, false AS lapsed FROM moved UNION ALL SELECT id, true FROM lapsed`.catch(explainOverlap(booking.worker));
  return result(rows);
}

/** Takes a booking from `booked` to `checked-in`; false when it is no longer to be had. */
export async function checkIn(tx: Tx, id: string, now: Date): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE booking SET state = 'checked-in', checked_in_at = ${now}::timestamptz, updated_at = ${now}::timestamptz
    WHERE id = ${id}::uuid AND state = 'booked' AND check_in_by >= ${now}::timestamptz`;
  return count === 1;
}

/** Takes a booking that still holds its room to `cancelled`; false when it no longer does. */
export async function cancel(tx: Tx, id: string, now: Date): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE booking b SET state = 'cancelled', updated_at = ${now}::timestamptz WHERE b.id = ${id}::uuid AND ${holds(now)}`;
  return count === 1;
}

/** Cancels what is still booked and not over, of a series or of a worker, and returns the ids. */
export async function cancelRemaining(tx: Tx, of: { readonly seriesId: string } | { readonly workerId: string }, now: Date): Promise<string[]> {
  const whose = 'seriesId' in of ? Prisma.sql`b.series_id = ${of.seriesId}::uuid` : Prisma.sql`b.worker_id = ${of.workerId}::uuid`;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH due AS MATERIALIZED (
      SELECT b.id FROM booking b WHERE ${whose} AND b.state = 'booked' AND b.check_in_by >= ${now}::timestamptz AND b.ends_at > ${now}::timestamptz
      ORDER BY b.id FOR NO KEY UPDATE
    )
    UPDATE booking SET state = 'cancelled', updated_at = ${now}::timestamptz
    FROM due WHERE booking.municipality_id = app_municipality() AND booking.id = due.id AND booking.state = 'booked'
    RETURNING booking.id`;
  return rows.map((row) => row.id);
}

/** Releases everything that nobody checked in to, wherever; what a colleague is just working on is left to them. */
export async function releaseLapsed(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH due AS MATERIALIZED (
      SELECT id FROM booking WHERE state = 'booked' AND check_in_by < ${now}::timestamptz ORDER BY id LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE booking SET state = 'lapsed', updated_at = ${now}::timestamptz
    FROM due WHERE booking.municipality_id = app_municipality() AND booking.id = due.id AND booking.state = 'booked'
    RETURNING booking.id`;
  return rows.map((row) => row.id);
}

/** The last guards are the constraints; after them the transaction is lost, so no alternatives can be looked for. */
const explainOverlap =
  (worker: string) =>
  (error: unknown): never => {
    const constraint = violatedConstraint(error);
    if (constraint === 'booking_room_free') throw new DomainError('room_taken', {}, { details: { alternatives: [] } });
    if (constraint === 'booking_worker_free') throw new DomainError('worker_busy', { worker }, { details: { alternatives: [] } });
    throw error;
  };
