import { parseTimePhrase, timePhraseReasons } from '@naer/core/contract/time-phrase';
import { CliError } from '../errors/cli-error.ts';
import { language } from '../language.ts';

export interface Span {
  readonly startsAt: string;
  readonly endsAt: string;
}

export const usualMinutes = 30;

/** A time of a booking as somebody wrote it; without an end it lasts `minutes`, by default half an hour. */
export function readSpan(phrase: string, now: Date, minutes: number = usualMinutes): Span {
  const { startsAt, endsAt } = readStart(phrase, now);
  return { startsAt, endsAt: endsAt ?? later(startsAt, minutes) };
}

/** The same for what has no usual length: without an end, `endsAt` is null. */
export function readStart(
  phrase: string,
  now: Date,
): { readonly startsAt: string; readonly endsAt: string | null } {
  const time = read(phrase, now);
  if (time.kind === 'day' || time.kind === 'duration') throw new CliError('time_incomplete', { phrase });
  return {
    startsAt: time.start.toISOString(),
    endsAt: time.kind === 'range' ? time.end.toISOString() : null,
  };
}

/** An instant so many minutes later, or earlier with a negative number. */
export const later = (instant: string, minutes: number): string =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString();

export const minutesBetween = (startsAt: string, endsAt: string): number =>
  Math.round((Date.parse(endsAt) - Date.parse(startsAt)) / 60_000);

const namesToday = /^(i ?dag|today|i ?morgen|tomorrow|i ?overmorgen|om|in|nu|now)(?!\p{L})/iu;

/**
 * When something happened. A time of day alone is one of `day`; a weekday, week or date without a year that would lie
 * ahead is the last one, since what happened cannot.
 */
export function readPast(
  phrase: string,
  now: Date,
  day: string,
): { readonly startsAt: string; readonly endsAt: string | null } {
  const onDay = parseTimePhrase(`${day} ${phrase}`, { now });
  if (onDay.ok && (onDay.kind === 'moment' || onDay.kind === 'range'))
    return readStart(`${day} ${phrase}`, now);
  const ahead = readStart(phrase, now);
  if (Date.parse(ahead.startsAt) <= now.getTime() || namesToday.test(phrase.trim())) return ahead;
  for (const days of [7, 365]) {
    const before = readStart(phrase, new Date(now.getTime() - days * 86_400_000));
    if (Date.parse(before.startsAt) <= now.getTime()) return before;
  }
  return ahead;
}

/** A stretch to look through: a day, or from one time to another; a lone moment means the rest of 24 hours. */
export function readPeriod(phrase: string, now: Date): { readonly from: string; readonly to: string } {
  const time = read(phrase, now);
  if (time.kind === 'duration')
    return { from: now.toISOString(), to: new Date(now.getTime() + time.minutes * 60_000).toISOString() };
  const end = time.kind === 'moment' ? new Date(time.start.getTime() + 86_400_000) : time.end;
  return { from: time.start.toISOString(), to: end.toISOString() };
}

/** A calendar day as "YYYY-MM-DD"; nothing given is undefined. */
export function readDay(phrase: string, now: Date): string;
export function readDay(phrase: string | undefined, now: Date): string | undefined;
export function readDay(phrase: string | undefined, now: Date): string | undefined {
  if (phrase === undefined) return undefined;
  const time = read(phrase, now);
  if (time.kind !== 'day') throw new CliError('day_wanted', { phrase });
  return time.date;
}

function read(phrase: string, now: Date) {
  const time = parseTimePhrase(phrase, { now });
  if (!time.ok)
    throw new CliError('time_unreadable', { phrase, why: timePhraseReasons[time.reason][language()] });
  return time;
}
