import { addDays, fromLocal, localDay } from '../../kernel/time-zone.ts';

/** Local times of day such as 21:00 and 08:00; the same twice means that there are no quiet hours. */
export interface QuietHours {
  readonly quietFrom: string;
  readonly quietUntil: string;
}

/** One evening and night, or whatever the quiet hours are; the end is excluded. */
export interface QuietStretch {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

const minuteMs = 60_000;

/**
 * The stretch of quiet that an instant lies in, or null. A stretch over midnight belongs to the day it begins on. Where the
 * clock goes back, the repeated hour is quiet both times; where it goes forward, a time that is skipped is an hour later.
 */
export function findQuietStretch(at: Date, { quietFrom, quietUntil }: QuietHours): QuietStretch | null {
  if (quietFrom === quietUntil) return null;
  const today = localDay(at);
  for (const day of [addDays(today, -1), today]) {
    const endsOn = quietUntil > quietFrom ? day : addDays(day, 1);
    const startsAt = fromLocal(`${day}T${quietFrom}`);
    const endsAt = fromLocal(`${endsOn}T${quietUntil}`, 'later');
    if (startsAt <= at && at < endsAt) return { startsAt, endsAt };
  }
  return null;
}

/** Whoever has an appointment at that hour of the night is awake for it. */
const isKept = ({ startsAt, endsAt }: QuietStretch, visitStartsAt: Date | null): boolean =>
  visitStartsAt !== null && startsAt <= visitStartsAt && visitStartsAt < endsAt;

/**
 * When something goes out that somebody is to be told from `at` on: then, or when quiet ends. It keeps its time where the
 * visit begins within the same stretch of quiet, so it never comes later than the visit.
 */
export function afterQuiet(at: Date, visitStartsAt: Date | null, quiet: QuietHours): Date {
  const stretch = findQuietStretch(at, quiet);
  if (stretch === null || isKept(stretch, visitStartsAt)) return at;
  // The next stretch begins where this one ends, where a clock change swallowed what lay between.
  return afterQuiet(stretch.endsAt, visitStartsAt, quiet);
}

/** When a reminder goes out that is due at `at`: then, or a minute before quiet begins. */
export function beforeQuiet(at: Date, visitStartsAt: Date, quiet: QuietHours): Date {
  const stretch = findQuietStretch(at, quiet);
  if (stretch === null || isKept(stretch, visitStartsAt)) return at;
  return beforeQuiet(new Date(stretch.startsAt.getTime() - minuteMs), visitStartsAt, quiet);
}
