import type { OpeningHours } from '../../contract/index.ts';
import type { Language } from '../../kernel/errors.ts';
import { weekdayNames } from '../../kernel/time-format.ts';
import { clockTimeOn, dayAfter, type LocalDay, localDayAt } from './calendar.ts';

/** From an instant up to, not including, another. */
export interface Span {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface OpenDay extends Span {
  readonly closesAtMidnight: boolean;
}

/** The Danish days that a span touches, in order; never more than a few, since no span searched is longer. */
function daysOf({ startsAt, endsAt }: Span): readonly LocalDay[] {
  const days = [localDayAt(startsAt)];
  for (
    let last = days[0];
    last !== undefined && last.dusk < endsAt.getTime() && days.length < 40;
    last = days.at(-1)
  ) {
    days.push(dayAfter(last));
  }
  return days;
}

/**
 * When a room is open on a Danish day, or null. On the nights the clock changes, an hour that occurs twice is open
 * both times, and an opening time that is skipped moves to the next time there is.
 */
export function openOn(hours: OpeningHours, day: LocalDay): OpenDay | null {
  const today = hours.find((entry) => entry.weekday === day.weekday);
  if (today === undefined) return null;
  const startsAt = new Date(clockTimeOn(day, today.opens, 'compatible'));
  const endsAt = new Date(clockTimeOn(day, today.closes, 'later'));
  return startsAt < endsAt ? { startsAt, endsAt, closesAtMidnight: today.closes === '24:00' } : null;
}

/** The open times of the days that a span touches; what is open past midnight is one time, not two. */
export function openTimes(hours: OpeningHours, span: Span): readonly Span[] {
  const times: Span[] = [];
  for (const day of daysOf(span)) {
    const open = openOn(hours, day);
    if (open === null) continue;
    const previous = times.at(-1);
    if (previous !== undefined && previous.endsAt.getTime() === open.startsAt.getTime()) {
      times[times.length - 1] = { startsAt: previous.startsAt, endsAt: open.endsAt };
    } else {
      times.push(open);
    }
  }
  return times;
}

/** Whether a room is open throughout a span. */
export function isOpen(hours: OpeningHours, span: Span): boolean {
  return openTimes(hours, span).some((open) => open.startsAt <= span.startsAt && span.endsAt <= open.endsAt);
}

/** "tirsdag 07.30–18.00" or "Tuesday 07:30–18:00", or both days where a span goes over midnight. */
export function describeHours(hours: OpeningHours, span: Span, language: Language): string {
  const closed = language === 'da' ? 'lukket' : 'closed';
  const clock = (time: string): string => (language === 'da' ? time.replace(':', '.') : time);
  return daysOf(span)
    .map(({ weekday }) => {
      const today = hours.find((entry) => entry.weekday === weekday);
      const name = weekdayNames[language][weekday - 1] ?? '';
      return `${name} ${today === undefined ? closed : `${clock(today.opens)}–${clock(today.closes)}`}`;
    })
    .join(', ');
}
