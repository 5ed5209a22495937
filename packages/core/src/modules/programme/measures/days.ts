import { Temporal } from 'temporal-polyfill';

// Days are counted from 1 January 1970 where they are reckoned with, and written "YYYY-MM-DD" everywhere else.

const dayMs = 86_400_000;

export const numberOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;
export const dayOfNumber = (number: number): string => new Date(number * dayMs).toISOString().slice(0, 10);

/** Both days included. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export type PeriodKind = 'day' | 'week' | 'month';

/**
 * The days, weeks (which end on Sunday) or calendar months from one day to another, without gaps. The first begins with `from`
 * and the last ends with `at`, so both may be shorter; none where `from` lies after `at`.
 */
export function periodsOf({ from, at }: { from: string; at: string }, by: PeriodKind): Period[] {
  const last = numberOfDay(at);
  const periods: Period[] = [];
  let next = numberOfDay(from);
  while (next <= last) {
    const to = Math.min(last, endOf(next, by));
    periods.push({ from: next, to });
    next = to + 1;
  }
  return periods;
}

/** The last day of the period that a day lies in. */
function endOf(day: number, by: PeriodKind): number {
  if (by === 'day') return day;
  // The first of January 1970 was a Thursday.
  if (by === 'week') return day + 6 - ((day + 3) % 7);
  const date = Temporal.PlainDate.from(dayOfNumber(day));
  return day + date.daysInMonth - date.day;
}

/** How many of ascending days are at most this one. */
export function countUntil(days: readonly number[], day: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? 0) <= day) low = middle + 1;
    else high = middle;
  }
  return low;
}
