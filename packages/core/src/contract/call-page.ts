import { z } from 'zod';
import {
  callEncryptions,
  callers,
  callStates,
  planFormats,
  seatKinds,
  seatStates,
  speakAgains,
  testSteps,
  troubleSteps,
} from './call-codes.ts';
import { callFailure, seat, testResult } from './calls.ts';
import { bytes, commitment, nonce, publicKey, wrappedKey } from './key-exchange.ts';
import { email, id, instant, personText, phone } from './primitives.ts';
import { route } from './route.ts';
import { futileReasons, participantKinds, visitPurposes, visitStates, visitTopics } from './visit-codes.ts';

/** The weekly plan (*ugeskema*), without what is in it. */
export const weeklyPlan = z.object({
  /** Another one with each version. */
  id,
  format: z.enum(planFormats),
  pages: z.int(),
  bytes: z.int(),
  byCitizen: z.boolean(),
  updatedAt: instant,
});
export type WeeklyPlan = z.infer<typeof weeklyPlan>;

/** What the page shows; nothing of it is known to somebody whose link does not hold. */
export const callPage = z.object({
  /** Counts changes of the call: give it back as `after` to wait for the next one. */
  version: z.int(),
  now: instant,
  municipality: z.string(),
  isDemo: z.boolean(),
  helpPhone: z.string().nullable(),
  acutePhone: z.string().nullable(),
  language: z.enum(['da', 'en']),
  state: z.enum(callStates),
  visit: z.object({
    startsAt: instant,
    endsAt: instant,
    opensAt: instant,
    closesAt: instant,
    state: z.enum(visitStates),
    /** Of a visit that is proposed: who waits for an answer. */
    proposedBy: z.enum(['citizen', 'worker']).nullable(),
    /** The worker's first name: the known face is to be recognised. */
    worker: z.string(),
    /** For the host; nobody's else. */
    purposes: z.array(z.enum(visitPurposes)),
    /** Points to speak of, as the host wrote them: for the host, colleagues and guests, and for the citizen once let in. */
    agenda: z.string().nullable(),
    /** When they speak again, where it is planned. */
    next: z.object({ startsAt: instant, channel: z.enum(['video', 'physical', 'phone']) }).nullable(),
  }),
  me: z.object({
    seat: id,
    kind: z.enum(seatKinds),
    isHost: z.boolean(),
    state: z.enum(seatStates),
    waitingSince: instant.nullable(),
  }),
  /** For the host: everybody; for others: who is in, and the host. */
  seats: z.array(seat),
  encryption: z.enum(callEncryptions).nullable(),
  aloneSince: instant.nullable(),
  /** Who sits in the room with the citizen, as the citizen or the host said; null for nobody. */
  company: z.enum(participantKinds).nullable(),
  groundRules: z.object({
    caller: z.enum(callers),
    afterMinutes: z.int(),
    speakAgain: z.enum(speakAgains),
    /** The last two digits of the number that is phoned, to recognise; null where there is none. */
    phoneEnds: z.string().nullable(),
  }),
  failure: callFailure.nullable(),
  /** For the host: whole minutes in which they and another were in together until now; else null. */
  minutes: z.int().nullable(),
  /** Of the last version; null where there is none, and for those who may not look at it now. */
  plan: weeklyPlan.nullable(),
});
export type CallPage = z.infer<typeof callPage>;

/** What technology was like when something failed; no names, no addresses, no free text. */
export const diagnostics = z.strictObject({
  device: z.enum(['ipad', 'iphone', 'android', 'mac', 'windows', 'linux', 'other']),
  browser: z.enum(['chrome', 'edge', 'firefox', 'safari', 'samsung', 'other']),
  browserVersion: z.int().min(0).max(9999).nullable(),
  codecs: z.array(z.enum(['vp8', 'vp9', 'h264', 'av1', 'opus', 'red'])).max(6),
  roundTripMs: z.int().min(0).max(60_000).nullable(),
  lossPercent: z.number().min(0).max(100).nullable(),
  /** A DOMException's or the library's name of the last error, such as NotReadableError; never its message. */
  lastError: z
    .string()
    .regex(/^[A-Za-z][A-Za-z_]{0,60}$/)
    .nullable(),
});
export type Diagnostics = z.infer<typeof diagnostics>;

/** Made by the page and kept by the browser: the same link in another browser is somebody else until shown otherwise. */
export const device = bytes(16, 32);

/** What a citizen's page says of asking for a talk. */
export const talkPage = z.object({
  /** First name of whom they ask: their own worker. */
  worker: z.string(),
  /** What was asked for and not answered yet. */
  asked: z.object({ wishedAt: instant, askedAt: instant }).nullable(),
  /** Beginnings that may be wished for, a handful at most, in order of time; for half an hour each. None: none may be asked for. */
  times: z.array(instant),
});
export type TalkPage = z.infer<typeof talkPage>;

const link = 'call-link' as const;

/** For the page: whoever holds a link acts as the seat that it was given to. The link is the bearer token. */
export const callPageRoutes = {
  open: route(
    'callPage.open',
    'POST',
    '/call/open',
    {
      access: link,
      summary: 'The page is opened; the first browser to do so keeps the link for itself',
      body: z
        .object({
          device,
          pin: z
            .string()
            .regex(/^\d{4,8}$/)
            .optional(),
          takeOver: z.boolean().default(false),
        })
        .meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ' }] }),
    },
    callPage,
  ),
  watch: route(
    'callPage.watch',
    'POST',
    '/call/watch',
    {
      access: link,
      summary: 'What the page shows; with `after`, once it is newer than that, or after 25 seconds',
      // In a body, although nothing is changed: addresses are kept in the logs of whatever lies in between.
      body: z.object({ device, after: z.int().min(0).max(999_999_999).optional() }),
    },
    callPage,
  ),
  reportTests: route(
    'callPage.reportTests',
    'POST',
    '/call/tests',
    {
      access: link,
      summary: 'What the test before the call found',
      body: z.object({ device, results: z.array(testResult).max(testSteps.length) }).meta({
        examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', results: [{ step: 'camera', outcome: 'good' }] }],
      }),
    },
    callPage,
  ),
  tryNetwork: route(
    'callPage.tryNetwork',
    'POST',
    '/call/try',
    {
      access: link,
      summary:
        'Address and token of a room of its own, to see before the call whether sound and picture can pass',
      body: z.object({ device }).meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ' }] }),
    },
    z.object({ url: z.string(), token: z.string() }),
  ),
  wait: route(
    'callPage.wait',
    'POST',
    '/call/wait',
    {
      access: link,
      summary: 'Stand in the waiting room; the host comes in at once',
      body: z
        .object({ device, canEncrypt: z.boolean(), commitment: commitment.nullable() })
        .meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', canEncrypt: false, commitment: null }] }),
    },
    callPage,
  ),
  revealKey: route(
    'callPage.revealKey',
    'POST',
    '/call/reveal',
    {
      access: link,
      summary: 'Show the key that was committed to, once the host has given theirs',
      body: z.object({ device, publicKey, nonce }).meta({
        examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', publicKey: 'A'.repeat(87), nonce: 'A'.repeat(22) }],
      }),
    },
    callPage,
  ),
  giveKeys: route(
    'callPage.giveKeys',
    'POST',
    '/call/keys',
    {
      access: link,
      summary: 'The host answers commitments, or wraps the call key for those who are admitted',
      body: z
        .object({
          device,
          keys: z
            .array(
              z.strictObject({
                seat: id,
                hostKey: publicKey.optional(),
                /** Which commitment the host's key answers: one that the seat has replaced meanwhile is not answered. */
                commitment: commitment.optional(),
                wrapped: z.strictObject({ epoch: z.int().min(1).max(1_000_000), key: wrappedKey }).optional(),
              }),
            )
            .min(1)
            .max(8),
        })
        .meta({
          examples: [
            {
              device: 'zq1Jf0Xb3vYkTn2mWc8LaQ',
              keys: [{ seat: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11', hostKey: 'A'.repeat(87) }],
            },
          ],
        }),
    },
    callPage,
  ),
  admit: route(
    'callPage.admit',
    'POST',
    '/call/admit',
    {
      access: link,
      summary: 'The host lets somebody in, or turns them away',
      body: z.object({ device, seat: id, refuse: z.boolean().default(false) }).meta({
        examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', seat: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11' }],
      }),
    },
    callPage,
  ),
  enter: route(
    'callPage.enter',
    'POST',
    '/call/enter',
    {
      access: link,
      summary: 'Address and token of the media server, good for two minutes, for whoever is admitted',
      body: z
        .object({ device, encryption: z.enum(callEncryptions) })
        .meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', encryption: 'end-to-end' }] }),
    },
    z.object({ url: z.string(), token: z.string(), identity: z.string() }),
  ),
  leave: route(
    'callPage.leave',
    'POST',
    '/call/leave',
    {
      access: link,
      summary: 'Hang up: nobody asks why, and it is no failure',
      body: z.object({ device }).meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ' }] }),
    },
    callPage,
  ),
  declareAlone: route(
    'callPage.declareAlone',
    'POST',
    '/call/alone',
    {
      access: link,
      summary: 'The host says that they are alone in the room, or no longer are',
      body: z
        .object({ device, alone: z.boolean() })
        .meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', alone: true }] }),
    },
    callPage,
  ),
  keepPlan: route(
    'callPage.keepPlan',
    'PUT',
    '/call/plan',
    {
      access: link,
      summary:
        'The weekly plan, from citizen or host: a PDF, PNG or JPEG of at most 20 MB as application/octet-stream, the device in the header Naer-Device; the version before is gone',
      form: 'upload',
    },
    callPage,
  ),
  readPlan: route(
    'callPage.readPlan',
    'POST',
    '/call/plan/read',
    {
      access: link,
      summary:
        'The weekly plan as a file, for citizen, host and colleague while they are in; staff reading it is logged',
      body: z.object({ device }).meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ' }] }),
      form: 'download',
    },
    z.string(),
  ),
  removePlan: route(
    'callPage.removePlan',
    'POST',
    '/call/plan/remove',
    {
      access: link,
      summary: 'The citizen wants the weekly plan gone, and it is',
      body: z.object({ device }).meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ' }] }),
    },
    callPage,
  ),
  tellCompany: route(
    'callPage.tellCompany',
    'POST',
    '/call/company',
    {
      access: link,
      summary:
        'The citizen or the host says who sits in the room with the citizen; everybody in the call sees it',
      body: z
        .object({ device, company: z.enum(participantKinds).nullable() })
        .meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', company: 'relative' }] }),
    },
    callPage,
  ),
  reportTrouble: route(
    'callPage.reportTrouble',
    'POST',
    '/call/trouble',
    {
      access: link,
      summary: 'Something fails; `giveUp` sets the ground rules in motion, at most once for a call',
      body: z.object({ device, step: z.enum(troubleSteps), giveUp: z.boolean(), diagnostics }).meta({
        examples: [
          {
            device: 'zq1Jf0Xb3vYkTn2mWc8LaQ',
            step: 'camera-refused',
            giveUp: true,
            diagnostics: {
              device: 'ipad',
              browser: 'safari',
              browserVersion: 18,
              codecs: ['h264', 'vp8', 'opus'],
              roundTripMs: 40,
              lossPercent: 0,
              lastError: 'NotAllowedError',
            },
          },
        ],
      }),
    },
    callPage,
  ),
  readPhone: route(
    'callPage.readPhone',
    'POST',
    '/call/phone',
    {
      access: link,
      summary: 'For the host of a failed call: the number to ring; the reading is logged',
      body: z.object({ device }).meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ' }] }),
    },
    z.object({ phone: z.string().nullable() }),
  ),
  answerWorked: route(
    'callPage.answerWorked',
    'POST',
    '/call/worked',
    {
      access: link,
      summary: 'Did sound and picture work?',
      body: z
        .object({ device, worked: z.boolean() })
        .meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', worked: true }] }),
    },
    callPage,
  ),
  finish: route(
    'callPage.finish',
    'POST',
    '/call/finish',
    {
      access: link,
      summary:
        'The host ends the visit, with minutes from who was in unless they are given, and plans the next',
      body: z
        .object({
          device,
          /** What became of it; in a futile one nobody came, and no minute counts. */
          outcome: z.enum(['held', 'futile']).default('held'),
          /** Of a futile one. */
          reason: z.enum(futileReasons).default('no-answer'),
          topics: z.array(z.enum(visitTopics)).max(visitTopics.length).default([]),
          minutes: z.int().min(0).max(720).optional(),
          /** When the next visit by video begins; as long as this one, for the same purposes. All is taken, or nothing. */
          next: instant.nullable().default(null),
        })
        .meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', topics: ['supportive-talk'] }] }),
    },
    callPage,
  ),
  prepare: route(
    'callPage.prepare',
    'POST',
    '/call/agenda',
    {
      access: link,
      summary: 'The host writes down what they are to speak of; null takes it away',
      body: z
        .object({ device, agenda: personText(2000).nullable() })
        .meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', agenda: 'Brevet fra kommunen' }] }),
    },
    callPage,
  ),
  answerProposal: route(
    'callPage.answerProposal',
    'POST',
    '/call/proposal',
    {
      access: link,
      summary: 'The citizen says yes or no to the time that was proposed, or proposes another',
      body: z
        .object({
          device,
          /** The time that is answered: another one meanwhile is not. */
          startsAt: instant,
          answer: z.enum(['yes', 'no', 'other']),
          /** The other time. */
          other: instant.optional(),
        })
        .refine(
          ({ answer, other }) => (answer === 'other') === (other !== undefined),
          'needs `other` for "other"',
        )
        .meta({
          examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', startsAt: '2026-11-24T13:00:00Z', answer: 'yes' }],
        }),
    },
    callPage,
  ),
  showTalk: route(
    'callPage.showTalk',
    'POST',
    '/call/talk/show',
    {
      access: link,
      summary: 'For the citizen: what was asked for, and when they may ask for a talk',
      body: z.object({ device }).meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ' }] }),
    },
    talkPage,
  ),
  askTalk: route(
    'callPage.askTalk',
    'POST',
    '/call/talk',
    {
      access: link,
      summary: 'The citizen asks their worker for a talk; one at a time',
      body: z
        .object({ device, wishedAt: instant })
        .meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ', wishedAt: '2026-11-25T09:00:00Z' }] }),
    },
    talkPage,
  ),
  withdrawTalk: route(
    'callPage.withdrawTalk',
    'POST',
    '/call/talk/withdraw',
    {
      access: link,
      summary: 'The citizen does not wish for it any more',
      body: z.object({ device }).meta({ examples: [{ device: 'zq1Jf0Xb3vYkTn2mWc8LaQ' }] }),
    },
    talkPage,
  ),
  askNewLink: route(
    'callPage.askNewLink',
    'POST',
    '/call/new-link',
    {
      access: 'public',
      // Each ask is looked for among everybody's addresses; who shares theirs with a whole house still gets through.
      perMinute: 20,
      summary: 'Ask for a new link; the reply is the same whether the address is known or not',
      body: z
        .object({ email: email.optional(), phone: phone.optional() })
        .refine((to) => (to.email === undefined) !== (to.phone === undefined), 'give either email or phone')
        .meta({ examples: [{ phone: '20 00 00 00' }] }),
    },
    z.object({ asked: z.literal(true) }),
  ),
} as const;
