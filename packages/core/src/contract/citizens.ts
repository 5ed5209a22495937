import { z } from 'zod';
import {
  byCode,
  citizenCode,
  day,
  email,
  id,
  initials,
  instant,
  name,
  page,
  pageQuery,
  personText,
  phone,
} from './primitives.ts';
import { route } from './route.ts';

/** The course of online support for one citizen. */
export const citizenStatuses = [
  'candidate',
  'offered',
  'accepted',
  'declined',
  'introduced',
  'active',
  'tapering',
  'ended',
] as const;
export type CitizenStatus = (typeof citizenStatuses)[number];

/** Why a step was taken; each status has its own closed list. */
export const stepReasons = {
  candidate: ['mapped', 'imported', 'returned'],
  offered: ['first-talk', 'worker-suggestion', 'citizen-request', 'offered-again'],
  accepted: ['own-wish', 'worker-suggestion', 'support-away-from-home', 'illness', 'smaller-bites'],
  declined: [
    'prefers-visits',
    'no-equipment',
    'weak-connection',
    'uneasy-with-technology',
    'fear-of-being-watched',
    'not-suited-now',
    'no-reason-given',
  ],
  introduced: ['at-home', 'at-an-office', 'by-video'],
  active: ['first-call-held', 'resumed'],
  tapering: ['goal-near', 'moving-out', 'citizen-wish'],
  ended: [
    'goal-reached',
    'citizen-wish',
    'moved-away',
    'grant-ended',
    'needs-visits',
    'technology-failed',
    'died',
  ],
} as const satisfies Record<CitizenStatus, readonly string[]>;
export type StepReason = (typeof stepReasons)[CitizenStatus][number];
export const allStepReasons = [...new Set(Object.values(stepReasons).flat())] as [
  StepReason,
  ...StepReason[],
];

export const grantPeriods = ['week', 'fortnight'] as const;
export const ownEquipment = ['unknown', 'none', 'phone', 'tablet', 'computer'] as const;
export const connections = ['unknown', 'none', 'weak', 'good'] as const;
export const itSkills = ['unknown', 'none', 'some', 'good'] as const;
/** Whether somebody else than the known face may call by video; four in ten do not want that (domain page, section 2). */
export const substituteWishes = ['unknown', 'welcome', 'unwanted'] as const;
export const suitabilityOutcomes = ['suited', 'suited-with-help', 'not-now', 'unsuited'] as const;
export const suitabilityReasons = [
  'wishes-video',
  'calm-on-video',
  'needs-presence',
  'acute-illness',
  'concerned-by-camera',
  'technology-too-hard',
  'no-private-place',
  'practical-help-needed',
  'relation-too-new',
] as const;

/** Why somebody reads who a citizen is. Every reading is logged with one of these. */
export const identityReasons = [
  'contact',
  'visit',
  'delivery',
  'emergency',
  'correction',
  'data-subject-request',
  'supervision',
  'documentation',
] as const;
export type IdentityReason = (typeof identityReasons)[number];
/**
 * What was read: the identity, a code by look-up, an export of many, the note of a visit, what was handed to the case system,
 * the weekly plan.
 */
export const accessKinds = ['read', 'find', 'export', 'note', 'hand-off', 'weekly-plan'] as const;
export type AccessKind = (typeof accessKinds)[number];
export const erasureReasons = ['data-subject-request', 'retention-expired', 'registered-by-mistake'] as const;

const granted = z.strictObject({ minutes: z.int().min(0).max(10_080), per: z.enum(grantPeriods) }).meta({
  description: 'Granted support in minutes per week or per fortnight.',
  examples: [{ minutes: 120, per: 'week' }],
});

/** How citizen and worker know each other before the first call: met on a day, or reached by video because isolated. */
const acquaintance = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('not-met') }),
  z.strictObject({ kind: z.literal('met'), on: day }),
  z.strictObject({ kind: z.literal('isolated') }),
]);

export const citizen = z.object({
  code: citizenCode,
  status: z.enum(citizenStatuses),
  team: z.object({ id, name: z.string() }).nullable(),
  worker: initials.nullable(),
  substitute: initials.nullable(),
  legalBasis: z.string(),
  granted,
  supportFrom: day.nullable(),
  equipment: z.enum(ownEquipment),
  connection: z.enum(connections),
  itSkills: z.enum(itSkills),
  acquaintance,
  substituteByVideo: z.enum(substituteWishes),
  erasedAt: instant.nullable(),
  createdAt: instant,
  updatedAt: instant,
});
export type Citizen = z.infer<typeof citizen>;

/** Who a citizen is. Lives encrypted in the vault; every reading is logged. */
export const identity = z.object({
  reference: z.string().meta({ description: "The municipality's own case number; never a CPR number." }),
  name: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  address: z.string().nullable(),
});
export type Identity = z.infer<typeof identity>;

const reference = personText(40);
const address = personText(200);
const identityInput = z.strictObject({
  reference,
  name,
  phone: phone.nullable().default(null),
  email: email.nullable().default(null),
  address: address.nullable().default(null),
});
/** Without the defaults of a registration: zod applies them in `partial()` too, and a corrected name would clear the rest. */
const identityChange = z
  .object({ reference, name, phone: phone.nullable(), email: email.nullable(), address: address.nullable() })
  .partial()
  .meta({ examples: [{ phone: '20 00 00 00' }] });
export type IdentityInput = z.infer<typeof identityInput>;

const facts = z.object({
  team: name.nullable(),
  worker: initials.nullable(),
  substitute: initials.nullable(),
  legalBasis: personText(40),
  granted,
  supportFrom: day.nullable(),
  equipment: z.enum(ownEquipment),
  connection: z.enum(connections),
  itSkills: z.enum(itSkills),
  acquaintance,
  substituteByVideo: z.enum(substituteWishes),
});
export type CitizenFacts = z.infer<typeof facts>;

export const registerCitizen = z
  .object({
    identity: identityInput,
    team: name.nullable().default(null),
    worker: initials.nullable().default(null),
    substitute: initials.nullable().default(null),
    legalBasis: personText(40),
    granted,
    supportFrom: day.nullable().default(null),
    equipment: z.enum(ownEquipment).default('unknown'),
    connection: z.enum(connections).default('unknown'),
    itSkills: z.enum(itSkills).default('unknown'),
    acquaintance: acquaintance.default({ kind: 'not-met' }),
    substituteByVideo: z.enum(substituteWishes).default('unknown'),
  })
  .meta({
    examples: [
      {
        identity: {
          reference: '100299',
          name: 'Lærke Krogh',
          phone: '20 00 00 00',
          email: null,
          address: null,
        },
        team: null,
        worker: null,
        legalBasis: 'SEL § 85',
        granted: { minutes: 120, per: 'week' },
        equipment: 'tablet',
        connection: 'good',
      },
    ],
  });
export type RegisterCitizen = z.infer<typeof registerCitizen>;

export const changeCitizen = facts.partial().meta({ examples: [{ connection: 'good' }] });

export const step = z.object({
  id,
  from: z.enum(citizenStatuses).nullable(),
  to: z.enum(citizenStatuses),
  reason: z.enum(allStepReasons),
  on: day,
  by: initials.nullable(),
  recordedAt: instant,
});
export type Step = z.infer<typeof step>;

export const assessment = z.object({
  id,
  outcome: z.enum(suitabilityOutcomes),
  reasons: z.array(z.enum(suitabilityReasons)),
  withCitizen: z.boolean(),
  on: day,
  by: initials.nullable(),
  recordedAt: instant,
});
export type Assessment = z.infer<typeof assessment>;

export const access = z.object({
  id,
  by: initials.nullable(),
  reason: z.enum(identityReasons),
  kind: z.enum(accessKinds),
  at: instant,
});

export const legalBasis = z.object({ code: z.string(), label: z.string() });

const byReason = z.object({ reason: z.enum(identityReasons) }).meta({ examples: [{ reason: 'visit' }] });

export const citizensRoutes = {
  listLegalBases: route(
    'citizens.listLegalBases',
    'GET',
    '/legal-bases',
    { access: 'citizens:read', summary: 'The legal bases that support may be granted under' },
    page(legalBasis),
  ),
  addLegalBasis: route(
    'citizens.addLegalBasis',
    'POST',
    '/legal-bases',
    {
      access: 'municipality:write',
      summary: 'Add a legal basis',
      body: z
        .object({ code: personText(40), label: personText(120) })
        .meta({ examples: [{ code: 'SEL § 82 a', label: 'Tidlig forebyggende indsats' }] }),
      status: 201,
    },
    legalBasis,
  ),
  list: route(
    'citizens.list',
    'GET',
    '/citizens',
    {
      access: 'citizens:read',
      summary: 'Citizens by code; never with names',
      query: z.object({
        ...pageQuery,
        status: z.enum(citizenStatuses).optional(),
        team: name.optional(),
        worker: initials.optional(),
        erased: z
          .enum(['true', 'false'])
          .transform((v) => v === 'true')
          .default(false),
      }),
    },
    page(citizen),
  ),
  register: route(
    'citizens.register',
    'POST',
    '/citizens',
    { access: 'citizens:write', summary: 'Register a citizen', body: registerCitizen, status: 201 },
    citizen,
  ),
  show: route(
    'citizens.show',
    'GET',
    '/citizens/:code',
    { access: 'citizens:read', summary: 'One citizen, without identity', params: byCode },
    citizen,
  ),
  change: route(
    'citizens.change',
    'PATCH',
    '/citizens/:code',
    {
      access: 'citizens:write',
      summary: 'Change what is known of a citizen',
      params: byCode,
      body: changeCitizen,
    },
    citizen,
  ),
  listSteps: route(
    'citizens.listSteps',
    'GET',
    '/citizens/:code/steps',
    { access: 'citizens:read', summary: 'The course so far', params: byCode },
    page(step),
  ),
  takeStep: route(
    'citizens.takeStep',
    'POST',
    '/citizens/:code/steps',
    {
      access: 'citizens:step',
      summary: 'Take the next step of the course',
      params: byCode,
      body: z
        .object({ to: z.enum(citizenStatuses), reason: z.enum(allStepReasons), on: day.optional() })
        .meta({ examples: [{ to: 'offered', reason: 'first-talk', on: '2026-11-24' }] }),
      status: 201,
    },
    step,
  ),
  listAssessments: route(
    'citizens.listAssessments',
    'GET',
    '/citizens/:code/assessments',
    { access: 'citizens:read', summary: 'Suitability assessments over time', params: byCode },
    page(assessment),
  ),
  assess: route(
    'citizens.assess',
    'POST',
    '/citizens/:code/assessments',
    {
      access: 'citizens:assess',
      summary: 'Record a suitability assessment',
      params: byCode,
      body: z
        .object({
          outcome: z.enum(suitabilityOutcomes),
          reasons: z.array(z.enum(suitabilityReasons)).max(suitabilityReasons.length).default([]),
          withCitizen: z.boolean(),
          on: day.optional(),
        })
        .meta({
          examples: [
            { outcome: 'suited-with-help', reasons: ['wishes-video'], withCitizen: true, on: '2026-11-24' },
          ],
        }),
      status: 201,
    },
    assessment,
  ),
  readIdentity: route(
    'citizens.readIdentity',
    'POST',
    '/citizens/:code/identity/read',
    {
      access: 'citizens:read-identity',
      summary: 'Read who a citizen is; the reading is logged',
      params: byCode,
      body: byReason,
    },
    identity,
  ),
  changeIdentity: route(
    'citizens.changeIdentity',
    'PATCH',
    '/citizens/:code/identity',
    {
      access: 'citizens:write-identity',
      summary: 'Correct who a citizen is',
      params: byCode,
      body: identityChange,
    },
    citizen,
  ),
  find: route(
    'citizens.find',
    'POST',
    '/citizens/find',
    {
      access: 'citizens:find',
      summary: 'Find the code by telephone number or reference; the look-up is logged',
      body: z
        .object({ phone: phone.optional(), reference: reference.optional(), reason: z.enum(identityReasons) })
        .refine(
          (wish) => (wish.phone === undefined) !== (wish.reference === undefined),
          'give either phone or reference',
        )
        .meta({ examples: [{ reference: '100299', reason: 'contact' }] }),
    },
    z.object({ codes: z.array(citizenCode) }),
  ),
  listAccesses: route(
    'citizens.listAccesses',
    'GET',
    '/citizens/:code/accesses',
    {
      access: 'citizens:read-accesses',
      summary: 'Who has read this identity, when and why',
      params: byCode,
      query: z.object(pageQuery),
    },
    page(access),
  ),
  erase: route(
    'citizens.erase',
    'POST',
    '/citizens/:code/erase',
    {
      access: 'citizens:erase',
      summary: "Erase a citizen's identity for good: the key is destroyed",
      params: byCode,
      body: z
        .object({ reason: z.enum(erasureReasons) })
        .meta({ examples: [{ reason: 'data-subject-request' }] }),
    },
    citizen,
  ),
} as const;
