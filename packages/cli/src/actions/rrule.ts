import { CliError } from '../errors/cli-error.ts';

interface SeriesWish {
  readonly weekly: boolean;
  readonly fortnightly: boolean;
  readonly workdays: boolean;
  readonly rrule?: string | undefined;
  readonly times?: number | undefined;
  /** "YYYY-MM-DD", the last day that may be booked. */
  readonly until?: string | undefined;
}

/** The RFC 5545 rule that somebody's wish for a series comes to; the service judges it. */
export function readRrule(wish: SeriesWish): string {
  if (wish.rrule !== undefined) return wish.rrule;
  const rhythm = wish.workdays
    ? 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'
    : wish.fortnightly
      ? 'FREQ=WEEKLY;INTERVAL=2'
      : wish.weekly
        ? 'FREQ=WEEKLY'
        : null;
  if (rhythm === null) throw new CliError('series_unclear');
  if (wish.times !== undefined) return `${rhythm};COUNT=${wish.times}`;
  if (wish.until !== undefined) return `${rhythm};UNTIL=${wish.until.replaceAll('-', '')}T235959`;
  throw new CliError('series_unclear');
}
