import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { api, CreatePlan } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { addDays, localDay, startOfLocalDay } from '../../../kernel/time-zone.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ChangeEvents, Tx } from '../../../storage/index.ts';
import type { CitizenContacts } from '../../citizens/index.ts';
import { type Actor, allows, assertAllowed, getStaffByInitials } from '../../identity/index.ts';
import { assertMayKeep } from '../desk.ts';
import { visitsPolicy } from '../policy.ts';
import { assertMay } from '../rules.ts';
import { lockStaffCalendars } from '../store.ts';
import { readVisitRules } from '../visit-rules.ts';
import { differences } from './differences.ts';
import { createExtension } from './extension.ts';
import {
  assertHeld,
  createMaking,
  explainTime,
  type Manner,
  type Outcome,
  type PlannedVisits,
} from './making.ts';
import { expandPlan, type PlanShape, slotKey, type WeekChange } from './occurrences.ts';
import { replaceFrom, stayLonger, stepFrom } from './phases.ts';
import { createPlanRecorder } from './record.ts';
import {
  deleteGapsFrom,
  getPlan,
  insertPlan,
  listActiveIdsOf,
  listMade,
  lockPlan,
  type PlanChange,
  type PlanRow,
  readOverrides,
  updatePlan,
} from './store.ts';
import { assertUsable, firstDay, kindOf, phasesOf, planInvalid } from './templates.ts';
import { addWeeks, findMonday, weekOf } from './weeks.ts';

type Body<Name extends 'changeWeek' | 'step' | 'changePhases' | 'end'> = z.output<
  (typeof api.plans)[Name]['body']
>;

export interface PlansDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly contacts: CitizenContacts;
  readonly visits: PlannedVisits;
}

export type PlansService = ReturnType<typeof createPlans>;

/** Plans that make visits. Everything here is done within the caller's transaction; methods return the id of the plan. */
export function createPlans({ clock, ledger, changes, contacts, visits }: PlansDeps) {
  const record = createPlanRecorder({ clock, ledger, changes, contacts });
  const making = createMaking({ clock, visits });

  /** Calendars first, in the order that everybody keeps, then the plan. */
  const take = async (tx: Tx, actor: Actor, id: string): Promise<PlanRow> => {
    assertAllowed(visitsPolicy, actor, 'visits:write');
    const seen = await getPlan(tx, actor, id);
    assertMayKeep(actor, seen.workerId);
    await lockStaffCalendars(tx, [seen.workerId]);
    await contacts.holdById(tx, [seen.citizenId]);
    const plan = await lockPlan(tx, seen.id);
    if (plan.state === 'ended') throw new DomainError('plan_ended');
    return plan;
  };

  /** Makes visits of what a plan asks for now, against what it asked for, from this week up to the last one made. */
  const adapt = async (tx: Tx, actor: Actor, { from, to, decided, manner }: Adaptation): Promise<Outcome> => {
    const now = clock.now();
    const { closedDays } = await readVisitRules(tx);
    const span = { from: weekOf(now), to: to.plan.madeUntil, closedDays, notBefore: now };
    const steps = differences({
      before: from === null ? [] : [...expandPlan(from, span)],
      after: [...expandPlan(to.shape, span)],
      made: await listMade(tx, to.plan.id, span.from),
      workerId: to.plan.workerId,
      now,
      ...(decided === undefined ? {} : { decided }),
    });
    return making.apply(tx, actor, to.plan, steps, manner);
  };

  const rewrite = async (
    tx: Tx,
    actor: Actor,
    plan: PlanRow,
    next: Pick<PlanRow, 'phases' | 'kind'>,
    wish: Pick<Body<'changePhases'>, 'word' | 'skipConflicts' | 'acknowledge'>,
    told: Pick<PlanChange, 'kind' | 'week' | 'change'>,
  ): Promise<string> => {
    assertUsable(next.phases);
    const overrides = await readOverrides(tx, plan.id);
    const overruled = [...new Set([...plan.overruled, ...wish.acknowledge])];
    const changed = { ...plan, ...next, overruled };
    await updatePlan(tx, changed, clock.now());
    const outcome = await adapt(tx, actor, {
      from: { ...plan, overrides },
      to: { plan: changed, shape: { ...changed, overrides } },
      manner: { by: byOf(wish.word), acknowledge: overruled, explain: explainTime },
    });
    assertHeld(outcome, wish.skipConflicts);
    await record.write(tx, actor, changed, { ...told, slot: null, word: wish.word });
    return plan.id;
  };

  const assertToCome = (week: string): void => {
    if (findMonday(week) === null) throw planInvalid(`uge ${week} findes ikke`, `there is no week ${week}`);
    if (week < weekOf(clock.now())) throw planInvalid('den uge er forbi', 'that week is over');
  };

  return {
    /**
     * Makes a plan and its visits for the weeks that the municipality plans ahead. What the first week has already passed
     * is left out.
     *
     * @throws DomainError not_allowed, not_found, citizen_erased, plan_invalid, visit_warnings; plan_conflicts with
     *   `conflicts` in its details
     */
    create: async (tx: Tx, actor: Actor, wish: CreatePlan): Promise<string> => {
      assertAllowed(visitsPolicy, actor, 'visits:write');
      const initials = wish.worker ?? actor.initials;
      const worker = await getStaffByInitials(tx, initials);
      assertMayKeep(actor, worker.id);
      const phases = phasesOf(wish.template);
      const now = clock.now();
      const startsOn = firstDay(wish.startsOn, phases, now);
      if (weekOf(wish.startsOn) < weekOf(now)) {
        throw planInvalid('den kan tidligst begynde i denne uge', 'it can begin this week at the earliest');
      }
      if (wish.endsOn !== null && wish.endsOn < startsOn) {
        throw planInvalid('den slutter, før den begynder', 'it ends before it begins');
      }
      await lockStaffCalendars(tx, [worker.id], [worker.id]);
      const citizen = await contacts.hold(tx, actor, wish.citizen);
      const { planAheadWeeks } = await readVisitRules(tx);
      const plan: PlanRow = {
        id: randomUUID(),
        citizenId: citizen.id,
        citizen: citizen.code,
        workerId: worker.id,
        worker: initials,
        kind: wish.template.kind,
        state: 'active',
        startsOn,
        endsOn: wish.endsOn,
        holidays: wish.holidays,
        room: wish.room,
        phases,
        overruled: wish.acknowledge,
        madeUntil: addWeeks(weekOf(now), planAheadWeeks),
        createdAt: now,
      };
      await insertPlan(tx, plan, now);
      const outcome = await adapt(tx, actor, {
        from: null,
        to: { plan, shape: { ...plan, overrides: new Map() } },
        manner: { by: byOf(wish.word), acknowledge: wish.acknowledge, explain: explainTime },
      });
      assertHeld(outcome, wish.skipConflicts);
      const { holidays, endsOn, room } = wish;
      const change = { startsOn, endsOn, holidays, room, template: wish.template };
      await record.write(tx, actor, plan, {
        kind: 'created',
        week: null,
        slot: null,
        change,
        word: wish.word,
      });
      return plan.id;
    },

    /**
     * Decides on one visit of one week. It holds whatever becomes of the plan around it, also where a holiday or a visit
     * moved by hand says otherwise; deciding to have a visit after all makes one that was left out or cancelled.
     *
     * @throws DomainError plan_ended, plan_invalid, and as for planning, moving or cancelling that visit
     */
    changeWeek: async (tx: Tx, actor: Actor, id: string, wish: Body<'changeWeek'>): Promise<string> => {
      const plan = await take(tx, actor, id);
      const { week, slot, change, word } = wish;
      assertToCome(week);
      const now = clock.now();
      const key = slotKey({ week, slot });
      const overrides = await readOverrides(tx, id);
      const decided = new Map<string, WeekChange>([...overrides, [key, change]]);
      const span = { from: week, to: week, closedDays: [], notBefore: now };
      if (![...expandPlan({ ...plan, overrides: decided }, span)].some((target) => target.slot === slot)) {
        throw planInvalid('den har ikke det besøg i den uge', 'it does not have that visit in that week');
      }
      const overruled = [...new Set([...plan.overruled, ...wish.acknowledge])];
      const changed = { ...plan, overruled };
      await updatePlan(tx, changed, now);
      const made = (await listMade(tx, id, week)).find((visit) => slotKey(visit) === key);
      if (made !== undefined && made.state !== 'cancelled')
        assertMay(change.kind === 'skip' ? 'cancel' : 'move', made.state);
      await adapt(tx, actor, {
        from: { ...plan, overrides },
        to: { plan: changed, shape: { ...changed, overrides: decided } },
        decided: key,
        manner: { by: byOf(word), acknowledge: overruled, explain: () => null },
      });
      await record.write(tx, actor, changed, { kind: 'week', week, slot, change, word });
      return id;
    },

    /** @throws DomainError plan_ended, plan_invalid, plan_conflicts */
    step: async (tx: Tx, actor: Actor, id: string, wish: Body<'step'>): Promise<string> => {
      const plan = await take(tx, actor, id);
      const fromWeek = wish.fromWeek ?? addWeeks(weekOf(clock.now()), 1);
      assertToCome(fromWeek);
      const { kind } = plan;
      if (wish.stayWeeks === undefined) {
        const next = { phases: stepFrom(plan, fromWeek), kind };
        return rewrite(tx, actor, plan, next, wish, { kind: 'step', week: fromWeek, change: { fromWeek } });
      }
      const { stayWeeks } = wish;
      const next = { phases: stayLonger(plan, fromWeek, stayWeeks), kind };
      return rewrite(tx, actor, plan, next, wish, { kind: 'stay', week: fromWeek, change: { stayWeeks } });
    },

    /** @throws DomainError plan_ended, plan_invalid, plan_conflicts */
    changePhases: async (tx: Tx, actor: Actor, id: string, wish: Body<'changePhases'>): Promise<string> => {
      const plan = await take(tx, actor, id);
      const { fromWeek } = wish;
      assertToCome(fromWeek);
      const phases = replaceFrom(plan, fromWeek, wish.phases);
      const change = { fromWeek, phases: wish.phases };
      const next = { phases, kind: kindOf(wish.phases) };
      return rewrite(tx, actor, plan, next, wish, { kind: 'phases', week: fromWeek, change });
    },

    /**
     * Ends a plan with a day; what it made for later is cancelled, except what was given to a colleague whose calendar is
     * not the actor's to write in.
     *
     * @throws DomainError plan_ended, plan_invalid
     */
    end: async (tx: Tx, actor: Actor, id: string, wish: Body<'end'>): Promise<string> => {
      const plan = await take(tx, actor, id);
      const now = clock.now();
      const today = localDay(now);
      const on = wish.on ?? today;
      if (on < today) throw planInvalid('den dag er forbi', 'that day is over');
      if (plan.endsOn !== null && on > plan.endsOn)
        throw planInvalid('den slutter allerede før den dag', 'it ends before that day already');
      const after = startOfLocalDay(addDays(on, 1));
      const mayForOthers = allows(visitsPolicy, actor, 'visits:write-for-others');
      // From its first week on: what was moved by hand may be from a week that is long over.
      for (const visit of await listMade(tx, id, weekOf(plan.startsOn))) {
        const isLive = visit.state === 'proposed' || visit.state === 'planned';
        const isTheirs = visit.workerId === actor.staffId || mayForOthers;
        if (isLive && isTheirs && visit.startsAt >= after)
          await visits.cancel(tx, actor, visit.id, { by: byOf(wish.word), reason: 'plan-ended' });
      }
      await deleteGapsFrom(tx, id, after);
      const ended = closed(plan, on, today);
      await updatePlan(tx, ended, now);
      const change = { on };
      await record.write(tx, actor, ended, {
        kind: 'ended',
        week: weekOf(on),
        slot: null,
        change,
        word: wish.word,
      });
      return id;
    },

    /**
     * Ends the plans of somebody who is erased or has left; their visits are ended by `endVisitsOf`. Before an erasure,
     * because the ledger names a citizen by what an erasure destroys.
     *
     * @returns how many
     */
    endPlansOf: async (
      tx: Tx,
      actor: Actor,
      of: { readonly citizenId: string } | { readonly workerId: string },
    ): Promise<number> => {
      const today = localDay(clock.now());
      const ids = await listActiveIdsOf(tx, of);
      for (const id of ids) {
        const plan = await lockPlan(tx, id);
        await record.ended(tx, actor, closed(plan, today, today));
      }
      return ids.length;
    },

    ...createExtension({ clock, contacts, making, record }),
  };
}

interface Adaptation {
  /** Null for a plan that is new. */
  readonly from: PlanShape | null;
  readonly to: { readonly plan: PlanRow; readonly shape: PlanShape };
  readonly decided?: string;
  readonly manner: Manner;
}

const byOf = (word: CreatePlan['word']): Manner['by'] => (word === 'own-wish' ? 'citizen' : 'worker');

/** One that never began has no last day but the one it was to have, and no end is put off. */
const closed = (plan: PlanRow, on: string, today: string): PlanRow => ({
  ...plan,
  endsOn: on < plan.startsOn || (plan.endsOn !== null && plan.endsOn < on) ? plan.endsOn : on,
  state: on <= today ? 'ended' : 'active',
});
