import { CliError } from '../errors/cli-error.ts';
import { language } from '../language.ts';
import { readDay } from './times.ts';

const dayMs = 86_400_000;
const wallClock = new Intl.DateTimeFormat('sv', {
  timeZone: 'Europe/Copenhagen',
  dateStyle: 'short',
  timeStyle: 'short',
});

/** What the Danish wall clock shows at an instant: the day as "YYYY-MM-DD", and the time as "10:00". */
export function wallTime(instant: Date | string): { readonly day: string; readonly clock: string } {
  const [day = '', clock = ''] = wallClock.format(new Date(instant)).split(' ');
  return { day, clock };
}

/** The time of day for a person: "10.00" or "10:00". */
export function clockText(instant: Date | string): string {
  const { clock } = wallTime(instant);
  return language() === 'da' ? clock.replace(':', '.') : clock;
}

const utc = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** A day so many days later, or earlier with a negative number. */
export const addDays = (day: string, days: number): string => dayOf(utc(day) + days * dayMs);

/** 1 Monday to 7 Sunday. */
export const weekdayOf = (day: string): number => new Date(utc(day)).getUTCDay() || 7;

/** The ISO 8601 week of a day: "2026-W48". It belongs to the year that its Thursday lies in. */
export function weekOf(day: string): string {
  const thursday = utc(day) + (4 - weekdayOf(day)) * dayMs;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / dayMs / 7) + 1;
  return isoWeek(year, week);
}

/** The Monday of an ISO week; the fourth of January always lies in week 1. */
export function mondayOf(week: string): string {
  const [year = 0, number = 0] = week.split('-W').map(Number);
  const inFirstWeek = dayOf(Date.UTC(year, 0, 4));
  return addDays(inFirstWeek, 1 - weekdayOf(inFirstWeek) + 7 * (number - 1));
}

/** The number that people say: 48 of "2026-W48". */
export const weekNumber = (week: string): number => Number(week.slice(-2));

const isoWeek = (year: number, week: number): string => `${year}-W${String(week).padStart(2, '0')}`;

/** A day where a week is wanted: what is no day is said to be no week. */
function dayIn(phrase: string, now: Date): string {
  try {
    return readDay(phrase, now);
  } catch (error) {
    if (error instanceof CliError) throw new CliError('week_wanted', { phrase }, { cause: error });
    throw error;
  }
}

/**
 * A week as people name it: "48", "uge 48", "week 48 2027", "2026-W48", "næste uge", "last week", or any day in it.
 * Without a year it is the nearest week of that number, before or after.
 */
export function readWeek(phrase: string, now: Date): string {
  const text = phrase.trim().toLowerCase();
  const today = wallTime(now).day;
  const beside = /^(næste|next|sidste|last|denne|this) (?:uge|week)$/.exec(text)?.[1];
  if (beside !== undefined)
    return weekOf(addDays(today, /^n/.test(beside) ? 7 : /^[sl]/.test(beside) ? -7 : 0));
  const iso = /^(20\d\d)-?w(\d{1,2})$/.exec(text);
  const named = /^(?:uge |week )?(\d{1,2})(?: (?:i )?(20\d\d))?$/.exec(text);
  const number = Number(iso?.[2] ?? named?.[1]);
  if (iso === null && named === null) return weekOf(dayIn(phrase, now));
  const year = Number(today.slice(0, 4));
  const given = iso?.[1] ?? named?.[2];
  const years = given === undefined ? [year, year - 1, year + 1] : [Number(given)];
  const weeks = years.map((each) => isoWeek(each, number)).filter((week) => weekOf(mondayOf(week)) === week);
  const distance = (week: string) => Math.abs(utc(mondayOf(week)) - utc(today));
  const [nearest] = weeks.sort((a, b) => distance(a) - distance(b));
  if (nearest === undefined) throw new CliError('week_wanted', { phrase });
  return nearest;
}
