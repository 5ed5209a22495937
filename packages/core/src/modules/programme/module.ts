import type { Clock } from '../../kernel/clock.ts';
import { assertSound, type Ledger, type LedgerKeys, type SeedVault } from '../../ledger/index.ts';
import { type ChangeEvents, type Database, Prisma, queryHot, type ReadTx } from '../../storage/index.ts';
import type { Endpoints } from '../identity/index.ts';
import { createJoint, createJointMonths, registerJointRoutes } from './joint/index.ts';
import { createFolding, createMeasures, registerMeasuresRoutes } from './measures/index.ts';
import { registerForecastRoutes, registerMilestoneRoutes } from './milestones/index.ts';
import { createMonths, type MonthsDeps, registerMonthsRoutes } from './months/index.ts';
import {
  createPlan,
  getProgrammeThen,
  kindWrong,
  type ProgrammeRow,
  registerPlanRoutes,
} from './plan/index.ts';
import { registerReportRoutes } from './report/index.ts';
import { registerStatusRoutes } from './status/index.ts';

export interface ProgrammeModuleDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly keys: LedgerKeys;
  readonly vault: SeedVault;
}

export type ProgrammeModule = ReturnType<typeof createProgrammeModule>;

/** Programmes with all that belongs to them: what is planned and told, and what the ledger says of it. */
export function createProgrammeModule(deps: ProgrammeModuleDeps) {
  const { clock, database } = deps;
  const measures = createMeasures({ clock });
  const plan = createPlan(deps);
  const folding = createFolding({ database });
  const publishing: Pick<MonthsDeps, 'measures' | 'assertSound'> = {
    measures,
    assertSound: (municipalityId, size, signal) =>
      assertSound(stoppable(database, signal), municipalityId, size),
  };
  const months = createMonths({ ...deps, ...publishing });
  const jointMonths = createJointMonths({ ...deps, ...publishing });
  const joint = createJoint({ ...deps, plan });
  return {
    /** What follows from a log that was signed, or from a month that ended: it is folded, and what is due is given out. */
    follow: async (municipalityId: string, signal?: AbortSignal): Promise<void> => {
      const folded = await folding.fold(municipalityId, signal);
      if (signal?.aborted === true) return;
      // A month-end is final, so it waits for a moment in which nothing that was told is left out of it.
      if (await database.read(municipalityId, (tx) => isLeftOut(tx, folded))) return;
      await months.publishDue(municipalityId, {
        ...(signal === undefined ? {} : { signal }),
        // Years of months take minutes, in which the log goes on.
        between: () => folding.fold(municipalityId, signal),
      });
      signal?.throwIfAborted();
      await jointMonths.publishDue(municipalityId, signal);
    },
    registerRoutes: (endpoints: Endpoints): void => {
      registerPlanRoutes(endpoints, { plan, measures, clock });
      registerMilestoneRoutes(endpoints, { measures, clock });
      registerForecastRoutes(endpoints, { measures, clock });
      registerStatusRoutes(endpoints, { measures, clock });
      registerReportRoutes(endpoints, { database, measures, clock });
      registerMonthsRoutes(endpoints);
      registerJointRoutes(endpoints, { joint });
      registerMeasuresRoutes(endpoints, {
        measures,
        programmeOf: async (tx, id, size) => measured(await getProgrammeThen(tx, { measures }, id, size)),
      });
    },
  };
}

/** A check reads page by page, and between two of them it can be stopped. */
const stoppable = (database: Pick<Database, 'read'>, signal?: AbortSignal): Pick<Database, 'read'> => ({
  read: (municipalityId, work) => {
    signal?.throwIfAborted();
    return database.read(municipalityId, work);
  },
});

/** Whether the log holds leaves that are not folded yet. */
async function isLeftOut(tx: ReadTx, folded: bigint): Promise<boolean> {
  const [found] = await queryHot<{ left_out: boolean }>(
    tx,
    Prisma.sql`
      SELECT EXISTS (SELECT FROM ledger_leaf WHERE "index" IS NULL)
        OR EXISTS (SELECT FROM sequence_head WHERE ledger_size > ${folded}) AS left_out`,
  );
  return found?.left_out ?? false;
}

/** What is led from here has no visits of its own: it is told by its members' months. */
function measured(programme: ProgrammeRow): ProgrammeRow {
  if (programme.kind === 'lead') throw kindWrong(programme);
  return programme;
}
