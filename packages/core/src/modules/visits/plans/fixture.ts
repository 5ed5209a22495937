import { api, type CreatePlan, createPlan } from '../../../contract/index.ts';
import { toLocal } from '../../../kernel/time-zone.ts';
import type { Actor } from '../../identity/index.ts';
import { createVisitsFixture } from '../fixture.ts';
import { createPlans } from './service.ts';
import { getPlan, listChanges, listGaps, type PlanRow } from './store.ts';

export type PlansFixture = Awaited<ReturnType<typeof createPlansFixture>>;

export interface Made {
  readonly id: string;
  /** "2026-W48/0" */
  readonly key: string;
  /** By the wall clock: "2026-11-24T10:00". */
  readonly at: string;
  readonly channel: string;
  readonly state: string;
  readonly reason: string | null;
  readonly minutes: number;
  readonly purposes: string[];
  readonly hasRoom: boolean;
}

/** The services of visits with plans on top, for the tests: a Tuesday in November, seven in the morning. */
export async function createPlansFixture() {
  const f = await createVisitsFixture();
  const { clock, ledger, changes, contacts, visits } = f;
  const plans = createPlans({ clock, ledger, changes, contacts, visits });

  const made = async (planId: string): Promise<Made[]> => {
    const { rows } = await f.superuser.query<
      Omit<Made, 'at' | 'minutes'> & { readonly starts: Date; readonly ends: Date }
    >(
      `SELECT id, plan_week || '/' || plan_slot AS key, planned_starts_at AS starts, planned_ends_at AS ends, channel, state,
         ended_reason AS reason, purposes, booking_id IS NOT NULL AS "hasRoom"
       FROM visit WHERE plan_id = $1 ORDER BY planned_starts_at`,
      [planId],
    );
    return rows.map(({ starts, ends, ...row }) => ({
      ...row,
      at: toLocal(starts).toPlainDateTime().toString().slice(0, 16),
      minutes: (ends.getTime() - starts.getTime()) / 60_000,
    }));
  };

  return {
    ...f,
    plans,
    made,
    /** Those that are still to come. */
    live: async (planId: string): Promise<Made[]> =>
      (await made(planId)).filter(({ state }) => state === 'planned' || state === 'proposed'),
    create: (actor: Actor, citizen: string, template: object, more: Partial<CreatePlan> = {}) =>
      f.as(actor, (tx) =>
        plans.create(
          tx,
          actor,
          createPlan.parse({ citizen, startsOn: '2026-11-24', template, word: 'agreed', ...more }),
        ),
      ),
    changeWeek: (actor: Actor, planId: string, week: string, change: object, more: object = {}) =>
      f.as(actor, (tx) =>
        plans.changeWeek(
          tx,
          actor,
          planId,
          api.plans.changeWeek.body.parse({ week, change, word: 'agreed', ...more }),
        ),
      ),
    step: (actor: Actor, planId: string, more: object = {}) =>
      f.as(actor, (tx) =>
        plans.step(tx, actor, planId, api.plans.step.body.parse({ word: 'agreed', ...more })),
      ),
    changePhases: (actor: Actor, planId: string, fromWeek: string, phases: object[], more: object = {}) =>
      f.as(actor, (tx) =>
        plans.changePhases(
          tx,
          actor,
          planId,
          api.plans.changePhases.body.parse({ fromWeek, phases, word: 'agreed', ...more }),
        ),
      ),
    read: (planId: string): Promise<PlanRow> =>
      f.database.read(f.municipalityId, (tx) => getPlan(tx, f.admin, planId)),
    gaps: async (planId: string): Promise<string[]> => {
      const rows = await f.database.read(f.municipalityId, (tx) => listGaps(tx, [planId], new Date(0)));
      return rows.map(
        (gap) => `${toLocal(gap.startsAt).toPlainDateTime().toString().slice(0, 16)} ${gap.reason}`,
      );
    },
    changesOf: async (planId: string): Promise<string[]> => {
      const rows = await f.database.read(f.municipalityId, (tx) => listChanges(tx, [planId]));
      return rows.map(({ kind, week, word, by }) => [kind, week ?? '-', word, by ?? 'nobody'].join(' '));
    },
    extend: () => f.database.write(f.municipalityId, (tx) => plans.extend(tx, f.municipalityId, 50)),
    events: async (planId: string): Promise<{ type: string; data: object }[]> => {
      const { rows } = await f.superuser.query<{ type: string; data: object }>(
        `SELECT type, data FROM change_event WHERE entity_kind = 'plan' AND entity_id = $1 ORDER BY pending_id`,
        [planId],
      );
      return rows;
    },
  };
}

export const tuesdayAt = (time: string, more: object = {}) => ({
  kind: 'weekly',
  slots: [{ channel: 'video', weekday: 2, time, minutes: 20, ...more }],
});
