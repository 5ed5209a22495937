import { withoutTeam } from '../../../contract/measure-words.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Ledger } from '../../../ledger/index.ts';
import {
  type ChangeEvents,
  type Database,
  Prisma,
  queryHot,
  type ReadTx,
  type Tx,
  violatedConstraint,
} from '../../../storage/index.ts';
import type { Measures } from '../measures/index.ts';
import { getProgramme, listProgrammes, type ProgrammeRow } from '../plan/index.ts';
import { firstDayOf, lastDayOf, monthsOver } from './calendar.ts';
import { countsOf } from './counts.ts';
import { type ExactUnit, insertMonth, type KeptMonth, keptMonths } from './store.ts';
import { createGuard } from './suppression.ts';

export interface MonthsDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly changes: ChangeEvents;
  readonly measures: Pick<Measures, 'head' | 'figures' | 'figuresByTeam'>;
  /**
   * Rebuilds the log up to a signed size and compares; see ledger/writer/check.ts.
   *
   * @throws DomainError ledger_unsound
   */
  readonly assertSound: (municipalityId: string, size: bigint, signal?: AbortSignal) => Promise<unknown>;
}

export interface PublishOptions {
  /** Aborted when the service is to stop: what was given out stays, the rest comes with the next start. */
  readonly signal?: AbortSignal;
  /** Awaited before each month, for what must not wait until years of them are given out. */
  readonly between?: () => Promise<unknown>;
}

export interface Months {
  /**
   * Publishes every month of the municipality's programmes that is over and not given out yet, oldest first, as its log tells
   * it now. What is recorded later comes with later months: a month-end that was given out is final.
   *
   * @returns how many month-ends were published
   * @throws DomainError ledger_unsound, upon which nothing is given out; the signal's reason once it is aborted
   */
  publishDue(municipalityId: string, options?: PublishOptions): Promise<number>;
}

export function createMonths({
  database,
  clock,
  ledger,
  changes,
  measures,
  assertSound,
}: MonthsDeps): Months {
  const countUnits = async (tx: ReadTx, month: string, size: bigint): Promise<ExactUnit[]> => {
    const question = { size, at: lastDayOf(month) };
    // The rate is left to those who read, so it does not matter what it would be divided by.
    const of = { from: firstDayOf(month), targetGroup: 1 };
    const municipality = await tx.municipality.findFirstOrThrow();
    const names = new Map((await tx.team.findMany()).map(({ id, name }) => [id, name]));
    const byTeam = [...(await measures.figuresByTeam(tx, question, of))].map(([id, figures]): ExactUnit => {
      const team = id === null ? withoutTeam : { id, name: names.get(id) ?? id };
      return { kind: 'team', ...team, targetGroup: null, counts: countsOf(figures) };
    });
    const parts = byTeam
      .filter(({ id, counts }) => id !== withoutTeam.id || Object.values(counts).some((count) => count > 0))
      .sort((one, other) => one.name.localeCompare(other.name, 'da'));
    const counts = countsOf(await measures.figures(tx, question, of));
    const whole: ExactUnit = {
      kind: 'municipality',
      id: null,
      name: municipality.name,
      targetGroup: null,
      counts,
    };
    // A single team is the whole once more.
    return parts.length < 2 ? [whole] : [whole, ...parts];
  };

  const publish = async (municipalityId: string, programmes: readonly ProgrammeRow[], kept: KeptMonth) => {
    await database.write(municipalityId, async (tx) => {
      for (const { id, targetGroup } of programmes) {
        const [whole, ...parts] = kept.exact;
        const exact = whole === undefined ? [] : [{ ...whole, targetGroup }, ...parts];
        await tellPublished({ ledger, changes }, tx, id, { ...kept, exact }, clock.now());
      }
    });
  };

  return {
    publishDue: async (municipalityId, { signal, between } = {}) => {
      const { due, past, size } = await database.read(municipalityId, async (tx) => ({
        ...(await whatIsDue(tx, clock.now())),
        size: await signedSize(tx, await measures.head(tx)),
      }));
      if (due.size === 0 || size === null) return 0;
      await assertSound(municipalityId, size, signal);
      // All programmes of a municipality tell of the same citizens, so they give out the same tables: two that hide different
      // counts could be laid side by side.
      const guard = createGuard({ readersKnowOne: false });
      const known = new Map(past.map((month) => [month.month, month]));
      for (const { month, exact, shown } of known.values()) guard.remember({ month, units: exact }, shown);
      let published = 0;
      for (const [month, programmes] of [...due].sort(([one], [other]) => (one < other ? -1 : 1))) {
        await between?.();
        signal?.throwIfAborted();
        let kept = known.get(month);
        if (kept === undefined) {
          const exact = await database.read(municipalityId, (tx) => countUnits(tx, month, size));
          kept = { month, size, exact, shown: await guard.decideInTurns({ month, units: exact }, signal) };
        }
        try {
          await publish(municipalityId, programmes, kept);
        } catch (error) {
          // Another process was faster, and what it gave out is what holds.
          if (violatedConstraint(error) === 'published_month_pkey') return published;
          throw error;
        }
        published += programmes.length;
      }
      return published;
    },
  };
}

/**
 * Keeps a month-end for good and tells of it.
 *
 * @throws DomainError not_found where the programme went with a demo municipality
 */
export async function tellPublished(
  { ledger, changes }: Pick<MonthsDeps, 'ledger' | 'changes'>,
  tx: Tx,
  programmeId: string,
  kept: KeptMonth,
  now: Date,
): Promise<void> {
  // A demo municipality that is being made anew holds its row; what comes after that is told of what is there then.
  await queryHot(tx, Prisma.sql`SELECT FROM municipality FOR SHARE`);
  await getProgramme(tx, programmeId);
  const leaf = await insertMonth(tx, programmeId, kept, now);
  await ledger.append(tx, 'system', leaf);
  await changes.append(tx, {
    type: leaf.type,
    entity: { kind: 'programme', id: programmeId },
    data: { month: kept.month },
  });
}

/** Which programmes still have to give out which months, and all that was given out of this municipality. */
async function whatIsDue(
  tx: ReadTx,
  now: Date,
): Promise<{ due: Map<string, ProgrammeRow[]>; past: KeptMonth[] }> {
  const due = new Map<string, ProgrammeRow[]>();
  const past: KeptMonth[] = [];
  for (const programme of await listProgrammes(tx)) {
    if (programme.kind === 'lead' || programme.isHistory) continue;
    const kept = await keptMonths(tx, programme.id);
    past.push(...kept);
    const done = new Set(kept.map(({ month }) => month));
    for (const month of monthsOver(programme.startsOn, programme.endsOn, now))
      if (!done.has(month)) due.set(month, [...(due.get(month) ?? []), programme]);
  }
  return { due, past: past.sort((one, other) => (one.month < other.month ? -1 : 1)) };
}

/** The largest size that was signed and of which all is folded. */
export async function signedSize(tx: ReadTx, head: bigint): Promise<bigint | null> {
  const [row] = await queryHot<{ size: string | null }>(
    tx,
    Prisma.sql`SELECT max(size) AS size FROM ledger_checkpoint WHERE size <= ${head}::bigint`,
  );
  return row?.size == null ? null : BigInt(row.size);
}
