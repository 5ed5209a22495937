import type { Clock } from '../../kernel/clock.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { ChangeEvents, ReadTx } from '../../storage/index.ts';
import type { Endpoints } from '../identity/index.ts';
import { createMeasures, registerMeasuresRoutes } from './measures/index.ts';
import { registerForecastRoutes, registerMilestoneRoutes } from './milestones/index.ts';
import { createPlan, getProgramme, kindWrong, registerPlanRoutes } from './plan/index.ts';
import { registerStatusRoutes } from './status/index.ts';

export interface ProgrammeModuleDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
}

export type ProgrammeModule = ReturnType<typeof createProgrammeModule>;

/** Programmes with all that belongs to them: what is planned and told, and what the ledger says of it. */
export function createProgrammeModule(deps: ProgrammeModuleDeps) {
  const { clock } = deps;
  const measures = createMeasures({ clock });
  const plan = createPlan(deps);
  return {
    registerRoutes: (endpoints: Endpoints): void => {
      registerPlanRoutes(endpoints, { plan, measures, clock });
      registerMilestoneRoutes(endpoints, { measures, clock });
      registerForecastRoutes(endpoints, { measures, clock });
      registerStatusRoutes(endpoints, { measures, clock });
      registerMeasuresRoutes(endpoints, { measures, programmeOf: measuredProgramme });
    },
  };
}

/** What is led from here has no visits of its own: it is told by its members' months. */
async function measuredProgramme(tx: ReadTx, id: string) {
  const programme = await getProgramme(tx, id);
  if (programme.kind === 'lead') throw kindWrong(programme);
  return programme;
}
