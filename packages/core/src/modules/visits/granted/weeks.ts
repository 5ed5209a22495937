import { localDay, startOfLocalDay } from '../../../kernel/time-zone.ts';

const dayMs = 86_400_000;

/** Days counted from the first of January 1970, so that spans of days are plain subtractions. */
export const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;

const dayOfNumber = (number: number): string => new Date(number * dayMs).toISOString().slice(0, 10);

/** The Monday of the ISO week that a day lies in. The first of January 1970 was a Thursday. */
export function mondayOf(day: string): string {
  const number = dayNumber(day);
  return dayOfNumber(number - ((((number + 3) % 7) + 7) % 7));
}

/** The Monday of the week that runs in Denmark at an instant. */
export const runningMonday = (now: Date): string => mondayOf(localDay(now));

/** A Monday so many weeks later, or earlier with a negative number. */
export const addWeeks = (monday: string, weeks: number): string => dayOfNumber(dayNumber(monday) + 7 * weeks);

/** So many whole weeks from one Monday to another; negative when the second is the earlier one. */
export const weeksBetween = (monday: string, other: string): number =>
  (dayNumber(other) - dayNumber(monday)) / 7;

/** The Mondays of so many weeks, the first one given. */
export const mondaysFrom = (monday: string, weeks: number): string[] =>
  Array.from({ length: weeks }, (_, index) => addWeeks(monday, index));

// Asking the time zone costs as much as a query, and there are few Mondays: the days that can be asked for end in 2100.
const starts = new Map<string, Date>();
function startOf(monday: string): Date {
  const start = starts.get(monday) ?? startOfLocalDay(monday);
  starts.set(monday, start);
  return start;
}

/** The instants at which so many weeks begin in Denmark, and the one at which the last of them is over. */
export const weekBounds = (monday: string, weeks: number): Date[] =>
  mondaysFrom(monday, weeks + 1).map(startOf);
