import type { CarryOver } from '../../../contract/visit-rules.ts';

/** Granted and delivered time of a week that is over, in whole minutes. */
export interface Balance {
  readonly granted: number;
  readonly delivered: number;
}

/** What is left of one week: minutes still owed to the citizen, or, negative, minutes given beforehand. */
interface Remainder {
  readonly minutes: number;
  /** In how many more weeks it counts. */
  readonly weeksLeft: number;
}

/** The remainders of earlier weeks, the oldest first; all owed or all given beforehand. */
export type Pool = readonly Remainder[];

export const poolTotal = (pool: Pool): number => pool.reduce((sum, { minutes }) => sum + minutes, 0);

/**
 * Closes a week. What is delivered counts against the week's own grant first. What goes beyond it makes up for what is
 * owed from earlier weeks, and what falls short of it settles what was given beforehand, the oldest first in both cases.
 * What remains goes into the pool for `rule.weeks` weeks; of more than `rule.maxMinutes` the oldest lapse.
 *
 * @returns the pool after the week, and the minutes that lapsed: pool before + granted - delivered = pool after + lapsed
 */
export function closeWeek(
  pool: Pool,
  { granted, delivered }: Balance,
  rule: CarryOver,
): { readonly pool: Pool; readonly lapsed: number } {
  const own = granted - delivered;
  if (rule.kind === 'none') return { pool: [], lapsed: poolTotal(pool) + own };
  let rest = own;
  const settled = pool.map(({ minutes, weeksLeft }) => {
    const used = Math.sign(minutes) === -Math.sign(rest) ? Math.min(Math.abs(minutes), Math.abs(rest)) : 0;
    rest += Math.sign(minutes) * used;
    return { minutes: minutes - Math.sign(minutes) * used, weeksLeft: weeksLeft - 1 };
  });
  const kept = rest > 0 || rule.kind === 'both' ? rest : 0;
  const left = [...settled, { minutes: kept, weeksLeft: rule.weeks }].filter(
    ({ minutes, weeksLeft }) => minutes !== 0 && weeksLeft > 0,
  );
  const capped = capAt(left, rule.maxMinutes);
  return { pool: capped, lapsed: poolTotal(pool) + own - poolTotal(capped) };
}

/** Keeps the newest, which count the longest. */
function capAt(pool: Pool, maxMinutes: number): Pool {
  let room = maxMinutes;
  const kept: Remainder[] = [];
  for (const { minutes, weeksLeft } of pool.toReversed()) {
    const size = Math.min(Math.abs(minutes), room);
    room -= size;
    if (size > 0) kept.unshift({ minutes: Math.sign(minutes) * size, weeksLeft });
  }
  return kept;
}

/**
 * How many weeks before a week are read to know what is carried into it. What still counts depends on older weeks too, by
 * what they left to make up for, though hardly on those half a year back, or six times as long as something counts.
 * These are the same weeks for everybody who asks, so that a week reads the same in whichever period it is looked at.
 */
export const lookBackWeeks = (rule: CarryOver): number =>
  rule.kind === 'none' ? 0 : Math.max(26, 6 * rule.weeks);

/** What is carried into a week from the weeks before it, all of them over, the last one last. */
export function carriedInto(before: readonly Balance[], rule: CarryOver): number {
  const read = lookBackWeeks(rule);
  if (read === 0) return 0;
  const start: Pool = [];
  return poolTotal(before.slice(-read).reduce((pool, week) => closeWeek(pool, week, rule).pool, start));
}
