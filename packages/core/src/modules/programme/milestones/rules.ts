import type { CurvePoint, Forecast, Language, Milestone, MilestoneState } from '../../../contract/index.ts';
import { daysBetween, type ForecastMeasure, forecastMeasures, forecastOf } from '../forecast/index.ts';
import type { PlannedMilestone } from '../plan/index.ts';
import type { NeedState } from './reality.ts';
import { whyOf } from './sentences.ts';

/** What is known on the day asked about of a milestone's needs, in their order. */
export interface MilestoneFacts {
  readonly at: string;
  /** The programme's first day: the speed of what has no curve is taken from there. */
  readonly startsOn: string;
  readonly needs: readonly NeedState[];
  readonly curve: readonly CurvePoint[];
  readonly language: Language;
  /** Of a course of the past: when as many *had received*, by the measure that was published. */
  readonly published?: { readonly on: string } | null;
  /** Measures are known at the ends of months only. */
  readonly byMonths?: boolean;
  /** A course of the past that is over: what was not reached by then never is. */
  readonly isOver?: boolean;
  /** The milestone is common to several municipalities, and only what this one has reached is known here. */
  readonly isShared?: boolean;
}

/** How likely a milestone must be to be called on time, and to be called at risk rather than late. */
export const likely = 0.8;
export const possible = 0.2;
/** What has neither a curve nor a speed is at risk when its day is this near. */
const nearDays = 14;

/**
 * How it goes with a milestone, and why. It is reached on the day on which the last of its needs was first met: a number that
 * fell again later had been reached. What is to come is as likely as the least likely of its needs; what is over and was
 * not reached is late. A number that is common to several municipalities is not judged by what one of them has.
 */
export function judgeMilestone(plan: PlannedMilestone, facts: MilestoneFacts): Milestone {
  const { code, due, da, en } = plan;
  const { at, needs } = facts;
  const last = needs.reduce<NeedState | null>(
    (latest, need) => (need.metOn !== null && (latest?.metOn ?? '') <= need.metOn ? need : latest),
    null,
  );
  const reachedOn = needs.every(({ met }) => met) ? (last?.metOn ?? null) : null;
  const isOthersToo =
    facts.isShared === true && needs.some(({ met, need }) => !met && need.kind === 'measure');
  const forecasts = needs.map((need) =>
    need.met || facts.isOver === true || isOthersToo ? null : forecastFor(need, plan, facts),
  );
  const forecast = forecasts.reduce<Forecast | null>(
    (worst, one) => (one !== null && (worst === null || one.chance < worst.chance) ? one : worst),
    null,
  );
  const state = isOthersToo ? 'shared' : stateOf(plan, facts, reachedOn, forecasts);
  const isOver = !isOthersToo && (reachedOn !== null || at > due || facts.isOver === true);
  return {
    code,
    due,
    da,
    en,
    state,
    reachedOn,
    reachedBy: reachedOn === null ? null : (last?.metBy ?? null),
    daysLate: isOver ? daysBetween(due, reachedOn ?? at) : null,
    needs: [...needs],
    forecast: reachedOn === null ? forecast : null,
    why: whyOf(plan, {
      byMonths: false,
      isOver: false,
      ...facts,
      state,
      reachedOn,
      last,
      forecast,
    }),
  };
}

function forecastFor({ need }: NeedState, { due }: PlannedMilestone, facts: MilestoneFacts): Forecast | null {
  if (need.kind === 'activity' || !hasCurve(need.measure)) return null;
  const { curve, at, language } = facts;
  return forecastOf({ curve, at, due, language, measure: need.measure, target: need.atLeast });
}

const hasCurve = (measure: string): measure is ForecastMeasure =>
  (forecastMeasures as readonly string[]).includes(measure);

function stateOf(
  { due }: PlannedMilestone,
  { at, startsOn, needs, isOver }: MilestoneFacts,
  reachedOn: string | null,
  forecasts: readonly (Forecast | null)[],
): MilestoneState {
  if (reachedOn !== null) return reachedOn <= due ? 'reached' : 'reached-late';
  if (at > due || isOver === true) return 'late';
  const chances = needs.map((need, index) =>
    need.met ? 1 : (forecasts[index]?.chance ?? plainChance(need, { at, startsOn, due })),
  );
  // By the percent that is told: 80 % in a sentence is not at risk beside another 80 % that is on time.
  const chance = Math.round(100 * Math.min(...chances)) / 100;
  if (chance >= likely) return 'on-time';
  return chance >= possible ? 'at-risk' : 'late';
}

/** An activity is on time until its day is near; workers are, while their number grows as fast as it must. */
function plainChance(
  { need, value }: NeedState,
  { at, startsOn, due }: { readonly at: string; readonly startsOn: string; readonly due: string },
): number {
  const left = daysBetween(at, due);
  if (need.kind === 'activity') return left > nearDays ? 1 : 0.5;
  const gone = Math.max(1, daysBetween(startsOn, at));
  return (value ?? 0) * (1 + left / gone) >= need.atLeast ? 1 : 0.5;
}
