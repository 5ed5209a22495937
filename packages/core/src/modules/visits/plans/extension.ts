import type { Clock } from '../../../kernel/clock.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import type { Tx } from '../../../storage/index.ts';
import type { CitizenContacts } from '../../citizens/index.ts';
import { type Actor, systemActor } from '../../identity/index.ts';
import { lockStaffCalendars } from '../store.ts';
import { readVisitRules } from '../visit-rules.ts';
import { differences } from './differences.ts';
import type { Making } from './making.ts';
import { explainAnything } from './making.ts';
import { expandPlan } from './occurrences.ts';
import { lastWeek } from './phases.ts';
import type { PlanRecorder } from './record.ts';
import { listMade, listPlansToExtend, lockPlan, type PlanRow, readOverrides, updatePlan } from './store.ts';
import { addWeeks, weekOf } from './weeks.ts';

export interface ExtensionDeps {
  readonly clock: Clock;
  readonly contacts: CitizenContacts;
  readonly making: Making;
  readonly record: PlanRecorder;
}

/** What a nightly job does: time goes on, and so do plans. */
export function createExtension({ clock, contacts, making, record }: ExtensionDeps) {
  return {
    /**
     * Makes the visits of plans up to as many weeks ahead as the municipality plans, and ends plans that are over. What
     * cannot be held becomes a gap that listeners are told of. Call it again, in a transaction of its own, until it
     * returns 0.
     *
     * @param limit how many plans at once; each may take up to fourteen visits for every week that is missing
     * @returns how many plans were looked at
     */
    extend: async (tx: Tx, municipalityId: string, limit: number): Promise<number> => {
      const now = clock.now();
      const today = localDay(now);
      const { planAheadWeeks, closedDays } = await readVisitRules(tx);
      const until = addWeeks(weekOf(now), planAheadWeeks);
      const due = await listPlansToExtend(tx, { until, today, limit });
      // All calendars before the first plan, in the order that everybody keeps: who plans a visit meanwhile waits, and is
      // not waited for.
      await lockStaffCalendars(tx, [...new Set(due.map((one) => one.workerId))]);
      const citizens = await contacts.holdById(tx, [...new Set(due.map((one) => one.citizenId))]);
      for (const { id, workerId, citizenId } of due) {
        const citizen = citizens.find((one) => one.id === citizenId);
        const plan = await lockPlan(tx, id);
        const last = lastWeek(plan);
        const isOver = (plan.endsOn !== null && plan.endsOn < today) || (last !== null && last < weekOf(now));
        if (plan.state === 'ended' || citizen === undefined) continue;
        if (isOver) {
          await record.ended(tx, systemActor(municipalityId), { ...plan, state: 'ended' });
          continue;
        }
        const extended = { ...plan, madeUntil: until };
        await updatePlan(tx, extended, now);
        const span = { from: addWeeks(plan.madeUntil, 1), to: until, closedDays, notBefore: now };
        const steps = differences({
          before: [],
          after: [...expandPlan({ ...plan, overrides: await readOverrides(tx, id) }, span)],
          made: await listMade(tx, id, span.from),
          workerId,
          now,
        });
        const { conflicts } = await making.apply(tx, workerOf(municipalityId, plan), extended, steps, {
          by: 'worker',
          acknowledge: plan.overruled,
          explain: explainAnything,
        });
        await record.gaps(tx, plan, conflicts);
      }
      return due.length;
    },
  };
}

/**
 * The worker of the plan, as whoever made the plan saw to it: a coordinator may have planned for them with a citizen who
 * is not near them.
 */
const workerOf = (municipalityId: string, { workerId, worker }: PlanRow): Actor => ({
  ...systemActor(municipalityId),
  staffId: workerId,
  initials: worker,
  roles: ['coordinator'],
  scopes: null,
});
