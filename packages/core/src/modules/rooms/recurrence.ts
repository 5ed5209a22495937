import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../../kernel/errors.ts';
import { fromLocal, toLocal } from '../../kernel/time-zone.ts';
import type { Span } from './opening-hours.ts';
import { bookingHorizon } from './rules.ts';

export const maxOccurrences = 400;

export interface Recurrence {
  /** The rule as it is stored: capital letters, no prefix. */
  readonly rrule: string;
  readonly spans: readonly Span[];
}

const weekday = '(?:MO|TU|WE|TH|FR|SA|SU)';
const list = (item: string): RegExp => new RegExp(`^${item}(?:,${item}){0,60}$`);
const nonZero = (max: number): RegExp =>
  list(`[+-]?(?:${Array.from({ length: max }, (_, n) => n + 1).join('|')})`);

/** The parts of RFC 5545, section 3.3.10, that a series of bookings can have, and their shapes. */
const parts = {
  FREQ: /^(?:DAILY|WEEKLY|MONTHLY)$/,
  INTERVAL: /^[1-9]\d{0,2}$/,
  COUNT: /^[1-9]\d{0,5}$/,
  UNTIL: /^\d{8}(?:T\d{6}Z?)?$/,
  BYDAY: list(`(?:[+-]?[1-5])?${weekday}`),
  BYMONTHDAY: nonZero(31),
  BYMONTH: list('(?:[1-9]|1[0-2])'),
  BYSETPOS: nonZero(31),
  WKST: new RegExp(`^${weekday}$`),
} as const;
type Part = keyof typeof parts;
type Rule = ReadonlyMap<Part, string>;

const invalid = (da: string, en: string): DomainError =>
  new DomainError('series_invalid', { why_da: da, why_en: en });

/**
 * The times of a series, by the Danish wall clock: a talk at ten stays at ten when the clock changes. Each time is as
 * long as the first (RFC 5545, section 3.8.5.3); one that falls into the hour skipped in March is held an hour later
 * (section 3.3.5) rather than lost. The first time given is part of the series only where the rule says so.
 *
 * @throws DomainError series_invalid for a rule that is malformed, unbounded, has no times, or more than 400 or times
 *   beyond two years from now
 */
export function expandSeries(text: string, first: Span, now: Date): Recurrence {
  const rule = readRule(text);
  const start = toLocal(first.startsAt).toPlainDateTime();
  const horizon = toLocal(bookingHorizon(now)).toPlainDateTime();
  const until = readUntil(rule.get('UNTIL'));
  if (until !== null && Temporal.PlainDateTime.compare(until, horizon) > 0) throw tooFar();
  const count = rule.has('COUNT') ? Number(rule.get('COUNT')) : null;
  if (count !== null && count > maxOccurrences) throw tooMany();

  const days = wallTimes(rule, start, until ?? horizon, count);
  if (days.length > maxOccurrences) throw tooMany();
  if (count !== null && days.length < count) throw tooFar();
  if (days.length === 0) throw invalid('den har ingen gange', 'it has no times');
  const lengthMs = first.endsAt.getTime() - first.startsAt.getTime();
  const spans = days.map((day) => {
    const startsAt = day.equals(start) ? first.startsAt : fromLocal(day);
    return { startsAt, endsAt: new Date(startsAt.getTime() + lengthMs) };
  });
  return { rrule: [...rule].map(([part, value]) => `${part}=${value}`).join(';'), spans };
}

function readRule(text: string): Rule {
  const rule = new Map<Part, string>();
  for (const piece of text
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '')
    .split(';')) {
    const at = piece.indexOf('=');
    const [name, value] = [piece.slice(0, at), piece.slice(at + 1)];
    const shown = piece.slice(0, 40);
    if (at < 1 || !isPart(name)) throw invalid(`»${shown}« bruges ikke her`, `"${shown}" is not used here`);
    if (rule.has(name)) throw invalid(`${name} står der to gange`, `${name} stands there twice`);
    if (!parts[name].test(value))
      throw invalid(`»${shown}« kan ikke læses her`, `"${shown}" cannot be read here`);
    rule.set(name, value);
  }
  const frequency = rule.get('FREQ');
  if (frequency === undefined) throw invalid('FREQ mangler', 'FREQ is missing');
  if (rule.has('COUNT') && rule.has('UNTIL'))
    throw invalid('den har både COUNT og UNTIL', 'it has both COUNT and UNTIL');
  if (!rule.has('COUNT') && !rule.has('UNTIL')) {
    throw invalid('den har ingen ende; skriv COUNT eller UNTIL', 'it has no end; write COUNT or UNTIL');
  }
  if (frequency !== 'MONTHLY' && /\d/.test(rule.get('BYDAY') ?? '')) {
    throw invalid('»den anden tirsdag« kræver FREQ=MONTHLY', 'a numbered weekday needs FREQ=MONTHLY');
  }
  if (frequency === 'WEEKLY' && rule.has('BYMONTHDAY')) {
    throw invalid('BYMONTHDAY kan ikke bruges med FREQ=WEEKLY', 'BYMONTHDAY cannot be used with FREQ=WEEKLY');
  }
  if (rule.has('BYSETPOS') && !rule.has('BYDAY') && !rule.has('BYMONTHDAY') && !rule.has('BYMONTH')) {
    throw invalid('BYSETPOS kræver BYDAY eller BYMONTHDAY', 'BYSETPOS needs BYDAY or BYMONTHDAY');
  }
  return rule;
}

/** A day means until its end; a time in UTC is turned into the wall clock that the rule runs on. */
function readUntil(value: string | undefined): Temporal.PlainDateTime | null {
  if (value === undefined) return null;
  const [year, month, day] = [value.slice(0, 4), value.slice(4, 6), value.slice(6, 8)].map(Number);
  const [hour, minute, second] = value.includes('T')
    ? [value.slice(9, 11), value.slice(11, 13), value.slice(13, 15)].map(Number)
    : [23, 59, 59];
  try {
    const plain = Temporal.PlainDateTime.from(
      {
        year: year ?? 0,
        month: month ?? 0,
        day: day ?? 0,
        hour: hour ?? 0,
        minute: minute ?? 0,
        second: second ?? 0,
      },
      { overflow: 'reject' },
    );
    return value.endsWith('Z')
      ? toLocal(new Date(plain.toZonedDateTime('UTC').epochMilliseconds)).toPlainDateTime()
      : plain;
  } catch {
    throw invalid(`UNTIL=${value} er ingen dato`, `UNTIL=${value} is no date`);
  }
}

/** The rule is run on the wall clock as if it were UTC, so that no change of the clock moves or drops a time. */
function wallTimes(
  rule: Rule,
  start: Temporal.PlainDateTime,
  until: Temporal.PlainDateTime,
  count: number | null,
): Temporal.PlainDateTime[] {
  const numbers = (part: Part): number[] | undefined => rule.get(part)?.split(',').map(Number);
  const [byMonthDay, byMonth, bySetPos] = [numbers('BYMONTHDAY'), numbers('BYMONTH'), numbers('BYSETPOS')];
  const [byDay, wkst, frequency] = [rule.get('BYDAY'), rule.get('WKST'), rule.get('FREQ')];
  const recurrence = new RRuleTemporal({
    temporal: Temporal,
    dtstart: start.toZonedDateTime('UTC'),
    freq: frequency === 'DAILY' || frequency === 'MONTHLY' ? frequency : 'WEEKLY',
    interval: Number(rule.get('INTERVAL') ?? 1),
    until: until.toZonedDateTime('UTC'),
    ...(count === null ? {} : { count }),
    ...(byDay === undefined ? {} : { byDay: [...new Set(byDay.split(','))] }),
    ...(byMonthDay === undefined ? {} : { byMonthDay: [...new Set(byMonthDay)] }),
    ...(byMonth === undefined ? {} : { byMonth: [...new Set(byMonth)] }),
    ...(bySetPos === undefined ? {} : { bySetPos: [...new Set(bySetPos)] }),
    ...(wkst === undefined ? {} : { wkst }),
    maxIterations: 1_000,
    maxCandidateEvaluations: 40_000,
    cache: false,
  });
  const found: Temporal.PlainDateTime[] = [];
  try {
    recurrence.all((time) => {
      found.push(time.toPlainDateTime());
      return found.length <= maxOccurrences;
    });
  } catch (error) {
    throw new DomainError(
      'series_invalid',
      { why_da: 'den har ingen gange, der kan findes', why_en: 'no times can be found for it' },
      { cause: error },
    );
  }
  return found;
}

const isPart = (name: string): name is Part => Object.hasOwn(parts, name);
const tooFar = (): DomainError =>
  invalid('den går længere end to år frem', 'it reaches further than two years ahead');
const tooMany = (): DomainError =>
  invalid(`den har over ${maxOccurrences} gange`, `it has more than ${maxOccurrences} times`);
