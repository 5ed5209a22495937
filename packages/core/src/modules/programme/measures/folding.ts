import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '../../../kernel/errors.ts';
import { advisoryLocks, type Database, Prisma, queryHot, type Tx } from '../../../storage/index.ts';
import type { LedgerFact, VisitChange } from './facts.ts';
import { readLeaves } from './leaves.ts';

export interface Folding {
  /**
   * Folds what is signed and not folded yet, in batches of a transaction each: wherever it is killed, and however many fold
   * at once, the next one goes on where the last batch ended.
   *
   * @param signal ends it after the batch under way; what is left is folded the next time
   * @returns how many leaves are folded
   * @throws DomainError ledger_unsound with the index of a leaf that is missing or cannot be read
   */
  fold(municipalityId: string, signal?: AbortSignal): Promise<bigint>;
  /** Throws away what was folded and folds from the first leaf. @throws DomainError as `fold` */
  refold(municipalityId: string): Promise<bigint>;
}

const timeoutMs = 60_000;

/** @param batch how many leaves one transaction takes */
export function createFolding({
  database,
  batch = 5_000,
}: {
  readonly database: Pick<Database, 'write'>;
  readonly batch?: number;
}): Folding {
  const fold = async (municipalityId: string, signal?: AbortSignal): Promise<bigint> => {
    for (;;) {
      const { folded, signed, gaveWay } = await database.write(municipalityId, (tx) => foldBatch(tx, batch), {
        timeoutMs,
      });
      if (folded >= signed || signal?.aborted === true) return folded;
      if (gaveWay) await pause(signal);
    }
  };
  return {
    fold,
    refold: async (municipalityId) => {
      const clear = async (tx: Tx): Promise<boolean> => {
        if (!(await takeTurn(tx))) return false;
        for (const table of ['measure_fold', 'visit_fact', 'ledger_fact'])
          await queryHot(tx, Prisma.raw(`DELETE FROM ${table}`));
        return true;
      };
      while (!(await database.write(municipalityId, clear, { timeoutMs }))) await pause();
      return fold(municipalityId);
    },
  };
}

/** How long to wait before looking again whether another is done. */
const lookAgainMs = 100;
const pause = (signal?: AbortSignal): Promise<unknown> =>
  delay(lookAgainMs, undefined, { ...(signal === undefined ? {} : { signal }) }).catch(() => undefined);

/**
 * One folds at a time, and none while a demo municipality is made anew (which holds its row): what was read of the old log
 * would be left to the new one. Whose turn it is not gives way at once: to wait within a transaction would hold a connection
 * for as long as another takes, and hold up a service that is to stop.
 */
async function takeTurn(tx: Tx): Promise<boolean> {
  const [turn] = await queryHot<{ taken: boolean }>(
    tx,
    Prisma.sql`
      SELECT pg_try_advisory_xact_lock(${advisoryLocks.measureFold}::integer, hashtext(app_municipality()::text)) AS taken`,
  );
  if (turn?.taken !== true) return false;
  const free = await queryHot(tx, Prisma.sql`SELECT 1 FROM municipality FOR SHARE SKIP LOCKED`);
  return free.length > 0;
}

interface Batch {
  readonly folded: bigint;
  readonly signed: bigint;
  /** Another folds. */
  readonly gaveWay: boolean;
}

async function foldBatch(tx: Tx, batch: number): Promise<Batch> {
  // Looked at beforehand, so that nobody waits where there is nothing to do.
  const before = await readProgress(tx);
  if (before.folded >= before.signed) return { ...before, gaveWay: false };
  if (!(await takeTurn(tx))) return { ...before, gaveWay: true };
  const { folded, signed } = await readProgress(tx);
  const upTo = signed < folded + BigInt(batch) ? signed : folded + BigInt(batch);
  if (upTo <= folded) return { folded, signed, gaveWay: false };
  const rows = await queryHot<{ index: string; entry: Buffer }>(
    tx,
    Prisma.sql`SELECT "index", entry FROM ledger_leaf WHERE "index" >= ${folded} AND "index" < ${upTo} ORDER BY "index"`,
  );
  const leaves = rows.map((row) => ({ index: BigInt(row.index), entry: row.entry }));
  const missing = leaves.findIndex((leaf, nth) => leaf.index !== folded + BigInt(nth));
  if (missing >= 0 || BigInt(leaves.length) < upTo - folded)
    throw new DomainError('ledger_unsound', {
      index: String(folded + BigInt(missing >= 0 ? missing : leaves.length)),
    });
  const { visits, others } = readLeaves(leaves);
  await writeVisits(tx, visits);
  await writeOthers(tx, others);
  await queryHot(
    tx,
    Prisma.sql`
      INSERT INTO measure_fold (municipality_id, size) VALUES (app_municipality(), ${upTo})
      ON CONFLICT (municipality_id) DO UPDATE SET size = EXCLUDED.size`,
  );
  return { folded: upTo, signed, gaveWay: false };
}

/** How many leaves are folded and how many are signed; 0 before the first. */
async function readProgress(tx: Tx): Promise<{ folded: bigint; signed: bigint }> {
  const [row] = await queryHot<{ folded: string; signed: string }>(
    tx,
    Prisma.sql`
      SELECT coalesce((SELECT size FROM measure_fold), 0) AS folded, coalesce((SELECT size FROM ledger_log), 0) AS signed`,
  );
  return { folded: BigInt(row?.folded ?? 0), signed: BigInt(row?.signed ?? 0) };
}

/** Each change ends the version before it; a change to something that is no ending begins none. */
async function writeVisits(tx: Tx, changes: readonly VisitChange[]): Promise<void> {
  if (changes.length === 0) return;
  const firstOf = new Map<string, bigint>();
  const nextOf = new Map<VisitChange, bigint>();
  const latestOf = new Map<string, VisitChange>();
  for (const change of changes) {
    const before = latestOf.get(change.visit);
    if (before === undefined) firstOf.set(change.visit, change.index);
    else nextOf.set(before, change.index);
    latestOf.set(change.visit, change);
  }
  // No join: planned while there were no facts yet, and kept for this connection, it would compare each with each.
  const untilOf = JSON.stringify(
    Object.fromEntries([...firstOf].map(([visit, index]) => [visit, String(index)])),
  );
  await queryHot(
    tx,
    Prisma.sql`
      UPDATE visit_fact SET until_index = (${untilOf}::jsonb ->> visit::text)::bigint
      WHERE municipality_id = app_municipality() AND until_index IS NULL AND visit = ANY (${[...firstOf.keys()]}::uuid[])`,
  );
  const ended = changes.flatMap((change) => (change.ended === null ? [] : [{ change, of: change.ended }]));
  if (ended.length === 0) return;
  await queryHot(
    tx,
    Prisma.sql`
      INSERT INTO visit_fact (
        municipality_id, visit, from_index, until_index, subject, worker, team, happened_on, channel, state,
        video_minutes, physical_minutes, phone_minutes
      )
      SELECT app_municipality(), * FROM unnest(
        ${ended.map(({ change }) => change.visit)}::uuid[],
        ${ended.map(({ change }) => change.index)}::bigint[],
        ${ended.map(({ change }) => nextOf.get(change) ?? null)}::bigint[],
        ${ended.map(({ of }) => of.subject)}::uuid[],
        ${ended.map(({ of }) => of.worker)}::uuid[],
        ${ended.map(({ of }) => of.team)}::uuid[],
        ${ended.map(({ of }) => of.on)}::date[],
        ${ended.map(({ of }) => of.channel)}::text[],
        ${ended.map(({ of }) => of.state)}::text[],
        ${ended.map(({ of }) => of.minutes.video)}::integer[],
        ${ended.map(({ of }) => of.minutes.physical)}::integer[],
        ${ended.map(({ of }) => of.minutes.phone)}::integer[]
      )`,
  );
}

async function writeOthers(tx: Tx, facts: readonly LedgerFact[]): Promise<void> {
  if (facts.length === 0) return;
  await queryHot(
    tx,
    Prisma.sql`
      INSERT INTO ledger_fact (municipality_id, "index", type, subject, staff, team, programme, code, happened_on, data)
      SELECT app_municipality(), * FROM unnest(
        ${facts.map((fact) => fact.index)}::bigint[],
        ${facts.map((fact) => fact.type)}::text[],
        ${facts.map((fact) => fact.subject)}::uuid[],
        ${facts.map((fact) => fact.staff)}::uuid[],
        ${facts.map((fact) => fact.team)}::uuid[],
        ${facts.map((fact) => fact.programme)}::uuid[],
        ${facts.map((fact) => fact.code)}::text[],
        ${facts.map((fact) => fact.on)}::date[],
        ${facts.map((fact) => JSON.stringify(fact.data))}::jsonb[]
      )`,
  );
}
