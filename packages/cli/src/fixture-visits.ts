import type { Plan } from '@naer/core/contract/plans';
import type { Visit } from '@naer/core/contract/visits';

/** Monday 23 November 2026, nine o'clock in Denmark. */
export const mondayMorning = new Date('2026-11-23T08:00:00Z');

/** A visit of twenty minutes by video, planned for Tuesday at ten, but for what the test says. */
export const visitOf = (facts: Partial<Visit> = {}): Visit => {
  const at = facts.at ?? facts.planned?.startsAt ?? '2026-11-24T09:00:00.000Z';
  return {
    id: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
    citizen: 'B-7TXKK',
    worker: 'BM13',
    channel: 'video',
    origin: 'planned',
    state: 'planned',
    at,
    planned: { startsAt: at, endsAt: new Date(Date.parse(at) + 20 * 60_000).toISOString() },
    proposedBy: null,
    parts: [],
    minutes: { video: 0, physical: 0, phone: 0, travel: 0, waiting: 0 },
    purposes: [],
    topics: [],
    participants: [],
    room: null,
    plan: null,
    ended: null,
    overruled: [],
    hasNote: false,
    handOff: 'none',
    revision: 1,
    createdAt: '2026-11-20T09:00:00.000Z',
    updatedAt: '2026-11-20T09:00:00.000Z',
    ...facts,
  };
};

/** Video every Tuesday at ten, but for what the test says. */
export const planOf = (facts: Partial<Plan> = {}): Plan => ({
  id: '5d1b7c20-0c1e-4c55-8f58-2a8f7b1f6c01',
  citizen: 'B-7TXKK',
  worker: 'BM13',
  kind: 'weekly',
  state: 'active',
  startsOn: '2026-11-23',
  endsOn: null,
  holidays: 'skip',
  room: { kind: 'none' },
  phases: [
    { weeks: null, slots: [{ channel: 'video', weekday: 2, time: '10:00', minutes: 20, everyWeeks: 1 }] },
  ],
  currentPhase: 0,
  madeUntil: '2027-W02',
  gaps: [],
  changes: [
    {
      kind: 'created',
      week: null,
      slot: null,
      word: 'agreed',
      by: 'BM13',
      at: '2026-11-20T09:00:00.000Z',
    },
  ],
  createdAt: '2026-11-20T09:00:00.000Z',
  ...facts,
});
