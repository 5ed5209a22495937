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
  const time = read(phrase, now);
  if (time.kind === 'day' || time.kind === 'duration') throw new CliError('time_incomplete', { phrase });
  const end = time.kind === 'range' ? time.end : new Date(time.start.getTime() + minutes * 60_000);
  return { startsAt: time.start.toISOString(), endsAt: end.toISOString() };
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
