import { z } from 'zod';
import { byId, citizenCode, day, id, initials, instant, page, pageQuery } from './primitives.ts';
import { route } from './route.ts';
import { channels, roomWish, visitWarnings } from './visits.ts';

/** The templates that make visits again and again (domain page, section 2). */
export const planKinds = ['weekly', 'fortnightly', 'growing', 'split', 'tapering', 'custom'] as const;
export type PlanKind = (typeof planKinds)[number];

/** What happens to a visit that falls on a public holiday or another day off. */
export const holidayChoices = ['skip', 'move', 'keep'] as const;
export type HolidayChoice = (typeof holidayChoices)[number];

/** The citizen's word on a plan or a change of it. */
export const citizenWordCodes = ['own-wish', 'agreed', 'would-rather-not', 'not-asked'] as const;
export type CitizenWord = (typeof citizenWordCodes)[number];

/** Why a time of a plan has no visit. */
export const gapReasons = [
  'holiday',
  'skipped',
  'worker',
  'citizen',
  'room',
  'outside-hours',
  'past',
] as const;
export type GapReason = (typeof gapReasons)[number];

/** A week by ISO 8601: "2026-W48". */
export const isoWeekText = z
  .string()
  .regex(/^20\d\d-W(0[1-9]|[1-4]\d|5[0-3])$/, 'is a week such as 2026-W48')
  .meta({ description: 'An ISO 8601 week.', examples: ['2026-W48'] });
const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is a time of day such as 10:00')
  .meta({ examples: ['10:00'] });
const weekday = z.int().min(1).max(7).meta({ description: 'ISO: 1 Monday to 7 Sunday.' });
const slotMinutes = z.int().min(5).max(480);

/** One visit of a week, by the Danish wall clock. */
export const slot = z.strictObject({
  channel: z.enum(channels),
  weekday,
  time: clockTime,
  minutes: slotMinutes,
  /** Every so many weeks, from the first week of its phase. */
  everyWeeks: z.int().min(1).max(8).default(1),
});
export type Slot = z.output<typeof slot>;

/** A stretch of a plan in which weeks look alike. */
export const phase = z.strictObject({
  /** Null only in the last phase: until further notice. */
  weeks: z.int().min(1).max(104).nullable(),
  slots: z.array(slot).min(1).max(14),
});
export type Phase = z.output<typeof phase>;
export const phases = z
  .array(phase)
  .min(1)
  .max(12)
  .refine(
    (list) => list.slice(0, -1).every((one) => one.weeks !== null),
    'only the last phase may go on until further notice',
  );

const template = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('weekly'), slots: z.array(slot).min(1).max(14) }),
  z.strictObject({ kind: z.literal('fortnightly'), slots: z.array(slot).min(1).max(14) }),
  /** Five minutes a day, longer and rarer step by step; without `steps` the usual ones. */
  z.strictObject({
    kind: z.literal('growing'),
    channel: z.enum(channels).default('video'),
    time: clockTime,
    steps: z
      .array(
        z.strictObject({
          weeks: z.int().min(1).max(52).nullable(),
          weekdays: z.array(weekday).min(1).max(7),
          minutes: slotMinutes,
        }),
      )
      .min(1)
      .max(12)
      .optional(),
  }),
  /** One long visit becomes a visit and two calls a week. */
  z.strictObject({
    kind: z.literal('split'),
    visit: slot,
    calls: z.array(slot).min(1).max(6),
  }),
  /** Fewer and fewer; without `steps` weekly, every second, every fourth week, and then no more. */
  z.strictObject({
    kind: z.literal('tapering'),
    slot,
    steps: z
      .array(
        z.strictObject({
          everyWeeks: z.int().min(1).max(8),
          weeks: z.int().min(1).max(104),
          minutes: slotMinutes.optional(),
        }),
      )
      .min(1)
      .max(12)
      .optional(),
  }),
  z.strictObject({ kind: z.literal('custom'), phases }),
]);
export type PlanTemplate = z.output<typeof template>;

const word = z.enum(citizenWordCodes);
const acknowledge = z.array(z.enum(visitWarnings)).max(visitWarnings.length).default([]);

export const createPlan = z
  .object({
    citizen: citizenCode,
    worker: initials.optional(),
    startsOn: day,
    endsOn: day.nullable().default(null),
    template,
    holidays: z.enum(holidayChoices).default('skip'),
    room: roomWish.default({ kind: 'none' }),
    word,
    /** Makes what is free and lists the rest; otherwise one conflict refuses it all. */
    skipConflicts: z.boolean().default(false),
    acknowledge,
  })
  .meta({
    examples: [
      {
        citizen: 'B-7KQ25',
        startsOn: '2026-11-23',
        template: {
          kind: 'weekly',
          slots: [{ channel: 'video', weekday: 2, time: '10:00', minutes: 20 }],
        },
        word: 'agreed',
      },
    ],
  });
export type CreatePlan = z.output<typeof createPlan>;

const gap = z.object({
  week: isoWeekText,
  slot: z.int(),
  startsAt: instant,
  endsAt: instant,
  reason: z.enum(gapReasons),
});
export type PlanGap = z.infer<typeof gap>;

/** What was done to a plan, with the citizen's word on it. */
export const planChangeKinds = ['created', 'week', 'step', 'stay', 'phases', 'ended'] as const;
export const planChange = z.object({
  kind: z.enum(planChangeKinds),
  week: isoWeekText.nullable(),
  slot: z.int().nullable(),
  word,
  by: initials.nullable(),
  at: instant,
});

export const plan = z.object({
  id,
  citizen: citizenCode,
  worker: initials,
  kind: z.enum(planKinds),
  state: z.enum(['active', 'ended']),
  startsOn: day,
  endsOn: day.nullable(),
  holidays: z.enum(holidayChoices),
  room: roomWish,
  phases: z.array(phase),
  /** The phase of the current week, from 0; null before the start and after the end. */
  currentPhase: z.int().nullable(),
  /** Visits are made up to and including this week. */
  madeUntil: isoWeekText,
  /** Times from today on that have no visit, and why. */
  gaps: z.array(gap),
  changes: z.array(planChange),
  createdAt: instant,
});
export type Plan = z.infer<typeof plan>;

const one = { access: 'visits:write', params: byId } as const;

export const plansRoutes = {
  list: route(
    'plans.list',
    'GET',
    '/plans',
    {
      access: 'visits:read',
      summary: 'Plans that make visits',
      query: z.object({
        ...pageQuery,
        citizen: citizenCode.optional(),
        worker: initials.optional(),
        state: z.enum(['active', 'ended']).default('active'),
      }),
    },
    page(plan),
  ),
  create: route(
    'plans.create',
    'POST',
    '/plans',
    { access: 'visits:write', summary: 'Make a plan and its first visits', body: createPlan, status: 201 },
    plan,
  ),
  show: route(
    'plans.show',
    'GET',
    '/plans/:id',
    { access: 'visits:read', summary: 'One plan', params: byId },
    plan,
  ),
  changeWeek: route(
    'plans.changeWeek',
    'POST',
    '/plans/:id/week',
    {
      ...one,
      summary: 'Change one visit of one week: leave it out, or have it another way',
      body: z
        .object({
          week: isoWeekText,
          /** Which of the week's visits, from 0, in the order of the phase. */
          slot: z.int().min(0).max(13).default(0),
          change: z.discriminatedUnion('kind', [
            z.strictObject({ kind: z.literal('skip') }),
            z.strictObject({
              kind: z.literal('set'),
              channel: z.enum(channels).optional(),
              weekday: weekday.optional(),
              time: clockTime.optional(),
              minutes: slotMinutes.optional(),
            }),
          ]),
          word,
          acknowledge,
        })
        .meta({ examples: [{ week: '2026-W50', change: { kind: 'skip' }, word: 'own-wish' }] }),
    },
    plan,
  ),
  step: route(
    'plans.step',
    'POST',
    '/plans/:id/step',
    {
      ...one,
      summary: 'Go on to the next phase from a week on, or stay in the current one for longer',
      body: z
        .object({
          fromWeek: isoWeekText.optional().meta({ description: 'The next week, where left out.' }),
          /** Stay so many weeks longer instead. */
          stayWeeks: z.int().min(1).max(52).optional(),
          word,
          skipConflicts: z.boolean().default(false),
          acknowledge,
        })
        .meta({ examples: [{ word: 'agreed' }] }),
    },
    plan,
  ),
  changePhases: route(
    'plans.changePhases',
    'POST',
    '/plans/:id/phases',
    {
      ...one,
      summary: 'Have the plan another way from a week on',
      body: z
        .object({
          fromWeek: isoWeekText,
          phases,
          word,
          skipConflicts: z.boolean().default(false),
          acknowledge,
        })
        .meta({
          examples: [
            {
              fromWeek: '2026-W50',
              phases: [
                { weeks: null, slots: [{ channel: 'video', weekday: 4, time: '14:00', minutes: 30 }] },
              ],
              word: 'agreed',
            },
          ],
        }),
    },
    plan,
  ),
  end: route(
    'plans.end',
    'POST',
    '/plans/:id/end',
    {
      ...one,
      summary: 'End a plan; its visits after that day are cancelled',
      body: z.object({ on: day.optional(), word }).meta({ examples: [{ word: 'agreed' }] }),
    },
    plan,
  ),
} as const;
