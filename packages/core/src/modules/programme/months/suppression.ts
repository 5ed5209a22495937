import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ShownFigures } from '../../../contract/index.ts';
import { type Counts, countPaths, distributions, visitPaths } from './counts.ts';
import { neverFalling, newcomers, type Terms, withinUnit } from './relations.ts';
import { type Cell, type Change, findWorld, holds, type Rule } from './worlds.ts';

/** The counts of a month-end: of the whole first, then of each team, or of each member of a joint programme. */
export interface CountedMonth {
  /** `2015-10` */
  readonly month: string;
  readonly units: readonly { readonly id: string | null; readonly counts: Counts }[];
}

/**
 * Decides what of month-ends is given out (domain.md, section 7: a group of fewer than five is not shown and not derivable
 * from the others; it counts in the total). It knows every month-end that was given out before, since those are final.
 */
export interface Guard {
  /** A month-end that was given out, with what was shown of each of its units. */
  remember(month: CountedMonth, shown: readonly ShownFigures[]): void;
  /** What is shown of each unit of a month that is given out now; it is remembered. */
  decide(month: CountedMonth): ShownFigures[];
  /**
   * The same, and others get their turn in between: a service goes on answering meanwhile, and can be stopped.
   *
   * @throws the signal's reason once it is aborted, upon which the guard is of no more use
   */
  decideInTurns(month: CountedMonth, signal?: AbortSignal): Promise<ShownFigures[]>;
}

export interface GuardOptions {
  /** Whether those who read know the figures of one unit: members of a joint programme know their own. */
  readonly readersKnowOne: boolean;
  /** How long another world is looked for before more is hidden instead, in steps of the search. */
  readonly patience?: number;
}

const fewest = 5;
const totals: ReadonlySet<string> = new Set(
  countPaths.filter((path) => !visitPaths.includes(path) && !distributions.flat().includes(path)),
);
/** Unless it is itself below five, a total is never hidden. */
const isTotal = (unit: string | null, path: string): boolean => unit === null && totals.has(path);
/** What readers miss least goes first: the detail of a part, then a part's own totals, then the detail of the whole. */
const lossOf = (unit: string | null, path: string): number => (unit === null ? 3 : totals.has(path) ? 2 : 1);
const lossOfDetail = 1.5;
/** What was hidden the month before is missed less, and a course with gaps in the same place is easier to read. */
const lossAgain = 0.25;
const usualPatience = 500;
const turnMs = 20;
const budgets = [0, 1.5, 4, 9, 20, 45, Number.POSITIVE_INFINITY];

/** Cells by `path`. */
type UnitCells = ReadonlyMap<string, Cell>;

/**
 * Primarily hidden is every count from 0 to 4, of persons and of visits, of parts and of the whole. Then, for each of
 * these, a world is looked for that looks the same from outside and in which the count is another one; as long as there is
 * none, more is hidden, what is missed least first. Nothing is drawn by lot, so the same months give the same tables.
 *
 * A search that is given up proves nothing, so all of the unit is hidden but its place in the totals of the whole, and if
 * that is not enough, all parts and details of the month. What remains is known from the totals of the whole alone, such
 * as that nobody had one session only where all receive regularly.
 */
export function createGuard({ readersKnowOne, patience = usualPatience }: GuardOptions): Guard {
  const months = new Map<string, ReadonlyMap<string, UnitCells>>();
  /** Another world for each cell that must not be found out; null where there is none. */
  const worlds = new Map<Cell, Change | null>();
  const holding = new Set<Change>();
  const failing = new Set<Change>();
  /** Worlds in which something falls that never should: by a correction, or since somebody went to another team. */
  const unusual = new WeakSet<Change>();
  const givenUp = new Set<Cell>();

  const stillHolds = (world: Change): boolean => {
    if (holding.has(world)) return true;
    if (failing.has(world)) return false;
    (holds(world, unusual.has(world)) ? holding : failing).add(world);
    return holding.has(world);
  };
  const addRule = (terms: Rule['terms'], equal: boolean, firm = true): void => {
    const slack = terms.reduce((sum, { cell, weight }) => sum + weight * cell.value, 0);
    // What corrections made untrue says nothing about the numbers.
    if (equal ? slack !== 0 : slack < 0) return;
    const rule = { terms, equal, slack, firm };
    for (const { cell, weight } of terms) cell.links.push({ rule, weight });
  };
  const cellsOf = (unit: UnitCells, terms: Terms, sign = 1): { cell: Cell; weight: number }[] =>
    terms.flatMap(([path, weight]) => {
      const cell = unit.get(path);
      return cell === undefined ? [] : [{ cell, weight: sign * weight }];
    });
  const link = (earlier: UnitCells, later: UnitCells): void => {
    for (const terms of neverFalling)
      addRule([...cellsOf(later, terms), ...cellsOf(earlier, terms, -1)], false, false);
    const { total, held } = newcomers;
    addRule(
      [
        ...cellsOf(later, [
          [held, 1],
          [total, -1],
        ]),
        ...cellsOf(earlier, [[total, 1]]),
      ],
      false,
      false,
    );
  };
  /** The month of a unit that is nearest before or after. */
  const neighbour = (unit: string, month: string, way: 'before' | 'after'): UnitCells | undefined => {
    const others = [...months.keys()]
      .filter((other) => (way === 'before' ? other < month : other > month))
      .sort();
    if (way === 'before') others.reverse();
    for (const other of others) {
      const found = months.get(other)?.get(unit);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const add = ({ month, units }: CountedMonth, shown: readonly ShownFigures[] | null) => {
    const added = new Map<string, Map<string, Cell>>();
    units.forEach(({ id, counts }, nth) => {
      const unit = id ?? '';
      const before = neighbour(unit, month, 'before');
      const cells = new Map<string, Cell>();
      for (const path of countPaths) {
        const value = counts[path] ?? 0;
        const primary = value < fewest;
        const past = before?.get(path);
        const again = past?.hidden === true && !past.primary ? lossAgain : 1;
        const fixed = shown !== null || isTotal(id, path);
        const cell: Cell = {
          value,
          primary,
          capped: isTotal(id, path),
          hidden: shown === null ? primary : shown[nth]?.[path] === 'hidden',
          cost: fixed ? null : lossOf(id, path) * again + value / 1_000_000,
          links: [],
        };
        cells.set(path, cell);
      }
      for (const { terms, equal } of withinUnit) addRule(cellsOf(cells, terms), equal);
      if (before !== undefined) link(before, cells);
      const after = neighbour(unit, month, 'after');
      if (after !== undefined) link(cells, after);
      added.set(unit, cells);
    });
    const [whole, ...parts] = [...added.values()];
    if (whole !== undefined && parts.length > 0) {
      for (const path of countPaths) {
        const terms: Terms = [[path, 1]];
        addRule([...parts.flatMap((part) => cellsOf(part, terms)), ...cellsOf(whole, terms, -1)], true);
      }
    }
    months.set(month, added);
    return added;
  };

  /** What looks for worlds stops before each search, so that others can get their turn. */
  function* search(cell: Cell, from?: Change): Generator<void, Change | null> {
    givenUp.delete(cell);
    for (const firmOnly of [false, true]) {
      for (const strict of [true, false]) {
        for (const budget of budgets) {
          yield;
          const world = findWorld({ cell, strict, budget, from, firmOnly, steps: patience });
          if (world === 'given-up') givenUp.add(cell);
          if (typeof world === 'string') continue;
          if (firmOnly) unusual.add(world);
          givenUp.delete(cell);
          return world;
        }
      }
    }
    return null;
  }
  function* protect(cell: Cell): Generator<void> {
    const past = worlds.get(cell);
    if (past === null || (past !== undefined && stillHolds(past))) return;
    const world = (past === undefined ? null : yield* search(cell, past)) ?? (yield* search(cell));
    worlds.set(cell, world);
    if (world === null) return;
    holding.add(world);
    for (const different of world.keys()) {
      different.hidden = true;
      if (!different.primary) continue;
      // Another world for one is another world for all that differ in it.
      const other = worlds.get(different);
      if (other == null || !stillHolds(other)) {
        worlds.set(different, world);
        givenUp.delete(different);
      }
    }
  }
  /**
   * Where only two parts of a total are hidden, whoever knows one of them knows the other; and where all hidden parts but
   * one are nothing, the one that is not can tell so by subtracting itself.
   */
  const hideThree = (parts: readonly UnitCells[]): void => {
    for (const path of countPaths) {
      const cells = parts.flatMap((part) => part.get(path) ?? []);
      const shown = cells.filter(({ hidden }) => !hidden);
      if (shown.length === cells.length) continue;
      const hidden = cells.filter((cell) => cell.hidden);
      const few = 3 - hidden.length;
      const fewAboveNone = 2 - hidden.filter(({ value }) => value > 0).length;
      shown.sort((one, other) => (one.cost ?? 0) - (other.cost ?? 0));
      for (const cell of shown.slice(0, Math.max(0, few, fewAboveNone))) cell.hidden = true;
    }
  };
  function* protectAll(): Generator<void> {
    holding.clear();
    failing.clear();
    for (const units of months.values()) {
      for (const cells of units.values()) {
        for (const cell of cells.values()) {
          if (!cell.primary || !cell.hidden) continue;
          yield* protect(cell);
        }
      }
    }
  }
  /** Only of the month itself: what another month's counts can be is bound by definitions within that month alone. */
  const isGivenUp = (cells: UnitCells): boolean => [...cells.values()].some((cell) => givenUp.has(cell));
  function* hideWhatIsGivenUp(added: readonly UnitCells[]): Generator<void> {
    for (const rows of [added.filter(isGivenUp), added]) {
      if (!added.some(isGivenUp)) return;
      for (const row of rows) {
        for (const cell of row.values()) if (cell.cost !== null) cell.hidden = true;
      }
      for (const cell of givenUp) worlds.delete(cell);
      yield* protectAll();
    }
  }

  /** The first world that was found is not always the one that hides least: what others can do without is shown after all. */
  function* giveBack(cell: Cell): Generator<void> {
    const { cost } = cell;
    const leaning = [...worlds].flatMap(([need, world]) => (world?.has(cell) === true ? [need] : []));
    [cell.hidden, cell.cost] = [false, null];
    const instead = new Map<Cell, Change>();
    for (const need of leaning) {
      if (instead.has(need)) continue;
      yield;
      const world = findWorld({ cell: need, strict: true, budget: 0, firmOnly: false, steps: 100 });
      if (typeof world === 'string') {
        [cell.hidden, cell.cost] = [true, cost];
        return;
      }
      for (const different of world.keys()) if (leaning.includes(different)) instead.set(different, world);
    }
    for (const [need, world] of instead) worlds.set(need, world);
  }

  function* deciding(month: CountedMonth): Generator<void, ShownFigures[]> {
    const added = add(month, null);
    const parts = [...added].flatMap(([unit, cells]) => (unit === '' ? [] : [cells]));
    if (readersKnowOne) hideThree(parts);
    yield* protectAll();
    if ([...added.values()].some(isGivenUp)) yield* hideWhatIsGivenUp([...added.values()]);
    else {
      const secondary = [...added.values()].flatMap((cells) =>
        [...cells.values()].filter(
          ({ hidden, primary, cost }) => hidden && !primary && (cost ?? 0) > lossOfDetail,
        ),
      );
      secondary.sort((one, other) => (other.cost ?? 0) - (one.cost ?? 0));
      for (const cell of secondary) {
        yield* giveBack(cell);
      }
    }
    // Also where a part was hidden for the sake of another one.
    if (readersKnowOne) hideThree(parts);
    return [...added.values()].map((cells) => {
      for (const cell of cells.values()) cell.cost = null;
      return Object.fromEntries(
        [...cells].map(([path, { value, hidden }]) => [path, hidden ? 'hidden' : value] as const),
      );
    });
  }

  return {
    remember: (month, shown) => void add(month, shown),
    decide: (month) => {
      const course = deciding(month);
      for (;;) {
        const { done, value } = course.next();
        if (done === true) return value;
      }
    },
    decideInTurns: async (month, signal) => {
      const course = deciding(month);
      for (let since = performance.now(); ; ) {
        const { done, value } = course.next();
        if (done === true) return value;
        if (performance.now() - since < turnMs) continue;
        await nextTurn();
        signal?.throwIfAborted();
        since = performance.now();
      }
    },
  };
}
