import { Temporal } from 'temporal-polyfill';
import type { OpeningHours } from '../../contract/index.ts';
import { addDays, fromLocal, localDay, startOfLocalDay, toLocal } from '../../kernel/time-zone.ts';
import { openTimes, type Span } from './opening-hours.ts';

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
  const day = localDay(wanted.startsAt);
  return { startsAt: startOfLocalDay(day), endsAt: startOfLocalDay(addDays(day, searchDays + 2)) };
}

/**
 * The free times nearest to the wanted one, at most three: two on the same day and the nearest to the same clock time
 * on the next day that has one; later days only where the wanted day has none left.
 */
export function nearestFreeTimes(wish: FreeTimeWish): readonly Span[] {
  const { wanted } = wish;
  const lengthMs = wanted.endsAt.getTime() - wanted.startsAt.getTime();
  const day = localDay(wanted.startsAt);
  const clock = toLocal(wanted.startsAt).toPlainTime();
  const starts = possibleStarts(wish, lengthMs);
  const found: number[] = [];
  for (let ahead = 0; ahead <= searchDays && found.length < 3; ahead += 1) {
    const thatDay = addDays(day, ahead);
    const near = ahead === 0 ? wanted.startsAt.getTime() : fromLocal(Temporal.PlainDate.from(thatDay).toPlainDateTime(clock)).getTime();
    const [dawn, dusk] = [startOfLocalDay(thatDay).getTime(), startOfLocalDay(addDays(thatDay, 1)).getTime() - 1];
    const candidates = starts
      .filter(([from, to]) => from <= dusk && to >= dawn)
      .map(([from, to]) => clamp(near, Math.max(from, dawn), Math.min(to, dusk)))
      .sort((a, b) => Math.abs(a - near) - Math.abs(b - near));
    const enough = ahead === 0 ? 2 : found.length === 0 ? 2 : 1;
    found.push(...candidates.slice(0, enough));
    if (ahead > 0 && candidates.length > 0) break;
  }
  return found.slice(0, 3).map((start) => ({ startsAt: new Date(start), endsAt: new Date(start + lengthMs) }));
}

type Range = readonly [from: number, to: number];

/** At which instants a booking of this length could start: open long enough, and clear of everything that is held. */
function possibleStarts(wish: FreeTimeWish, lengthMs: number): readonly Range[] {
  const heldMs = lengthMs + wish.bufferMinutes * minuteMs;
  // A start strictly between these would overlap.
  const barred: Range[] = [
    ...wish.roomBusy.map((busy): Range => [busy.startsAt.getTime() - heldMs, busy.endsAt.getTime()]),
    ...wish.workerBusy.map((busy): Range => [busy.startsAt.getTime() - lengthMs, busy.endsAt.getTime()]),
  ].sort((a, b) => a[0] - b[0]);
  const earliest = Math.ceil(wish.now.getTime() / (5 * minuteMs)) * 5 * minuteMs;
  const ranges: Range[] = [];
  for (const open of openTimes(wish.openingHours, searchedSpan(wish.wanted))) {
    let from = Math.max(open.startsAt.getTime(), earliest);
    const last = open.endsAt.getTime() - lengthMs;
    for (const [begin, end] of barred) {
      if (end <= from) continue;
      if (begin >= last) break;
      if (begin >= from) ranges.push([from, begin]);
      from = end;
    }
    if (from <= last) ranges.push([from, last]);
  }
  return ranges;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
