import { Temporal } from 'temporal-polyfill';
import { addDays, fromLocal, startOfLocalDay } from '../../kernel/time-zone.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** A day in Denmark: from one midnight to the next, 24 hours but for the two days on which the clock changes. */
export interface LocalDay {
  /** "YYYY-MM-DD". */
  readonly day: string;
  /** ISO: 1 Monday to 7 Sunday. */
  readonly weekday: number;
  /** Its first instant, and that of the next day, in milliseconds since 1970. */
  readonly dawn: number;
  readonly dusk: number;
}

// Asking the time zone costs more than a query; rooms are asked for on the same few days again and again.
const remembered = new Map<string, LocalDay>();
const mostRemembered = 2_000;

export function localDayOf(day: string): LocalDay {
  const known = remembered.get(day);
  if (known !== undefined) return known;
  if (remembered.size >= mostRemembered) remembered.clear();
  const found = {
    day,
    weekday: Temporal.PlainDate.from(day).dayOfWeek,
    dawn: startOfLocalDay(day).getTime(),
    dusk: startOfLocalDay(addDays(day, 1)).getTime(),
  };
  remembered.set(day, found);
  return found;
}

/** The day it is in Denmark at an instant. */
export function localDayAt(instant: Date): LocalDay {
  // Denmark is one hour ahead of UTC, or two: by one hour the day is right or one too early.
  const guess = localDayOf(new Date(instant.getTime() + 60 * minuteMs).toISOString().slice(0, 10));
  return instant.getTime() < guess.dusk ? guess : dayAfter(guess);
}

export const dayAfter = ({ day }: LocalDay, days = 1): LocalDay =>
  localDayOf(new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10));

/** The instant at which the clock shows a time such as "07:30" on a day; "24:00" is its end. */
export function clockTimeOn(on: LocalDay, clock: string, disambiguation: 'compatible' | 'later'): number {
  if (clock === '24:00') return on.dusk;
  if (on.dusk - on.dawn !== dayMs) return fromLocal(`${on.day}T${clock}`, disambiguation).getTime();
  const [hour, minute] = clock.split(':').map(Number);
  return on.dawn + ((hour ?? 0) * 60 + (minute ?? 0)) * minuteMs;
}
