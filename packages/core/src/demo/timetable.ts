import { at, type Random } from './random.ts';
import type { Worker } from './town.ts';

/** A time of the week that a worker keeps for a citizen. */
export interface WeekTime {
  /** ISO: 1 Monday to 7 Sunday. */
  readonly weekday: number;
  /** Minutes after midnight, by the wall clock. */
  readonly minute: number;
}

export interface TimeWish {
  readonly citizenId: string;
  readonly minutes: number;
  /** The same time on all five days instead of one. */
  readonly everyDay: boolean;
}

/** Between two appointments: thirty minutes on the road at most, and some for one that took longer. */
export const gapMinutes = 35;
const grain = 15;
const workdays = [1, 2, 3, 4, 5];
/** In the evening somebody works every day. */
const everyWeekday = [...workdays, 6, 7];

/** When a worker's appointments begin and end; what does not fit into the usual hours goes into the later ones. */
const hoursOf = (worker: Worker): readonly (readonly [from: number, to: number])[] =>
  worker.shift === 'evening'
    ? [
        [12 * 60, 20 * 60],
        [12 * 60, 22 * 60],
      ]
    : [
        [8 * 60, 15 * 60 + 30],
        [7 * 60 + 30, 17 * 60],
      ];

/** Fits what a worker's citizens need into one week, so that nothing overlaps and there is time to travel in between. */
export function packWeek(worker: Worker, wishes: readonly TimeWish[], random: Random): WeekTime[][] {
  const weekdays = worker.shift === 'evening' ? everyWeekday : workdays;
  const days = new Map(
    weekdays.map((weekday) => [weekday, [] as { from: number; to: number; citizenId: string }[]]),
  );
  const isFree = (weekday: number, minute: number, { minutes, citizenId }: TimeWish): boolean =>
    (days.get(weekday) ?? []).every(
      (taken) =>
        taken.citizenId !== citizenId &&
        (minute >= taken.to + gapMinutes || minute + minutes + gapMinutes <= taken.from),
    );
  const take = (weekday: number, minute: number, wish: TimeWish): WeekTime => {
    days.get(weekday)?.push({ from: minute, to: minute + wish.minutes, citizenId: wish.citizenId });
    return { weekday, minute };
  };
  const find = (wish: TimeWish): WeekTime[] => {
    for (const [from, to] of hoursOf(worker)) {
      const starts: number[] = [];
      for (let minute = from; minute + wish.minutes <= to; minute += grain) starts.push(minute);
      if (wish.everyDay) {
        const minute = starts.find((start) => weekdays.every((weekday) => isFree(weekday, start, wish)));
        if (minute !== undefined) return weekdays.map((weekday) => take(weekday, minute, wish));
        continue;
      }
      // The emptiest day first, so that days are about equally full.
      const load = (weekday: number) =>
        (days.get(weekday) ?? []).reduce((sum, { from: a, to: b }) => sum + b - a, 0);
      for (const weekday of random.shuffle(weekdays).sort((a, b) => load(a) - load(b))) {
        const minute = starts.find((start) => isFree(weekday, start, wish));
        if (minute !== undefined) return [take(weekday, minute, wish)];
      }
    }
    throw new Error(`the week of ${worker.initials} is too full`);
  };
  // What is hardest to fit comes first.
  const order = wishes
    .map((_, place) => place)
    .sort(
      (a, b) =>
        Number(at(wishes, b).everyDay) - Number(at(wishes, a).everyDay) ||
        at(wishes, b).minutes - at(wishes, a).minutes,
    );
  const found = new Map(order.map((place) => [place, find(at(wishes, place))]));
  return wishes.map((_, place) => found.get(place) ?? []);
}
