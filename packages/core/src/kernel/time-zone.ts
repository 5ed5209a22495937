import { Temporal } from 'temporal-polyfill';

/**
 * The wall clock of Denmark. Instants are `Date` and stored in UTC; days and clock times are what people mean in
 * Europe/Copenhagen. A day is written "YYYY-MM-DD" (ISO 8601).
 */
export const timeZone = 'Europe/Copenhagen';

/** Whether a wall clock shows a time once, never (skipped in March) or twice (repeated in October). */
export type WallTimeKind = 'once' | 'never' | 'twice';

/** What the wall clock shows at an instant. */
export function toLocal(instant: Date): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
}

/**
 * The instant at which the wall clock shows a time ("2026-11-24T10:00" or a `PlainDateTime`). `compatible` (RFC 5545):
 * a time that is skipped moves forward by the length of the gap, a time that occurs twice is the first of the two.
 */
export function fromLocal(
  local: Temporal.PlainDateTime | string,
  disambiguation: 'compatible' | 'earlier' | 'later' = 'compatible',
): Date {
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone, { disambiguation });
  return new Date(zoned.epochMilliseconds);
}

/** How often the wall clock shows a time; those who plan refuse `never` and say which of the two with `twice`. */
export function wallTimeKind(local: Temporal.PlainDateTime | string): WallTimeKind {
  const plain = Temporal.PlainDateTime.from(local);
  const earlier = fromLocal(plain, 'earlier');
  if (earlier.getTime() === fromLocal(plain, 'later').getTime()) return 'once';
  return toLocal(earlier).toPlainDateTime().equals(plain) ? 'twice' : 'never';
}

/** The day it is in Denmark at an instant. */
export function localDay(instant: Date): string {
  return toLocal(instant).toPlainDate().toString();
}

/** The instant a Danish day begins, given the day or any instant within it. */
export function startOfLocalDay(day: string | Date): Date {
  return fromLocal(`${typeof day === 'string' ? day : localDay(day)}T00:00`);
}

/** A day so many days later, or earlier with a negative number. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** The ISO 8601 week of a day or instant; its year differs from the calendar's around New Year. */
export function isoWeek(day: string | Date): { readonly year: number; readonly week: number } {
  const date = Temporal.PlainDate.from(typeof day === 'string' ? day : localDay(day));
  return { year: date.yearOfWeek ?? date.year, week: date.weekOfYear ?? 1 };
}

/** A weekday (1 Monday to 7 Sunday) of an ISO week, or null when the year has no such week or the weekday is none. */
export function dayOfIsoWeek(year: number, week: number, weekday: number): string | null {
  if (!Number.isInteger(week) || !Number.isInteger(weekday) || week < 1 || week > 53) return null;
  if (weekday < 1 || weekday > 7) return null;
  // The fourth of January always lies in week 1.
  const inFirstWeek = Temporal.PlainDate.from({ year, month: 1, day: 4 });
  const day = inFirstWeek.add({ days: (week - 1) * 7 + weekday - inFirstWeek.dayOfWeek });
  return day.yearOfWeek === year && day.weekOfYear === week ? day.toString() : null;
}
