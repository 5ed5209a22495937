import type { Figures } from '../../../contract/index.ts';

/** Every count of a month-end by its path in `figures`. Rates are left out: whoever reads divides what is shown. */
export type Counts = Readonly<Record<string, number>>;

const sessions = ['sessions.1', 'sessions.2-3', 'sessions.4-7', 'sessions.over-7'] as const;
const onlineShares = [
  'onlineShare.0-24',
  'onlineShare.25-49',
  'onlineShare.50-74',
  'onlineShare.75-100',
] as const;

/** Counts of persons: of citizens but for `workers.…`. */
export const personPaths = [
  'hasReceived',
  'receivesRegularly',
  ...sessions,
  ...onlineShares,
  'funnel.offered',
  'funnel.accepted',
  'funnel.declined',
  'funnel.introduced',
  'funnel.firstCall',
  'funnel.regular',
  'workers.employed',
  'workers.active',
  'workers.trained',
  'workers.informed',
] as const;

/** Counts of visits. Fewer than five may be one person's, so they are treated like persons. */
export const visitPaths = ['video', 'physical', 'phone'].flatMap((channel) =>
  ['held', 'cancelled', 'futile', 'failed'].map((ending) => `channels.${channel}.${ending}`),
);

export const countPaths: readonly string[] = [...personPaths, ...visitPaths];

/** Shares out what `hasReceived` counts; of the whole they are hidden before anything else of it. */
export const distributions: readonly (readonly string[])[] = [sessions, onlineShares];

export function countsOf(figures: Figures): Counts {
  const { hasReceived, receivesRegularly, channels } = figures;
  return {
    hasReceived,
    receivesRegularly,
    ...prefixed('sessions', figures.sessions),
    ...prefixed('onlineShare', figures.onlineShare),
    ...prefixed('funnel', figures.funnel),
    ...prefixed('channels.video', channels.video),
    ...prefixed('channels.physical', channels.physical),
    ...prefixed('channels.phone', channels.phone),
    ...prefixed('workers', figures.workers),
  };
}

const prefixed = (prefix: string, counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).map(([key, count]) => [`${prefix}.${key}`, count]));

/** The counts of several units added up, path by path. */
export const addCounts = (all: readonly Counts[]): Counts =>
  Object.fromEntries(
    countPaths.map((path) => [path, all.reduce((sum, counts) => sum + (counts[path] ?? 0), 0)]),
  );
