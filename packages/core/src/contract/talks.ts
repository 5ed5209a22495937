import { z } from 'zod';
import { talkStates } from './call-codes.ts';
import { byId, citizenCode, id, initials, instant } from './primitives.ts';
import { route } from './route.ts';
import { visitWarnings } from './visit-codes.ts';
import { roomWish } from './visits.ts';

/** A citizen asks their worker for a talk. What it is about they tell when they talk: no text goes with it. */
export const talk = z.object({
  id,
  citizen: citizenCode,
  worker: initials,
  state: z.enum(talkStates),
  /** The time that the citizen would like best. */
  wishedAt: instant,
  askedAt: instant,
  answeredAt: instant.nullable(),
  /** The visit that was proposed in answer. */
  visit: id.nullable(),
});
export type Talk = z.infer<typeof talk>;

/** What waits for a worker's answer. */
export const talks = z.object({
  asked: z.array(talk),
  /** Visits for which a citizen has proposed another time. */
  proposed: z.array(z.object({ visit: id, citizen: citizenCode, startsAt: instant, endsAt: instant })),
});
export type Talks = z.infer<typeof talks>;

const one = { access: 'calls:host', params: byId } as const;

export const talksRoutes = {
  list: route(
    'talks.list',
    'GET',
    '/talks',
    {
      access: 'calls:host',
      summary: 'Who has asked for a talk, or proposed another time, and waits for an answer',
      query: z.object({
        worker: initials.optional().meta({ description: "A colleague's, where you may plan for others." }),
      }),
    },
    talks,
  ),
  propose: route(
    'talks.propose',
    'POST',
    '/talks/:id/propose',
    {
      ...one,
      summary: 'Propose a visit by video in answer; the time is held until the citizen has said yes or no',
      body: z
        .object({
          startsAt: instant,
          endsAt: instant,
          room: roomWish.default({ kind: 'none' }),
          acknowledge: z.array(z.enum(visitWarnings)).default([]),
        })
        .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), 'ends before it starts')
        .meta({ examples: [{ startsAt: '2026-11-24T09:00:00Z', endsAt: '2026-11-24T09:30:00Z' }] }),
    },
    talk,
  ),
  decline: route(
    'talks.decline',
    'POST',
    '/talks/:id/decline',
    { ...one, summary: 'Not this time: the citizen is told kindly, and when they speak next' },
    talk,
  ),
} as const;
