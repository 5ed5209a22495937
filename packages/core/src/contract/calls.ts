import { z } from 'zod';
import {
  callEncryptions,
  callers,
  callStates,
  goneReasons,
  seatKinds,
  seatStates,
  speakAgains,
  testOutcomes,
  testSteps,
  troubleSteps,
} from './call-codes.ts';
import { keyExchange } from './key-exchange.ts';
import { byId, citizenCode, email, id, initials, instant, personText, phone } from './primitives.ts';
import { route } from './route.ts';
import { participantKinds } from './visit-codes.ts';

export const testResult = z.strictObject({
  step: z.enum(testSteps),
  outcome: z.enum(testOutcomes),
});
export type TestResult = z.infer<typeof testResult>;

/** One who may come in. No names: a colleague by initials, a guest by what they are. */
export const seat = z.object({
  id,
  kind: z.enum(seatKinds),
  role: z.enum(participantKinds).nullable(),
  initials: initials.nullable(),
  state: z.enum(seatStates),
  /** Since when they are in this state. */
  since: instant,
  /** In the waiting room since; kept over a reload. */
  waitingSince: instant.nullable(),
  /** Connected to the media server now. */
  present: z.boolean(),
  gone: z.enum(goneReasons).nullable(),
  /** On the telephone instead of the page. */
  byPhone: z.boolean(),
  tests: z.array(testResult),
  /** Whether their browser can encrypt end to end; null until they came. */
  canEncrypt: z.boolean().nullable(),
  exchange: keyExchange,
});
export type Seat = z.infer<typeof seat>;

export const callFailure = z.object({
  step: z.enum(troubleSteps),
  at: instant,
  /** What was agreed: who phones, until when. */
  caller: z.enum(callers),
  phonesBy: instant,
  speakAgain: z.enum(speakAgains),
});

/** A call as staff see it. */
export const call = z.object({
  id,
  visit: id,
  citizen: citizenCode,
  worker: initials,
  state: z.enum(callStates),
  /** When the waiting room opens, and when the links stop holding. */
  opensAt: instant,
  closesAt: instant,
  encryption: z.enum(callEncryptions).nullable(),
  aloneSince: instant.nullable(),
  seats: z.array(seat),
  failure: callFailure.nullable(),
  /** Suggested from who was in when: whole minutes in which host and another were in together. */
  minutes: z.int(),
});
export type Call = z.infer<typeof call>;

/** One in a waiting room, for the worker's list. */
export const waiting = z.object({
  visit: id,
  seat: id,
  citizen: citizenCode,
  kind: z.enum(seatKinds),
  role: z.enum(participantKinds).nullable(),
  since: instant,
  byPhone: z.boolean(),
  plannedStartsAt: instant.nullable(),
});
export type Waiting = z.infer<typeof waiting>;

const seatWish = z
  .object({ seat: id })
  .meta({ examples: [{ seat: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11' }] });

const host = { access: 'calls:host', params: byId } as const;

/** For staff: the terminal, chats and the desk. */
export const callsRoutes = {
  waitingRoom: route(
    'calls.waitingRoom',
    'GET',
    '/waiting-room',
    { access: 'calls:host', summary: 'Who waits for me now' },
    z.object({ items: z.array(waiting) }),
  ),
  show: route(
    'calls.show',
    'GET',
    '/visits/:id/call',
    { access: 'calls:read', summary: 'The call of a visit by video', params: byId },
    call,
  ),
  start: route(
    'calls.start',
    'POST',
    '/visits/:id/call/start',
    {
      ...host,
      summary:
        "A single-use link to one's own page of the call, good for two minutes; what was given before no longer holds",
      body: z.object({ agenda: personText(2000).nullable().optional() }).meta({ examples: [{}] }),
    },
    z.object({ url: z.url(), expiresAt: instant }),
  ),
  admit: route(
    'calls.admit',
    'POST',
    '/visits/:id/call/admit',
    { ...host, summary: 'Let somebody in from the waiting room', body: seatWish },
    call,
  ),
  refuse: route(
    'calls.refuse',
    'POST',
    '/visits/:id/call/refuse',
    { ...host, summary: 'Turn somebody away; their link no longer holds', body: seatWish },
    call,
  ),
  byPhone: route(
    'calls.byPhone',
    'POST',
    '/visits/:id/call/by-phone',
    {
      ...host,
      summary: 'Somebody is on the telephone instead: they wait and are admitted like everybody',
      body: seatWish,
    },
    call,
  ),
  inviteGuest: route(
    'calls.inviteGuest',
    'POST',
    '/visits/:id/call/guests',
    {
      ...host,
      summary: 'Invite an external party by link; where it goes is kept sealed until the call is over',
      body: z
        .object({
          role: z.enum(participantKinds),
          email: email.optional(),
          phone: phone.optional(),
          language: z.enum(['da', 'en']).default('da'),
        })
        .refine((to) => (to.email === undefined) !== (to.phone === undefined), 'give either email or phone')
        .meta({ examples: [{ role: 'caseworker', email: 'sagsbehandler@example.dk' }] }),
      status: 201,
    },
    call,
  ),
  sendLink: route(
    'calls.sendLink',
    'POST',
    '/visits/:id/call/links',
    {
      ...host,
      summary: 'Send a new link; the one before no longer holds',
      body: z
        .object({
          seat: id,
          /** A code to type before the link opens; told in person or by phone, never sent along. Not said: as before; null: none. */
          pin: z
            .string()
            .regex(/^\d{4,8}$/, 'is 4 to 8 digits')
            .nullish(),
        })
        .meta({ examples: [{ seat: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11' }] }),
    },
    call,
  ),
  revokeLink: route(
    'calls.revokeLink',
    'POST',
    '/visits/:id/call/links/revoke',
    { ...host, summary: 'The link of a seat no longer holds', body: seatWish },
    call,
  ),
} as const;
