import { z } from 'zod';
import {
  byCode,
  byId,
  citizenCode,
  day,
  id,
  initials,
  instant,
  name,
  page,
  pageQuery,
  personText,
  queryFlag,
  shownDay,
} from './primitives.ts';
import { roomFeatures } from './rooms.ts';
import { route } from './route.ts';
import {
  cancelledBy,
  cancellers,
  cancelReasons,
  channels,
  failureSteps,
  futileReasons,
  handOffStates,
  holdParts,
  participantKinds,
  partKinds,
  reviewAnswers,
  visitPurposes,
  visitStates,
  visitTopics,
  visitWarnings,
} from './visit-codes.ts';
import { visitRules } from './visit-rules.ts';

export * from './visit-codes.ts';

const longestMs = 12 * 3_600_000;
const isSpan = (value: { startsAt: string; endsAt: string }) => {
  const length = Date.parse(value.endsAt) - Date.parse(value.startsAt);
  return length >= 5 * 60_000 && length <= longestMs;
};
const spanRule = 'ends 5 minutes to 12 hours after it starts';
const span = { startsAt: instant, endsAt: instant };
const unique = <Code extends string>(codes: readonly [Code, ...Code[]]) =>
  z
    .array(z.enum(codes))
    .max(codes.length)
    .refine((list) => new Set(list).size === list.length, 'names one twice');

const participant = z.strictObject({ kind: z.enum(participantKinds), initials: initials.nullable() });
const participantInput = z
  .strictObject({ kind: z.enum(participantKinds), initials: initials.nullable().default(null) })
  .refine(
    (one) => (one.kind === 'colleague') === (one.initials !== null),
    'a colleague, and nobody else, is named by initials',
  );

export const visitPart = z.object({
  kind: z.enum(partKinds),
  startsAt: instant,
  /** Null while it goes on. */
  endsAt: instant.nullable(),
  /** Whole minutes, actual ones; null while it goes on. */
  minutes: z.int().nullable(),
});
export type VisitPart = z.infer<typeof visitPart>;

export const visit = z.object({
  id,
  citizen: citizenCode,
  worker: initials,
  channel: z.enum(channels),
  /** `unplanned`: the citizen called, or was called, without an appointment. */
  origin: z.enum(['planned', 'unplanned']),
  state: z.enum(visitStates),
  /** When it is, or was: the first actual minute, or the planned start. */
  at: instant,
  planned: z.object(span).nullable(),
  /** Of a proposal: whose wish the time is. */
  proposedBy: z.enum(['citizen', 'worker']).nullable(),
  parts: z.array(visitPart),
  /** Whole minutes by what they were. */
  minutes: z.object({ video: z.int(), physical: z.int(), phone: z.int(), travel: z.int(), waiting: z.int() }),
  purposes: z.array(z.enum(visitPurposes)),
  topics: z.array(z.enum(visitTopics)),
  participants: z.array(participant),
  room: z.object({ bookingId: id, id, name: z.string(), site: z.string() }).nullable(),
  plan: z.object({ id, week: z.string(), slot: z.int() }).nullable(),
  /** Why it is cancelled, futile or failed, and by whom. */
  ended: z.object({ by: z.enum(cancelledBy).nullable(), reason: z.string() }).nullable(),
  /** Warnings that the planner saw and overruled. */
  overruled: z.array(z.enum(visitWarnings)),
  hasNote: z.boolean(),
  handOff: z.enum(handOffStates),
  /** Counts corrections of what was recorded, from 1. */
  revision: z.int(),
  createdAt: instant,
  updatedAt: instant,
});
export type Visit = z.infer<typeof visit>;

/** Which room a visit takes: none, a certain one, or any that fits. */
export const roomWish = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('room'), roomId: id }),
  z.strictObject({
    kind: z.literal('any'),
    site: name.nullable().default(null),
    needs: z.array(z.enum(roomFeatures)).max(roomFeatures.length).default([]),
  }),
]);
export type RoomWish = z.output<typeof roomWish>;
const noRoom = { kind: 'none' as const };

const acknowledge = unique(visitWarnings).default([]).meta({
  description: 'Warnings you have seen and overrule; without them a warning refuses with visit_warnings.',
});
const purposes = unique(visitPurposes);
const topics = unique(visitTopics);
const participants = z.array(participantInput).max(8);
const note = personText(2000).meta({
  description: 'For the next time; kept in the vault, gone with an erasure. No CPR number.',
});

export const planVisit = z
  .object({
    citizen: citizenCode,
    worker: initials.optional().meta({ description: 'Somebody else, where you may plan for others.' }),
    channel: z.enum(channels),
    ...span,
    room: roomWish.default(noRoom),
    purposes: purposes.default([]),
    participants: participants.default([]),
    propose: z.boolean().default(false).meta({ description: 'Only a proposal, until the citizen accepts.' }),
    acknowledge,
  })
  .refine(isSpan, spanRule)
  .meta({
    examples: [
      {
        citizen: 'B-7KQ25',
        channel: 'video',
        startsAt: '2026-11-24T09:00:00Z',
        endsAt: '2026-11-24T09:20:00Z',
      },
    ],
  });
export type PlanVisit = z.output<typeof planVisit>;

const recordedPart = z
  .strictObject({ kind: z.enum(partKinds), startsAt: instant, endsAt: instant })
  .refine((part) => Date.parse(part.startsAt) < Date.parse(part.endsAt), 'ends before it starts');
const recorded = {
  purposes: purposes.optional(),
  topics: topics.optional(),
  participants: participants.optional(),
  note: note.nullable().optional(),
};
const parts = z
  .array(recordedPart)
  .min(1)
  .max(12)
  .meta({ description: 'Actual times, in order, not overlapping, within twelve hours.' });

/** An unplanned contact, with its actual times. */
export const recordUnplanned = z
  .object({
    citizen: citizenCode,
    worker: initials.optional(),
    parts,
    ...recorded,
  })
  .meta({
    examples: [
      {
        citizen: 'B-7KQ25',
        parts: [{ kind: 'phone', startsAt: '2026-11-20T09:00:00Z', endsAt: '2026-11-20T09:08:00Z' }],
        topics: ['supportive-talk'],
      },
    ],
  });
export type RecordUnplanned = z.output<typeof recordUnplanned>;

export const recordVisit = z
  .object({
    parts: parts.optional().meta({ description: 'Left out: as planned, or as started and ended.' }),
    ...recorded,
  })
  .meta({ examples: [{ topics: ['supportive-talk', 'structure'] }] });
export type RecordVisit = z.output<typeof recordVisit>;

const at = instant.optional().meta({ description: 'When it happened; now, where left out.' });

/** A worker's visits of a day or week, with what needs attention. */
export const visitOverview = z.object({
  worker: initials,
  from: shownDay,
  /** The day after the last. */
  to: shownDay,
  visits: z.array(visit),
  /** Visits of the period that are over and still planned or open: they wait to be recorded. */
  unrecorded: z.int(),
  /** Public and other days off within the period. */
  daysOff: z.array(z.object({ day: shownDay, da: z.string(), en: z.string() })),
  /** Own citizens whose contact by video alone asks for a review. */
  reviewsDue: z.array(citizenCode),
});
export type VisitOverview = z.infer<typeof visitOverview>;

/** A citizen whose contact has been by video alone for the weeks of the municipality's rule. */
export const review = z.object({
  citizen: citizenCode,
  worker: initials.nullable(),
  /** The first video visit since the last one in person, and that one, if ever. */
  videoSince: day,
  lastInPerson: day.nullable(),
  weeks: z.int(),
  lastAnswer: z.object({ answer: z.enum(reviewAnswers), on: day, by: initials.nullable() }).nullable(),
  due: z.boolean(),
});
export type Review = z.infer<typeof review>;

const dayMoveItem = z.object({
  visit: id,
  citizen: citizenCode,
  channel: z.enum(channels),
  from: z.object(span),
  /** Null where no time was found on the new day. */
  to: z.object(span).nullable(),
  missing: z.array(z.enum(holdParts)),
});
/** Where everything of a day could go. */
export const dayMoveProposal = z.object({
  from: shownDay,
  to: shownDay,
  items: z.array(dayMoveItem),
  complete: z.boolean(),
});
export type DayMoveProposal = z.infer<typeof dayMoveProposal>;

const write = 'visits:write';
const one = { access: write, params: byId } as const;

export const visitsRoutes = {
  list: route(
    'visits.list',
    'GET',
    '/visits',
    {
      access: 'visits:read',
      summary: 'Visits in the order of their time',
      query: z.object({
        ...pageQuery,
        citizen: citizenCode.optional(),
        worker: initials.optional(),
        channel: z.enum(channels).optional(),
        state: z.enum(visitStates).optional(),
        plan: id.optional(),
        from: instant.optional(),
        to: instant.optional(),
      }),
    },
    page(visit),
  ),
  overview: route(
    'visits.overview',
    'GET',
    '/visits/overview',
    {
      access: 'visits:read',
      summary: "A worker's day or week on one page",
      query: z.object({
        worker: initials.optional(),
        from: day,
        days: z.coerce.number().int().min(1).max(14).default(1),
      }),
    },
    visitOverview,
  ),
  plan: route(
    'visits.plan',
    'POST',
    '/visits',
    {
      access: write,
      summary: 'Plan or propose a visit: worker, citizen and room are held together or not at all',
      body: planVisit,
      status: 201,
    },
    visit,
  ),
  show: route(
    'visits.show',
    'GET',
    '/visits/:id',
    { access: 'visits:read', summary: 'One visit', params: byId },
    visit,
  ),
  accept: route(
    'visits.accept',
    'POST',
    '/visits/:id/accept',
    { ...one, summary: 'The proposed time is accepted' },
    visit,
  ),
  propose: route(
    'visits.propose',
    'POST',
    '/visits/:id/propose',
    {
      ...one,
      summary: 'Propose another time; it is held, and the old one let go',
      body: z
        .object({ ...span, by: z.enum(['citizen', 'worker']) })
        .refine(isSpan, spanRule)
        .meta({
          examples: [{ startsAt: '2026-11-25T09:00:00Z', endsAt: '2026-11-25T09:20:00Z', by: 'citizen' }],
        }),
    },
    visit,
  ),
  move: route(
    'visits.move',
    'POST',
    '/visits/:id/move',
    {
      ...one,
      summary: 'Move a visit to another time, room or worker',
      body: z
        .object({ ...span, room: roomWish.optional(), worker: initials.optional(), acknowledge })
        .refine(isSpan, spanRule)
        .meta({ examples: [{ startsAt: '2026-11-24T10:00:00Z', endsAt: '2026-11-24T10:20:00Z' }] }),
    },
    visit,
  ),
  turn: route(
    'visits.turn',
    'POST',
    '/visits/:id/turn',
    {
      ...one,
      summary: 'Turn a visit to another channel, before it begins or in the middle: both parts count',
      body: z
        .object({ to: z.enum(channels), room: roomWish.default(noRoom), at, acknowledge })
        .meta({ examples: [{ to: 'physical' }] }),
    },
    visit,
  ),
  start: route(
    'visits.start',
    'POST',
    '/visits/:id/start',
    {
      ...one,
      summary: 'The visit begins; or, on the way to one that turned physical, the worker is there',
      body: z.object({ at }).meta({ examples: [{}] }),
    },
    visit,
  ),
  end: route(
    'visits.end',
    'POST',
    '/visits/:id/end',
    {
      ...one,
      summary: 'The visit is over and was held',
      body: z.object({ at, ...recorded }).meta({ examples: [{ topics: ['supportive-talk'] }] }),
    },
    visit,
  ),
  record: route(
    'visits.record',
    'POST',
    '/visits/:id/record',
    { ...one, summary: 'Record a visit as held, or correct what was recorded', body: recordVisit },
    visit,
  ),
  recordUnplanned: route(
    'visits.recordUnplanned',
    'POST',
    '/visits/unplanned',
    { access: write, summary: 'Record an unplanned contact', body: recordUnplanned, status: 201 },
    visit,
  ),
  cancel: route(
    'visits.cancel',
    'POST',
    '/visits/:id/cancel',
    {
      ...one,
      summary: 'Cancel a visit; all that it held is free again',
      body: z
        .object({ by: z.enum(cancellers), reason: z.enum(cancelReasons).default('no-reason-given') })
        .meta({ examples: [{ by: 'citizen', reason: 'illness' }] }),
    },
    visit,
  ),
  futile: route(
    'visits.futile',
    'POST',
    '/visits/:id/futile',
    {
      ...one,
      summary: 'Nobody was there',
      body: z
        .object({
          reason: z.enum(futileReasons),
          at,
          waitedMinutes: z.int().min(0).max(240).default(0),
          travelMinutes: z.int().min(0).max(480).default(0),
        })
        .meta({ examples: [{ reason: 'nobody-home', waitedMinutes: 10, travelMinutes: 25 }] }),
    },
    visit,
  ),
  fail: route(
    'visits.fail',
    'POST',
    '/visits/:id/fail',
    {
      ...one,
      summary: 'Technology failed; what was said until then counts',
      body: z.object({ step: z.enum(failureSteps), at }).meta({ examples: [{ step: 'no-sound' }] }),
    },
    visit,
  ),
  followUp: route(
    'visits.followUp',
    'POST',
    '/visits/:id/follow-up',
    {
      ...one,
      summary: 'A failed call was followed up by phone; its minutes count',
      body: z
        .object({ startsAt: instant, endsAt: instant, ...recorded })
        .meta({ examples: [{ startsAt: '2026-11-24T09:15:00Z', endsAt: '2026-11-24T09:25:00Z' }] }),
    },
    visit,
  ),
  readNote: route(
    'visits.readNote',
    'POST',
    '/visits/:id/note/read',
    {
      access: 'visits:read-note',
      summary: 'Read the note for the next time; the reading is logged',
      params: byId,
    },
    z.object({ note: z.string().nullable(), by: initials.nullable(), at: instant.nullable() }),
  ),
  proposeDayMove: route(
    'visits.proposeDayMove',
    'GET',
    '/visits/day-move',
    {
      access: write,
      summary: 'Where everything of a day could go; without `to` the next working day that takes it all',
      query: z.object({ worker: initials.optional(), from: day, to: day.optional() }),
    },
    dayMoveProposal,
  ),
  moveDay: route(
    'visits.moveDay',
    'POST',
    '/visits/day-move',
    {
      access: write,
      summary: 'Move several visits at once: all of them or none',
      body: z
        .object({
          moves: z
            .array(z.strictObject({ visit: id, ...span }).refine(isSpan, spanRule))
            .min(1)
            .max(40)
            .refine(
              (moves) => new Set(moves.map((move) => move.visit.toLowerCase())).size === moves.length,
              'names one twice',
            ),
        })
        .meta({
          examples: [
            {
              moves: [
                {
                  visit: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
                  startsAt: '2026-11-25T09:00:00Z',
                  endsAt: '2026-11-25T09:30:00Z',
                },
              ],
            },
          ],
        }),
    },
    z.object({ visits: z.array(visit) }),
  ),
  listReviews: route(
    'visits.listReviews',
    'GET',
    '/contact-reviews',
    {
      access: 'visits:read',
      summary: 'Citizens whose contact has been by video alone',
      query: z.object({ worker: initials.optional(), all: queryFlag.default(false) }),
    },
    page(review),
  ),
  answerReview: route(
    'visits.answerReview',
    'POST',
    '/citizens/:code/contact-review',
    {
      access: write,
      summary: 'Record what the review of contact by video alone came to',
      params: byCode,
      body: z.object({ answer: z.enum(reviewAnswers) }).meta({ examples: [{ answer: 'visit-planned' }] }),
    },
    review,
  ),
  showRules: route(
    'visits.showRules',
    'GET',
    '/visit-rules',
    { access: 'visits:read', summary: "The municipality's own rules for visits" },
    visitRules,
  ),
  changeRules: route(
    'visits.changeRules',
    'PATCH',
    '/visit-rules',
    {
      access: 'visits:write-rules',
      summary: "Change the municipality's rules for visits",
      body: visitRules.partial().meta({ examples: [{ videoOnlyWeeks: 6 }] }),
    },
    visitRules,
  ),
} as const;
