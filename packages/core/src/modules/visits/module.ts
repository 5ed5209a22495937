import type { Clock } from '../../kernel/clock.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { ChangeEvents, Database, Outbox, Tx } from '../../storage/index.ts';
import type { CitizenContacts } from '../citizens/index.ts';
import type { Actor, Endpoints } from '../identity/index.ts';
import type { Spool } from '../imports/index.ts';
import type { RoomsService } from '../rooms/index.ts';
import { registerGrantedRoutes } from './granted/routes.ts';
import { createHandOffs, registerHandOffRoutes } from './hand-off/index.ts';
import { createPlans, registerPlanRoutes } from './plans/index.ts';
import type { VisitListener } from './record.ts';
import { registerReviewRoutes } from './reviews/routes.ts';
import { createReviews, listDueCodes } from './reviews/service.ts';
import { registerVisitRoutes } from './routes.ts';
import { createVisits } from './service.ts';
import { deleteNotesOf } from './store.ts';

export interface VisitsModuleDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly outbox: Outbox;
  readonly contacts: CitizenContacts;
  readonly rooms: RoomsService;
  /** Whether recorded visits are called through to a case system. */
  readonly hasCaseSystem: boolean;
  /** Calls and messages follow what becomes of visits. */
  readonly onChanged: VisitListener;
}

export type VisitsModule = ReturnType<typeof createVisitsModule>;

/** Visits with all that belongs to them: plans that make them, granted time, reviews, the hand-off to the case system. */
export function createVisitsModule(deps: VisitsModuleDeps) {
  const { clock, ledger, changes } = deps;
  const handOffs = createHandOffs(deps);
  const visits = createVisits({
    ...deps,
    onRecorded: handOffs.recorded,
    revisionOf: handOffs.revisionOf,
  });
  const plans = createPlans({ ...deps, visits });
  const reviews = createReviews(deps);
  return {
    visits,
    plans,

    /** With an employment end its plans and the visits that were to come. */
    onStaffEnded: async (tx: Tx, actor: Actor, workerId: string): Promise<void> => {
      await plans.endPlansOf(tx, actor, { workerId });
      await visits.endVisitsOf(tx, actor, { workerId });
    },

    /** With the knowledge of who somebody is go their plans, visits to come, and notes. */
    onErased: async (tx: Tx, actor: Actor, citizenId: string): Promise<void> => {
      await plans.endPlansOf(tx, actor, { citizenId });
      await visits.endVisitsOf(tx, actor, { citizenId });
      await deleteNotesOf(tx, citizenId);
    },

    registerRoutes: (
      endpoints: Endpoints,
      { database, spool }: { readonly database: Pick<Database, 'write'>; readonly spool: Spool },
    ): void => {
      registerVisitRoutes(endpoints, {
        visits,
        clock,
        rules: { clock, ledger, changes },
        listReviewsDue: listDueCodes,
      });
      registerPlanRoutes(endpoints, { plans, clock });
      registerGrantedRoutes(endpoints, { clock });
      registerReviewRoutes(endpoints, { reviews });
      registerHandOffRoutes(endpoints, { handOffs, database, spool });
    },
  };
}
