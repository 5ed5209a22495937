import type { PartKind } from '../contract/index.ts';
import type { Appointment } from './appointments.ts';
import type { Calendar } from './calendar.ts';
import { at, type Random } from './random.ts';

const minuteMs = 60_000;
/** A leg is never longer than the time between two appointments allows. */
const longestLeg = 30;

/** A stretch of minutes after midnight; null while it goes on. */
export type Stretch = readonly [kind: PartKind, from: number, to: number | null];

/** The day's time on the road, shared out over the ways there, on and back. */
export function legsOf(count: number, total: number, random: Random): number[] {
  const legs = Array.from(
    { length: count },
    (_, nth) => Math.floor(total / count) + (nth < total % count ? 1 : 0),
  );
  for (let nth = 1; nth < count; nth += 2) {
    const moved = Math.min(random.between(0, 6), longestLeg - at(legs, nth), at(legs, nth - 1) - 3);
    if (moved <= 0) continue;
    legs[nth] = at(legs, nth) + moved;
    legs[nth - 1] = at(legs, nth - 1) - moved;
  }
  return random.shuffle(legs);
}

export interface Trip {
  readonly there: number;
  readonly back: number;
  readonly alone: boolean;
  wait(share: number, least: number, most: number): number;
}

/** What actually happened, in minutes after midnight. */
export function stretchesOf(
  one: Appointment,
  trip: Trip,
  { calendar, random }: { readonly calendar: Calendar; readonly random: Random },
): Stretch[] {
  const { minute, minutes, outcome, channel } = one;
  const end = minute + minutes;
  const travel = (from: number, length: number): Stretch[] =>
    length > 0 ? [['travel', from, from + length]] : [];
  switch (outcome.kind) {
    case 'planned':
    case 'proposed':
    case 'cancelled':
      return [];
    case 'open': {
      const since = Math.floor((calendar.asOf.getTime() - calendar.at(one.day, minute).getTime()) / minuteMs);
      return [[channel, minute + Math.min(since, random.between(0, 3)), null]];
    }
    case 'held': {
      if (channel === 'video') return [['video', minute + random.between(0, 2), end + random.between(-2, 3)]];
      const arrives = minute + random.between(0, 3);
      const late = trip.wait(12, 3, 7);
      const leaves = end + random.between(-5, 4);
      return [
        ...travel(arrives - trip.there, trip.there),
        ...(late > 0 ? [['waiting', arrives, arrives + late] as const] : []),
        ['physical', arrives + late, leaves],
        ...travel(leaves, trip.back),
      ];
    }
    case 'by-phone':
      return [['phone', minute, minute + random.between(20, 40)]];
    case 'called-instead': {
      const rings = minute + random.between(2, 9);
      return [['phone', rings, rings + random.between(22, 45)]];
    }
    case 'turned': {
      const leaves = minute + random.between(6, 9);
      const road = trip.alone ? 25 : 15;
      const arrives = leaves + road;
      // Whoever comes after that can be reached in time, since the talk in person is short.
      return [
        ['video', minute, leaves],
        ['travel', leaves, arrives],
        ['physical', arrives, arrives + 15],
      ];
    }
    case 'futile': {
      const late = trip.wait(85, 5, 10);
      return [
        ...travel(minute - trip.there, trip.there),
        ...(late > 0 ? [['waiting', minute, minute + late] as const] : []),
        ...travel(minute + late, trip.back),
      ];
    }
    case 'failed':
    case 'followed-up': {
      const gaveUp = minute + random.between(3, 9);
      const tried: Stretch[] = outcome.step === 'dropped' ? [['video', minute, gaveUp]] : [];
      const phoned: Stretch[] =
        outcome.kind === 'failed' ? [] : [['phone', gaveUp + 1, gaveUp + 1 + random.between(7, 18)]];
      return [...tried, ...phoned];
    }
  }
}
