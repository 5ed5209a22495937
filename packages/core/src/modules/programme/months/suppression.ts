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
}

export interface GuardOptions {
  /** Whether those who read know the figures of one unit: members of a joint programme know their own. */
  readonly readersKnowOne: boolean;
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
const budgets = [0, 1.5, 4, 9, 20, 45, Number.POSITIVE_INFINITY];

/** Cells by `path`. */
type UnitCells = ReadonlyMap<string, Cell>;

/**
 * Primarily hidden is every count from 0 to 4, of persons and of visits, of parts and of the whole. Then, for each of
 * these, a world is looked for that looks the same from outside and in which the count is another one; as long as there is
 * none, more is hidden, what is missed least first. Nothing is drawn by lot, so the same months give the same tables.
 */
export function createGuard({ readersKnowOne }: GuardOptions): Guard {
  const months = new Map<string, ReadonlyMap<string, UnitCells>>();
  /** Another world for each cell that must not be found out; null where there is none. */
  const worlds = new Map<Cell, Change | null>();
  const holding = new Set<Change>();
  const failing = new Set<Change>();

  const stillHolds = (world: Change): boolean => {
    if (holding.has(world)) return true;
    if (failing.has(world)) return false;
    (holds(world) ? holding : failing).add(world);
    return holding.has(world);
  };
  const addRule = (terms: Rule['terms'], equal: boolean): void => {
    const slack = terms.reduce((sum, { cell, weight }) => sum + weight * cell.value, 0);
    // What corrections made untrue says nothing about the numbers.
    if (equal ? slack !== 0 : slack < 0) return;
    const rule = { terms, equal, slack };
    for (const { cell, weight } of terms) cell.links.push({ rule, weight });
  };
  const cellsOf = (unit: UnitCells, terms: Terms, sign = 1): { cell: Cell; weight: number }[] =>
    terms.flatMap(([path, weight]) => {
      const cell = unit.get(path);
      return cell === undefined ? [] : [{ cell, weight: sign * weight }];
    });
  const link = (earlier: UnitCells, later: UnitCells): void => {
    for (const terms of neverFalling)
      addRule([...cellsOf(later, terms), ...cellsOf(earlier, terms, -1)], false);
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

  const search = (cell: Cell, from?: Change): Change | null => {
    for (const strict of [true, false]) {
      for (const budget of budgets) {
        const world = findWorld({ cell, strict, budget, from, steps: 500 });
        if (world !== null) return world;
      }
    }
    return null;
  };
  const protect = (cell: Cell): void => {
    const past = worlds.get(cell);
    if (past === null || (past !== undefined && stillHolds(past))) return;
    const world = (past === undefined ? null : search(cell, past)) ?? search(cell);
    worlds.set(cell, world);
    if (world === null) return;
    holding.add(world);
    for (const different of world.keys()) {
      different.hidden = true;
      if (!different.primary) continue;
      // Another world for one is another world for all that differ in it.
      const other = worlds.get(different);
      if (other == null || !stillHolds(other)) worlds.set(different, world);
    }
  };
  /** Where only two parts of a total are hidden, whoever knows one of them knows the other. */
  const hideThree = (parts: readonly UnitCells[]): void => {
    for (const path of countPaths) {
      const cells = parts.flatMap((part) => part.get(path) ?? []);
      const shown = cells.filter(({ hidden }) => !hidden);
      if (shown.length === cells.length) continue;
      shown.sort((one, other) => (one.cost ?? 0) - (other.cost ?? 0));
      for (const cell of shown.slice(0, Math.max(0, 3 - (cells.length - shown.length)))) cell.hidden = true;
    }
  };
  const protectAll = (): void => {
    holding.clear();
    failing.clear();
    for (const units of months.values()) {
      for (const cells of units.values()) {
        for (const cell of cells.values()) if (cell.primary && cell.hidden) protect(cell);
      }
    }
  };

  /** The first world that was found is not always the one that hides least: what others can do without is shown after all. */
  const giveBack = (cell: Cell): void => {
    const { cost } = cell;
    const leaning = [...worlds].flatMap(([need, world]) => (world?.has(cell) === true ? [need] : []));
    [cell.hidden, cell.cost] = [false, null];
    const instead = new Map<Cell, Change>();
    for (const need of leaning) {
      if (instead.has(need)) continue;
      const world = findWorld({ cell: need, strict: true, budget: 0, steps: 100 });
      if (world === null) {
        [cell.hidden, cell.cost] = [true, cost];
        return;
      }
      for (const different of world.keys()) if (leaning.includes(different)) instead.set(different, world);
    }
    for (const [need, world] of instead) worlds.set(need, world);
  };

  return {
    remember: (month, shown) => void add(month, shown),
    decide: (month) => {
      const added = add(month, null);
      const parts = [...added].flatMap(([unit, cells]) => (unit === '' ? [] : [cells]));
      if (readersKnowOne) hideThree(parts);
      protectAll();
      const secondary = [...added.values()].flatMap((cells) =>
        [...cells.values()].filter(
          ({ hidden, primary, cost }) => hidden && !primary && (cost ?? 0) > lossOfDetail,
        ),
      );
      secondary.sort((one, other) => (other.cost ?? 0) - (one.cost ?? 0));
      for (const cell of secondary) giveBack(cell);
      // Also where a part was hidden for the sake of another one.
      if (readersKnowOne) hideThree(parts);
      return [...added.values()].map((cells) => {
        for (const cell of cells.values()) cell.cost = null;
        return Object.fromEntries(
          [...cells].map(([path, { value, hidden }]) => [path, hidden ? 'hidden' : value] as const),
        );
      });
    },
  };
}
