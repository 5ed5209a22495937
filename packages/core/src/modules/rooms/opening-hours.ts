import { Temporal } from 'temporal-polyfill';
import type { OpeningHours } from '../../contract/index.ts';
import type { Language } from '../../kernel/errors.ts';
import { weekdayNames } from '../../kernel/time-format.ts';
import { addDays, fromLocal, localDay, startOfLocalDay, toLocal } from '../../kernel/time-zone.ts';

/** From an instant up to, not including, another. */
export interface Span {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface OpenDay extends Span {
  readonly closesAtMidnight: boolean;
}

/** How many Danish days a search ever looks at; guards against walking through years of days. */
const longestWalkDays = 40;

/** The Danish days that a span touches, in order. */
export function daysOf({ startsAt, endsAt }: Span): readonly string[] {
  const last = localDay(new Date(Math.max(startsAt.getTime(), endsAt.getTime() - 1)));
  const days = [localDay(startsAt)];
  for (let day = days[0] ?? last; day < last && days.length < longestWalkDays; ) {
    day = addDays(day, 1);
    days.push(day);
  }
  return days;
}

/**
 * When a room is open on a Danish day, or null. On the nights the clock changes, an hour that occurs twice is open
 * both times, and an opening time that is skipped moves to the next time there is.
 */
export function openOn(hours: OpeningHours, day: string): OpenDay | null {
  const weekday = Temporal.PlainDate.from(day).dayOfWeek;
  const today = hours.find((entry) => entry.weekday === weekday);
  if (today === undefined) return null;
  const startsAt = fromLocal(`${day}T${today.opens}`);
  const endsAt =
    today.closes === '24:00'
      ? startOfLocalDay(addDays(day, 1))
      : fromLocal(`${day}T${today.closes}`, 'later');
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
  const [start, end] = [toLocal(span.startsAt), toLocal(span.endsAt)];
  // On one day without a change of the clock, which is nearly always, the clock times tell.
  if (start.offset === end.offset && start.toPlainDate().equals(end.toPlainDate())) {
    const today = hours.find((entry) => entry.weekday === start.dayOfWeek);
    return today !== undefined && today.opens <= clockOf(start) && clockOf(end) <= today.closes;
  }
  return openTimes(hours, span).some((open) => open.startsAt <= span.startsAt && span.endsAt <= open.endsAt);
}

/** "07:30", with seconds where there are any: as text it compares with opening hours as time does. */
const clockOf = (local: Temporal.ZonedDateTime): string => {
  const clock = local.toPlainTime().toString();
  return clock.endsWith(':00') ? clock.slice(0, 5) : clock;
};

/** "tirsdag 07:30–18:00", or both days where a span goes over midnight. */
export function describeHours(hours: OpeningHours, span: Span, language: Language): string {
  const closed = language === 'da' ? 'lukket' : 'closed';
  return daysOf(span)
    .map((day) => {
      const weekday = Temporal.PlainDate.from(day).dayOfWeek;
      const today = hours.find((entry) => entry.weekday === weekday);
      const name = weekdayNames[language][weekday - 1] ?? '';
      return `${name} ${today === undefined ? closed : `${today.opens}–${today.closes}`}`;
    })
    .join(', ');
}
