import { Temporal } from 'temporal-polyfill';
import type { Language } from './errors.ts';
import { toLocal, wallTimeKind } from './time-zone.ts';

export const weekdayNames = {
  da: ['mandag', 'tirsdag', 'onsdag', 'torsdag', 'fredag', 'lørdag', 'søndag'],
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
} as const satisfies Record<Language, readonly string[]>;

export const monthNames = {
  da: 'januar februar marts april maj juni juli august september oktober november december'.split(' '),
  en: 'January February March April May June July August September October November December'.split(' '),
} as const satisfies Record<Language, readonly string[]>;

export interface TimeFormatOptions {
  /**
   * When it is read. Given, the year is left out for the year to come, where a date without a year is understood
   * rightly; not given, the year is always written.
   */
  readonly now?: Date;
}

/** "tirsdag 24. november" or "Tuesday 24 November", with the year where it is needed. A day is "YYYY-MM-DD". */
export function formatDay(day: string, language: Language, options: TimeFormatOptions = {}): string {
  const date = Temporal.PlainDate.from(day);
  const weekday = weekdayNames[language][date.dayOfWeek - 1] ?? '';
  const month = monthNames[language][date.month - 1] ?? '';
  const year = saysItselfFrom(options.now, date) ? '' : ` ${date.year}`;
  return `${weekday} ${date.day}${language === 'da' ? '.' : ''} ${month}${year}`;
}

function saysItselfFrom(now: Date | undefined, date: Temporal.PlainDate): boolean {
  if (now === undefined) return false;
  const today = toLocal(now).toPlainDate();
  return (
    Temporal.PlainDate.compare(date, today) >= 0 &&
    Temporal.PlainDate.compare(date, today.add({ years: 1 })) < 0
  );
}

/** "10.00" or "10:00"; in the hour that October repeats it says which of the two is meant. Seconds are left out. */
export function formatClock(instant: Date, language: Language): string {
  const local = toLocal(instant);
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${two(local.hour)}${language === 'da' ? '.' : ':'}${two(local.minute)}`;
  if (wallTimeKind(local.toPlainDateTime()) !== 'twice') return clock;
  const summer = local.offset === '+02:00';
  if (language === 'da') return `${clock} (${summer ? 'sommertid' : 'vintertid'})`;
  return `${clock} (${summer ? 'summer' : 'winter'} time)`;
}

/** "tirsdag 24. november kl. 10.00" or "Tuesday 24 November, 10:00". */
export function formatTime(instant: Date, language: Language, options: TimeFormatOptions = {}): string {
  const day = formatDay(toLocal(instant).toPlainDate().toString(), language, options);
  return `${day}${language === 'da' ? ' kl. ' : ', '}${formatClock(instant, language)}`;
}

/**
 * "tirsdag 24. november kl. 10.00–10.30" or "Tuesday 24 November, 10:00–10:30"; both days are written when they
 * differ. `parseTimePhrase` reads it back to the same instants, to the minute.
 */
export function formatTimeRange(
  start: Date,
  end: Date,
  language: Language,
  options: TimeFormatOptions = {},
): string {
  const sameDay = toLocal(start).toPlainDate().equals(toLocal(end).toPlainDate());
  return sameDay
    ? `${formatTime(start, language, options)}–${formatClock(end, language)}`
    : `${formatTime(start, language, options)} – ${formatTime(end, language, options)}`;
}
