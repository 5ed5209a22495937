import type { OpeningHours } from '../../contract/index.ts';
import { toLocal } from '../../kernel/time-zone.ts';
import { clockTimeOn, dayAfter, type LocalDay, localDayAt } from './calendar.ts';
import { openOn, type Span } from './opening-hours.ts';

const minuteMs = 60_000;
/** How many days after the wanted one are searched for a free time. */
export const searchDays = 7;

export interface FreeTimeWish {
  readonly wanted: Span;
  readonly openingHours: OpeningHours;
  readonly bufferMinutes: number;
  /** What holds the room, buffers included. */
  readonly roomBusy: readonly Span[];
  /** What the worker is in; a worker needs no buffer. */
  readonly workerBusy: readonly Span[];
  readonly now: Date;
}

/** What has to be known of other bookings to answer a wish: the wanted day and those that are searched after it. */
export function searchedSpan(wanted: Span): Span {
  const day = localDayAt(wanted.startsAt);
  return { startsAt: new Date(day.dawn), endsAt: new Date(dayAfter(day, searchDays + 1).dusk) };
}

/**
 * The free times nearest to the wanted one, at most three: two on the same day and the nearest to the same clock time
 * on the next day that has one; later days only where the wanted day has none left.
 */
export function nearestFreeTimes(wish: FreeTimeWish): readonly Span[] {
  const { wanted } = wish;
  const lengthMs = wanted.endsAt.getTime() - wanted.startsAt.getTime();
  const day = localDayAt(wanted.startsAt);
  const clock = toLocal(wanted.startsAt).toPlainTime().toString().slice(0, 5);
  const found: number[] = [];
  for (let ahead = 0; ahead <= searchDays; ahead += 1) {
    const thatDay = dayAfter(day, ahead);
    const near = ahead === 0 ? wanted.startsAt.getTime() : clockTimeOn(thatDay, clock, 'compatible');
    const candidates = startsOn(wish, thatDay, lengthMs)
      .map(([from, to]) => clamp(near, from, to))
      .sort((a, b) => Math.abs(a - near) - Math.abs(b - near));
    found.push(...candidates.slice(0, found.length === 0 ? 2 : 1));
    if (ahead > 0 && candidates.length > 0) break;
  }
  return found.map((start) => ({ startsAt: new Date(start), endsAt: new Date(start + lengthMs) }));
}

type Range = readonly [from: number, to: number];

/** At which instants of a day a booking of this length could start: open long enough, and clear of all that is held. */
function startsOn(wish: FreeTimeWish, day: LocalDay, lengthMs: number): readonly Range[] {
  const open = openFrom(wish.openingHours, day, lengthMs);
  if (open === null) return [];
  const heldMs = lengthMs + wish.bufferMinutes * minuteMs;
  // A start strictly between these would overlap.
  const barred: Range[] = [
    ...wish.roomBusy.map((busy): Range => [busy.startsAt.getTime() - heldMs, busy.endsAt.getTime()]),
    ...wish.workerBusy.map((busy): Range => [busy.startsAt.getTime() - lengthMs, busy.endsAt.getTime()]),
  ].sort((a, b) => a[0] - b[0]);
  const earliest = Math.ceil(wish.now.getTime() / (5 * minuteMs)) * 5 * minuteMs;
  const ranges: Range[] = [];
  let from = Math.max(open.startsAt.getTime(), earliest);
  const last = open.lastStart;
  for (const [begin, end] of barred) {
    if (end <= from) continue;
    if (begin >= last) break;
    if (begin >= from) ranges.push([from, begin]);
    from = end;
  }
  if (from <= last) ranges.push([from, last]);
  return ranges;
}

/** From when to when a booking of this length can start on a day; it may end after midnight where the room stays open. */
function openFrom(
  hours: OpeningHours,
  day: LocalDay,
  lengthMs: number,
): { readonly startsAt: Date; readonly lastStart: number } | null {
  const today = openOn(hours, day);
  if (today === null) return null;
  const tomorrow = today.closesAtMidnight ? openOn(hours, dayAfter(day)) : null;
  const goesOn = tomorrow !== null && tomorrow.startsAt.getTime() === today.endsAt.getTime();
  const endsAt = goesOn ? tomorrow.endsAt : today.endsAt;
  const lastStart = Math.min(endsAt.getTime() - lengthMs, today.endsAt.getTime() - 1);
  return { startsAt: today.startsAt, lastStart };
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
