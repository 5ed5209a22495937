import { addDays, dayOfIsoWeek, isoWeek } from '../../../kernel/time-zone.ts';

/**
 * ISO 8601 weeks as text, "2026-W48". As every week is written equally long, comparing texts compares weeks. Weeks are
 * counted by their Mondays, so that a year of 53 of them is no exception anywhere.
 */
export function weekOf(day: string | Date): string {
  const { year, week } = isoWeek(day);
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** The Monday of a week, or null where the year has no such week (most have no 53rd). */
export function findMonday(week: string): string | null {
  const [year, number] = week.split('-W').map(Number);
  return dayOfIsoWeek(year ?? 0, number ?? 0, 1);
}

/** @throws Error for a week that is none; what comes from outside is looked up with `findMonday` first */
export function mondayOf(week: string): string {
  const monday = findMonday(week);
  if (monday === null) throw new Error(`there is no week ${week}`);
  return monday;
}

/** The week so many weeks later, or earlier with a negative number. */
export const addWeeks = (week: string, weeks: number): string => weekOf(addDays(mondayOf(week), 7 * weeks));

/** How many weeks later the second is; negative where it is earlier. */
export const weeksBetween = (from: string, to: string): number =>
  Math.round((Date.parse(mondayOf(to)) - Date.parse(mondayOf(from))) / (7 * 86_400_000));

/** All weeks from one to another, both included; none where the second is earlier. */
export const weeksFrom = (from: string, to: string): string[] =>
  Array.from({ length: Math.max(0, weeksBetween(from, to) + 1) }, (_, n) => addWeeks(from, n));
