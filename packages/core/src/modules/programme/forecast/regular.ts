import { countDistribution, seededNormal, seededRandom } from './distributions.ts';
import { fewSteps, type Series } from './series.ts';

/** Chosen on invented courses (courses.ts) with other seeds than the test's; docs/forecast.md says what each does. */
const settings = {
  /** Weeks that the trend is taken from, and what is left of it after each week to come. */
  trendWeeks: 13,
  damping: 0.98,
  /** How wrong a forecast is believed to be before one was tried: scatter per citizen and week, drift, drift per citizen. */
  scatter: 0.02,
  drift: 0.4,
  driftPerCitizen: 0.002,
  /** A young course drifts more. */
  youth: 3,
  youthHalfLife: 26,
  /** What that belief weighs, in forecasts tried. */
  worth: 1.7,
  /** Older errors weigh half, and none is looked at over a longer time than this. */
  errorHalfLife: 52,
  longestWeeks: 13,
  paths: 2000,
} as const;

export interface Level {
  readonly mean: number;
  readonly variance: number;
}

/** So many weeks' worth of trend is left within so many weeks. */
const reach = (weeks: number): number =>
  (settings.damping * (1 - settings.damping ** weeks)) / (1 - settings.damping);

/**
 * Where the number will stand after so many weeks: where it is, and a damped trend of the last quarter. It is as unsure as
 * the same rule has been wrong before, tried at every earlier step of this very course, drawn towards a belief while few
 * were tried.
 */
export function levelAfter({ steps, now }: Series): (weeks: number) => Level {
  const first = now - steps.reduce((total, { change }) => total + change, 0);
  const values = [first, ...steps.map(({ value }) => value)];
  const times = [0];
  for (const { weeks } of steps) times.push((times.at(-1) ?? 0) + weeks);
  const last = values.length - 1;
  const at = (list: readonly number[], index: number): number => list[index] ?? 0;

  const trend = values.map((value, index) => {
    let from = index;
    while (from > 0 && at(times, index) - at(times, from - 1) <= settings.trendWeeks + 0.5) from -= 1;
    const weeks = at(times, index) - at(times, from);
    return weeks < 2 ? 0 : (value - at(values, from)) / Math.max(weeks, settings.trendWeeks / 2);
  });
  const length = at(times, last);
  const perStep = last === 0 ? 1 : length / last;
  const level = Math.max(4, now);
  const youth = 1 + settings.youth * 2 ** (-length / settings.youthHalfLife);
  const few = 1 + Math.max(0, fewSteps - last);
  const believed = (weeks: number): number =>
    few *
    (settings.scatter * level * weeks +
      ((settings.driftPerCitizen * level + settings.drift) * weeks) ** 2 * youth);

  const wrongness = (weeks: number): number => {
    const wanted = Math.round(Math.min(weeks, settings.longestWeeks) / perStep);
    const lag = Math.max(1, Math.min(wanted, Math.floor(last / 2)));
    let [errors, tried] = [0, 0];
    for (let from = 1; from + lag <= last; from += 1) {
      const ahead = at(times, from + lag) - at(times, from);
      const error = at(values, from + lag) - at(values, from) - at(trend, from) * reach(ahead);
      const weight = 0.5 ** ((length - at(times, from + lag)) / settings.errorHalfLife);
      errors += (weight * error ** 2) / believed(ahead);
      tried += weight;
    }
    // Errors of forecasts that overlap tell the same thing more than once.
    const apart = 0.7 * lag + 0.3;
    return (errors / apart + settings.worth) / (tried / apart + settings.worth);
  };

  return (weeks) => ({
    mean: Math.max(0, now + at(trend, last) * reach(weeks)),
    variance: believed(weeks) * wrongness(weeks),
  });
}

/** The number is never below nought, and its chances lean upward: the same family as the count of beginners. */
export function levelQuantile({ mean, variance }: Level, share: number): number {
  return countDistribution(mean, variance).quantile(share);
}

/**
 * The chance that the number has stood at a target on some day until so many weeks have passed, week by week from 0. A number
 * that may fall can reach a target and leave it again, so seeded paths are walked instead of reading it off the end.
 */
export function firstPassage(series: Series, target: number, weeks: number, seed: number): readonly number[] {
  const after = levelAfter(series);
  const levels = Array.from({ length: weeks + 1 }, (_, week) =>
    week === 0 ? { mean: series.now, variance: 0 } : after(week),
  );
  const steps = levels.slice(1).map((level, index) => {
    const before = levels[index] ?? level;
    return {
      mean: level.mean - before.mean,
      deviation: Math.sqrt(Math.max(0, level.variance - before.variance)),
    };
  });
  const normal = seededNormal(seededRandom(seed));
  const arrivals = new Array<number>(weeks + 1).fill(0);
  for (let path = 0; path < settings.paths; path += 1) {
    let value = series.now;
    for (const [index, { mean, deviation }] of steps.entries()) {
      value = Math.max(0, value + mean + deviation * normal());
      // Numbers are whole: half a citizen short is rounded up.
      if (value < target - 0.5) continue;
      arrivals[index + 1] = (arrivals[index + 1] ?? 0) + 1;
      break;
    }
  }
  let arrived = 0;
  return arrivals.map((count) => {
    arrived += count;
    return arrived / settings.paths;
  });
}
