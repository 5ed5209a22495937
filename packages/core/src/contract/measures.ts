import { z } from 'zod';
import { day, instant, shownDay } from './primitives.ts';
import { programmePhases } from './programme-codes.ts';

const count = z.int().min(0);
/** Between 0 and 1; null where there is nothing to divide by. */
const share = z.number().min(0).max(1).nullable();
const treeSize = z.string().regex(/^(0|[1-9]\d{0,17})$/, 'is a number of entries, such as 54961');

/** The first day of a month names it in the database; here it is written `2015-10`. */
export const month = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'is a month such as 2015-10')
  .meta({ description: 'A calendar month.', examples: ['2015-10'] });

/** Held video visits per citizen who has had any; and the share of a citizen's support that was by video. */
export const sessionBuckets = ['1', '2-3', '4-7', 'over-7'] as const;
export const shareBuckets = ['0-24', '25-49', '50-74', '75-100'] as const;

/** All figures, each count of which is told in one way: as it is, or hidden where it may not be seen. */
const figuresShape = <Count extends z.ZodType>(count: Count) => {
  /** How visits of one channel ended within the period. */
  const endings = z.object({ held: count, cancelled: count, futile: count, failed: count });
  return z.object({
    /** Citizens with at least one held video visit until the day. */
    hasReceived: count,
    /** Citizens with at least two held video visits in the 28 days that end with the day. */
    receivesRegularly: count,
    /** `receivesRegularly` divided by the target group. */
    implementationRate: share,
    sessions: z.object({ '1': count, '2-3': count, '4-7': count, 'over-7': count }),
    onlineShare: z.object({ '0-24': count, '25-49': count, '50-74': count, '75-100': count }),
    /** Citizens who got so far until the day; each is counted in every step before. */
    funnel: z.object({
      offered: count,
      accepted: count,
      declined: count,
      introduced: count,
      firstCall: count,
      regular: count,
    }),
    /** Within the period. */
    channels: z.object({ video: endings, physical: endings, phone: endings }),
    /** Video visits that failed for technical reasons, of those that were held or failed, within the period. */
    technicalFailureRate: share,
    workers: z.object({
      /** Support workers employed on the day. */
      employed: count,
      /** With at least one held video visit in the period. */
      active: count,
      trained: count,
      informed: count,
    }),
  });
};

/**
 * The measures of domain.md, section 6, as whole numbers of citizens, workers and visits: exact, for the municipality's own
 * authorised staff. Their definitions in words are `measureWords` in measure-words.ts.
 */
export const figures = figuresShape(count);
export type Figures = z.infer<typeof figures>;

/** A number as it is given out; `hidden` where a group of fewer than five could be seen or worked out. */
export const shownCount = z.union([count, z.literal('hidden')]);
export type ShownCount = z.infer<typeof shownCount>;

/** The same where the members of a joint programme tell of month-ends, in which numbers may be hidden. */
export const jointFigures = figuresShape(shownCount);
export type JointFigures = z.infer<typeof jointFigures>;

/** What a figure rests on: the tree of so many leaves, and the signed checkpoint that proves it. */
export const citation = z.object({
  /** Leaves that were folded. */
  size: treeSize,
  /** Root of the tree of that size, base 64. */
  rootHash: z.string(),
  /** The signed checkpoint that it is or lies under. */
  checkpoint: z.object({ origin: z.string(), size: treeSize, signedAt: instant, keyId: z.string() }),
});
export type Citation = z.infer<typeof citation>;

/** A question of then: the day that is asked about, and how much of the log is to be believed. */
export const asked = {
  at: day.optional().meta({ description: 'The day asked about; yesterday by default.' }),
  checkpoint: treeSize.optional().meta({ description: 'A size of the log; all that is signed by default.' }),
};

export const figuresAt = z.object({
  /** The period of what is counted within one: 28 days, a week, a calendar month or a single day. */
  from: shownDay,
  to: shownDay,
  figures,
});
export type FiguresAt = z.infer<typeof figuresAt>;

/** One figure that is not what it was when the question was first asked. */
export const lateDifference = z.object({
  measure: z.string(),
  before: z.number().nullable(),
  now: z.number().nullable(),
});
export type LateDifference = z.infer<typeof lateDifference>;

export const forecast = z.object({
  measure: z.string(),
  target: z.number(),
  due: shownDay,
  /** Expected on the due day, with the interval that holds in four of five cases. */
  onDue: z.object({ low: z.number(), middle: z.number(), high: z.number() }),
  /** Chance that the target is reached by the due day, 0 to 1. */
  chance: z.number().min(0).max(1),
  /** When it is expected to be reached; null where that lies beyond two years. */
  reachedOn: z.object({ early: shownDay.nullable(), middle: shownDay.nullable(), late: shownDay.nullable() }),
  method: z.string(),
});
export type Forecast = z.infer<typeof forecast>;

/** The curve that `status` draws: the two counts at the end of each week or month. */
export const curvePoint = z.object({
  day: shownDay,
  hasReceived: count,
  receivesRegularly: count.nullable().meta({ description: 'Null where a month-end hides it.' }),
});
export type CurvePoint = z.infer<typeof curvePoint>;

export const phaseNow = z.object({ phase: z.enum(programmePhases), since: shownDay.nullable() });

// --- month-ends as they are given out ---

/** Every count of a month-end by its path in `figures`, such as `hasReceived` and `funnel.offered`. */
export const shownFigures = z.record(z.string(), shownCount);
export type ShownFigures = z.infer<typeof shownFigures>;

/** A municipality, one of its teams, or a member of a joint programme. */
export const unit = z.object({
  kind: z.enum(['programme', 'municipality', 'team']),
  /** Null for the whole. */
  id: z.string().nullable(),
  name: z.string(),
});
export type Unit = z.infer<typeof unit>;

export const publishedMonth = z.object({
  month,
  publishedAt: instant,
  citation: citation
    .nullable()
    .meta({ description: 'Null for a joint total, whose members cite their own.' }),
  units: z.array(unit.extend({ figures: shownFigures, targetGroup: count.nullable() })),
});
export type PublishedMonth = z.infer<typeof publishedMonth>;
