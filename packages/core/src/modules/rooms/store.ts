import type { BookingState } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';

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

/**
 * Whether nobody checked in to a booking (alias b) in time. Written so that PostgreSQL does not take the partial
 * indexes of the exclusion constraints for it, under which row security leaves nothing but the municipality to search by.
 */
export const hasLapsed = (now: Date) => Prisma.sql`
  (b.state NOT IN ('checked-in', 'lapsed', 'cancelled') AND b.check_in_by < ${now}::timestamptz)`;

/** Whether a booking (alias b) still holds its room. */
export const holds = (now: Date) =>
  Prisma.sql`(b.state NOT IN ('lapsed', 'cancelled') AND NOT ${hasLapsed(now)})`;

/** @throws DomainError not_found */
export async function getBooking(tx: ReadTx, id: string, now: Date): Promise<BookingRow> {
  const [row] = await queryHot<BookingRow>(tx, Prisma.sql`${bookings(now)} WHERE b.id = ${id}::uuid`);
  if (row === undefined) throw new DomainError('not_found', { kind: 'booking' });
  return row;
}

export function getBookings(tx: ReadTx, ids: readonly string[], now: Date): Promise<BookingRow[]> {
  return queryHot<BookingRow>(
    tx,
    Prisma.sql`${bookings(now)} WHERE b.id = ANY (${[...ids]}::uuid[]) ORDER BY b.starts_at, b.id`,
  );
}

export function listSeriesBookings(tx: ReadTx, seriesId: string, now: Date): Promise<BookingRow[]> {
  return queryHot<BookingRow>(
    tx,
    Prisma.sql`${bookings(now)} WHERE b.series_id = ${seriesId}::uuid ORDER BY b.starts_at, b.id`,
  );
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
  const lapsed = hasLapsed(now);
  const conditions = [
    ...(room === undefined ? [] : [Prisma.sql`b.room_id = ${room}::uuid`]),
    ...(worker === undefined ? [] : [Prisma.sql`w.initials = ${worker}`]),
    // No booking lasts longer than twelve hours, which bounds the part of the index that is read.
    ...(from === undefined
      ? []
      : [
          Prisma.sql`b.starts_at > ${from}::timestamptz - interval '12 hours' AND b.ends_at > ${from}::timestamptz`,
        ]),
    ...(to === undefined ? [] : [Prisma.sql`b.starts_at < ${to}::timestamptz`]),
    ...(state === undefined
      ? []
      : [
          state === 'lapsed' ? Prisma.sql`(b.state = 'lapsed' OR ${lapsed})` : Prisma.sql`b.state = ${state}`,
        ]),
    ...(state === 'booked' ? [Prisma.sql`NOT ${lapsed}`] : []),
    ...(after === undefined
      ? []
      : [Prisma.sql`(b.starts_at, b.id) > (${after.startsAt}::timestamptz, ${after.id}::uuid)`]),
  ];
  const where =
    conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`;
  return queryHot<BookingRow>(
    tx,
    Prisma.sql`${bookings(now)} ${where} ORDER BY b.starts_at, b.id LIMIT ${limit}`,
  );
}

/** Takes a booking from `booked` to `checked-in`; false when it is no longer to be had. */
export async function checkIn(tx: Tx, id: string, now: Date): Promise<boolean> {
  const rows = await queryHot(
    tx,
    Prisma.sql`
    UPDATE booking SET state = 'checked-in', checked_in_at = ${now}::timestamptz, updated_at = ${now}::timestamptz
    WHERE id = ${id}::uuid AND state = 'booked' AND check_in_by >= ${now}::timestamptz RETURNING id`,
  );
  return rows.length === 1;
}

/** Takes a booking that still holds its room to `cancelled`; false when it no longer does. */
export async function cancel(tx: Tx, id: string, now: Date): Promise<boolean> {
  const rows = await queryHot(
    tx,
    Prisma.sql`
    UPDATE booking b SET state = 'cancelled', updated_at = ${now}::timestamptz WHERE b.id = ${id}::uuid AND ${holds(now)} RETURNING b.id`,
  );
  return rows.length === 1;
}

/** Cancels what is still booked and not over, of a series or of a worker, and returns the ids. */
export async function cancelRemaining(
  tx: Tx,
  of: { readonly seriesId: string } | { readonly workerId: string },
  now: Date,
): Promise<string[]> {
  const whose =
    'seriesId' in of
      ? Prisma.sql`b.series_id = ${of.seriesId}::uuid`
      : Prisma.sql`b.worker_id = ${of.workerId}::uuid`;
  const rows = await queryHot<{ id: string }>(
    tx,
    Prisma.sql`
    WITH due AS MATERIALIZED (
      SELECT b.id FROM booking b WHERE ${whose} AND b.state = 'booked' AND b.check_in_by >= ${now}::timestamptz AND b.ends_at > ${now}::timestamptz
      ORDER BY b.id FOR NO KEY UPDATE
    )
    UPDATE booking SET state = 'cancelled', updated_at = ${now}::timestamptz
    FROM due WHERE booking.municipality_id = app_municipality() AND booking.id = due.id
    RETURNING booking.id`,
  );
  return rows.map((row) => row.id);
}

/** Releases everything that nobody checked in to, wherever; what a colleague is just working on is left to them. */
export async function releaseLapsed(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await queryHot<{ id: string }>(
    tx,
    Prisma.sql`
    WITH due AS MATERIALIZED (
      SELECT id FROM booking WHERE state = 'booked' AND check_in_by < ${now}::timestamptz ORDER BY id LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE booking SET state = 'lapsed', updated_at = ${now}::timestamptz
    FROM due WHERE booking.municipality_id = app_municipality() AND booking.id = due.id
    RETURNING booking.id`,
  );
  return rows.map((row) => row.id);
}
