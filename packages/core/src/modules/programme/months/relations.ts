import { distributions } from './counts.ts';

// What everybody can know of month-ends without seeing one: how their counts hang together by their definitions
// (domain.md, section 6; contract/measures.ts).

/** Coefficients by path. */
export type Terms = readonly (readonly [path: string, coefficient: number])[];

/** Within a unit and month: the terms add up to nothing (`equal`), or to at least nothing. */
export interface Relation {
  readonly terms: Terms;
  readonly equal: boolean;
}

const atMost = (less: string, more: string): Relation => ({
  terms: [
    [more, 1],
    [less, -1],
  ],
  equal: false,
});
const sumsUp = (parts: readonly string[], whole: string): Relation => ({
  terms: [...parts.map((part) => [part, 1] as const), [whole, -1]],
  equal: true,
});

/** Citizens with at least so many sessions, as the sum of the buckets from a place on. */
const sessionTails: readonly Terms[] = [1, 2, 3].map((from) =>
  (distributions[0] ?? []).slice(from).map((path) => [path, 1] as const),
);
const twoOrMore = sessionTails[0] ?? [];

export const withinUnit: readonly Relation[] = [
  ...distributions.map((parts) => sumsUp(parts, 'hasReceived')),
  sumsUp(['funnel.firstCall'], 'hasReceived'),
  atMost('funnel.accepted', 'funnel.offered'),
  atMost('funnel.declined', 'funnel.offered'),
  atMost('funnel.introduced', 'funnel.accepted'),
  atMost('funnel.firstCall', 'funnel.introduced'),
  atMost('funnel.regular', 'funnel.firstCall'),
  atMost('receivesRegularly', 'funnel.regular'),
  atMost('receivesRegularly', 'hasReceived'),
  // Two held visits within 28 days are two sessions, and lie within the month unless it is a February.
  { terms: [...twoOrMore, ['receivesRegularly', -1]], equal: false },
  { terms: [...twoOrMore, ['funnel.regular', -1]], equal: false },
  {
    terms: [
      ['channels.video.held', 1],
      ['receivesRegularly', -2],
    ],
    equal: false,
  },
  atMost('workers.active', 'channels.video.held'),
  atMost('workers.active', 'workers.employed'),
  atMost('workers.trained', 'workers.employed'),
  atMost('workers.informed', 'workers.employed'),
];

/** Running totals: what never falls from one month to the next. */
export const neverFalling: readonly Terms[] = [
  [['hasReceived', 1]],
  ...['offered', 'accepted', 'declined', 'introduced', 'firstCall', 'regular'].map(
    (step): Terms => [[`funnel.${step}`, 1]],
  ),
  ...sessionTails,
];

/** Whoever is new in a month had a visit in it. */
export const newcomers = { total: 'hasReceived', held: 'channels.video.held' } as const;
