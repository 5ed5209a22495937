import { api } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { decodeCursor, instantKey, toPage, uuidKey } from '../../../kernel/cursor.ts';
import { startOfLocalDay } from '../../../kernel/time-zone.ts';
import type { ReadTx } from '../../../storage/index.ts';
import type { Actor, Endpoints } from '../../identity/index.ts';
import { presentPlan } from './presenter.ts';
import type { PlansService } from './service.ts';
import { getPlan, listChanges, listGaps, listPlans, type PlanRow } from './store.ts';
import { weekOf } from './weeks.ts';

export interface PlanRouteDeps {
  readonly plans: PlansService;
  readonly clock: Clock;
}

export function registerPlanRoutes(endpoints: Endpoints, { plans, clock }: PlanRouteDeps): void {
  const routes = api.plans;

  /** How plans are shown, with what belongs to them. */
  const showing = async (tx: ReadTx, rows: readonly PlanRow[]) => {
    const [now, ids] = [clock.now(), rows.map(({ id }) => id)];
    const gaps = await listGaps(tx, ids, startOfLocalDay(now));
    const belongings = { gaps, changes: await listChanges(tx, ids), week: weekOf(now) };
    return (row: PlanRow) => presentPlan(row, belongings);
  };
  const show = async (tx: ReadTx, id: string, { actor }: { readonly actor: Actor }) => {
    const row = await getPlan(tx, actor, id);
    return (await showing(tx, [row]))(row);
  };

  endpoints.read(routes.list, async (tx, { actor, query }) => {
    const { citizen, worker, state, limit, cursor } = query;
    const [createdAt, id] = cursor === undefined ? [] : decodeCursor(cursor, [instantKey, uuidKey]);
    const after =
      createdAt === undefined || id === undefined ? undefined : { createdAt: new Date(createdAt), id };
    const rows = await listPlans(tx, actor, { citizen, worker, state, after, limit: limit + 1 });
    return toPage(rows, limit, await showing(tx, rows), (row) => [row.createdAt.toISOString(), row.id]);
  });
  endpoints.write(
    routes.create,
    async (tx, { actor, body }) => ({ reference: await plans.create(tx, actor, body) }),
    show,
  );
  endpoints.read(routes.show, (tx, { actor, params }) => show(tx, params.id, { actor }));
  endpoints.write(
    routes.changeWeek,
    async (tx, { actor, params, body }) => ({
      reference: await plans.changeWeek(tx, actor, params.id, body),
    }),
    show,
  );
  endpoints.write(
    routes.step,
    async (tx, { actor, params, body }) => ({ reference: await plans.step(tx, actor, params.id, body) }),
    show,
  );
  endpoints.write(
    routes.changePhases,
    async (tx, { actor, params, body }) => ({
      reference: await plans.changePhases(tx, actor, params.id, body),
    }),
    show,
  );
  endpoints.write(
    routes.end,
    async (tx, { actor, params, body }) => ({ reference: await plans.end(tx, actor, params.id, body) }),
    show,
  );
}
