import type { z } from 'zod';
import type { changeRoom, registerRoom } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx, violatedConstraint } from '../../storage/index.ts';
import { isOpen, type Span } from './opening-hours.ts';
import type { Needs, RoomFacts } from './rules.ts';
import { holds } from './store.ts';

export type RoomDraft = z.output<typeof registerRoom>;
export type RoomChange = z.output<typeof changeRoom>;
export interface SiteRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

const facts = Prisma.sql`
  r.id, r.site_id AS "siteId", s.name AS "siteName", r.name, r.kind, r.seats, r.features, r.opening_hours AS "openingHours",
  r.buffer_minutes AS "bufferMinutes", r.active`;
const rooms = Prisma.sql`
  SELECT ${facts} FROM room r JOIN site s ON s.municipality_id = r.municipality_id AND s.id = r.site_id`;

/** @throws DomainError not_found */
export async function getRoom(tx: ReadTx, id: string): Promise<RoomFacts> {
  const [row] = await queryHot<RoomFacts>(tx, Prisma.sql`${rooms} WHERE r.id = ${id}::uuid`);
  if (row === undefined) throw new DomainError('not_found', { kind: 'room' });
  return row;
}

/** Whether nothing holds a room (alias r) at a time, its own buffer included. */
const freeRoom = (span: Span, now: Date) => Prisma.sql`
  NOT EXISTS (
    SELECT 1 FROM booking b
    WHERE b.municipality_id = r.municipality_id AND b.room_id = r.id AND ${holds(now)}
      AND b.starts_at > ${span.startsAt}::timestamptz - interval '14 hours'
      AND b.starts_at < ${span.endsAt}::timestamptz + make_interval(mins => r.buffer_minutes)
      -- The same without the room's own buffer, which is two hours at most, so that the index need not be read to its end.
      AND b.starts_at < ${span.endsAt}::timestamptz + interval '2 hours'
      AND b.blocked_until > ${span.startsAt}::timestamptz
  )`;

export interface RoomFilter {
  readonly site?: string | undefined;
  readonly inactive: boolean;
  /** Goes on behind this room. */
  readonly afterId?: string | undefined;
  readonly limit: number;
}

/** In the order of site and name. */
export function listRooms(tx: ReadTx, { site, inactive, afterId, limit }: RoomFilter): Promise<RoomFacts[]> {
  const conditions = [
    ...(inactive ? [] : [Prisma.sql`r.active`]),
    ...(site === undefined ? [] : [Prisma.sql`s.name = ${site}`]),
    ...(afterId === undefined
      ? []
      : [
          Prisma.sql`(s.name, r.name, r.id) > (
            SELECT s2.name, r2.name, r2.id FROM room r2 JOIN site s2 ON s2.municipality_id = r2.municipality_id AND s2.id = r2.site_id
            WHERE r2.id = ${afterId}::uuid)`,
        ]),
  ];
  const where =
    conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`;
  return queryHot<RoomFacts>(tx, Prisma.sql`${rooms} ${where} ORDER BY s.name, r.name, r.id LIMIT ${limit}`);
}

export type LockedRoom = RoomFacts & { readonly graceMinutes: number };

/** Locks a room (its columns, and the municipality's grace), unless it is taken at a time. */
export const lockedRoom = (id: string, now: Date, unlessHeld: Span | null) => Prisma.sql`
  SELECT ${facts}, m.check_in_grace_minutes AS "graceMinutes"
  FROM room r
  JOIN site s ON s.municipality_id = r.municipality_id AND s.id = r.site_id
  JOIN municipality m ON m.id = r.municipality_id
  WHERE r.id = ${id}::uuid ${unlessHeld === null ? Prisma.empty : Prisma.sql`AND ${freeRoom(unlessHeld, now)}`}
  FOR NO KEY UPDATE OF r`;

/**
 * Locks a room, so that its bookings are written by one transaction at a time, or returns null when there is none.
 * Every transaction that writes a booking takes this lock first.
 */
export async function lockRoom(tx: Tx, id: string, now: Date): Promise<LockedRoom | null> {
  const [row] = await queryHot<LockedRoom>(tx, lockedRoom(id, now, null));
  return row ?? null;
}

/** Rooms in use that have what is needed and are free for the whole of a time; opening hours are not looked at. */
export function listFreeRooms(
  tx: ReadTx,
  needs: Needs & { readonly site?: string | undefined },
  span: Span,
  now: Date,
): Promise<RoomFacts[]> {
  const site = needs.site === undefined ? Prisma.empty : Prisma.sql`AND s.name = ${needs.site}`;
  return queryHot<RoomFacts>(
    tx,
    Prisma.sql`
    ${rooms}
    WHERE r.active AND r.seats >= ${needs.seats}::int AND r.features @> ${[...needs.features]}::text[] ${site}
      AND ${freeRoom(span, now)}`,
  );
}

export function listFitRooms(
  tx: ReadTx,
  needs: Needs & { readonly site?: string | undefined },
): Promise<RoomFacts[]> {
  const site = needs.site === undefined ? Prisma.empty : Prisma.sql`AND s.name = ${needs.site}`;
  return queryHot<RoomFacts>(
    tx,
    Prisma.sql`
    ${rooms} WHERE r.active AND r.seats >= ${needs.seats}::int AND r.features @> ${[...needs.features]}::text[] ${site}
    ORDER BY cardinality(r.features), r.seats, s.name, r.name LIMIT 100`,
  );
}

export interface BusyRow extends Span {
  readonly roomId: string;
  readonly workerId: string;
  readonly blockedUntil: Date;
}

export interface Situation {
  readonly room: RoomFacts;
  readonly busy: readonly BusyRow[];
  /** Other rooms that fit as well and are free at the wanted time, the best first; opening hours are not looked at. */
  readonly others: readonly RoomFacts[];
}

interface SituationQuestion {
  readonly roomId: string;
  readonly workerId: string;
  readonly wanted: Span;
  /** How far around the wanted time other bookings are read. */
  readonly searched: Span;
  readonly now: Date;
  /** The booking that is being moved: it does not stand in its own way. */
  readonly exceptId: string | null;
}

interface TimesInJson {
  readonly roomId: string;
  readonly workerId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly blockedUntil: number;
}

/**
 * Everything that explains why a time cannot be had, in one query, since many ask at once when a room is sought after.
 *
 * @throws DomainError not_found when there is no such room
 */
export async function readSituation(tx: ReadTx, question: SituationQuestion): Promise<Situation> {
  const { roomId, workerId, wanted, searched, now, exceptId } = question;
  const [row] = await queryHot<{ room: RoomFacts; busy: TimesInJson[]; others: RoomFacts[] }>(
    tx,
    Prisma.sql`
    WITH sought AS MATERIALIZED (${rooms} WHERE r.id = ${roomId}::uuid)
    SELECT to_json(sought) AS room, (
      SELECT coalesce(json_agg(json_build_object('roomId', b.room_id, 'workerId', b.worker_id, 'startsAt', extract(epoch FROM b.starts_at) * 1000,
        'endsAt', extract(epoch FROM b.ends_at) * 1000, 'blockedUntil', extract(epoch FROM b.blocked_until) * 1000)), '[]')
      FROM booking b
      WHERE (b.room_id = ${roomId}::uuid OR b.worker_id = ${workerId}::uuid) AND b.id IS DISTINCT FROM ${exceptId}::uuid AND ${holds(now)}
        AND b.starts_at > ${searched.startsAt}::timestamptz - interval '14 hours' AND b.starts_at < ${searched.endsAt}::timestamptz
        AND b.blocked_until > ${searched.startsAt}::timestamptz
    ) AS busy, (
      SELECT coalesce(json_agg(other), '[]') FROM (
        ${rooms}
        WHERE r.active AND r.id <> sought.id AND r.seats >= sought.seats AND r.features @> sought.features AND ${freeRoom(wanted, now)}
        ORDER BY r.site_id = sought."siteId" DESC, cardinality(r.features), r.seats, s.name, r.name
        LIMIT 12
      ) other
    ) AS others
    FROM sought`,
  );
  if (row === undefined) throw new DomainError('not_found', { kind: 'room' });
  const busy = row.busy.map((held) => ({
    ...held,
    startsAt: new Date(held.startsAt),
    endsAt: new Date(held.endsAt),
    blockedUntil: new Date(held.blockedUntil),
  }));
  return { room: row.room, busy, others: row.others };
}

/** What holds some rooms within a time, but for a booking that is to be moved. */
export function listBusy(
  tx: ReadTx,
  roomIds: readonly string[],
  span: Span,
  now: Date,
  exceptId: string | null = null,
): Promise<BusyRow[]> {
  return queryHot<BusyRow>(
    tx,
    Prisma.sql`
    SELECT b.room_id AS "roomId", b.worker_id AS "workerId", b.starts_at AS "startsAt", b.ends_at AS "endsAt", b.blocked_until AS "blockedUntil"
    FROM booking b
    WHERE b.room_id = ANY (${[...roomIds]}::uuid[]) AND b.id IS DISTINCT FROM ${exceptId}::uuid AND ${holds(now)}
      AND b.starts_at > ${span.startsAt}::timestamptz - interval '14 hours' AND b.starts_at < ${span.endsAt}::timestamptz
      AND b.blocked_until > ${span.startsAt}::timestamptz`,
  );
}

/** What a worker holds within a time, in whatever room. */
export function listHeldByWorker(
  tx: ReadTx,
  workerId: string,
  span: Span,
  now: Date,
): Promise<(Span & { readonly id: string; readonly roomId: string })[]> {
  return queryHot(
    tx,
    Prisma.sql`
    SELECT b.id, b.room_id AS "roomId", b.starts_at AS "startsAt", b.ends_at AS "endsAt"
    FROM booking b
    WHERE b.worker_id = ${workerId}::uuid AND ${holds(now)}
      AND b.starts_at > ${span.startsAt}::timestamptz - interval '12 hours' AND b.starts_at < ${span.endsAt}::timestamptz
      AND b.ends_at > ${span.startsAt}::timestamptz
    ORDER BY b.starts_at`,
  );
}

/**
 * Locks a room and tells whether it can be booked for a time; once it says so, nobody else can book it before this
 * transaction ends. Null when there is no such room.
 */
export async function lockIfFree(
  tx: Tx,
  roomId: string,
  span: Span,
  now: Date,
  exceptBookingId: string | null,
): Promise<boolean | null> {
  const room = await lockRoom(tx, roomId, now);
  if (room === null) return null;
  if (!room.active || !isOpen(room.openingHours, span)) return false;
  const [row] = await queryHot<{ free: boolean }>(
    tx,
    Prisma.sql`
    SELECT NOT EXISTS (
      SELECT 1 FROM booking b
      WHERE b.room_id = ${room.id}::uuid AND b.id IS DISTINCT FROM ${exceptBookingId}::uuid AND ${holds(now)}
        AND b.starts_at > ${span.startsAt}::timestamptz - interval '14 hours'
        AND b.starts_at < ${span.endsAt}::timestamptz + make_interval(mins => ${room.bufferMinutes}::int)
        AND b.blocked_until > ${span.startsAt}::timestamptz
    ) AS free`,
  );
  return row?.free ?? false;
}

export const listSites = (tx: ReadTx): Promise<SiteRow[]> =>
  queryHot<SiteRow>(tx, Prisma.sql`SELECT id, name, created_at AS "createdAt" FROM site ORDER BY name, id`);

/** @throws DomainError not_found */
export async function getSite(tx: ReadTx, id: string): Promise<SiteRow> {
  const [row] = await queryHot<SiteRow>(
    tx,
    Prisma.sql`SELECT id, name, created_at AS "createdAt" FROM site WHERE id = ${id}::uuid`,
  );
  if (row === undefined) throw new DomainError('not_found', { kind: 'site' });
  return row;
}

/** Makes a site unless one has the name; returns its id and whether it was made. */
export async function ensureSite(
  tx: Tx,
  draft: { readonly id: string; readonly name: string },
  now: Date,
): Promise<{ readonly id: string; readonly made: boolean }> {
  const made = await tx.$executeRaw`
    INSERT INTO site (municipality_id, id, name, created_at) VALUES (app_municipality(), ${draft.id}::uuid, ${draft.name}, ${now}::timestamptz)
    ON CONFLICT ON CONSTRAINT site_name_unique DO NOTHING`;
  if (made === 1) return { id: draft.id, made: true };
  const [row] = await queryHot<{ id: string }>(
    tx,
    Prisma.sql`SELECT id FROM site WHERE name = ${draft.name}`,
  );
  if (row === undefined) throw new Error('a site that is in the way must be visible');
  return { id: row.id, made: false };
}

export type RoomRecord = Omit<RoomFacts, 'siteName'>;

/** @throws DomainError already_exists */
export async function insertRoom(tx: Tx, room: RoomRecord, now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO room (municipality_id, id, site_id, name, kind, seats, features, opening_hours, buffer_minutes, active, created_at, updated_at)
    VALUES (app_municipality(), ${room.id}::uuid, ${room.siteId}::uuid, ${room.name}, ${room.kind}, ${room.seats}::int, ${[...room.features]}::text[],
      ${JSON.stringify(room.openingHours)}::jsonb, ${room.bufferMinutes}::int, ${room.active}, ${now}::timestamptz, ${now}::timestamptz)`.catch(
    explainName(room.name),
  );
}

/** @throws DomainError already_exists */
export async function updateRoom(tx: Tx, room: RoomRecord, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE room SET name = ${room.name}, kind = ${room.kind}, seats = ${room.seats}::int, features = ${[...room.features]}::text[],
      opening_hours = ${JSON.stringify(room.openingHours)}::jsonb, buffer_minutes = ${room.bufferMinutes}::int, active = ${room.active},
      updated_at = ${now}::timestamptz
    WHERE id = ${room.id}::uuid`.catch(explainName(room.name));
}

const explainName =
  (name: string) =>
  (error: unknown): never => {
    if (violatedConstraint(error) === 'room_name_unique')
      throw new DomainError('already_exists', { kind: 'room', name });
    throw error;
  };
