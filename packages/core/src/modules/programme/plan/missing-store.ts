import { Prisma, queryHot, type ReadTx } from '../../../storage/index.ts';

/** Whom nobody has offered video visits, though their latest assessment says that it suits them. */
const suitedNeverOffered = Prisma.sql`
  citizen.erased_at IS NULL AND citizen.status = 'candidate'
  AND NOT EXISTS (SELECT 1 FROM citizen_step AS step WHERE step.citizen_id = citizen.id AND step.to_status = 'offered')
  AND (
    SELECT assessment.outcome FROM suitability_assessment AS assessment WHERE assessment.citizen_id = citizen.id
    ORDER BY assessment.assessed_on DESC, assessment.recorded_at DESC, assessment.id DESC LIMIT 1
  ) IN ('suited', 'suited-with-help')`;

/** Whether a citizen has had a held visit by video, from a time on. */
const hadVideoSince = (since: Date | null) => Prisma.sql`
  EXISTS (
    SELECT 1 FROM visit
    WHERE visit.citizen_id = citizen.id AND visit.state = 'held'
      AND (${since}::timestamptz IS NULL OR visit.happens_at >= ${since}::timestamptz)
      AND EXISTS (SELECT 1 FROM visit_part AS part WHERE part.visit_id = visit.id AND part.kind = 'video')
  )`;

/** Who has said yes and was not called yet. */
const acceptedNeverCalled = Prisma.sql`
  citizen.erased_at IS NULL AND citizen.status IN ('accepted', 'introduced') AND NOT ${hadVideoSince(null)}`;

/** Counts over the whole municipality; never who. */
export async function countWaiting(
  tx: ReadTx,
): Promise<{ readonly suitedNeverOffered: number; readonly acceptedNeverCalled: number }> {
  const [row] = await queryHot<{ suitedNeverOffered: number; acceptedNeverCalled: number }>(
    tx,
    Prisma.sql`
    SELECT
      (SELECT count(*)::int FROM citizen WHERE ${suitedNeverOffered}) AS "suitedNeverOffered",
      (SELECT count(*)::int FROM citizen WHERE ${acceptedNeverCalled}) AS "acceptedNeverCalled"`,
  );
  if (row === undefined) throw new Error('a count always answers');
  return row;
}

export interface OwnWaiting {
  /** Own citizens with a held visit by video since a time. */
  readonly online: number;
  readonly suitedNeverOffered: readonly string[];
  readonly acceptedNeverCalled: readonly string[];
}

/** A worker's own citizens, by code. MUST be asked for the worker who asks, and for nobody else. */
export async function listOwnWaiting(tx: ReadTx, workerId: string, since: Date): Promise<OwnWaiting> {
  const own = Prisma.sql`citizen.worker_id = ${workerId}::uuid`;
  const codes = (which: Prisma.Sql) =>
    Prisma.sql`(SELECT coalesce(array_agg(citizen.code ORDER BY citizen.code), '{}') FROM citizen WHERE ${own} AND ${which})`;
  const [row] = await queryHot<OwnWaiting>(
    tx,
    Prisma.sql`
    SELECT (SELECT count(*)::int FROM citizen WHERE ${own} AND citizen.erased_at IS NULL AND ${hadVideoSince(since)}) AS online,
      ${codes(suitedNeverOffered)} AS "suitedNeverOffered", ${codes(acceptedNeverCalled)} AS "acceptedNeverCalled"`,
  );
  if (row === undefined) throw new Error('a count always answers');
  return row;
}

/** Support workers employed now. */
export async function countWorkers(tx: ReadTx): Promise<number> {
  const [row] = await queryHot<{ count: number }>(
    tx,
    Prisma.sql`SELECT count(*)::int AS count FROM staff WHERE ended_at IS NULL AND 'support-worker' = ANY (roles)`,
  );
  return row?.count ?? 0;
}
