import type { VisitPurpose, VisitTopic } from '../contract/index.ts';
import { published } from './published.ts';
import { allot, at, deal, keysOf, type Random } from './random.ts';

/**
 * How a citizen is seen by video:
 * `once` some time ago, a single or a few times · `regular` every week beside the visits · `fading` fewer and fewer ·
 * `beside` a quarter to half of the support · `mostly` half to three quarters · `only` nearly all · `growing` five minutes a day
 * to begin with.
 */
export type Way = 'once' | 'regular' | 'fading' | 'beside' | 'mostly' | 'only' | 'growing';

export interface OnlineCourse {
  readonly way: Way;
  /** Held video visits, from and to. */
  readonly sessions: readonly [number, number];
  /** First attempts that failed for technical reasons. */
  readonly failures: number;
  readonly purposes: readonly VisitPurpose[];
  readonly topics: readonly VisitTopic[];
}

/** How many citizens have received video so far: 13 percent of 450, some more than the tenth that was the goal then. */
export const onlineCitizens = 60;

type Bucket = keyof typeof published.sessionsPerCitizen;
const sessionsOf: Readonly<Record<Bucket, readonly [number, number]>> = {
  '1': [1, 1],
  '2-3': [2, 3],
  '4-7': [4, 7],
  'over 7': [8, 60],
};

/** The ways by number of sessions; `once` fills each up. Together they give the shares of support online. */
const waysOf: Readonly<Record<Bucket, readonly (readonly [way: Way, count: number])[]>> = {
  '1': [],
  '2-3': [['regular', 8]],
  '4-7': [
    ['beside', 2],
    ['mostly', 1],
    ['fading', 3],
    ['regular', 3],
  ],
  'over 7': [
    ['beside', 3],
    ['mostly', 2],
    ['only', 2],
    ['growing', 1],
    ['regular', 2],
  ],
};

export function inventCourses(random: Random): OnlineCourse[] {
  const buckets = allot(onlineCitizens, published.sessionsPerCitizen);
  const ways = keysOf(sessionsOf).flatMap((bucket) => {
    const regular = waysOf[bucket].flatMap(([way, count]) => Array.from({ length: count }, () => way));
    const once = Array.from({ length: buckets[bucket] - regular.length }, (): Way => 'once');
    return [...regular, ...once].map((way) => ({ way, sessions: sessionsOf[bucket] }));
  });
  const purposes = deal(ways.length, published.purposes, random);
  const topics = deal(ways.length, published.topics, random);
  const unlucky = Math.round((ways.length * published.technicalProblems) / 100);
  const luck = random.shuffle(ways.map((_, place) => place < unlucky));
  return random.shuffle(
    ways.map(({ way, sessions }, place) => ({
      way,
      sessions,
      failures: at(luck, place) ? (random.chance(25) ? 2 : 1) : 0,
      purposes: at(purposes, place),
      topics: at(topics, place),
    })),
  );
}
