/** A count of a unit in a month, as those who look for hidden numbers and those who hide them both see it. */
export interface Cell {
  readonly value: number;
  /** Fewer than five: what must not be found out. */
  readonly primary: boolean;
  /** That it is hidden tells that it is below five, since it would never be hidden for the sake of another one. */
  readonly capped: boolean;
  hidden: boolean;
  /** What hiding it loses; null where it cannot be hidden (any more). */
  cost: number | null;
  readonly links: Link[];
}

export interface Link {
  readonly rule: Rule;
  readonly weight: number;
}

/** The values of the cells, with these weights, add up to nothing (`equal`) or to at least nothing: everybody knows. */
export interface Rule {
  readonly terms: readonly { readonly cell: Cell; readonly weight: number }[];
  readonly equal: boolean;
  /** What they add up to. */
  readonly slack: number;
  /** It follows from definitions within one month; what holds from month to month can fail, by corrections and moves. */
  readonly firm: boolean;
}

/** What is different in another world. */
export type Change = ReadonlyMap<Cell, number>;

export interface Wanted {
  readonly cell: Cell;
  /** Whether what is below five here is so in that world too. */
  readonly strict: boolean;
  /** What may be lost by hiding more. */
  readonly budget: number;
  /** Whether rules that can fail are left alone: who reads can suppose them, but not know them. */
  readonly firmOnly: boolean;
  /** A search that takes longer is given up, and more is hidden instead. */
  readonly steps: number;
  /** A world that was possible before more became known: what differs in it is kept. */
  readonly from?: Change | undefined;
}

interface Move {
  readonly cell: Cell;
  readonly delta: number;
  readonly cost: number;
  /** What it costs, and how many rules it would break that hold. */
  readonly trouble: number;
}

/**
 * Another world that looks the same from outside: everything shown is as it is, every rule holds, and yet the cell wanted has
 * another value. Where one exists, nobody can tell the cell's value, whatever they compute. Cells that are shown but can
 * still be hidden may differ too, at their cost: they have to be hidden then.
 *
 * @returns why there is none: it was looked for to the end, or given up
 */
export function findWorld(wanted: Wanted): Change | 'none' | 'given-up' {
  const change = new Map<Cell, number>();
  const offBy = new Map<Rule, number>();
  const broken = new Set<Rule>();
  let steps = 0;
  let isGivenUp = false;
  const { firmOnly } = wanted;

  const mayBe = (cell: Cell, value: number): boolean =>
    value >= 0 && (value < 5 || !(cell.capped || (wanted.strict && cell.primary)));
  const shift = (cell: Cell, delta: number): void => {
    for (const { rule, weight } of cell.links) {
      if (firmOnly && !rule.firm) continue;
      const off = (offBy.get(rule) ?? 0) + weight * delta;
      offBy.set(rule, off);
      if (wayOf(rule, off) === 0) broken.delete(rule);
      else broken.add(rule);
    }
  };
  const troubleOf = (cell: Cell, delta: number): number => {
    let trouble = 0;
    for (const { rule, weight } of cell.links) {
      if (firmOnly && !rule.firm) continue;
      const off = offBy.get(rule) ?? 0;
      if (wayOf(rule, off + weight * delta) !== 0) trouble += 1;
      if (wayOf(rule, off) !== 0) trouble -= 1;
    }
    return trouble;
  };
  const movesOf = (rule: Rule, left: number): Move[] => {
    const off = offBy.get(rule) ?? 0;
    const way = wayOf(rule, off);
    return rule.terms
      .flatMap(({ cell, weight }): Move[] => {
        const so = change.get(cell) ?? 0;
        const sign = way * Math.sign(weight);
        const cost = cell.hidden || so !== 0 ? 0 : cell.cost;
        // What differs already differs more only for the sake of what must be at least so much.
        if (cost === null || cost > left || (rule.equal ? so !== 0 : so * sign < 0)) return [];
        const delta = sign * (rule.equal ? 1 : Math.ceil(-(rule.slack + off) / Math.abs(weight)));
        if (!mayBe(cell, cell.value + so + delta)) return [];
        return [{ cell, delta, cost, trouble: cost + troubleOf(cell, delta) }];
      })
      .sort((one, other) => one.trouble - other.trouble);
  };
  const mend = (left: number): boolean => {
    steps += 1;
    if (steps > wanted.steps) {
      isGivenUp = true;
      return false;
    }
    let fewest: Move[] | null = null;
    for (const rule of broken) {
      const moves = movesOf(rule, left);
      if (fewest === null || moves.length < fewest.length) fewest = moves;
      if (moves.length < 2) break;
    }
    if (fewest === null) return true;
    for (const { cell, delta, cost } of fewest) {
      const so = change.get(cell) ?? 0;
      change.set(cell, so + delta);
      shift(cell, delta);
      if (mend(left - cost)) return true;
      if (so === 0) change.delete(cell);
      else change.set(cell, so);
      shift(cell, -delta);
    }
    return false;
  };

  if (wanted.from !== undefined) {
    for (const [cell, delta] of wanted.from) {
      change.set(cell, delta);
      shift(cell, delta);
    }
    return mend(wanted.budget) ? change : isGivenUp ? 'given-up' : 'none';
  }
  const { cell } = wanted;
  for (const delta of cell.value === 0 ? [1] : [-1, 1]) {
    if (!mayBe(cell, cell.value + delta)) continue;
    steps = 0;
    change.set(cell, delta);
    shift(cell, delta);
    if (mend(wanted.budget)) return change;
    change.delete(cell);
    shift(cell, -delta);
  }
  return isGivenUp ? 'given-up' : 'none';
}

/** Whether a world that was found is still possible, now that more rules are known. */
export function holds(change: Change, firmOnly: boolean): boolean {
  const seen = new Set<Rule>();
  for (const cell of change.keys()) {
    for (const { rule } of cell.links) {
      if (seen.has(rule) || (firmOnly && !rule.firm)) continue;
      seen.add(rule);
      const off = rule.terms.reduce((sum, term) => sum + term.weight * (change.get(term.cell) ?? 0), 0);
      if (wayOf(rule, off) !== 0) return false;
    }
  }
  return true;
}

/** Which way a rule's sum would have to go; 0 where it holds. */
function wayOf(rule: Rule, off: number): -1 | 0 | 1 {
  if (rule.equal) return off === 0 ? 0 : off > 0 ? -1 : 1;
  return rule.slack + off < 0 ? 1 : 0;
}
