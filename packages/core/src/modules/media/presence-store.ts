import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { advisoryLocks, Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';
import type { Stay } from './presence.ts';

export interface RoomOwner {
  readonly municipalityId: string;
  readonly callId: string;
}

/** Whose a room is, whatever the municipality; null for a room that is not ours. */
export async function findOwnerOfRoom(worker: Pool, roomName: string): Promise<RoomOwner | null> {
  const { rows } = await worker.query<RoomOwner>({
    name: 'naer_find_room',
    text: 'SELECT municipality_id AS "municipalityId", id AS "callId" FROM call WHERE room_name = $1',
    values: [roomName],
  });
  return rows[0] ?? null;
}

export interface CallOn extends RoomOwner {
  readonly roomName: string;
}

/** The calls that go on, of all municipalities. */
export async function listCallsOn(worker: Pool): Promise<CallOn[]> {
  const { rows } = await worker.query<CallOn>({
    name: 'naer_calls_on',
    text: `SELECT municipality_id AS "municipalityId", id AS "callId", room_name AS "roomName" FROM call WHERE state = 'on'`,
  });
  return rows;
}

/**
 * Makes what is told of a call from outside, and what becomes of it by itself, one thing after the other. Taken first of
 * all, before the visit and before the call, by nobody else: so it waits for none who waits for it.
 */
export async function takeTurn(tx: Tx, callId: string): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`SELECT pg_advisory_xact_lock(${advisoryLocks.callTurn}::int, hashtext(${callId}))`,
  );
}

/** The same where another process at it is reason enough to leave it be. */
export async function takeTurnIfFree(tx: Tx, callId: string): Promise<boolean> {
  const [row] = await queryHot<{ taken: boolean }>(
    tx,
    Prisma.sql`SELECT pg_try_advisory_xact_lock(${advisoryLocks.callTurn}::int, hashtext(${callId})) AS taken`,
  );
  return row?.taken === true;
}

/** @returns false for an event that was taken before */
export async function takeWebhook(tx: Tx, id: string, now: Date): Promise<boolean> {
  const rows = await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO media_webhook (municipality_id, id, received_at) VALUES (app_municipality(), ${id}, ${now}::timestamptz)
    ON CONFLICT DO NOTHING RETURNING 1 AS taken`,
  );
  return rows.length > 0;
}

/** Nobody is in any more: the room was closed. Who had gone before had gone before. The call MUST be held. */
export async function endStays(tx: Tx, callId: string, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE call_presence AS p SET left_at = greatest(p.joined_at, ${now}::timestamptz), gone = 'call-ended'
    FROM call_seat s WHERE s.municipality_id = p.municipality_id AND s.id = p.seat_id AND s.call_id = ${callId}::uuid AND p.left_at IS NULL`,
  );
}

/** In the order in which they came. */
export function readStays(tx: ReadTx, callId: string): Promise<Stay[]> {
  return queryHot<Stay>(
    tx,
    Prisma.sql`
    SELECT p.seat_id AS "seatId", p.participant, p.joined_at AS "joinedAt", p.left_at AS "leftAt", p.gone
    FROM call_presence p JOIN call_seat s ON s.municipality_id = p.municipality_id AND s.id = p.seat_id
    WHERE s.call_id = ${callId}::uuid ORDER BY p.joined_at, p.participant`,
  );
}

/** Writes those of the stays that are not as they were. The turn MUST have been taken. */
export async function writeStays(tx: Tx, before: readonly Stay[], after: readonly Stay[]): Promise<void> {
  for (const stay of after) {
    if (before.includes(stay)) continue;
    await queryHot(
      tx,
      Prisma.sql`
      INSERT INTO call_presence (municipality_id, id, seat_id, participant, joined_at, left_at, gone)
      VALUES (app_municipality(), ${randomUUID()}::uuid, ${stay.seatId}::uuid, ${stay.participant}, ${stay.joinedAt}::timestamptz,
        ${stay.leftAt}::timestamptz, ${stay.gone}::text)
      ON CONFLICT ON CONSTRAINT call_presence_unique DO UPDATE
        SET joined_at = excluded.joined_at, left_at = excluded.left_at, gone = excluded.gone`,
    );
  }
}
