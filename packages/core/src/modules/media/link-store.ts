import type { Pool } from 'pg';
import type { SeatKind } from '../../contract/index.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';
import type { Guest } from '../identity/index.ts';
import type { ReadLink } from './link.ts';

export interface LinkRow {
  readonly id: string;
  readonly seatId: string;
  readonly singleUse: boolean;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly deviceHash: Buffer | null;
  readonly deviceSeenAt: Date | null;
  readonly pinHash: Buffer | null;
  readonly wrongPins: number;
}

/** How long the page of a call that is over can still be looked at: when we speak again, did it work. */
export const afterglowMs = 30 * 60_000;

/**
 * Whose seat a link opens now, whatever the municipality: not one that was revoked, has expired, or whose call is over for
 * longer than the afterglow. Links of erased citizens are revoked as they are erased.
 */
export async function findGuest(
  worker: Pool,
  { id: linkId, madeBefore }: ReadLink,
  now: Date,
): Promise<Guest | null> {
  const { rows } = await worker.query<{
    municipality_id: string;
    seat_id: string;
    call_id: string;
    visit_id: string;
    kind: SeatKind;
    staff_id: string | null;
    is_demo: boolean;
  }>({
    name: 'naer_find_guest',
    text: `SELECT l.municipality_id, l.seat_id, s.call_id, c.visit_id, s.kind, s.staff_id, m.is_demo
      FROM call_link l
      JOIN call_seat s ON s.municipality_id = l.municipality_id AND s.id = l.seat_id
      JOIN call c ON c.municipality_id = s.municipality_id AND c.id = s.call_id
      JOIN municipality m ON m.id = l.municipality_id
      WHERE l.id = $1 AND l.revoked_at IS NULL AND l.expires_at > $2 AND (c.ended_at IS NULL OR c.ended_at > $3)
        AND ($4::timestamptz IS NULL OR l.created_at <= $4)`,
    values: [linkId, now, new Date(now.getTime() - afterglowMs), madeBefore],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return {
    municipalityId: row.municipality_id,
    linkId,
    seatId: row.seat_id,
    callId: row.call_id,
    visitId: row.visit_id,
    kind: row.kind,
    staffId: row.staff_id,
    isHost: row.kind === 'worker',
    isDemo: row.is_demo,
  };
}

const columns = Prisma.sql`
  l.id, l.seat_id AS "seatId", l.single_use AS "singleUse", l.expires_at AS "expiresAt", l.revoked_at AS "revokedAt",
  l.device_hash AS "deviceHash", l.device_seen_at AS "deviceSeenAt", l.pin_hash AS "pinHash", l.wrong_pins AS "wrongPins"`;

export async function findLink(tx: ReadTx, id: string): Promise<LinkRow | null> {
  const [row] = await queryHot<LinkRow>(
    tx,
    Prisma.sql`SELECT ${columns} FROM call_link l WHERE l.id = ${id}::uuid`,
  );
  return row ?? null;
}

/** The one link of a seat that holds, if any does; whether it has expired is for the caller to see. */
export async function findLinkOfSeat(tx: ReadTx, seatId: string): Promise<LinkRow | null> {
  const [row] = await queryHot<LinkRow>(
    tx,
    Prisma.sql`SELECT ${columns} FROM call_link l WHERE l.seat_id = ${seatId}::uuid AND l.revoked_at IS NULL`,
  );
  return row ?? null;
}

/** The latest link of a seat, whether it holds or not. */
export async function findLastLinkOfSeat(tx: ReadTx, seatId: string): Promise<LinkRow | null> {
  const [row] = await queryHot<LinkRow>(
    tx,
    Prisma.sql`
    SELECT ${columns} FROM call_link l WHERE l.seat_id = ${seatId}::uuid ORDER BY l.revoked_at IS NULL DESC, l.created_at DESC LIMIT 1`,
  );
  return row ?? null;
}

/** The call MUST be held by the transaction, and the seat's link before this one revoked. */
export async function insertLink(
  tx: Tx,
  link: Pick<LinkRow, 'id' | 'seatId' | 'singleUse' | 'expiresAt' | 'pinHash'>,
  now: Date,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO call_link (municipality_id, id, seat_id, single_use, expires_at, pin_hash, wrong_pins, created_at)
    VALUES (app_municipality(), ${link.id}::uuid, ${link.seatId}::uuid, ${link.singleUse}::boolean, ${link.expiresAt}::timestamptz,
      ${link.pinHash}::bytea, 0, ${now}::timestamptz)`,
  );
}

/** From now on these seats have no link. */
export async function revokeLinks(tx: Tx, seatIds: readonly string[], now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE call_link SET revoked_at = ${now}::timestamptz WHERE seat_id = ANY (${[...seatIds]}::uuid[]) AND revoked_at IS NULL`,
  );
}

/** Links hold as long as the call's room may be open; a worker's that nobody has opened yet keeps its two minutes. */
export async function prolongLinks(tx: Tx, callId: string, until: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE call_link AS l SET expires_at = ${until}::timestamptz FROM call_seat s
    WHERE s.municipality_id = l.municipality_id AND s.id = l.seat_id AND s.call_id = ${callId}::uuid AND l.revoked_at IS NULL
      AND (NOT l.single_use OR l.device_hash IS NOT NULL)`,
  );
}

export async function updateLink(
  tx: Tx,
  link: Pick<LinkRow, 'id' | 'deviceHash' | 'deviceSeenAt' | 'wrongPins' | 'expiresAt' | 'revokedAt'>,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE call_link SET device_hash = ${link.deviceHash}::bytea, device_seen_at = ${link.deviceSeenAt}::timestamptz,
      wrong_pins = ${link.wrongPins}::int, expires_at = ${link.expiresAt}::timestamptz, revoked_at = ${link.revokedAt}::timestamptz
    WHERE id = ${link.id}::uuid`,
  );
}

/** The device that has a link is there; where another has taken it meanwhile, nothing is written. */
export async function markSeen(tx: Tx, id: string, device: Uint8Array | null, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE call_link SET device_seen_at = ${now}::timestamptz WHERE id = ${id}::uuid AND device_hash = ${device}::bytea`,
  );
}

/** With a citizen go the links to all their calls. */
export async function revokeLinksOfCitizen(tx: Tx, citizenId: string, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE call_link AS l SET revoked_at = ${now}::timestamptz
    FROM call_seat s JOIN call c ON c.municipality_id = s.municipality_id AND c.id = s.call_id
      JOIN visit v ON v.municipality_id = c.municipality_id AND v.id = c.visit_id
    WHERE s.municipality_id = l.municipality_id AND s.id = l.seat_id AND v.citizen_id = ${citizenId}::uuid AND l.revoked_at IS NULL`,
  );
}
