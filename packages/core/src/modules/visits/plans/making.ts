import {
  type GapReason,
  type HoldPart,
  type PlanKind,
  planVisit,
  type RoomWish,
  type VisitPurpose,
  type VisitWarning,
} from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { Tx } from '../../../storage/index.ts';
import type { Actor } from '../../identity/index.ts';
import type { VisitsService } from '../service.ts';
import { asGap, type Step } from './differences.ts';
import type { Gap, Occurrence } from './occurrences.ts';
import { detachVisit, type MadeVisit, type PlanRow, writeGaps } from './store.ts';

export type PlannedVisits = Pick<VisitsService, 'plan' | 'move' | 'turn' | 'cancel'>;

export interface MakingDeps {
  readonly clock: Clock;
  readonly visits: PlannedVisits;
}

export type Making = ReturnType<typeof createMaking>;

export interface Manner {
  /** Whose word it was that a visit is cancelled. */
  readonly by: 'citizen' | 'worker';
  /** Warnings that somebody saw and overruled. */
  readonly acknowledge: readonly VisitWarning[];
  /** Which refusals become gaps; what this does not explain is thrown. */
  readonly explain: (error: DomainError) => GapReason | null;
}

export interface Outcome {
  /** How many visits were to be made or moved. */
  readonly total: number;
  /** Those of them that cannot be held. */
  readonly conflicts: readonly Gap[];
}

type Wanted = Extract<Step, { readonly kind: 'make' | 'shift' }>;
interface Refused {
  readonly step: Wanted;
  readonly reason: GapReason;
}

/** Carries out what `differences` found: through the visits themselves, so that each is held, told of and recorded. */
export function createMaking({ clock, visits }: MakingDeps) {
  const cancel = (tx: Tx, actor: Actor, visit: MadeVisit, { by }: Manner) =>
    visits.cancel(tx, actor, visit.id, { by, reason: 'plan-changed' });

  const make = async (
    tx: Tx,
    actor: Actor,
    plan: PlanRow,
    target: Occurrence,
    instead: MadeVisit | null,
    manner: Manner,
  ): Promise<void> => {
    if (instead !== null) await detachVisit(tx, instead.id, clock.now());
    const wish = planVisit.parse({
      citizen: plan.citizen,
      worker: plan.worker,
      channel: target.channel,
      startsAt: target.startsAt.toISOString(),
      endsAt: target.endsAt.toISOString(),
      room: roomFor(plan, target),
      purposes: purposesOf(plan.kind, target),
      acknowledge: manner.acknowledge,
    });
    await visits.plan(tx, actor, wish, { id: plan.id, week: target.week, slot: target.slot });
  };

  const shift = async (
    tx: Tx,
    actor: Actor,
    plan: PlanRow,
    { target, visit }: Extract<Step, { kind: 'shift' }>,
    manner: Manner,
  ): Promise<void> => {
    const room = roomFor(plan, target);
    const acknowledge = [...manner.acknowledge];
    const turn = () => visits.turn(tx, actor, visit.id, { to: target.channel, room, acknowledge });
    const times = { startsAt: target.startsAt.toISOString(), endsAt: target.endsAt.toISOString() };
    const move = () =>
      // A plan without a wish leaves the room that somebody gave the visit.
      visits.move(tx, actor, visit.id, { ...times, acknowledge, ...(room.kind === 'none' ? {} : { room }) });
    const stays =
      visit.startsAt.getTime() === target.startsAt.getTime() &&
      visit.endsAt.getTime() === target.endsAt.getTime();
    // The room that a visit gives back is given back at its old time, the one it gets is looked for at its new one.
    const turnsToVideo = target.channel === 'video' && visit.channel !== 'video';
    if (!stays && turnsToVideo) await visits.move(tx, actor, visit.id, { ...times, acknowledge });
    if (visit.channel !== target.channel) await turn();
    if (!stays && !turnsToVideo) await move();
  };

  return {
    /**
     * Cancels first, then moves and makes. A visit can stand in the way of another that is moved as well, so what is
     * refused is tried again as long as others find their place; two that change places are cancelled and made anew. What
     * is refused for good has no visit: its time is not the plan's any more.
     *
     * @throws DomainError whatever `explain` does not explain
     */
    apply: async (
      tx: Tx,
      actor: Actor,
      plan: PlanRow,
      steps: readonly Step[],
      manner: Manner,
    ): Promise<Outcome> => {
      const gaps: Gap[] = [];
      const cleared: { readonly week: string; readonly slot: number }[] = [];
      const conflicts: Gap[] = [];
      const attempt = async (target: Occurrence, work: () => Promise<void>): Promise<GapReason | null> => {
        try {
          await work();
          cleared.push(target);
          return null;
        } catch (error) {
          const reason = error instanceof DomainError ? manner.explain(error) : null;
          if (reason === null) throw error;
          return reason;
        }
      };
      const carryOut = (step: Wanted) =>
        attempt(step.target, () =>
          step.kind === 'shift'
            ? shift(tx, actor, plan, step, manner)
            : make(tx, actor, plan, step.target, step.instead, manner),
        );

      const wanted: Wanted[] = [];
      for (const step of steps) {
        if (step.kind === 'cancel') {
          await cancel(tx, actor, step.visit, manner);
          if (step.gap === null) cleared.push(step.visit);
          else gaps.push(step.gap);
        } else if (step.kind === 'leave-out') gaps.push(step.gap);
        else if (step.kind === 'forget') cleared.push(step);
        else wanted.push(step);
      }
      const isMoving = wanted.some(({ kind }) => kind === 'shift');
      let waiting: readonly Refused[] = [];
      let trying: readonly Wanted[] = wanted;
      do {
        const refused: Refused[] = [];
        for (const step of trying) {
          const reason = await carryOut(step);
          if (reason !== null) refused.push({ step, reason });
        }
        const isStuck = refused.length === trying.length;
        waiting = refused;
        trying = isMoving && !isStuck ? refused.map(({ step }) => step) : [];
      } while (trying.length > 0);
      for (const { step } of waiting) if (step.kind === 'shift') await cancel(tx, actor, step.visit, manner);
      const isAnythingFree = waiting.some(({ step }) => step.kind === 'shift');
      for (const { step, reason } of waiting) {
        const instead = step.kind === 'shift' ? step.visit : step.instead;
        const again = isAnythingFree
          ? await attempt(step.target, () => make(tx, actor, plan, step.target, instead, manner))
          : reason;
        if (again !== null) conflicts.push(asGap(step.target, again));
      }
      await writeGaps(tx, plan.id, [...gaps, ...conflicts], cleared);
      return { total: wanted.length, conflicts };
    },
  };
}

/** @throws DomainError plan_conflicts: where nobody said that the rest will do, or where nothing is left of it */
export function assertHeld({ total, conflicts }: Outcome, skipConflicts: boolean): void {
  if (conflicts.length === 0 || (skipConflicts && conflicts.length < total)) return;
  const list = [...conflicts].sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  throw new DomainError(
    'plan_conflicts',
    { count: conflicts.length, total },
    {
      details: {
        conflicts: list.map(({ week, slot, startsAt, endsAt, reason }) => ({
          week,
          slot,
          startsAt: startsAt.toISOString(),
          endsAt: endsAt.toISOString(),
          reason,
        })),
      },
    },
  );
}

/** A call by video takes the plan's room; one by phone or in person only where that is what the whole plan is. */
function roomFor({ room, phases }: PlanRow, { channel }: Occurrence): RoomWish {
  const isWholePlan = phases.every(({ slots }) => slots.every((slot) => slot.channel === channel));
  return channel === 'video' || isWholePlan ? room : { kind: 'none' };
}

const purposes: Readonly<Partial<Record<PlanKind, VisitPurpose>>> = {
  growing: 'make-contact',
  split: 'smaller-bites',
  tapering: 'tapering',
};

/** What a call of a growing, split or tapering plan is for goes without asking (domain page, section 2). */
function purposesOf(kind: PlanKind, { channel }: Occurrence): VisitPurpose[] {
  const purpose = purposes[kind];
  return channel === 'video' && purpose !== undefined ? [purpose] : [];
}

const holdParts: readonly HoldPart[] = ['worker', 'citizen', 'room'];

/** Why a time cannot be held; null for what is no question of that time. */
export function explainTime(error: DomainError): GapReason | null {
  switch (error.code) {
    case 'hold_refused': {
      const { missing } = error.details;
      return holdParts.find((part) => Array.isArray(missing) && missing.includes(part)) ?? 'worker';
    }
    case 'outside_working_hours':
      return 'outside-hours';
    case 'visit_past':
      return 'past';
    case 'room_taken':
    case 'room_closed':
      return 'room';
    default:
      return null;
  }
}

/** For the nightly job, where nobody is there to be asked: whoever is gone by then, or does not want it, is the reason. */
export function explainAnything(error: DomainError): GapReason | null {
  switch (error.code) {
    case 'visit_warnings':
    case 'citizen_erased':
      return 'citizen';
    case 'room_inactive':
      return 'room';
    case 'not_found': {
      const kind = String(error.params.kind);
      return kind.startsWith('citizen') ? 'citizen' : kind.startsWith('room') ? 'room' : 'worker';
    }
    default:
      return explainTime(error);
  }
}
