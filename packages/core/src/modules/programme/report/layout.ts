import { addDays } from '../../../kernel/time-zone.ts';
import { daysBetween } from '../forecast/index.ts';
import type { CourseChart } from './data.ts';

export type LineKey = 'hasReceived' | 'receivesRegularly';

/** A text beside a point: to its right, or to its left where there is no room; up, down or level. */
export interface Label {
  readonly day: string;
  readonly count: number;
  readonly text: string;
  readonly side: 'left' | 'right';
  readonly level: 'up' | 'down' | 'even';
}

export interface Layout {
  readonly from: string;
  readonly until: string;
  readonly top: number;
  readonly names: Readonly<Record<LineKey, Label | null>>;
  readonly targets: readonly Label[];
}

/** Nearer than this share of the picture's height, two texts one above the other touch. */
const tight = 0.075;

/**
 * Where texts stand so that none lies on another or outside: the names of lines to the right of where they end, with room
 * kept for them, and those of milestones where no name is.
 *
 * @param room the share of the width that the longest name takes
 */
export function layOut(
  { points, targets, plan }: CourseChart,
  name: (key: LineKey, count: number) => string,
  room: number,
): Layout {
  const days = [...points.map(({ day }) => day), ...plan.map(({ day }) => day)].toSorted();
  const [from = '2000-01-01', latest = from] = [days.at(0), days.at(-1)];
  const lastDay = points.at(-1)?.day ?? from;
  const kept = Math.ceil(Math.max(30, daysBetween(from, lastDay)) / (1 - room));
  const until = [latest, addDays(from, kept)].toSorted().at(-1) ?? latest;
  const span = Math.max(1, daysBetween(from, until));
  const top = Math.max(
    5,
    ...points.map(({ hasReceived, receivesRegularly }) => Math.max(hasReceived ?? 0, receivesRegularly ?? 0)),
    ...targets.map(({ count }) => count),
  );
  const isTight = (a: number, b: number): boolean => Math.abs(a - b) < tight * top;

  const endOf = (key: LineKey) => points.findLast((point) => point[key] !== null);
  const counts = {
    hasReceived: endOf('hasReceived')?.hasReceived,
    regular: endOf('receivesRegularly')?.receivesRegularly,
  };
  const touching = isTight(counts.hasReceived ?? -top, counts.regular ?? 2 * top);
  const nameOf = (key: LineKey, level: 'up' | 'down'): Label | null => {
    const point = endOf(key);
    const count = point?.[key];
    if (point === undefined || count === null || count === undefined) return null;
    return { day: point.day, count, text: name(key, count), side: 'right', level: touching ? level : 'even' };
  };
  const names = {
    hasReceived: nameOf('hasReceived', 'up'),
    receivesRegularly: nameOf('receivesRegularly', 'down'),
  };

  const placed = targets.map(({ day, count, label }): Label => {
    const share = daysBetween(from, day) / span;
    const besideName =
      day >= lastDay &&
      share < daysBetween(from, lastDay) / span + room &&
      [names.hasReceived, names.receivesRegularly].some(
        (one) => one !== null && isTight(one.count, count - 0.05 * top),
      );
    const atEdge = share > 0.9;
    // Above its line there is room where reality lies below the plan, and the other way round.
    const real = points.findLast((point) => point.day <= day)?.hasReceived ?? 0;
    return besideName || atEdge || count > real
      ? { day, count, text: label, side: 'left', level: 'up' }
      : { day, count, text: label, side: 'right', level: 'down' };
  });
  return { from, until, top, names, targets: placed };
}
