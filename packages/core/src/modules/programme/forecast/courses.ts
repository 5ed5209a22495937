import type { CurvePoint } from '../../../contract/index.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import { seededRandom } from './distributions.ts';

/**
 * Invented courses of a municipality, week by week, on which the forecast is tried (docs/forecast.md). Each citizen who
 * begins calls regularly for a while, pauses with the season, and stops some day; what is counted follows from that.
 */
export const courseKinds = ['steady', 'slow-start', 'seasonal', 'saturating', 'bursts'] as const;
export type CourseKind = (typeof courseKinds)[number];

const firstSunday = '2026-01-04';

function poisson(random: () => number, mean: number): number {
  let [count, product] = [0, random()];
  const limit = Math.exp(-mean);
  while (product > limit) {
    count += 1;
    product *= random();
  }
  return count;
}

/** Beginners expected in a week; `scale` is a municipality's size, `phase` where in the year its course began. */
function beginners(kind: CourseKind, week: number, soFar: number, course: Course): number {
  const { scale, phase, ceiling, turn, burstEvery } = course;
  const summer = (week + phase) % 52;
  switch (kind) {
    case 'steady':
      return scale;
    case 'slow-start':
      return scale * (0.25 + 1.75 / (1 + Math.exp(-(week - turn) / 8)));
    case 'seasonal':
      return summer >= 26 && summer < 30 ? scale * 0.1 : summer >= 51 ? scale * 0.3 : scale;
    case 'saturating':
      return Math.max(0, course.speed * (ceiling - soFar));
    case 'bursts':
      return scale * 0.3 + (course.random() < 1 / burstEvery ? scale * burstEvery * 0.7 : 0);
  }
}

interface Course {
  readonly random: () => number;
  readonly scale: number;
  readonly phase: number;
  readonly ceiling: number;
  readonly turn: number;
  /** Of those who are still to come, the share that begins each week. */
  readonly speed: number;
  readonly burstEvery: number;
}

/** So many weeks of a course; the same for the same seed. */
export function inventCourse(kind: CourseKind, seed: number, weeks: number): CurvePoint[] {
  const random = seededRandom(seed * 7919 + courseKinds.indexOf(kind) * 104_729 + 1);
  const course: Course = {
    random,
    scale: 0.8 + random() * 4,
    phase: Math.floor(random() * 52),
    ceiling: 80 + random() * 200,
    turn: 15 + random() * 30,
    speed: 0.03 + random() * 0.07,
    burstEvery: 4 + random() * 6,
  };
  const stopping = 0.005 + random() * 0.03;
  const pausing = 0.02 + random() * 0.05;
  let [received, active, paused] = [0, 0, 0];
  const points: CurvePoint[] = [];
  const split = (of: number, share: number): number => {
    let count = 0;
    for (let each = 0; each < of; each += 1) if (random() < share) count += 1;
    return count;
  };
  for (let week = 0; week < weeks; week += 1) {
    const summer = kind === 'seasonal' && (week + course.phase) % 52 >= 26 && (week + course.phase) % 52 < 30;
    const fresh = poisson(random, beginners(kind, week, received, course));
    received += fresh;
    const regulars = split(fresh, 0.65);
    const stopped = split(active, stopping);
    const toPause = split(active - stopped, summer ? 0.2 : pausing);
    const back = split(paused, summer ? 0.05 : 0.3);
    active += regulars + back - stopped - toPause;
    paused += toPause - back;
    points.push({ day: addDays(firstSunday, week * 7), hasReceived: received, receivesRegularly: active });
  }
  return points;
}
