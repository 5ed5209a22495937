import type { z } from 'zod';
import { type changeRoom, type registerRoom } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, type ReadTx, type Tx, violatedConstraint } from '../../storage/index.ts';
import type { Span } from './opening-hours.ts';
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
  const [row] = await tx.$queryRaw<RoomFacts[]>`${rooms} WHERE r.id = ${id}::uuid`;
  if (row === undefined) throw new DomainError('not_found', { kind: 'room' });
  return row;
}

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
  const where = conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`;
  return tx.$queryRaw<RoomFacts[]>`${rooms} ${where} ORDER BY s.name, r.name, r.id LIMIT ${limit}`;
}

export type LockedRoom = RoomFacts & { readonly graceMinutes: number };

/**
 * Locks a room, so that its bookings are written one transaction at a time. Every transaction that books takes this
 * lock before it writes a booking; waiting bookings would otherwise deadlock on the exclusion constraint.
 *
 * @param unlessHeld leaves the room unlocked and returns null when it is seen to be taken then, so that those who
 *   come too late for a room do not queue for it
 * @returns null also when there is no such room
 */
export async function lockRoom(tx: Tx, id: string, now: Date, unlessHeld: Span | null): Promise<LockedRoom | null> {
  const free =
    unlessHeld === null
      ? Prisma.empty
      : Prisma.sql`AND NOT EXISTS (
          SELECT 1 FROM booking b
          WHERE b.municipality_id = r.municipality_id AND b.room_id = r.id AND ${holds(now)}
            AND b.starts_at > ${unlessHeld.startsAt}::timestamptz - interval '14 hours'
            AND b.starts_at < ${unlessHeld.endsAt}::timestamptz + make_interval(mins => r.buffer_minutes)
            AND b.blocked_until > ${unlessHeld.startsAt}::timestamptz
        )`;
  const [row] = await tx.$queryRaw<LockedRoom[]>`
    SELECT ${facts}, m.check_in_grace_minutes AS "graceMinutes"
    FROM room r
    JOIN site s ON s.municipality_id = r.municipality_id AND s.id = r.site_id
    JOIN municipality m ON m.id = r.municipality_id
    WHERE r.id = ${id}::uuid ${free}
    FOR NO KEY UPDATE OF r`;
  return row ?? null;
}

/** Rooms in use that have what is needed and are free for the whole of a time; opening hours are not looked at. */
export function listFreeRooms(tx: ReadTx, needs: Needs & { readonly site?: string | undefined }, span: Span, now: Date): Promise<RoomFacts[]> {
  const site = needs.site === undefined ? Prisma.empty : Prisma.sql`AND s.name = ${needs.site}`;
  return tx.$queryRaw<RoomFacts[]>`
    ${rooms}
    WHERE r.active AND r.seats >= ${needs.seats}::int AND r.features @> ${[...needs.features]}::text[] ${site}
      AND NOT EXISTS (
        SELECT 1 FROM booking b
        WHERE b.municipality_id = r.municipality_id AND b.room_id = r.id AND ${holds(now)}
          AND b.starts_at > ${span.startsAt}::timestamptz - interval '14 hours'
          AND b.starts_at < ${span.endsAt}::timestamptz + make_interval(mins => r.buffer_minutes)
          AND b.blocked_until > ${span.startsAt}::timestamptz
      )`;
}

export function listFitRooms(tx: ReadTx, needs: Needs & { readonly site?: string | undefined }): Promise<RoomFacts[]> {
  const site = needs.site === undefined ? Prisma.empty : Prisma.sql`AND s.name = ${needs.site}`;
  return tx.$queryRaw<RoomFacts[]>`
    ${rooms} WHERE r.active AND r.seats >= ${needs.seats}::int AND r.features @> ${[...needs.features]}::text[] ${site}
    ORDER BY cardinality(r.features), r.seats, s.name, r.name LIMIT 100`;
}

export interface BusyRow extends Span {
  readonly roomId: string;
  readonly workerId: string;
  readonly blockedUntil: Date;
}

/** What holds some rooms, or a worker, within a time. */
export function listBusy(
  tx: ReadTx,
  whose: { readonly roomIds: readonly string[]; readonly workerId: string | null },
  span: Span,
  now: Date,
  exceptId: string | null,
): Promise<BusyRow[]> {
  return tx.$queryRaw<BusyRow[]>`
    SELECT b.room_id AS "roomId", b.worker_id AS "workerId", b.starts_at AS "startsAt", b.ends_at AS "endsAt", b.blocked_until AS "blockedUntil"
    FROM booking b
    WHERE (b.room_id = ANY (${[...whose.roomIds]}::uuid[]) OR b.worker_id = ${whose.workerId}::uuid)
      AND b.id IS DISTINCT FROM ${exceptId}::uuid AND ${holds(now)}
      AND b.starts_at > ${span.startsAt}::timestamptz - interval '14 hours' AND b.starts_at < ${span.endsAt}::timestamptz
      AND b.blocked_until > ${span.startsAt}::timestamptz`;
}

export const listSites = (tx: ReadTx): Promise<SiteRow[]> =>
  tx.$queryRaw<SiteRow[]>`SELECT id, name, created_at AS "createdAt" FROM site ORDER BY name, id`;

/** @throws DomainError not_found */
export async function getSite(tx: ReadTx, id: string): Promise<SiteRow> {
  const [row] = await tx.$queryRaw<SiteRow[]>`SELECT id, name, created_at AS "createdAt" FROM site WHERE id = ${id}::uuid`;
  if (row === undefined) throw new DomainError('not_found', { kind: 'site' });
  return row;
}

/** Makes a site unless one has the name; returns its id and whether it was made. */
export async function ensureSite(tx: Tx, draft: { readonly id: string; readonly name: string }, now: Date): Promise<{ readonly id: string; readonly made: boolean }> {
  const made = await tx.$executeRaw`
    INSERT INTO site (municipality_id, id, name, created_at) VALUES (app_municipality(), ${draft.id}::uuid, ${draft.name}, ${now}::timestamptz)
    ON CONFLICT ON CONSTRAINT site_name_unique DO NOTHING`;
  if (made === 1) return { id: draft.id, made: true };
  const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM site WHERE name = ${draft.name}`;
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
    if (violatedConstraint(error) === 'room_name_unique') throw new DomainError('already_exists', { kind: 'room', name });
    throw error;
  };
