import { z } from 'zod';
import { findCprLike } from '../kernel/text.ts';
import {
  asked,
  citation,
  curvePoint,
  figuresAt,
  forecast,
  jointFigures,
  lateDifference,
  month,
  phaseNow,
  publishedMonth,
} from './measures.ts';
import {
  citizenCode,
  cprRefused,
  day,
  id,
  initials,
  instant,
  name,
  page,
  personText,
  shownDay,
} from './primitives.ts';
import {
  activityRoles,
  activityStatuses,
  decisionChoices,
  decisionKinds,
  followUpKinds,
  handbookActivities,
  milestoneMeasures,
  milestoneStates,
  preparations,
  programmeKinds,
  tracks,
} from './programme-codes.ts';
import { route } from './route.ts';

/** Codes that a person gives: `M3`, `kickoff`, `F9`. */
const code = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'is letters, digits and hyphens, such as M3 or kickoff')
  .refine((value) => findCprLike(value) === null, cprRefused)
  .meta({ examples: ['M3'] });
const reference = personText(120).meta({
  description: 'Where the evidence lies, such as a document number of the case system.',
});
const targetGroup = z.int().min(1).max(1_000_000);

/** Weeks between two of each standing follow-up. */
const rhythm = z.strictObject({
  goals: z.int().min(1).max(104),
  rooms: z.int().min(1).max(104),
  suitability: z.int().min(1).max(104),
  newcomers: z.int().min(1).max(104),
  culture: z.int().min(1).max(104),
  'data-security': z.int().min(1).max(104),
});
export type Rhythm = z.infer<typeof rhythm>;
/** *Ours*: goals and culture every month, the rest each quarter. */
export const usualRhythm: Rhythm = {
  goals: 4,
  rooms: 13,
  suitability: 4,
  newcomers: 13,
  culture: 4,
  'data-security': 13,
};

export const programme = z.object({
  id,
  name: z.string(),
  kind: z.enum(programmeKinds),
  targetGroup: z.int(),
  startsOn: shownDay,
  trialOn: shownDay.nullable(),
  endsOn: shownDay.nullable(),
  rhythm,
  isHistory: z.boolean(),
  createdAt: instant,
});
export type Programme = z.infer<typeof programme>;

export const milestoneNeed = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('measure'),
    measure: z.enum(milestoneMeasures),
    atLeast: z.int().min(1).max(1_000_000),
  }),
  z.strictObject({ kind: z.literal('activity'), what: code }),
]);

const milestoneInput = z.strictObject({
  due: day,
  da: personText(120),
  en: personText(120),
  needs: z.array(milestoneNeed).min(1).max(12),
});
export type MilestoneInput = z.infer<typeof milestoneInput>;

/** The documented file: `{ "milestones": [{ "id": "M3", "due": "2015-10-31", "da": …, "en": …, "needs": […] }] }`. */
export const milestoneFile = z.object({
  milestones: z
    .array(milestoneInput.extend({ id: code }))
    .min(1)
    .max(60),
});

export const needState = z.object({
  need: milestoneNeed,
  met: z.boolean(),
  /** For a measure: how far it is. */
  value: z.int().nullable(),
  /** The first day on which it was met, and the entry of the ledger that met it (null where many members' months did). */
  metOn: shownDay.nullable(),
  metBy: z.string().nullable(),
});

export const milestone = z.object({
  code: z.string(),
  due: shownDay,
  da: z.string(),
  en: z.string(),
  state: z.enum(milestoneStates),
  /** When all its needs were first met. */
  reachedOn: shownDay.nullable(),
  reachedBy: z.string().nullable().meta({ description: 'Index of the entry that completed it.' }),
  /** Negative: before it was due. */
  daysLate: z.int().nullable(),
  needs: z.array(needState),
  forecast: forecast.nullable(),
  /** One sentence, in the language asked for. */
  why: z.string(),
});
export type Milestone = z.infer<typeof milestone>;

export const activity = z.object({
  code: z.string(),
  phase: z.enum(['preparation', 'implementation', 'operation', 'own']),
  tracks: z.array(z.enum(tracks)),
  da: z.string(),
  en: z.string(),
  steps: z.array(z.string()),
  pitfall: z.string().nullable(),
  status: z.enum(activityStatuses),
  responsible: z.enum(activityRoles).nullable(),
  startsOn: shownDay.nullable(),
  dueOn: shownDay.nullable(),
  doneOn: shownDay.nullable(),
  cases: z.int(),
  evidence: z.array(z.string()),
});
export type Activity = z.infer<typeof activity>;

export const decision = z.object({
  id,
  kind: z.enum(decisionKinds),
  choice: z.enum(decisionChoices),
  on: shownDay,
  reference: z.string().nullable(),
  by: initials.nullable(),
  recordedAt: instant,
});
export type Decision = z.infer<typeof decision>;

export const followUp = z.object({
  kind: z.enum(followUpKinds),
  everyWeeks: z.int(),
  lastOn: shownDay.nullable(),
  nextOn: shownDay,
  overdue: z.boolean(),
});

/** What a leader should know before going on: `trial-without-test` and the like, with the sentence. */
export const readinessKinds = [
  'trial-without-test',
  'it-not-ready',
  'method-not-ready',
  'decision-missing',
  'logistics-untried',
  'staff-untrained',
  'staff-uninformed',
  'follow-up-overdue',
  'activity-overdue',
  'target-missing',
] as const;
export const readiness = z.object({
  kind: z.enum(readinessKinds),
  activity: z.enum(handbookActivities).nullable(),
  weight: z.enum(['stop', 'warn', 'note']),
  sentence: z.string(),
});
export type Readiness = z.infer<typeof readiness>;

export const activityPlan = z.object({
  phase: phaseNow,
  /** How many of the activities of each track are done, of those that are relevant. */
  tracks: z.array(z.object({ track: z.enum(tracks), done: z.int(), of: z.int(), ready: z.boolean() })),
  activities: z.array(activity),
  decisions: z.array(decision),
  targets: z.array(z.object({ due: shownDay, citizens: z.int() })),
  followUps: z.array(followUp),
  estimate: z
    .object({ percent: z.int(), on: shownDay, by: initials.nullable() })
    .nullable()
    .meta({ description: 'The own estimate of the degree of implementation; never the measured rate.' }),
  readiness: z.array(readiness),
});
export type ActivityPlan = z.infer<typeof activityPlan>;

/** What is missing to reach the next milestone. Counts only: never a list of persons for management. */
export const missing = z.object({
  milestone: z.object({ code: z.string(), due: shownDay, da: z.string(), en: z.string() }).nullable(),
  measure: z.string().nullable(),
  /** Citizens (or workers, where the milestone counts those) still to come, and the whole weeks until it is due. */
  citizens: z.int(),
  weeks: z.int(),
  workersWithoutOnline: z.int(),
  suitedNeverOffered: z.int(),
  acceptedNeverCalled: z.int(),
  /** Offers a week that reach it, at the share of offers that has led to it so far; null where nothing was offered yet. */
  offersPerWeek: z.number().nullable(),
  /** Of a hundred offers, so many became what the milestone counts. */
  yieldPercent: z.number().nullable(),
  sentence: z.string(),
});
export type Missing = z.infer<typeof missing>;

/** A worker's own: whom they could offer or call. */
export const missingOwn = z.object({
  target: z.object({ due: shownDay, citizens: z.int() }).nullable(),
  online: z.int(),
  suitedNeverOffered: z.array(citizenCode),
  acceptedNeverCalled: z.array(citizenCode),
});
export type MissingOwn = z.infer<typeof missingOwn>;

export const status = z.object({
  programme,
  municipality: z.string(),
  isDemo: z.boolean(),
  at: shownDay,
  citation: citation.nullable(),
  phase: phaseNow,
  figures: jointFigures,
  degree: activityPlan.shape.estimate,
  curve: z.array(curvePoint),
  milestones: z.array(milestone),
  /** What there is to do now; null for a question of then, a joint programme and a course of the past. */
  missing: missing.nullable(),
  readiness: z.array(readiness).nullable().meta({ description: 'Null for a question of then.' }),
  /** With `checkpoint`: what is different by what the log holds now. */
  late: z.array(lateDifference),
});
export type ProgrammeStatus = z.infer<typeof status>;

export const preparation = z.object({
  initials,
  kind: z.enum(preparations),
  on: shownDay,
  by: initials.nullable(),
  recordedAt: instant,
});

// --- joint programmes ---

export const member = z.object({
  id,
  name: z.string(),
  verifierKeys: z.array(z.string()),
  joinedOn: shownDay,
  leftOn: shownDay.nullable(),
  /** The last month that it contributed, `2015-10`. */
  lastMonth: month.nullable(),
});
export type Member = z.infer<typeof member>;

/** What the lead sends to those who are to take part. */
export const invitation = z.strictObject({
  format: z.literal('naer-invitation/1'),
  programme: id,
  name,
  lead: name,
  startsOn: day,
  endsOn: day.nullable(),
  /** The age recipient that contributions are encrypted to. */
  recipient: z.string().regex(/^age1[0-9a-z]{50,70}$/),
  milestones: milestoneFile.shape.milestones,
});
export type Invitation = z.infer<typeof invitation>;

/** How an armoured age file begins (age-encryption.org/v1). */
const ageBegin = '-----BEGIN AGE ENCRYPTED FILE-----';
const ageFile = z
  .string()
  .max(60_000)
  .regex(new RegExp(`^\\s*${ageBegin}`), 'is an armoured age file')
  .meta({ description: 'An age file, armoured.' });

const byId = z.object({ id });
const sentences = { language: z.enum(['da', 'en']).default('da') };
const at = { ...asked, ...sentences };

export const programmeRoutes = {
  list: route(
    'programme.list',
    'GET',
    '/programmes',
    {
      access: 'programme:list',
      summary: 'The programmes that the municipality runs, leads or takes part in',
    },
    page(programme),
  ),
  create: route(
    'programme.create',
    'POST',
    '/programmes',
    {
      access: 'programme:write',
      summary: 'Begin a programme of the municipality itself',
      body: z
        .object({
          name,
          targetGroup,
          startsOn: day,
          trialOn: day.nullable().default(null),
          endsOn: day.nullable().default(null),
          rhythm: rhythm.default(usualRhythm),
        })
        .meta({ examples: [{ name: 'Online bostøtte', targetGroup: 450, startsOn: '2026-01-05' }] }),
      status: 201,
    },
    programme,
  ),
  change: route(
    'programme.change',
    'PATCH',
    '/programmes/:id',
    {
      access: 'programme:write',
      summary: 'Change a programme',
      params: byId,
      body: z
        .object({ name, targetGroup, startsOn: day, trialOn: day.nullable(), endsOn: day.nullable(), rhythm })
        .partial()
        .meta({ examples: [{ targetGroup: 460 }] }),
    },
    programme,
  ),
  status: route(
    'programme.status',
    'GET',
    '/programmes/:id/status',
    {
      access: 'programme:report',
      summary: 'Plan, curve, milestones, forecast and what is missing, on one screen',
      params: byId,
      query: z.object(at),
    },
    status,
  ),
  measures: route(
    'programme.measures',
    'GET',
    '/programmes/:id/measures',
    {
      access: 'programme:read',
      summary: 'The measures by day, week or month, exact',
      params: byId,
      query: z.object({
        ...asked,
        from: day.optional(),
        by: z
          .enum(['day', 'week', 'month'])
          .optional()
          .meta({ description: 'One figure for the day without it.' }),
        team: name.optional(),
      }),
    },
    z.object({ citation: citation.nullable(), team: z.string().nullable(), items: z.array(figuresAt) }),
  ),
  milestones: route(
    'programme.milestones',
    'GET',
    '/programmes/:id/milestones',
    {
      access: 'programme:report',
      summary: 'Plan and reality of each milestone, with a forecast',
      params: byId,
      query: z.object(at),
    },
    z.object({ citation: citation.nullable(), items: z.array(milestone) }),
  ),
  setMilestones: route(
    'programme.setMilestones',
    'PUT',
    '/programmes/:id/milestones',
    {
      access: 'programme:write',
      summary: 'Set all milestones from a file; those that it does not name are taken off the plan',
      params: byId,
      body: milestoneFile.meta({
        examples: [
          {
            milestones: [
              {
                id: 'M1',
                due: '2026-10-31',
                da: 'Mindst 45 borgere (10 %)',
                en: 'At least 45 citizens (10 %)',
                needs: [{ kind: 'measure', measure: 'receives-regularly', atLeast: 45 }],
              },
            ],
          },
        ],
      }),
    },
    z.object({ items: z.array(milestoneFile.shape.milestones.element) }),
  ),
  setMilestone: route(
    'programme.setMilestone',
    'PUT',
    '/programmes/:id/milestones/:code',
    {
      access: 'programme:write',
      summary: 'Set one milestone',
      params: byId.extend({ code }),
      body: milestoneInput.meta({
        examples: [
          {
            due: '2026-10-31',
            da: 'Mindst 45 borgere (10 %)',
            en: 'At least 45 citizens (10 %)',
            needs: [{ kind: 'measure', measure: 'has-received', atLeast: 45 }],
          },
        ],
      }),
    },
    milestoneFile.shape.milestones.element,
  ),
  removeMilestone: route(
    'programme.removeMilestone',
    'POST',
    '/programmes/:id/milestones/:code/remove',
    { access: 'programme:write', summary: 'Take a milestone off the plan', params: byId.extend({ code }) },
    z.object({ id: z.string() }),
  ),
  forecast: route(
    'programme.forecast',
    'GET',
    '/programmes/:id/forecast',
    {
      access: 'programme:report',
      summary: 'Whether, and when, a number will be reached',
      params: byId,
      query: z.object({
        ...at,
        measure: z.enum(['has-received', 'receives-regularly']).optional(),
        target: z.coerce.number().int().min(1).max(1_000_000).optional(),
        due: day.optional(),
      }),
    },
    z.object({ citation: citation.nullable(), forecast, sentence: z.string(), curve: z.array(curvePoint) }),
  ),
  missing: route(
    'programme.missing',
    'GET',
    '/programmes/:id/missing',
    {
      access: 'programme:read',
      summary: 'What is missing to reach the next milestone, in counts',
      params: byId,
      query: z.object(sentences),
    },
    missing,
  ),
  missingOwn: route(
    'programme.missingOwn',
    'GET',
    '/programmes/:id/missing/own',
    { access: 'programme:own', summary: 'Whom of your own citizens you could offer or call', params: byId },
    missingOwn,
  ),
  activities: route(
    'programme.activities',
    'GET',
    '/programmes/:id/activities',
    {
      access: 'programme:read',
      summary: 'The living plan: activities, decisions, targets, follow-ups and readiness',
      params: byId,
      query: z.object(sentences),
    },
    activityPlan,
  ),
  setActivity: route(
    'programme.setActivity',
    'PATCH',
    '/programmes/:id/activities/:code',
    {
      access: 'programme:write',
      summary: 'Tell of an activity: begun, done, who answers for it, evidence',
      params: byId.extend({ code }),
      body: z
        .object({
          status: z.enum(activityStatuses),
          /** The day that the status holds from; today by default. */
          on: day,
          responsible: z.enum(activityRoles).nullable(),
          startsOn: day.nullable(),
          dueOn: day.nullable(),
          cases: z.int().min(0).max(1000),
          addEvidence: reference,
        })
        .partial()
        .meta({ examples: [{ status: 'done', on: '2026-03-02', addEvidence: 'sag 26/1042' }] }),
    },
    activity,
  ),
  decide: route(
    'programme.decide',
    'POST',
    '/programmes/:id/decisions',
    {
      access: 'programme:write',
      summary: 'Record a decision; the latest of each kind holds',
      params: byId,
      body: z
        .object({
          kind: z.enum(decisionKinds),
          choice: z.enum(decisionChoices),
          on: day.optional(),
          reference: reference.nullable().default(null),
        })
        .meta({ examples: [{ kind: 'expectation', choice: 'must', reference: 'sag 26/1042' }] }),
      status: 201,
    },
    decision,
  ),
  setTarget: route(
    'programme.setTarget',
    'PUT',
    '/programmes/:id/targets/:due',
    {
      access: 'programme:write',
      summary: 'How many citizens by video each worker is to have by a day',
      params: byId.extend({ due: day }),
      body: z.object({ citizens: z.int().min(1).max(50) }).meta({ examples: [{ citizens: 2 }] }),
    },
    z.object({ due: shownDay, citizens: z.int() }),
  ),
  holdFollowUp: route(
    'programme.holdFollowUp',
    'POST',
    '/programmes/:id/follow-ups',
    {
      access: 'programme:write',
      summary: 'Record that a standing follow-up was held',
      params: byId,
      body: z
        .object({
          kind: z.enum(followUpKinds),
          on: day.optional(),
          reference: reference.nullable().default(null),
        })
        .meta({ examples: [{ kind: 'goals' }] }),
      status: 201,
    },
    followUp,
  ),
  estimate: route(
    'programme.estimate',
    'POST',
    '/programmes/:id/estimates',
    {
      access: 'programme:write',
      summary: 'Record the own estimate of the degree of implementation',
      params: byId,
      body: z
        .object({ percent: z.int().min(0).max(100), on: day.optional() })
        .meta({ examples: [{ percent: 20 }] }),
      status: 201,
    },
    z.object({ percent: z.int(), on: shownDay, by: initials.nullable() }),
  ),
  listPreparations: route(
    'programme.listPreparations',
    'GET',
    '/preparations',
    { access: 'programme:write', summary: 'Who was trained, and who was informed on data security' },
    page(preparation),
  ),
  prepare: route(
    'programme.prepare',
    'POST',
    '/preparations',
    {
      access: 'programme:write',
      summary: 'Record that members of staff were trained or informed',
      body: z
        .object({
          initials: z.array(initials).min(1).max(200),
          kind: z.enum(preparations),
          on: day.optional(),
        })
        .meta({ examples: [{ initials: ['BM13'], kind: 'trained', on: '2026-02-10' }] }),
      status: 201,
    },
    page(preparation),
  ),
  months: route(
    'programme.months',
    'GET',
    '/programmes/:id/months',
    {
      access: 'programme:report',
      summary: 'Month-ends as they are given out: groups under five hidden, and never derivable',
      params: byId,
      query: z.object({ from: month.optional(), to: month.optional() }),
    },
    z.object({ items: z.array(publishedMonth) }),
  ),
  report: route(
    'programme.report',
    'GET',
    '/programmes/:id/report',
    {
      access: 'programme:report',
      summary: 'The report of a month-end: a page, data, a table or a picture',
      params: byId,
      query: z.object({
        ...sentences,
        month: month.optional().meta({ description: 'The last that was published by default.' }),
        format: z.enum(['html', 'json', 'csv', 'svg', 'png']).default('html'),
      }),
      form: 'download',
    },
    z.undefined(),
  ),
  lead: route(
    'programme.lead',
    'POST',
    '/joint-programmes',
    {
      access: 'programme:lead',
      summary: 'Begin a joint programme that this municipality leads',
      body: z
        .object({
          name,
          startsOn: day,
          endsOn: day.nullable().default(null),
          milestones: milestoneFile.shape.milestones,
        })
        .meta({
          examples: [
            {
              name: 'Online bostøtte i nord',
              startsOn: '2015-01-01',
              milestones: [
                {
                  id: 'M2',
                  due: '2015-07-31',
                  da: 'Mindst 50 borgere',
                  en: 'At least 50 citizens',
                  needs: [{ kind: 'measure', measure: 'has-received', atLeast: 50 }],
                },
              ],
            },
          ],
        }),
      status: 201,
    },
    programme,
  ),
  invitation: route(
    'programme.invitation',
    'GET',
    '/joint-programmes/:id/invitation',
    {
      access: 'programme:lead',
      summary: 'The invitation to send to those who are to take part',
      params: byId,
    },
    invitation,
  ),
  join: route(
    'programme.join',
    'POST',
    '/joint-programmes/join',
    {
      access: 'programme:write',
      summary: 'Take part in a joint programme',
      body: z.object({ invitation, targetGroup }).meta({
        examples: [
          {
            targetGroup: 200,
            invitation: {
              format: 'naer-invitation/1',
              programme: '4f0c1d5e-6a53-4f5e-9d7e-0f4d7a0c9b11',
              name: 'Online bostøtte i nord',
              lead: 'Nordby',
              startsOn: '2015-01-01',
              endsOn: null,
              recipient: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
              milestones: [
                {
                  id: 'M2',
                  due: '2015-07-31',
                  da: 'Mindst 50 borgere',
                  en: 'At least 50 citizens',
                  needs: [{ kind: 'measure', measure: 'has-received', atLeast: 50 }],
                },
              ],
            },
          },
        ],
      }),
      status: 201,
    },
    z.object({ programme, verifierKey: z.string() }),
  ),
  members: route(
    'programme.members',
    'GET',
    '/joint-programmes/:id/members',
    {
      access: 'programme:lead',
      summary: 'Who takes part, and until which month they have contributed',
      params: byId,
    },
    page(member),
  ),
  addMember: route(
    'programme.addMember',
    'POST',
    '/joint-programmes/:id/members',
    {
      access: 'programme:lead',
      summary: 'Take a municipality in, with the key of its log',
      params: byId,
      body: z
        .object({ name, verifierKey: personText(400), targetGroup, on: day.optional() })
        .meta({ examples: [{ name: 'Sydby', verifierKey: 'naer/sydby/1+530cdecb+AfM0', targetGroup: 200 }] }),
      status: 201,
    },
    member,
  ),
  addMemberKey: route(
    'programme.addMemberKey',
    'POST',
    '/joint-programmes/:id/members/:member/keys',
    {
      access: 'programme:lead',
      summary: 'A member signs with a new key from now on',
      params: byId.extend({ member: id }),
      body: z
        .object({ verifierKey: personText(400) })
        .meta({ examples: [{ verifierKey: 'naer/sydby/1+530cdecb+AfM0' }] }),
    },
    member,
  ),
  contribute: route(
    'programme.contribute',
    'POST',
    '/joint-programmes/:id/contributions',
    {
      access: 'programme:write',
      summary: 'As member: the signed and encrypted month-end to send to the lead',
      params: byId,
      body: z.object({ month }).meta({ examples: [{ month: '2015-10' }] }),
    },
    z.object({ month, file: z.string().meta({ description: 'An age file, armoured.' }) }),
  ),
  receive: route(
    'programme.receive',
    'POST',
    '/joint-programmes/:id/received',
    {
      access: 'programme:lead',
      summary: 'As lead: take a contribution in',
      params: byId,
      body: z.object({ file: ageFile }).meta({ examples: [{ file: `${ageBegin}\nYWdlLWVuY3J5…` }] }),
      status: 201,
    },
    z.object({ member: z.string(), month, receivedAt: instant }),
  ),
} as const;
