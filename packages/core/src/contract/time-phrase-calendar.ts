import { Temporal } from 'temporal-polyfill';
import { dayOfIsoWeek, fromLocal, isoWeek, toLocal, wallTimeKind } from '../kernel/time-zone.ts';
import { type ClockTime, type NamedDay, PhraseRefused } from './time-phrase-words.ts';

/** Minutes after midnight; 1440 for 24:00. */
export function minuteOfDay(clock: ClockTime): number {
  const hour = clock.meridiem === null ? clock.hour : (clock.hour % 12) + (clock.meridiem === 'pm' ? 12 : 0);
  return hour * 60 + clock.minute;
}

/** The instant at which a clock time is shown on a day; see `instantOf` for the nights when the clock changes. */
export function instantOn(day: Temporal.PlainDate, clock: ClockTime): { instant: Date; ambiguous: boolean } {
  const minutes = minuteOfDay(clock);
  const date = minutes === 1440 ? day.add({ days: 1 }) : day;
  const time = Temporal.PlainTime.from({
    hour: Math.floor(minutes / 60) % 24,
    minute: clock.minute,
    second: clock.second,
  });
  return instantOf(date.toPlainDateTime(time), clock.season);
}

/** Refuses a time that is skipped; of a time that occurs twice it gives the first, marked, unless the season was said. */
export function instantOf(
  local: Temporal.PlainDateTime,
  season: ClockTime['season'],
): { instant: Date; ambiguous: boolean } {
  const kind = wallTimeKind(local);
  if (kind === 'never') throw new PhraseRefused('skipped_by_summer_time');
  const instant = fromLocal(local, season === 'winter' ? 'later' : 'earlier');
  if (season === null) return { instant, ambiguous: kind === 'twice' };
  const offset = toLocal(instant).offset;
  if (offset !== (season === 'summer' ? '+02:00' : '+01:00')) throw new PhraseRefused('no_such_time');
  return { instant, ambiguous: false };
}

/** The day that is meant when it is said on a day; `ahead` tells whether the time said with it is still to come today. */
export function calendarDay(
  named: NamedDay,
  today: Temporal.PlainDate,
  ahead: () => boolean,
): Temporal.PlainDate {
  switch (named.kind) {
    case 'date':
      return named.date;
    case 'fromToday':
      return today.add({ days: named.days });
    case 'weekday': {
      const days = (named.weekday - today.dayOfWeek + 7) % 7;
      return today.add({ days: days === 0 && (named.notToday || !ahead()) ? 7 : days });
    }
    case 'inWeekFromNow':
      return today.add({ days: named.weekday - today.dayOfWeek + 7 * named.weeks });
    case 'inWeek': {
      const current = isoWeek(today.toString());
      const year = named.year ?? (named.week < current.week ? current.year + 1 : current.year);
      const day = dayOfIsoWeek(year, named.week, named.weekday);
      if (day === null) throw new PhraseRefused('no_such_date');
      return Temporal.PlainDate.from(day);
    }
    case 'dayOfYear':
      return withWeekday(nextDayOfYear(named.day, named.month, today), named.weekday);
    case 'dayOfMonth':
      return withWeekday(nextDayOfMonth(named.day, today), named.weekday);
  }
}

function withWeekday(date: Temporal.PlainDate, weekday: number | null): Temporal.PlainDate {
  if (weekday !== null && date.dayOfWeek !== weekday) throw new PhraseRefused('weekday_mismatch');
  return date;
}

function nextDayOfYear(day: number, month: number, today: Temporal.PlainDate): Temporal.PlainDate {
  // 29 February can be eight years away, across 2100.
  for (let year = today.year; year <= today.year + 8; year += 1) {
    if (day > Temporal.PlainYearMonth.from({ year, month }).daysInMonth) continue;
    const date = Temporal.PlainDate.from({ year, month, day });
    if (Temporal.PlainDate.compare(date, today) >= 0) return date;
  }
  throw new PhraseRefused('no_such_date');
}

function nextDayOfMonth(day: number, today: Temporal.PlainDate): Temporal.PlainDate {
  let month = today.toPlainYearMonth();
  while (day > month.daysInMonth || (month.equals(today.toPlainYearMonth()) && day < today.day)) {
    month = month.add({ months: 1 });
  }
  return month.toPlainDate({ day });
}
