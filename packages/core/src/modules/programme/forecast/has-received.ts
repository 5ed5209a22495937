import { type CountDistribution, countDistribution } from './distributions.ts';
import { fewSteps, type Series, type Step } from './series.ts';

/** Chosen on invented courses (courses.ts) with other seeds than the test's; docs/forecast.md says what each does. */
const settings = {
  /** Weeks after which a step counts half as much for the rate, and for the scatter about it. */
  rateHalfLife: 6,
  scatterHalfLife: 18,
  /** What is believed before anything was seen: one beginner a week, worth a quarter of a week. */
  priorCount: 0.25,
  priorWeeks: 0.25,
  /** Variance over mean of a week's beginners before anything was seen, worth so many weeks. */
  dispersion: 1.3,
  dispersionWorth: 4,
  recentWeeks: 8,
  olderWeeks: 26,
  /** Growth of the rate per week: how far it is believed to lie from none, and how fast it dies away. */
  slopeSpread: 0.04,
  damping: 0.9,
  leadWeeks: 8,
  slopeWorth: 0.3,
  /** How far the rate itself may wander per week; a young course wanders more. */
  drift: 0.05,
  youth: 2,
  youthHalfLife: 26,
} as const;

/**
 * How many will begin within so many weeks: a Poisson count whose rate is gamma distributed (negative binomial). The rate
 * is that of the last weeks, recent ones weighing more, carried on with a damped trend. The variance holds the scatter of
 * beginners seen so far, how unsure rate and trend are, and that the rate will wander.
 */
export function beginnersAfter({ steps }: Series): (weeks: number) => CountDistribution {
  const weighted = (halfLife: number, of: (step: Step) => number): number =>
    steps.reduce((total, step) => total + 0.5 ** (step.age / halfLife) * of(step), 0);
  const seen = settings.priorCount + weighted(settings.rateHalfLife, beginners);
  const exposed = settings.priorWeeks + weighted(settings.rateHalfLife, ({ weeks }) => weeks);
  const rate = seen / exposed;
  // The rate is one of some weeks ago, by as much as the steps that it was taken from are old.
  const lag = Math.min(
    settings.leadWeeks,
    weighted(settings.rateHalfLife, ({ weeks, age }) => weeks * age) / exposed,
  );

  const scatter = weighted(
    settings.scatterHalfLife,
    ({ change, weeks }) => (change - rate * weeks) ** 2 / (rate * weeks),
  );
  const dispersion = Math.max(
    1,
    (scatter + settings.dispersion * settings.dispersionWorth) /
      (weighted(settings.scatterHalfLife, () => 1) + settings.dispersionWorth),
  );
  const slope = slopeOf(steps, dispersion);
  const drift =
    settings.drift ** 2 * (1 + settings.youth * 2 ** (-historyWeeks(steps) / settings.youthHalfLife));
  const few = Math.max(0, fewSteps - steps.length) / fewSteps;

  return (weeks) => {
    let [mean, growth] = [0, slope.mean * lag];
    for (let week = 0; week < weeks; week += 1) {
      growth += slope.mean * settings.damping ** week;
      mean += rate * Math.exp(growth) * Math.min(1, weeks - week);
    }
    const lever = lag + (1 - settings.damping ** (weeks / 2)) / (1 - settings.damping);
    const unsure =
      dispersion / seen +
      (drift * weeks) / 3 +
      settings.slopeWorth * (slope.variance + slope.mean ** 2) * lever ** 2 +
      few;
    return countDistribution(mean, mean * dispersion + mean ** 2 * unsure);
  };
}

/** A running total that falls was corrected; nobody has begun less than not at all. */
const beginners = ({ change }: Step): number => Math.max(0, change);

const historyWeeks = (steps: readonly Step[]): number => steps.reduce((total, { weeks }) => total + weeks, 0);

/** Growth of the logarithm of the rate per week: recent weeks against older ones, drawn towards none by how unsure it is. */
function slopeOf(steps: readonly Step[], dispersion: number): { mean: number; variance: number } {
  const belief = settings.slopeSpread ** 2;
  const within = (from: number, to: number) => {
    const some = steps.filter(({ age }) => age >= from && age < to);
    const weeks = historyWeeks(some);
    const count = 0.5 + some.reduce((total, step) => total + beginners(step), 0);
    return {
      weeks,
      count,
      age: some.reduce((total, step) => total + step.age * step.weeks, 0) / Math.max(1, weeks),
    };
  };
  const recent = within(0, settings.recentWeeks);
  const older = within(settings.recentWeeks, settings.olderWeeks);
  if (recent.weeks < 3 || older.weeks < 3) return { mean: 0, variance: belief };
  const gap = older.age - recent.age;
  const observed = Math.log((recent.count * older.weeks) / (older.count * recent.weeks)) / gap;
  const error = (dispersion / recent.count + dispersion / older.count) / gap ** 2;
  return { mean: (observed * belief) / (belief + error), variance: (belief * error) / (belief + error) };
}
