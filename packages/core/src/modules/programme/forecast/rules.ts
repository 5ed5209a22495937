import type { CurvePoint, Forecast } from '../../../contract/index.ts';
import type { Language } from '../../../kernel/errors.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import { beginnersAfter } from './has-received.ts';
import { firstPassage, levelAfter, levelQuantile } from './regular.ts';
import { methodOf } from './sentences.ts';
import { daysBetween, type ForecastMeasure, type Series, seriesOf } from './series.ts';

export interface ForecastAsk {
  /** Ends of weeks or months, in order; those after `at` are not looked at. */
  readonly curve: readonly CurvePoint[];
  readonly measure: ForecastMeasure;
  readonly target: number;
  /** YYYY-MM-DD. */
  readonly due: string;
  /** The day on which the forecast is made. */
  readonly at: string;
  /** Of the paths that *receives regularly* is walked on; the same question has the same answer. */
  readonly seed?: number;
  /** Of `method`; Danish by default. */
  readonly language?: Language;
}

/** Nobody is told a day beyond two years, and nothing is computed beyond five. */
const soonWeeks = 104;
const farWeeks = 260;

/**
 * Value on the due day with an interval that holds in four of five cases, the chance that the target is reached by then, and
 * when it is. Pure and deterministic. The method, and how it was tried, stand in docs/forecast.md.
 *
 * *Has received* is a running total: what is to come is a negative binomial count, so no forecast lies below what is reached.
 * *Receives regularly* may fall: damped trend, spread by the rule's own errors before, and walked paths for the chance.
 */
export function forecastOf(ask: ForecastAsk): Forecast {
  const { curve, measure, target, due, at, seed = 1, language = 'da' } = ask;
  const series = seriesOf(curve, measure, at);
  const told = { measure, target, due, method: methodOf(measure, series.steps.length, language) };
  const weeksToDue = Math.min(farWeeks, daysBetween(series.from, due) / 7);
  const reached = firstDayAt(curve, measure, target, at);

  if (weeksToDue <= 0) {
    const value = valueOn(curve, measure, due);
    const chance = reached !== null && reached <= due ? 1 : 0;
    const arrival = reached === null ? arrivalOf(series, measure, target, soonWeeks, seed) : null;
    return {
      ...told,
      onDue: { low: value, middle: value, high: value },
      chance,
      reachedOn: reached === null ? daysOf(series, arrival ?? []) : always(reached),
    };
  }
  const onDue = spreadAfter(series, measure, weeksToDue);
  if (reached !== null) return { ...told, onDue, chance: 1, reachedOn: always(reached) };
  const arrival = arrivalOf(series, measure, target, Math.max(soonWeeks, Math.ceil(weeksToDue)), seed);
  return {
    ...told,
    onDue,
    chance: Math.round(between(arrival, weeksToDue) * 1000) / 1000,
    reachedOn: daysOf(series, arrival),
  };
}

const always = (day: string): Forecast['reachedOn'] => ({ early: day, middle: day, late: day });

function spreadAfter(series: Series, measure: ForecastMeasure, weeks: number): Forecast['onDue'] {
  if (measure === 'has-received') {
    const { quantile } = beginnersAfter(series)(weeks);
    return {
      low: series.now + quantile(0.1),
      middle: series.now + quantile(0.5),
      high: series.now + quantile(0.9),
    };
  }
  const level = levelAfter(series)(weeks);
  return {
    low: levelQuantile(level, 0.1),
    middle: levelQuantile(level, 0.5),
    high: levelQuantile(level, 0.9),
  };
}

/** The chance that the target has been reached, week by week from the last point of the curve; the last one holds on. */
function arrivalOf(
  series: Series,
  measure: ForecastMeasure,
  target: number,
  weeks: number,
  seed: number,
): readonly number[] {
  if (measure === 'receives-regularly') return firstPassage(series, target, weeks, seed);
  const after = beginnersAfter(series);
  const arrival = [0];
  // Nothing is asked of the weeks after the one in which it is as good as certain.
  while (arrival.length <= weeks && (arrival.at(-1) ?? 0) < 0.999)
    arrival.push(after(arrival.length).atLeast(target - series.now));
  return arrival;
}

function between(arrival: readonly number[], weeks: number): number {
  const last = arrival.at(-1) ?? 0;
  const [before, after] = [arrival[Math.floor(weeks)] ?? last, arrival[Math.ceil(weeks)] ?? last];
  return before + (after - before) * (weeks - Math.floor(weeks));
}

function daysOf({ from }: Series, arrival: readonly number[]): Forecast['reachedOn'] {
  const dayOf = (share: number): string | null => {
    const week = arrival.findIndex((chance) => chance >= share);
    if (week < 1 || week > soonWeeks) return null;
    const [before, after] = [arrival[week - 1] ?? 0, arrival[week] ?? 1];
    return addDays(from, Math.ceil(7 * (week - 1 + (share - before) / (after - before))));
  };
  return { early: dayOf(0.1), middle: dayOf(0.5), late: dayOf(0.9) };
}

/** What is hidden on a day counts as nothing: whoever draws or goes on from a curve leaves such points out beforehand. */
export function curveValue(point: CurvePoint, measure: ForecastMeasure): number {
  return (measure === 'has-received' ? point.hasReceived : point.receivesRegularly) ?? 0;
}

function valueOn(curve: readonly CurvePoint[], measure: ForecastMeasure, day: string): number {
  const point = curve.findLast((each) => each.day <= day);
  return point === undefined ? 0 : curveValue(point, measure);
}

function firstDayAt(
  curve: readonly CurvePoint[],
  measure: ForecastMeasure,
  target: number,
  at: string,
): string | null {
  return curve.find((point) => point.day <= at && curveValue(point, measure) >= target)?.day ?? null;
}
