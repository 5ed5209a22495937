import type { ShownFigures } from '../../../contract/index.ts';

// For tests: somebody who has everything that was given out and knows how the numbers hang together. Written apart from the
// rules that hide (relations.ts), so that what those forget is found here.

export interface Published {
  readonly month: string;
  /** Of the whole under '', and of each part. */
  readonly shown: Readonly<Record<string, ShownFigures>>;
}

export interface Bounds {
  low: number;
  high: number;
}

/** The unknowns with their weights, and what they add up to at least (and at most, for an equation). */
interface Known {
  readonly weights: ReadonlyMap<string, number>;
  readonly sum: number;
  readonly equal: boolean;
}

export const cellName = (month: string, unit: string, path: string): string => `${month} ${unit} ${path}`;
const headline = /^(hasReceived|receivesRegularly|funnel\.|workers\.)/;

export interface Attack {
  /** Somebody who supposes that running totals never fall from month to month; usually, but not always, they are right. */
  readonly supposes: boolean;
  /** What they know besides: a member of a joint programme knows its own figures. */
  readonly own?: Readonly<Record<string, number>>;
}

/** What can be told of every hidden number, by `cellName`. */
export function attack(
  months: readonly Published[],
  { supposes, own = {} }: Attack = { supposes: true },
): Map<string, Bounds> {
  const bounds = new Map<string, Bounds>();
  const values = new Map<string, number>();
  for (const { month, shown } of months) {
    for (const [unit, figures] of Object.entries(shown)) {
      for (const [path, value] of Object.entries(figures)) {
        const name = cellName(month, unit, path);
        const known = value === 'hidden' ? own[name] : value;
        if (known !== undefined) values.set(name, known);
        // A total of the whole is hidden for its own sake alone.
        else
          bounds.set(name, {
            low: 0,
            high: unit === '' && headline.test(path) ? 4 : Number.POSITIVE_INFINITY,
          });
      }
    }
  }
  const facts = factsOf(months, supposes).map(({ terms, equal }): Known => {
    let sum = 0;
    const weights = new Map<string, number>();
    for (const [name, weight] of terms) {
      const value = values.get(name);
      if (value === undefined) weights.set(name, (weights.get(name) ?? 0) + weight);
      else sum -= weight * value;
    }
    return { weights, sum, equal };
  });
  narrow(bounds, [...facts, ...eliminate(facts.filter(({ equal }) => equal))]);
  return bounds;
}

type Fact = { readonly terms: readonly (readonly [string, number])[]; readonly equal: boolean };

function factsOf(months: readonly Published[], supposes: boolean): Fact[] {
  const facts: Fact[] = [];
  const last = new Map<string, string>();
  for (const { month, shown } of months) {
    const units = Object.keys(shown);
    for (const unit of units) {
      const at = (path: string, weight = 1, when = month) => [cellName(when, unit, path), weight] as const;
      const all = (paths: readonly string[], when = month, weight = 1) =>
        paths.map((path) => at(path, weight, when));
      const sessions = ['1', '2-3', '4-7', 'over-7'].map((bucket) => `sessions.${bucket}`);
      const shares = ['0-24', '25-49', '50-74', '75-100'].map((bucket) => `onlineShare.${bucket}`);
      const equal = (...terms: (readonly [string, number])[]) => facts.push({ terms, equal: true });
      const atLeast = (...terms: (readonly [string, number])[]) => facts.push({ terms, equal: false });
      equal(...all(sessions), at('hasReceived', -1));
      equal(...all(shares), at('hasReceived', -1));
      equal(at('funnel.firstCall'), at('hasReceived', -1));
      const steps = ['offered', 'accepted', 'introduced', 'firstCall', 'regular'].map(
        (step) => `funnel.${step}`,
      );
      for (const [nth, step] of steps.entries()) {
        const next = steps[nth + 1];
        if (next !== undefined) atLeast(at(step), at(next, -1));
      }
      atLeast(at('funnel.offered'), at('funnel.declined', -1));
      atLeast(at('funnel.regular'), at('receivesRegularly', -1));
      atLeast(...all(sessions.slice(1)), at('funnel.regular', -1));
      atLeast(at('channels.video.held'), at('receivesRegularly', -2));
      atLeast(at('channels.video.held'), at('workers.active', -1));
      for (const path of ['active', 'trained', 'informed'])
        atLeast(at('workers.employed'), at(`workers.${path}`, -1));
      const before = last.get(unit);
      if (supposes && before !== undefined) {
        for (const path of ['hasReceived', 'funnel.declined', ...steps])
          atLeast(at(path), at(path, -1, before));
        for (const from of [1, 2, 3])
          atLeast(...all(sessions.slice(from)), ...all(sessions.slice(from), before, -1));
        atLeast(at('channels.video.held'), at('hasReceived', -1), at('hasReceived', 1, before));
      }
      last.set(unit, month);
    }
    const parts = units.filter((unit) => unit !== '');
    for (const path of Object.keys(shown[''] ?? {})) {
      const terms = parts.map((unit) => [cellName(month, unit, path), 1] as const);
      if (parts.length > 0) facts.push({ terms: [...terms, [cellName(month, '', path), -1]], equal: true });
    }
  }
  return facts;
}

/** Bounds from each fact on its own, again and again until nothing narrows any more. */
function narrow(bounds: Map<string, Bounds>, facts: readonly Known[]): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const { weights, sum, equal } of facts) {
      for (const way of equal ? [1, -1] : [1]) {
        const ends = [...weights].map(([name, weight]) => {
          const { low, high } = bounds.get(name) ?? { low: 0, high: 0 };
          const signed = way * weight;
          return { name, signed, most: signed > 0 ? signed * high : signed * low };
        });
        const open = ends.filter(({ most }) => most === Number.POSITIVE_INFINITY);
        if (open.length > 1) continue;
        const closed = ends.reduce(
          (total, { most }) => (most === Number.POSITIVE_INFINITY ? total : total + most),
          0,
        );
        for (const { name, signed, most } of open.length === 1 ? open : ends) {
          const cell = bounds.get(name);
          if (cell === undefined) continue;
          const rest = (way * sum - (closed - (open.length === 1 ? 0 : most))) / signed;
          // Whole numbers; the division may be off by a hair.
          const low = signed > 0 ? Math.ceil(rest - 1e-6) : cell.low;
          const high = signed > 0 ? cell.high : Math.floor(rest + 1e-6);
          if (low > cell.low) [cell.low, changed] = [low, true];
          if (high < cell.high) [cell.high, changed] = [high, true];
        }
      }
    }
  }
}

/** Adds and subtracts equations until none can be made shorter: every number that follows by subtraction alone stands alone. */
function eliminate(equations: readonly Known[]): Known[] {
  const rows = equations.map(({ weights, sum }) => ({ weights: new Map(weights), sum }));
  const done: typeof rows = [];
  const add = (row: (typeof rows)[number], other: (typeof rows)[number], factor: number): void => {
    for (const [name, weight] of other.weights) {
      const total = (row.weights.get(name) ?? 0) + factor * weight;
      if (Math.abs(total) < 1e-9) row.weights.delete(name);
      else row.weights.set(name, total);
    }
    row.sum += factor * other.sum;
  };
  for (const row of rows) {
    const [pivot] = row.weights;
    if (pivot === undefined) continue;
    const [name, weight] = pivot;
    for (const other of rows) {
      const factor = other === row ? 0 : (other.weights.get(name) ?? 0) / weight;
      if (factor !== 0) add(other, row, -factor);
    }
    done.push(row);
  }
  return done.map((row) => ({ ...row, equal: true }));
}
