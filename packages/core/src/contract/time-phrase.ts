import { Temporal } from 'temporal-polyfill';
import type { Language } from '../kernel/errors.ts';
import { startOfLocalDay, toLocal } from '../kernel/time-zone.ts';
import { calendarDay, instantOf, instantOn, minuteOfDay } from './time-phrase-calendar.ts';
import {
  type ClockTime,
  Cursor,
  type NamedDay,
  PhraseRefused,
  readClock,
  readDay,
  readDuration,
  type TimePhraseReason,
} from './time-phrase-words.ts';

export { formatDay, formatTime, formatTimeRange } from '../kernel/time-format.ts';
export type { TimePhraseReason };

/**
 * What a person wrote about time. Clock times are Danish wall time. `ambiguous`: the time occurs twice that night in
 * October and the first was taken; adding "vintertid" or "winter time" names the second.
 */
export type TimePhrase =
  | { readonly ok: true; readonly kind: 'moment'; readonly start: Date; readonly ambiguous: boolean }
  | {
      readonly ok: true;
      readonly kind: 'range';
      readonly start: Date;
      readonly end: Date;
      readonly ambiguous: boolean;
    }
  /** A day alone: "YYYY-MM-DD", and from its first instant up to the next day's. */
  | {
      readonly ok: true;
      readonly kind: 'day';
      readonly date: string;
      readonly start: Date;
      readonly end: Date;
    }
  | { readonly ok: true; readonly kind: 'duration'; readonly minutes: number }
  | { readonly ok: false; readonly reason: TimePhraseReason };

/** One sentence per reason, for whoever wrote the phrase. */
export const timePhraseReasons = {
  empty: { da: 'Der er ikke skrevet noget tidspunkt.', en: 'No time was written.' },
  not_understood: {
    da: 'Tidspunktet kan ikke læses. Skriv for eksempel »i morgen 10.00«, »tirsdag uge 48 9-9.30« eller »24/11 kl. 10«.',
    en: 'The time was not understood. Write for example "tomorrow 10:00", "tuesday week 48 9-9.30" or "24/11 10:00".',
  },
  no_such_date: { da: 'Den dag findes ikke i kalenderen.', en: 'There is no such day in the calendar.' },
  no_such_time: { da: 'Det klokkeslæt findes ikke.', en: 'There is no such time of day.' },
  weekday_mismatch: {
    da: 'Datoen falder ikke på den ugedag.',
    en: 'The date does not fall on that weekday.',
  },
  skipped_by_summer_time: {
    da: 'Det klokkeslæt springes over, når uret stilles til sommertid den nat.',
    en: 'That time is skipped when the clock goes forward to summer time that night.',
  },
  end_before_start: {
    da: 'Tiden slutter, før den begynder. Går den over midnat, så skriv også slutdagen.',
    en: 'The time ends before it begins. If it runs past midnight, write the day it ends as well.',
  },
  duration_out_of_range: {
    da: 'Varigheden skal være mellem et minut og 31 dage.',
    en: 'The length must be between a minute and 31 days.',
  },
  out_of_range: {
    da: 'Årstallet skal være mellem 2000 og 2100.',
    en: 'The year must be between 2000 and 2100.',
  },
} as const satisfies Record<TimePhraseReason, Record<Language, string>>;

const longestPhrase = 120;

/**
 * Reads a time as people write it, Danish or English, whichever the reader's own language. Never throws.
 *
 * Numeric dates are day before month. A weekday is the next one, today if the time is still ahead; "næste" and
 * "next" exclude today. A day without a year is the next one, today included; a week without a year is this ISO
 * year's unless it is over. A clock time alone is today, or tomorrow once it has passed. "nu" is the current minute.
 * "2026-11-24 10:00-10:30" is a range; a zone after a space is only read with "+" or "Z".
 */
export function parseTimePhrase(text: string, options: { readonly now: Date }): TimePhrase {
  if (text.length > longestPhrase) return { ok: false, reason: 'not_understood' };
  const phrase = plainPhrase(text);
  if (phrase === '') return { ok: false, reason: 'empty' };
  const readings = [
    () => readIso(phrase),
    () => readPhrase(new Cursor(phrase, false), options.now),
    () => readPhrase(new Cursor(phrase, true), options.now),
  ];
  let reason: TimePhraseReason = 'not_understood';
  for (const reading of readings) {
    try {
      const found = reading();
      if (found !== null) return found;
    } catch (error) {
      if (!(error instanceof PhraseRefused)) throw error;
      if (reason === 'not_understood') reason = error.reason;
    }
  }
  return { ok: false, reason };
}

function plainPhrase(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/(?<!\d),|,(?!\d)|[()]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/[ .!?;]+$/, '')
    .trim();
}

const zoned =
  /^(\d{4}-\d{2}-\d{2})(?:t| (?=[^-]*$))(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(z|[+-]\d{2}(?::?\d{2})?)$/;
const isoInterval = /^([\dt:.+-]+z?)\/([\dt:.+-]+z?)$/;

/** A moment with a zone, or two ISO moments with a slash between them (ISO 8601-1, 5.5). */
function readIso(phrase: string): TimePhrase | null {
  const parts = isoInterval.exec(phrase);
  const [from, to] = [parts?.[1], parts?.[2]].map((part) => (part?.includes('t') ? isoMoment(part) : null));
  if (from && to) return rangeOf(from, to, false);
  const start = isoMoment(phrase);
  return start === null || !zoned.test(phrase) ? null : moment(start, false);
}

function isoMoment(text: string): Date | null {
  const match = zoned.exec(text);
  const local = match === null ? text : `${match[1]}t${match[2]}`;
  if (!/^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}/.test(local)) return null;
  try {
    if (match === null) return instantOf(Temporal.PlainDateTime.from(local.toUpperCase()), null).instant;
    const instant = Temporal.Instant.from(`${local}${match[3] ?? ''}`.toUpperCase());
    return new Date(instant.epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) throw new PhraseRefused('no_such_date');
    throw error;
  }
}

interface Point {
  readonly instant: Date | null;
  readonly day: NamedDay | null;
  readonly clock: ClockTime | null;
}

function readPoint(cursor: Cursor, now: Date): Point {
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  if (cursor.take(/(?:nu|now)(?![\p{L}\p{N}])/uy)) return { instant: minute, day: null, clock: null };
  const before = cursor.at;
  if (cursor.take(/(?:om|in) /y)) {
    const wait = readDuration(cursor);
    if (wait !== null) return { instant: new Date(minute.getTime() + wait * 60_000), day: null, clock: null };
    cursor.at = before;
  }
  let day = readDay(cursor);
  const clock = readClock(cursor);
  if (day === null && clock !== null) day = readDay(cursor);
  return { instant: null, day, clock };
}

function readPhrase(cursor: Cursor, now: Date): TimePhrase | null {
  const alone = readDuration(cursor);
  if (alone !== null && cursor.done) return { ok: true, kind: 'duration', minutes: alone };
  cursor.at = 0;

  const first = readPoint(cursor, now);
  if (first.instant === null && first.day === null && first.clock === null) return null;
  if (cursor.take(/-|(?:til|to|until|og|and)(?![\p{L}\p{N}])/uy)) {
    const second = readPoint(cursor, now);
    return cursor.done ? rangeBetween(first, second, now) : null;
  }
  const start = startOf(first, now);
  if (cursor.done) return start ?? dayAlone(first, now);
  cursor.take(/(?:i|for|á)(?![\p{L}\p{N}])/uy);
  const minutes = readDuration(cursor);
  if (minutes === null || !cursor.done || start === null) return null;
  return rangeOf(start.start, new Date(start.start.getTime() + minutes * 60_000), start.ambiguous);
}

type Moment = Extract<TimePhrase, { kind: 'moment' }>;

function moment(start: Date, ambiguous: boolean): Moment {
  assertYear(start);
  return { ok: true, kind: 'moment', start, ambiguous };
}

function rangeOf(start: Date, end: Date, ambiguous: boolean): TimePhrase {
  assertYear(start);
  assertYear(end);
  if (end.getTime() <= start.getTime()) throw new PhraseRefused('end_before_start');
  return { ok: true, kind: 'range', start, end, ambiguous };
}

function assertYear(instant: Date): void {
  const year = toLocal(instant).year;
  if (year < 2000 || year > 2100) throw new PhraseRefused('out_of_range');
}

function startOf(point: Point, now: Date): Moment | null {
  if (point.instant !== null) return moment(point.instant, false);
  if (point.clock === null) return null;
  if (point.clock.hour === 24) throw new PhraseRefused('no_such_time');
  const { clock } = point;
  const today = toLocal(now).toPlainDate();
  // Whether the time is still ahead is asked only where a day may be today or a later one.
  const ahead = (): boolean => instantOn(today, clock).instant.getTime() > now.getTime();
  const day =
    point.day === null ? today.add({ days: ahead() ? 0 : 1 }) : calendarDay(point.day, today, ahead);
  const { instant, ambiguous } = instantOn(day, clock);
  return moment(instant, ambiguous);
}

function dayAlone(point: Point, now: Date): TimePhrase | null {
  if (point.day === null) return null;
  const day = calendarDay(point.day, toLocal(now).toPlainDate(), () => true);
  const start = startOfLocalDay(day.toString());
  assertYear(start);
  return {
    ok: true,
    kind: 'day',
    date: day.toString(),
    start,
    end: startOfLocalDay(day.add({ days: 1 }).toString()),
  };
}

function rangeBetween(first: Point, second: Point, now: Date): TimePhrase | null {
  const clock = second.clock;
  if (clock === null) return null;
  // "10-11 i morgen" says the day once, for both; "2-3pm" the half of the day.
  const dayForBoth = first.instant === null && first.day === null ? second.day : first.day;
  const halves = first.clock?.meridiem === null && first.clock.hour >= 1 && first.clock.hour <= 12;
  const sameHalf = halves && first.clock !== null && { ...first.clock, meridiem: clock.meridiem };
  const opening = sameHalf && minuteOfDay(sameHalf) < minuteOfDay(clock) ? sameHalf : first.clock;
  const start = startOf({ ...first, day: dayForBoth, clock: opening }, now);
  if (start === null) return null;
  const startDay = toLocal(start.start).toPlainDate();
  const day =
    second.day === null || dayForBoth === second.day
      ? startDay
      : calendarDay(second.day, startDay, () => true);
  let end = instantOn(day, clock);
  // Within the repeated hour the end may lie in its second passing although it was not said.
  if (end.ambiguous && end.instant.getTime() <= start.start.getTime())
    end = instantOn(day, { ...clock, season: 'winter' });
  return rangeOf(start.start, end.instant, start.ambiguous || end.ambiguous);
}
