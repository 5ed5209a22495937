import { randomUUID } from 'node:crypto';
import type { ImportQuery, ImportRun, RowProblem as PublishedProblem } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Ledger } from '../../ledger/index.ts';
import {
  type ChangeEvents,
  type Database,
  findViolation,
  type Prisma,
  type Tx,
} from '../../storage/index.ts';
import type { Columns, RowValues } from '../../tabular/shape.ts';
import type { TableSource } from '../../tabular/source.ts';
import { openTable, type RowProblem, type Table } from '../../tabular/table.ts';
import type { Actor } from '../identity/index.ts';
import type { ImportCounts, Importer } from './importer.ts';

export interface ImportDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
}

export type ImportOptions = Pick<ImportQuery, 'dryRun' | 'map' | 'dates' | 'run'>;

const shownProblems = 200;
const batchRows = 1000;
const writeTimeoutMs = 15 * 60_000;
const reportEveryMs = 250;

/** Thrown inside the transaction of a dry run, so that all of it is undone. */
class DryRunDone extends Error {
  readonly counts: ImportCounts;
  constructor(counts: ImportCounts) {
    super('dry run');
    this.counts = counts;
  }
}

/**
 * Imports a file in two passes: the first looks for every fault and writes nothing; the second, only if there was none,
 * writes all rows in one transaction. A dry run does both and undoes the second, so its counts are the real ones.
 *
 * @throws DomainError import_unreadable, import_rejected (the run with its problems is in the details)
 */
export async function runImport<C extends Columns, Known>(
  importer: Importer<C, Known>,
  actor: Actor,
  source: TableSource,
  options: ImportOptions,
  deps: ImportDeps,
): Promise<ImportRun> {
  const { database } = deps;
  const { municipalityId } = actor;
  const progress = await startRun(importer.kind, actor, options, deps);
  try {
    const known = await database.read(municipalityId, (tx) => importer.readKnown(tx, actor));
    const table = await openTable(source, importer.shape, {
      ...(options.map === undefined ? {} : { map: options.map }),
      ...(options.dates === undefined ? {} : { dates: options.dates }),
    });
    progress.note({ ignoredHeadings: [...table.ignoredHeadings] });

    const { problems, problemCount } = await findProblems(importer, table, known, actor, progress);
    if (problemCount > 0) {
      await progress.end({
        state: 'rejected',
        problemCount,
        problems: problems as unknown as Prisma.InputJsonValue,
      });
      throw new DomainError(
        'import_rejected',
        { count: problemCount },
        { details: { run: await progress.read() } },
      );
    }

    await progress.save({ state: 'writing', rows: 0 });
    await writeAll(importer, table, known, actor, options.dryRun, progress, deps);
    return await progress.read();
  } catch (error) {
    await progress.failUnlessEnded();
    throw error;
  }
}

async function findProblems<C extends Columns, Known>(
  importer: Importer<C, Known>,
  table: Table<C>,
  known: Known,
  actor: Actor,
  progress: Progress,
) {
  const problems: PublishedProblem[] = [];
  let problemCount = 0;
  let rows = 0;
  for await (const row of table.rows()) {
    const found: readonly RowProblem[] = row.ok ? importer.findProblems(row, known, actor) : row.problems;
    problemCount += found.length;
    for (const problem of found.slice(0, shownProblems - problems.length))
      problems.push({ ...problem, params: { ...problem.params } });
    rows += 1;
    await progress.sometimes({ rows, problemCount });
  }
  await progress.save({ rows, problemCount });
  return { problems, problemCount };
}

async function writeAll<C extends Columns, Known>(
  importer: Importer<C, Known>,
  table: Table<C>,
  known: Known,
  actor: Actor,
  dryRun: boolean,
  progress: Progress,
  { database, ledger, changes }: ImportDeps,
): Promise<void> {
  const work = async (tx: Tx): Promise<void> => {
    // One import of a municipality after the other: two that bring the same rows would else both make them.
    await tx.$queryRaw`SELECT id FROM municipality WHERE id = app_municipality() FOR NO KEY UPDATE`;
    const counts = { created: 0, updated: 0, unchanged: 0 };
    let rows = 0;
    const flush = async (batch: readonly RowValues<C>[]) => {
      const done = await importer.apply(tx, actor, batch, known);
      counts.created += done.created;
      counts.updated += done.updated;
      counts.unchanged += done.unchanged;
      rows += batch.length;
      await progress.sometimes({ rows, ...counts });
    };
    let batch: RowValues<C>[] = [];
    for await (const row of table.rows()) {
      if (!row.ok) throw new Error('a row that was good is bad now: the file changed while it was read');
      batch.push(row.values);
      if (batch.length === batchRows) {
        await flush(batch);
        batch = [];
      }
    }
    if (batch.length > 0) await flush(batch);
    // An import that changes nothing leaves no trace but its run.
    if (counts.created + counts.updated > 0) {
      await ledger.append(tx, actor.staffId, { type: 'import.completed', kind: importer.kind, ...counts });
      await changes.append(tx, {
        type: 'import.completed',
        entity: { kind: 'import', id: progress.id },
        data: { kind: importer.kind, ...counts },
      });
    }
    if (dryRun) throw new DryRunDone(counts);
    await progress.endWithin(tx, { state: 'done', rows: table.rowCount, ...counts });
  };
  try {
    await database.write(actor.municipalityId, work, { timeoutMs: writeTimeoutMs });
  } catch (error) {
    if (!(error instanceof DryRunDone)) throw explainCollision(error);
    await progress.end({ state: 'done', rows: table.rowCount, ...error.counts });
  }
}

/** Somebody registered by hand what the file was about to make: trying again finds it there (23505, unique violation). */
function explainCollision(error: unknown): unknown {
  return findViolation(error)?.state === '23505'
    ? new DomainError('unavailable', {}, { cause: error })
    : error;
}

type RunUpdate = Prisma.ImportRunUncheckedUpdateManyInput;

interface Progress {
  readonly id: string;
  note(update: RunUpdate): void;
  save(update: RunUpdate): Promise<void>;
  /** Saves at most four times a second, in a transaction of its own, so that it is seen while the import runs. */
  sometimes(update: RunUpdate): Promise<void>;
  end(update: RunUpdate): Promise<void>;
  /** Ends the run together with what it wrote: nobody is told that nothing happened when it did. */
  endWithin(tx: Tx, update: RunUpdate): Promise<void>;
  failUnlessEnded(): Promise<void>;
  read(): Promise<ImportRun>;
}

async function startRun(
  kind: ImportRun['kind'],
  actor: Actor,
  options: ImportOptions,
  { database, clock }: ImportDeps,
): Promise<Progress> {
  const { municipalityId, staffId } = actor;
  const id = options.run ?? randomUUID();
  const now = clock.now();
  await database.write(municipalityId, async (tx) => {
    const inserted = await tx.$executeRaw`
      INSERT INTO import_run (municipality_id, id, staff_id, kind, state, dry_run, "rows", created, updated, unchanged, problem_count, problems, ignored_headings, started_at, updated_at)
      VALUES (app_municipality(), ${id}::uuid, ${staffId}::uuid, ${kind}, 'checking', ${options.dryRun}, 0, 0, 0, 0, 0, '[]', '{}', ${now}, ${now})
      ON CONFLICT DO NOTHING`;
    // Whose run it is and what became of it stays between them and /imports/{id}.
    if (inserted === 0) throw new DomainError('already_exists', { kind: 'import', name: id });
  });
  let noted: RunUpdate = {};
  let savedAt = performance.now();
  let ended = false;
  const save = async (update: RunUpdate) => {
    const data = { ...noted, ...update, updatedAt: clock.now() };
    noted = {};
    savedAt = performance.now();
    await database.write(municipalityId, (tx) => tx.importRun.updateMany({ where: { id }, data }));
  };
  return {
    id,
    note: (update) => {
      noted = { ...noted, ...update };
    },
    save,
    sometimes: async (update) => {
      if (performance.now() - savedAt >= reportEveryMs) await save(update);
    },
    end: async (update) => {
      await save({ ...update, endedAt: clock.now() });
      ended = true;
    },
    endWithin: async (tx, update) => {
      const data = { ...noted, ...update, updatedAt: clock.now(), endedAt: clock.now() };
      await tx.importRun.updateMany({ where: { id }, data });
    },
    failUnlessEnded: async () => {
      // Only what is still under way: the transaction that wrote may have been committed although its answer was lost.
      if (ended) return;
      await database.write(municipalityId, (tx) =>
        tx.importRun.updateMany({
          where: { id, endedAt: null },
          data: { state: 'failed', updatedAt: clock.now(), endedAt: clock.now() },
        }),
      );
    },
    read: async () =>
      presentRun(
        await database.read(municipalityId, (tx) => tx.importRun.findFirstOrThrow({ where: { id } })),
      ),
  };
}

export function presentRun(row: Prisma.ImportRunGetPayload<object>): ImportRun {
  return {
    id: row.id,
    kind: row.kind as ImportRun['kind'],
    state: row.state as ImportRun['state'],
    dryRun: row.dryRun,
    rows: row.rows,
    created: row.created,
    updated: row.updated,
    unchanged: row.unchanged,
    problemCount: row.problemCount,
    problems: row.problems as unknown as PublishedProblem[],
    ignoredHeadings: row.ignoredHeadings,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
