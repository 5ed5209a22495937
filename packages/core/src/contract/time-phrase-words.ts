import { Temporal } from 'temporal-polyfill';

/**
 * The words of `parseTimePhrase`: each reader takes what it understands off the front of a phrase, or nothing.
 * A reader that understands a phrase which cannot be true refuses it with the reason a person is told.
 */
export type TimePhraseReason =
  | 'empty'
  | 'not_understood'
  | 'no_such_date'
  | 'no_such_time'
  | 'weekday_mismatch'
  | 'skipped_by_summer_time'
  | 'end_before_start'
  | 'duration_out_of_range'
  | 'out_of_range';

export class PhraseRefused extends Error {
  readonly reason: TimePhraseReason;

  constructor(reason: TimePhraseReason) {
    super(reason);
    this.reason = reason;
  }
}

/** A day as somebody names it. What it is in the calendar depends on when it is said, and for a weekday on the time. */
export type NamedDay =
  | { readonly kind: 'date'; readonly date: Temporal.PlainDate }
  | { readonly kind: 'fromToday'; readonly days: number }
  | { readonly kind: 'weekday'; readonly weekday: number; readonly notToday: boolean }
  | { readonly kind: 'inWeek'; readonly weekday: number; readonly week: number; readonly year: number | null }
  | { readonly kind: 'inWeekFromNow'; readonly weekday: number; readonly weeks: number }
  | {
      readonly kind: 'dayOfYear';
      readonly day: number;
      readonly month: number;
      readonly weekday: number | null;
    }
  | { readonly kind: 'dayOfMonth'; readonly day: number; readonly weekday: number | null };

export interface ClockTime {
  /** 0 to 24; 24 only as 24:00, the end of a day. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly meridiem: 'am' | 'pm' | null;
  /** Said with the time: which of the two hours that October repeats. */
  readonly season: 'summer' | 'winter' | null;
}

/** A phrase that is read from the front. */
export class Cursor {
  readonly text: string;
  /** Whether "24.11" may be a date; tried only after reading it as a clock time has failed. */
  readonly dottedDates: boolean;
  at = 0;

  constructor(text: string, dottedDates: boolean) {
    this.text = text;
    this.dottedDates = dottedDates;
  }

  /** Takes what a pattern matches here, and the space after it. Patterns MUST be sticky (flag y). */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return null;
    this.at = pattern.lastIndex;
    while (this.text[this.at] === ' ') this.at += 1;
    return match;
  }

  get done(): boolean {
    return this.at === this.text.length;
  }
}

const sticky = (source: string): RegExp => new RegExp(`(?:${source})(?![\\p{L}\\p{N}])`, 'uy');
const table = (words: readonly string[]): Map<string, number> =>
  new Map(
    words.flatMap((names, index) => names.split(' ').map((name): [string, number] => [name, index + 1])),
  );
const anyOf = (words: Map<string, number>): string =>
  [...words.keys()].sort((a, b) => b.length - a.length).join('|');

const weekdays = table([
  'mandag man monday mon',
  'tirsdag tirs tir tuesday tues tue',
  'onsdag ons wednesday wed',
  'torsdag tors tor thursday thurs thur thu',
  'fredag fre friday fri',
  'lørdag loerdag lør saturday sat',
  'søndag soendag søn sunday sun',
]);
const months = table([
  'januar january jan',
  'februar february feb',
  'marts march mar',
  'april apr',
  'maj may',
  'juni june jun',
  'juli july jul',
  'august aug',
  'september sept sep',
  'oktober october okt oct',
  'november nov',
  'december dec',
]);
const numbers = new Map([
  ...table([
    'en et a an one',
    'to two',
    'tre three',
    'fire four',
    'fem five',
    'seks six',
    'syv seven',
    'otte eight',
    'ni nine',
    'ti ten',
  ]),
]);

const amount = `(\\d{1,4}(?:[.,]\\d{1,2})?½?|½|${anyOf(numbers)})`;
const halfHour = sticky('(?:en |a )?halv time|half an hour|(?:a )?half hour');
const hourAndHalf = sticky('halvanden time|an hour and a half');
const quarters = sticky('(et|tre|a|three) ?(?:kvarter|quarters?(?: of an hour)?)');
const hoursAndMinutes = sticky(
  `${amount} ?(?:timers?|time|t|hours?|hrs?|h)(?:(?: ?(?:og|and) ?| )?(\\d{1,2}) ?(?:minutter|minut|minutes?|mins?|m)?)?\\.?`,
);
const minutesOnly = sticky(`${amount} ?(?:minutter|minut|minutes?|mins?|m)\\.?`);

/** A length of time in whole minutes: "30 min", "1 time", "1t30", "1,5 time", "en halv time", "an hour and a half". */
export function readDuration(cursor: Cursor): number | null {
  if (cursor.take(halfHour)) return 30;
  if (cursor.take(hourAndHalf)) return 90;
  const quarter = cursor.take(quarters);
  if (quarter) return /^t/.test(quarter[1] ?? '') ? 45 : 15;
  const long = cursor.take(hoursAndMinutes);
  if (long) return wholeMinutes(toNumber(long[1] ?? '') * 60 + Number(long[2] ?? 0));
  const short = cursor.take(minutesOnly);
  return short ? wholeMinutes(toNumber(short[1] ?? '')) : null;
}

function toNumber(text: string): number {
  const word = numbers.get(text);
  if (word !== undefined) return word;
  const half = text.endsWith('½') ? 0.5 : 0;
  return Number(text.replace('½', '').replace(',', '.') || '0') + half;
}

function wholeMinutes(minutes: number): number {
  const whole = Math.round(minutes);
  if (whole < 1 || whole > 31 * 24 * 60) throw new PhraseRefused('duration_out_of_range');
  return whole;
}

const clockPrefix = sticky('kl\\.?|klokken|at|fra|from|@');
const clockShape =
  /(\d{1,2})(?:[:.](\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?(?![:.]?\d)(?: ?([ap])\.?m(?:\.|(?![\p{L}\p{N}])))?(?![\p{L}])/uy;
const bareClock = /(\d{1,2})(\d{2})(?![\p{L}\p{N}:./-])/uy;
const halfBefore = sticky('halv (\\d{1,2})');
const seasonWord = sticky('(sommertid|summer time|cest)|(vintertid|normaltid|winter time|cet)');

/** A clock time: "10", "10.30", "10:30:00", "kl. 1030", "10am", "halv 10" (half past nine). */
export function readClock(cursor: Cursor): ClockTime | null {
  const from = cursor.at;
  const prefixed = cursor.take(clockPrefix) !== null;
  const afterPrefix = cursor.at;
  if (readDuration(cursor) !== null) {
    cursor.at = from;
    return null;
  }
  cursor.at = afterPrefix;
  const half = cursor.take(halfBefore);
  if (half) return clockTime(cursor, Number(half[1]) - 1, 30, 0, null);
  const match = cursor.take(clockShape) ?? (prefixed ? cursor.take(bareClock) : null);
  if (match === null) {
    cursor.at = from;
    return null;
  }
  const meridiem = match[4] === 'a' ? 'am' : match[4] === 'p' ? 'pm' : null;
  return clockTime(cursor, Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0), meridiem);
}

function clockTime(
  cursor: Cursor,
  hour: number,
  minute: number,
  second: number,
  meridiem: ClockTime['meridiem'],
): ClockTime {
  const hours = meridiem === null ? hour <= 24 && hour >= 0 : hour >= 1 && hour <= 12;
  if (!hours || minute > 59 || second > 59 || (hour === 24 && minute + second > 0)) {
    throw new PhraseRefused('no_such_time');
  }
  const season = cursor.take(seasonWord);
  return { hour, minute, second, meridiem, season: season === null ? null : season[1] ? 'summer' : 'winter' };
}

const fixedDays: readonly (readonly [RegExp, number])[] = [
  [sticky('i dag|idag|today'), 0],
  [sticky('i overmorgen|overmorgen|(?:the )?day after tomorrow'), 2],
  [sticky('i morgen|imorgen|tomorrow'), 1],
  [sticky('i går|igår|yesterday'), -1],
];
const daysFromNow = sticky(`(?:om|in) ${amount} (?:(dage?|døgn|days?)|(uger?|weeks?))`);
const isoDate = /(\d{4})-(\d{2})-(\d{2})(?:t(?=\d)|(?![\p{L}\p{N}]))/uy;
const dayPrefix = sticky('på|on|den|d\\.|the');
const nearWord = sticky('(næste|next)|kommende|førstkommende|denne|this');
const weekdayWord = new RegExp(`(${anyOf(weekdays)})(?![\\p{L}\\p{N}])\\.?`, 'uy');
const weekNumber = /(?:i )?(?:uge|week) (\d{1,2})(?!\d|[:.]\d)(?:[ /]+(\d{4})(?!\d|[:.]\d))?/uy;
const weekFromNow = sticky('(?:i )?(?:(næste|next)|denne|this) (?:uge|week)');
const dayMonthShape = new RegExp(
  `(\\d{1,2})(?:\\.|st|nd|rd|th)? ?(?:of )?(${anyOf(months)})(?![\\p{L}\\p{N}])\\.?(?: (\\d{4})(?![\\d:.]\\d?))?`,
  'uy',
);
const monthDayShape = new RegExp(
  `(${anyOf(months)})\\.? (\\d{1,2})(?:st|nd|rd|th)?(?![\\p{L}\\p{N}]|[:.]\\d)(?: (\\d{4})(?![\\d:.]\\d?))?`,
  'uy',
);
const fullNumericDate = /(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d{2})|[- ](\d{4}))(?!\d|[:.]\d)/uy;
const slashDate = /(\d{1,2})\/(\d{1,2})(?![\d/])/uy;
const dottedDate = /(\d{1,2})\.(\d{1,2})(?!\d)\.?/uy;
const ordinalDay = /(\d{1,2})(?:\.|st|nd|rd|th)(?!\d)/uy;

/** A day: "i morgen", "næste tirsdag", "tirsdag uge 48", "24/11-26", "den 24.", "24. november 2026", "2026-11-24". */
export function readDay(cursor: Cursor): NamedDay | null {
  for (const [words, days] of fixedDays) if (cursor.take(words)) return { kind: 'fromToday', days };
  const later = cursor.take(daysFromNow);
  if (later) {
    const count = toNumber(later[1] ?? '') * (later[3] ? 7 : 1);
    if (!Number.isInteger(count)) throw new PhraseRefused('not_understood');
    return { kind: 'fromToday', days: count };
  }
  const from = cursor.at;
  const prefixed = cursor.take(dayPrefix) !== null;
  const day = readWeekFirst(cursor) ?? readWeekday(cursor) ?? readDate(cursor, prefixed, null);
  if (day === null) cursor.at = from;
  return day;
}

function readWeekFirst(cursor: Cursor): NamedDay | null {
  const from = cursor.at;
  const week = readWeek(cursor);
  const weekday = week === null ? null : cursor.take(weekdayWord);
  if (week === null || weekday === null) {
    cursor.at = from;
    return null;
  }
  return week(weekdays.get(weekday[1] ?? '') ?? 1);
}

function readWeek(cursor: Cursor): ((weekday: number) => NamedDay) | null {
  const named = cursor.take(weekFromNow);
  if (named) return (weekday) => ({ kind: 'inWeekFromNow', weekday, weeks: named[1] ? 1 : 0 });
  const numbered = cursor.take(weekNumber);
  if (numbered === null) return null;
  const year = numbered[2] === undefined ? null : calendarYear(numbered[2]);
  return (weekday) => ({ kind: 'inWeek', weekday, week: Number(numbered[1]), year });
}

function readWeekday(cursor: Cursor): NamedDay | null {
  const from = cursor.at;
  const near = cursor.take(nearWord);
  const match = cursor.take(weekdayWord);
  if (match === null) {
    cursor.at = from;
    return null;
  }
  const weekday = weekdays.get(match[1] ?? '') ?? 1;
  const afterWeekday = cursor.at;
  const week = readWeek(cursor);
  if (week !== null) return week(weekday);
  const prefixed = cursor.take(dayPrefix) !== null;
  const date = readDate(cursor, prefixed, weekday);
  if (date !== null) return date;
  cursor.at = afterWeekday;
  return { kind: 'weekday', weekday, notToday: near?.[1] !== undefined };
}

function readDate(cursor: Cursor, prefixed: boolean, weekday: number | null): NamedDay | null {
  const iso = cursor.take(isoDate);
  if (iso) return dateOf(iso[3], iso[2], iso[1], weekday);
  const named = cursor.take(dayMonthShape);
  if (named) return dateOf(named[1], String(months.get(named[2] ?? '')), named[3], weekday);
  const english = cursor.take(monthDayShape);
  if (english) return dateOf(english[2], String(months.get(english[1] ?? '')), english[3], weekday);
  const full = cursor.take(fullNumericDate);
  if (full) return dateOf(full[1], full[3], full[4] ?? full[5], weekday);
  const short = cursor.take(slashDate) ?? (cursor.dottedDates ? cursor.take(dottedDate) : null);
  if (short) return dateOf(short[1], short[2], undefined, weekday);
  const ordinal = prefixed ? cursor.take(ordinalDay) : null;
  if (ordinal === null) return null;
  if (Number(ordinal[1]) < 1 || Number(ordinal[1]) > 31) throw new PhraseRefused('no_such_date');
  return { kind: 'dayOfMonth', day: Number(ordinal[1]), weekday };
}

function dateOf(
  dayText: string | undefined,
  monthText: string | undefined,
  yearText: string | undefined,
  weekday: number | null,
): NamedDay {
  const day = Number(dayText);
  const month = Number(monthText);
  // A leap year stands in where no year is said, so that 29 February is a day.
  const year = yearText === undefined ? 2000 : calendarYear(yearText);
  if (month < 1 || month > 12 || day < 1 || day > Temporal.PlainYearMonth.from({ year, month }).daysInMonth) {
    throw new PhraseRefused('no_such_date');
  }
  if (yearText === undefined) return { kind: 'dayOfYear', day, month, weekday };
  const date = Temporal.PlainDate.from({ year, month, day });
  if (weekday !== null && date.dayOfWeek !== weekday) throw new PhraseRefused('weekday_mismatch');
  return { kind: 'date', date };
}

function calendarYear(text: string): number {
  const year = text.length === 2 ? 2000 + Number(text) : Number(text);
  if (year < 2000 || year > 2100) throw new PhraseRefused('out_of_range');
  return year;
}
