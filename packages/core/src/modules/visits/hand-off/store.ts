import type { Channel, HandOff, HandOffWay } from '../../../contract/index.ts';
import { advisoryLocks, Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';
import { withinReach } from '../../citizens/index.ts';
import type { Actor } from '../../identity/index.ts';
import type { DocumentedPart, DocumentedVisit } from './document.ts';

/** A row of `hand_off`, with what it is shown by. */
export interface HandOffRow {
  readonly id: string;
  readonly visitId: string;
  readonly citizenId: string;
  readonly citizen: string;
  readonly worker: string;
  readonly channel: Channel;
  readonly happensAt: Date;
  readonly revision: number;
  readonly state: HandOff['state'];
  /** Of one that waits or was refused: it was sent, and may have arrived. */
  readonly way: HandOffWay | null;
  readonly batchId: string | null;
  readonly receipt: string | null;
  readonly createdAt: Date;
  readonly handedAt: Date | null;
  /** The citizen is: nothing is left that could be handed off. */
  readonly erased: boolean;
}

const columns = Prisma.sql`
  h.id, h.visit_id AS "visitId", v.citizen_id AS "citizenId", citizen.code AS citizen, worker.initials AS worker, v.channel,
  v.happens_at AS "happensAt", h.revision, h.state, h.way, h.batch_id AS "batchId", h.receipt, h.created_at AS "createdAt",
  h.handed_at AS "handedAt", citizen.erased_at IS NOT NULL AS erased`;
const joined = Prisma.sql`
  hand_off AS h
  JOIN visit AS v ON v.municipality_id = h.municipality_id AND v.id = h.visit_id
  JOIN citizen ON citizen.municipality_id = v.municipality_id AND citizen.id = v.citizen_id
  JOIN staff AS worker ON worker.municipality_id = v.municipality_id AND worker.id = v.worker_id`;

/** Those of citizens near somebody, and those of their own visits. */
const inReach = (actor: Actor) =>
  Prisma.sql`(v.worker_id = ${actor.staffId}::uuid OR ${withinReach(actor, 'citizens:read')})`;

export interface HandOffFilter {
  readonly state: HandOff['state'];
  readonly worker: string | null;
  /** By the time of the visit, the latter excluded. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly after: readonly [createdAt: string, id: string] | null;
  readonly limit: number;
}

/** The oldest first; of erased citizens only what was handed off. */
export function listHandOffs(tx: ReadTx, actor: Actor, filter: HandOffFilter): Promise<HandOffRow[]> {
  const { state, worker, from, to, after, limit } = filter;
  const [at, id] = after ?? [null, null];
  return tx.$queryRaw<HandOffRow[]>`
    SELECT ${columns} FROM ${joined}
    WHERE h.state = ${state} AND ${inReach(actor)} AND (h.state = 'delivered' OR citizen.erased_at IS NULL)
      AND (${worker}::text IS NULL OR worker.initials = ${worker})
      AND (${from}::timestamptz IS NULL OR v.happens_at >= ${from}::timestamptz)
      AND (${to}::timestamptz IS NULL OR v.happens_at < ${to}::timestamptz)
      AND (${at}::timestamptz IS NULL OR (h.created_at, h.id) > (${at}::timestamptz, ${id}::uuid))
    ORDER BY h.created_at, h.id LIMIT ${limit}`;
}

export async function seesVisit(tx: ReadTx, actor: Actor, visitId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM visit AS v JOIN citizen ON citizen.municipality_id = v.municipality_id AND citizen.id = v.citizen_id
    WHERE v.id = ${visitId}::uuid AND ${inReach(actor)}`;
  return rows.length > 0;
}

export async function findHandOff(tx: ReadTx, id: string): Promise<HandOffRow | null> {
  const [row] = await tx.$queryRaw<HandOffRow[]>`SELECT ${columns} FROM ${joined} WHERE h.id = ${id}::uuid`;
  return row ?? null;
}

/** Held until the transaction ends, so that of two who would hand it off the second sees that it is done. */
export async function lockHandOff(tx: Tx, id: string): Promise<HandOffRow | null> {
  const [row] = await tx.$queryRaw<
    HandOffRow[]
  >`SELECT ${columns} FROM ${joined} WHERE h.id = ${id}::uuid FOR UPDATE OF h`;
  return row ?? null;
}

/** The last revision of a visit, held until the transaction ends. */
export async function lockLatest(tx: Tx, visitId: string): Promise<HandOffRow | null> {
  const [row] = await queryHot<HandOffRow>(
    tx,
    Prisma.sql`SELECT ${columns} FROM ${joined} WHERE h.visit_id = ${visitId}::uuid ORDER BY h.revision DESC LIMIT 1 FOR UPDATE OF h`,
  );
  return row ?? null;
}

export const insertWaiting = (
  tx: Tx,
  { id, visitId, revision }: { readonly id: string; readonly visitId: string; readonly revision: number },
  now: Date,
) =>
  queryHot(
    tx,
    Prisma.sql`
    INSERT INTO hand_off (municipality_id, id, visit_id, revision, state, created_at)
    VALUES (app_municipality(), ${id}::uuid, ${visitId}::uuid, ${revision}::int, 'waiting', ${now}::timestamptz)`,
  );

export const putBackToWaiting = (tx: Tx, id: string) =>
  tx.$executeRaw`UPDATE hand_off SET state = 'waiting' WHERE id = ${id}::uuid`;

/** From here on, until the answer is known, nobody else hands it off; also one that was refused and is tried again. */
export const markCalled = (tx: Tx, id: string) =>
  tx.$executeRaw`UPDATE hand_off SET state = 'waiting', way = 'call' WHERE id = ${id}::uuid`;

/** The call certainly did not arrive, or was refused: others may hand it off again, unless an earlier call may have arrived. */
export const markNotTaken = (
  tx: Tx,
  id: string,
  { state, mayHaveArrived }: { readonly state: 'waiting' | 'refused'; readonly mayHaveArrived: boolean },
) =>
  tx.$executeRaw`
    UPDATE hand_off SET state = ${state}, way = CASE WHEN ${mayHaveArrived} THEN 'call' END WHERE id = ${id}::uuid`;

export const markDelivered = (
  tx: Tx,
  id: string,
  done: {
    readonly way: 'by-hand' | 'call';
    readonly receipt: string | null;
    readonly staffId: string | null;
  },
  now: Date,
) =>
  tx.$executeRaw`
    UPDATE hand_off SET state = 'delivered', way = ${done.way}, receipt = ${done.receipt}::text, staff_id = ${done.staffId}::uuid, handed_at = ${now}
    WHERE id = ${id}::uuid`;

/** Whether an earlier revision is still on its way: they are to arrive in their order. */
export async function hasEarlierUnderWay(tx: ReadTx, { visitId, revision }: HandOffRow): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM hand_off WHERE visit_id = ${visitId}::uuid AND revision < ${revision} AND state = 'waiting'`;
  return rows.length > 0;
}

/**
 * Everything that waits and is not being called about, of visits before `until`, now belongs to a file; a correction only
 * once the revision before it has arrived or was refused. Locked in the order of their ids, so that two who do this do
 * not wait for each other.
 *
 * @param batch.isCalled whether the case system is called: else what was sent once keeps no correction waiting
 *
 * @returns ids with visit and revision
 */
export const markInFile = (
  tx: Tx,
  batch: {
    readonly id: string;
    readonly until: Date | null;
    readonly staffId: string;
    readonly isCalled: boolean;
  },
  now: Date,
) =>
  tx.$queryRaw<{ id: string; visitId: string; revision: number }[]>`
    UPDATE hand_off SET state = 'delivered', way = 'file', batch_id = ${batch.id}::uuid, staff_id = ${batch.staffId}::uuid, handed_at = ${now}
    WHERE id IN (
      SELECT h.id FROM ${joined}
      WHERE h.state = 'waiting' AND h.way IS NULL AND citizen.erased_at IS NULL
        AND (${batch.until}::timestamptz IS NULL OR v.happens_at < ${batch.until}::timestamptz)
        AND NOT EXISTS (
          SELECT 1 FROM hand_off AS earlier
          WHERE earlier.visit_id = h.visit_id AND earlier.revision < h.revision AND earlier.state = 'waiting'
            AND (earlier.way IS NULL OR ${batch.isCalled}::boolean))
      ORDER BY h.id FOR UPDATE OF h)
    RETURNING id, visit_id AS "visitId", revision`;

/** One at a time makes the file of a batch. */
export const lockBatch = (tx: Tx, batchId: string) =>
  tx.$executeRaw`SELECT pg_advisory_xact_lock(${advisoryLocks.handOffBatch}::int, hashtext(app_municipality()::text || ${batchId}::text))`;

export async function isBatch(tx: ReadTx, batchId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<
    unknown[]
  >`SELECT 1 FROM hand_off WHERE batch_id = ${batchId}::uuid LIMIT 1`;
  return rows.length > 0;
}

/** A page of a batch in the order of the visits, without those of citizens who are erased since. */
export function listBatch(
  tx: ReadTx,
  batchId: string,
  after: HandOffRow | null,
  limit: number,
): Promise<HandOffRow[]> {
  const [at, id] = after === null ? [null, null] : [after.happensAt, after.id];
  return tx.$queryRaw<HandOffRow[]>`
    SELECT ${columns} FROM ${joined}
    WHERE h.batch_id = ${batchId}::uuid AND citizen.erased_at IS NULL
      AND (${at}::timestamptz IS NULL OR (v.happens_at, h.id) > (${at}::timestamptz, ${id}::uuid))
    ORDER BY v.happens_at, h.id LIMIT ${limit}`;
}

export const listCitizensOfBatch = (tx: ReadTx, batchId: string) =>
  tx.$queryRaw<{ id: string; code: string }[]>`
    SELECT DISTINCT citizen.id, citizen.code FROM ${joined}
    WHERE h.batch_id = ${batchId}::uuid AND citizen.erased_at IS NULL ORDER BY citizen.id`;

/** What documents are made of, as the visits now are. */
export interface DocumentFacts extends Omit<DocumentedVisit, 'revision'> {
  readonly visitId: string;
  readonly sealedNote: Uint8Array | null;
}

type JsonPart = Omit<DocumentedPart, 'startsAt' | 'endsAt'> & {
  readonly startsAt: number;
  readonly endsAt: number;
};

export async function readFacts(
  tx: ReadTx,
  visitIds: readonly string[],
): Promise<Map<string, DocumentFacts>> {
  const rows = await tx.$queryRaw<(Omit<DocumentFacts, 'parts'> & { parts: JsonPart[] })[]>`
    SELECT v.id AS "visitId", v.channel, v.origin, v.state AS outcome, v.happens_at AS "happensAt", v.planned_starts_at AS "plannedStartsAt",
      v.purposes, v.topics, v.ended_reason AS "endedReason", note.sealed_note AS "sealedNote",
      (SELECT coalesce(json_agg(json_build_object('kind', p.kind, 'startsAt', extract(epoch FROM p.starts_at) * 1000,
          'endsAt', extract(epoch FROM p.ends_at) * 1000, 'minutes', p.minutes) ORDER BY p.place), '[]')
        FROM visit_part p WHERE p.municipality_id = v.municipality_id AND p.visit_id = v.id AND p.ends_at IS NOT NULL) AS parts,
      (SELECT coalesce(json_agg(json_build_object('kind', p.kind, 'initials', colleague.initials) ORDER BY p.place), '[]')
        FROM visit_participant p LEFT JOIN staff AS colleague ON colleague.municipality_id = p.municipality_id AND colleague.id = p.staff_id
        WHERE p.municipality_id = v.municipality_id AND p.visit_id = v.id) AS participants
    FROM visit AS v LEFT JOIN visit_note AS note ON note.municipality_id = v.municipality_id AND note.visit_id = v.id
    WHERE v.id = ANY (${visitIds}::uuid[])`;
  return new Map(
    rows.map(({ parts, ...row }) => [
      row.visitId,
      {
        ...row,
        parts: parts.map((part) => ({
          ...part,
          startsAt: new Date(part.startsAt),
          endsAt: new Date(part.endsAt),
        })),
      },
    ]),
  );
}
