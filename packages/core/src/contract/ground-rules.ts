import { z } from 'zod';
import { parseDanishPhone } from '../kernel/text.ts';
import { callers, contactChoices, speakAgains } from './call-codes.ts';
import { byCode, citizenCode, cprOr, day, initials, instant } from './primitives.ts';
import { route } from './route.ts';

/** A local time of day such as 21:00. */
const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is a time of day such as 21:00')
  .meta({ examples: ['21:00'] });

/** A number that is shown to be phoned: as any other, or a short one such as 112 or 1813, which no country code goes before. */
const publicPhone = z
  .string()
  .max(40)
  .transform((value, context) => {
    const short = value.replace(/\s/g, '');
    const parsed = /^1\d{2,5}$/.test(short) ? short : parseDanishPhone(value);
    if (parsed === null) {
      context.addIssue({ code: 'custom', message: cprOr('is not a telephone number', value) });
      return z.NEVER;
    }
    return parsed;
  })
  .meta({ description: 'Eight Danish digits, + and country code, or a short number.', examples: ['112'] });

/** What was agreed for a call that fails (*spilleregler*, domain page section 2). */
const agreement = z.strictObject({
  /** Who phones whom. */
  caller: z.enum(callers),
  /** After so many minutes without sound and picture. */
  afterMinutes: z.int().min(1).max(30),
  speakAgain: z.enum(speakAgains),
});
export type Agreement = z.infer<typeof agreement>;

/** What holds for every citizen of a municipality until something else is agreed with them. */
export const callDefaults = z.object({
  ...agreement.shape,
  /** Shown on every page where technology fails, and where a link does not hold. */
  helpPhone: publicPhone.nullable(),
  /** Acute help: stands wherever somebody may ask for a talk, for that is never in its place. */
  acutePhone: publicPhone.nullable(),
  /** No message between these local times, unless a visit itself lies there; see modules/messaging/quiet-hours.ts. */
  quietFrom: clockTime,
  quietUntil: clockTime,
  /** A waiting room opens so many minutes before the planned start. */
  opensBeforeMinutes: z.int().min(5).max(120),
});
export type CallDefaults = z.infer<typeof callDefaults>;

/** Until a municipality says otherwise. The number for acute help is 112 in Denmark. */
export const usualCallDefaults: CallDefaults = {
  caller: 'worker',
  afterMinutes: 3,
  speakAgain: 'by-phone-at-once',
  helpPhone: null,
  acutePhone: '112',
  quietFrom: '21:00',
  quietUntil: '08:00',
  opensBeforeMinutes: 30,
};

export const groundRules = z.object({
  citizen: citizenCode,
  ...agreement.shape,
  /** Whether these were agreed with this citizen, or are the municipality's. */
  agreed: z.boolean(),
  reviewedOn: day.nullable(),
  reviewedBy: initials.nullable(),
  /** How the citizen wants to hear of appointments. */
  contact: z.enum(contactChoices),
  language: z.enum(['da', 'en']),
  /** Whether the vault holds a number to phone; the number itself is read with a reason. */
  hasPhone: z.boolean(),
  hasEmail: z.boolean(),
  updatedAt: instant.nullable(),
});
export type GroundRules = z.infer<typeof groundRules>;

export const changeGroundRules = z
  .object({
    ...agreement.shape,
    contact: z.enum(contactChoices),
    language: z.enum(['da', 'en']),
    /** When it was agreed or gone through again; today, where an agreement is given without a day. */
    reviewedOn: day,
  })
  .partial()
  .meta({ examples: [{ caller: 'worker', afterMinutes: 5, reviewedOn: '2026-11-24' }] });
export type ChangeGroundRules = z.infer<typeof changeGroundRules>;

/** One stretch of a weekday in local time. */
const talkSpan = z.strictObject({
  /** ISO: Monday is 1. */
  weekday: z.int().min(1).max(7),
  from: clockTime,
  until: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'is a time of day such as 15:00, at most 24:00')
    .meta({ examples: ['15:00'] }),
});
export type TalkSpan = z.infer<typeof talkSpan>;

/** Within which local hours of which weekdays a worker may be asked for a talk; none until they have set some. */
export const talkHours = z.object({
  worker: initials,
  hours: z
    .array(talkSpan)
    .max(21)
    .refine((spans) => spans.every(({ from, until }) => from < until), 'ends before it begins')
    .refine(
      (spans) =>
        spans.every((one, n) =>
          spans.every(
            (other, m) =>
              n >= m || one.weekday !== other.weekday || one.until <= other.from || other.until <= one.from,
          ),
        ),
      'names the same time twice',
    ),
});
export type TalkHours = z.infer<typeof talkHours>;

export const groundRulesRoutes = {
  show: route(
    'groundRules.show',
    'GET',
    '/citizens/:code/ground-rules',
    { access: 'ground-rules:read', summary: 'What is agreed for a call that fails', params: byCode },
    groundRules,
  ),
  change: route(
    'groundRules.change',
    'PATCH',
    '/citizens/:code/ground-rules',
    {
      access: 'ground-rules:write',
      summary: 'Record what was agreed with the citizen; what is left out stays',
      params: byCode,
      body: changeGroundRules,
    },
    groundRules,
  ),
  showDefaults: route(
    'groundRules.showDefaults',
    'GET',
    '/call-defaults',
    { access: 'ground-rules:read', summary: "The municipality's own rules for calls" },
    callDefaults,
  ),
  changeDefaults: route(
    'groundRules.changeDefaults',
    'PATCH',
    '/call-defaults',
    {
      access: 'ground-rules:write-defaults',
      summary: "Change the municipality's rules for calls",
      body: callDefaults.partial().meta({ examples: [{ helpPhone: '70 00 00 00' }] }),
    },
    callDefaults,
  ),
  showTalkHours: route(
    'groundRules.showTalkHours',
    'GET',
    '/talk-hours/:initials',
    {
      access: 'ground-rules:read',
      summary: 'When a worker may be asked for a talk',
      params: z.object({ initials }),
    },
    talkHours,
  ),
  setTalkHours: route(
    'groundRules.setTalkHours',
    'PUT',
    '/talk-hours/:initials',
    {
      access: 'ground-rules:write',
      summary: "Set one's own hours for talks, or a colleague's where one may plan for others",
      params: z.object({ initials }),
      body: talkHours.pick({ hours: true }).meta({
        examples: [{ hours: [{ weekday: 1, from: '09:00', until: '15:00' }] }],
      }),
    },
    talkHours,
  ),
} as const;
