import { toLocal } from '../../kernel/time-zone.ts';
import { beforeQuiet, type QuietHours } from './quiet-hours.ts';

export type ReminderKind = 'reminder-day' | 'reminder-hour';

export interface PlannedReminder {
  readonly kind: ReminderKind;
  readonly sendAt: Date;
}

const hourMs = 3_600_000;

/** A day's reminder that could not go out until then is left to the hour's. */
export const dayReminderEndsMs = 2 * hourMs;

/**
 * A day before at the same time of day, also where the clock changes in between, and an hour before. What falls into quiet
 * hours comes just before them, unless the visit begins in the same quiet; what would have been due already is left out.
 */
export function planReminders(startsAt: Date, now: Date, quiet: QuietHours): readonly PlannedReminder[] {
  const dayBefore = new Date(toLocal(startsAt).subtract({ days: 1 }).epochMilliseconds);
  const hourBefore = new Date(startsAt.getTime() - hourMs);
  const due = [
    { kind: 'reminder-day', at: dayBefore },
    { kind: 'reminder-hour', at: hourBefore },
  ] as const;
  return due
    .map(({ kind, at }) => ({ kind, sendAt: beforeQuiet(at, startsAt, quiet) }))
    .filter(({ sendAt }) => sendAt > now);
}

export const isReminder = (kind: string): kind is ReminderKind =>
  kind === 'reminder-day' || kind === 'reminder-hour';
