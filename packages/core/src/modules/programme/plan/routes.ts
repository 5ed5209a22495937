import { api } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import type { ReadTx } from '../../../storage/index.ts';
import type { Endpoints } from '../../identity/index.ts';
import type { Measures } from '../measures/index.ts';
import { missingFor, missingOwn } from './missing.ts';
import { readDecision, readEstimate } from './plan-store.ts';
import { listPreparations } from './preparation-store.ts';
import { presentDecision, presentMilestone, presentPreparation, presentProgramme } from './presenter.ts';
import { kindWrong } from './programmes.ts';
import { readPlan } from './reading.ts';
import type { PlanService } from './service.ts';
import { getProgramme, listMilestones, listProgrammes } from './store.ts';

export interface PlanRouteDeps {
  readonly plan: PlanService;
  readonly measures: Measures;
  readonly clock: Clock;
}

export function registerPlanRoutes(endpoints: Endpoints, { plan, measures, clock }: PlanRouteDeps): void {
  const routes = api.programme;
  const today = () => localDay(clock.now());

  const showProgramme = async (tx: ReadTx, id: string) => presentProgramme(await getProgramme(tx, id));
  const showPlan = async (tx: ReadTx, id: string, language: 'da' | 'en' = 'da') =>
    readPlan(tx, await getProgramme(tx, id), { at: today(), language });
  const there = <Item>(item: Item | undefined): Item => {
    if (item === undefined) throw new Error('what was just written is there');
    return item;
  };

  endpoints.read(routes.list, async (tx) => ({
    items: (await listProgrammes(tx)).map(presentProgramme),
    next: null,
  }));
  endpoints.write(
    routes.create,
    async (tx, { actor, body }) => ({ reference: (await plan.create(tx, actor, body)).id }),
    showProgramme,
  );
  endpoints.write(
    routes.change,
    async (tx, { actor, params, body }) => ({
      reference: (await plan.change(tx, actor, params.id, body)).id,
    }),
    showProgramme,
  );

  endpoints.write(
    routes.setMilestones,
    async (tx, { actor, params, body }) => {
      await plan.setMilestones(tx, actor, params.id, body);
      return { reference: params.id };
    },
    async (tx, id) => ({ items: (await listMilestones(tx, id)).map(presentMilestone) }),
  );
  endpoints.write(
    routes.setMilestone,
    async (tx, { actor, params, body }) => ({
      reference: await plan.setMilestone(tx, actor, params.id, params.code, body),
    }),
    async (tx, code, { params }) =>
      presentMilestone(there((await listMilestones(tx, params.id)).find((one) => one.code === code))),
  );
  endpoints.write(
    routes.removeMilestone,
    async (tx, { actor, params }) => ({
      reference: await plan.removeMilestone(tx, actor, params.id, params.code),
    }),
    async (_tx, code) => ({ id: code }),
  );

  endpoints.read(routes.activities, (tx, { params, query }) => showPlan(tx, params.id, query.language));
  endpoints.write(
    routes.setActivity,
    async (tx, { actor, params, body }) => ({
      reference: await plan.setActivity(tx, actor, params.id, params.code, body),
    }),
    async (tx, code, { params }) => {
      const { activities } = await showPlan(tx, params.id);
      return there(activities.find((one) => one.code === code));
    },
  );
  endpoints.write(
    routes.decide,
    async (tx, { actor, params, body }) => ({ reference: await plan.decide(tx, actor, params.id, body) }),
    async (tx, id) => presentDecision(await readDecision(tx, id)),
  );
  endpoints.write(
    routes.setTarget,
    async (tx, { actor, params, body }) => {
      await plan.setTarget(tx, actor, params.id, { due: params.due, citizens: body.citizens });
      return { reference: params.id };
    },
    async (_tx, _id, { params, body }) => ({ due: params.due, citizens: body.citizens }),
  );
  endpoints.write(
    routes.holdFollowUp,
    async (tx, { actor, params, body }) => {
      await plan.holdFollowUp(tx, actor, params.id, body);
      return { reference: params.id };
    },
    async (tx, id, { body }) => {
      const { followUps } = await showPlan(tx, id);
      return there(followUps.find(({ kind }) => kind === body.kind));
    },
  );
  endpoints.write(
    routes.estimate,
    async (tx, { actor, params, body }) => ({ reference: await plan.estimate(tx, actor, params.id, body) }),
    readEstimate,
  );

  endpoints.read(routes.listPreparations, async (tx) => ({
    items: (await listPreparations(tx)).map(presentPreparation),
    next: null,
  }));
  endpoints.write(
    routes.prepare,
    async (tx, { actor, body }) => ({ reference: await plan.prepare(tx, actor, body) }),
    async (tx, on, { body }) => ({
      items: (await listPreparations(tx, { initials: body.initials, kind: body.kind, on })).map(
        presentPreparation,
      ),
      next: null,
    }),
  );

  endpoints.read(routes.missing, async (tx, { params, query }) => {
    const programme = await getProgramme(tx, params.id);
    // A joint programme is led from here, and its citizens are others': there is nobody here to offer anything.
    if (programme.kind === 'lead') throw kindWrong(programme);
    return missingFor(tx, { measures }, programme, { today: today(), language: query.language });
  });
  endpoints.read(routes.missingOwn, async (tx, { actor, params }) =>
    missingOwn(tx, actor, await getProgramme(tx, params.id), clock.now()),
  );
}
