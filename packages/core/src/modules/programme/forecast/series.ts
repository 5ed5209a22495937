import type { CurvePoint } from '../../../contract/index.ts';

/** The measures that have a curve, and so a forecast. */
export const forecastMeasures = ['has-received', 'receives-regularly'] as const;
export type ForecastMeasure = (typeof forecastMeasures)[number];

/** With fewer steps than this hardly anything is known of the speed. */
export const fewSteps = 6;

/** One step of a curve: what it stood at when the step was over, what was added in it, and how long ago it was. */
export interface Step {
  readonly value: number;
  readonly change: number;
  /** Length in weeks. */
  readonly weeks: number;
  /** From the middle of the step to the last one's end, in weeks. */
  readonly age: number;
}

export interface Series {
  /** The day that the last point lies on, and its value. */
  readonly from: string;
  readonly now: number;
  readonly steps: readonly Step[];
}

/** Days from one day to another. Plain arithmetic in UTC, where every day has 24 hours: a forecast asks it of each point. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/**
 * The steps of a curve until a day, beginning with the step in which anything happened at all: the months of preparation
 * before the first call say nothing of the speed after it.
 */
export function seriesOf(curve: readonly CurvePoint[], measure: ForecastMeasure, at: string): Series {
  const points = curve
    .filter(({ day }) => day <= at)
    .flatMap((point) => {
      const value = measure === 'has-received' ? point.hasReceived : point.receivesRegularly;
      // What is hidden says nothing of the speed.
      return value === null ? [] : [{ day: point.day, value }];
    });
  const last = points.at(-1);
  if (last === undefined) return { from: at, now: 0, steps: [] };
  const began = points.findIndex(({ value }) => value > 0);
  const told = began === -1 ? points : points.slice(Math.max(0, began - 1));
  const steps = told.slice(1).map((point, index): Step => {
    const before = told[index] ?? point;
    const days = daysBetween(before.day, point.day);
    return {
      value: point.value,
      change: point.value - before.value,
      weeks: days / 7,
      age: (daysBetween(point.day, last.day) + days / 2) / 7,
    };
  });
  return { from: last.day, now: last.value, steps: withoutStub(steps) };
}

/** A week or month that has only begun is told together with the one before it. */
function withoutStub(steps: readonly Step[]): readonly Step[] {
  const [before, last] = steps.slice(-2);
  if (before === undefined || last === undefined || last.weeks >= before.weeks / 2) return steps;
  const weeks = before.weeks + last.weeks;
  return [
    ...steps.slice(0, -2),
    { value: last.value, change: before.change + last.change, weeks, age: weeks / 2 },
  ];
}
