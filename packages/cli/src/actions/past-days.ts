import { CliError } from '../errors/cli-error.ts';
import { addDays, wallTime } from './days.ts';
import { readDay } from './times.ts';

const namesAhead = /^(i ?morgen|tomorrow|i ?overmorgen|om|in|næste|next)(?!\p{L})/iu;

/** A day on which something happened: a weekday or a date without a year that would lie ahead is the last one. */
export function readPastDay(phrase: string, now: Date): string;
export function readPastDay(phrase: string | undefined, now: Date): string | undefined;
export function readPastDay(phrase: string | undefined, now: Date): string | undefined {
  if (phrase === undefined) return undefined;
  const day = readDay(phrase, now);
  const today = wallTime(now).day;
  if (day <= today || namesAhead.test(phrase.trim())) return day;
  for (const days of [7, 365]) {
    const before = readDay(phrase, new Date(now.getTime() - days * 86_400_000));
    if (before <= today) return before;
  }
  return day;
}

const monthNames = [
  ['jan'],
  ['feb'],
  ['mar'],
  ['apr'],
  ['maj', 'may'],
  ['jun'],
  ['jul'],
  ['aug'],
  ['sep'],
  ['okt', 'oct'],
  ['nov'],
  ['dec'],
];

/** A calendar month that is over or under way: "2015-10", "10/2015", "oktober 2015", "okt", "sidste måned". */
export function readMonth(phrase: string, now: Date): string;
export function readMonth(phrase: string | undefined, now: Date): string | undefined;
export function readMonth(phrase: string | undefined, now: Date): string | undefined {
  if (phrase === undefined) return undefined;
  const text = phrase.trim().toLowerCase();
  const thisMonth = wallTime(now).day.slice(0, 7);
  if (/^(sidste måned|last month)$/.test(text)) return addDays(`${thisMonth}-01`, -1).slice(0, 7);
  const iso = /^(20\d\d)-(0[1-9]|1[0-2])$/.exec(text);
  if (iso !== null) return text;
  const slashed = /^(0?[1-9]|1[0-2])[/.](20\d\d)$/.exec(text);
  if (slashed !== null) return `${slashed[2]}-${slashed[1]?.padStart(2, '0')}`;
  const [, word = '', year] = /^(\p{L}{3,})\.?(?: (20\d\d))?$/u.exec(text) ?? [];
  const month = monthNames.findIndex((names) => names.some((name) => word.startsWith(name))) + 1;
  if (month === 0) throw new CliError('month_wanted', { phrase });
  const of = (inYear: number) => `${inYear}-${String(month).padStart(2, '0')}`;
  if (year !== undefined) return of(Number(year));
  const present = Number(thisMonth.slice(0, 4));
  return of(present) <= thisMonth ? of(present) : of(present - 1);
}
