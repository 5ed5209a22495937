import type { VisitState } from '../contract/index.ts';
import type { Case } from './access-case.ts';
import type { Place } from './access-place.ts';
import type { Person } from './people.ts';

/** Who asks, where they work here; else the chief, so that what they aim at exists. */
const localOr = (place: Place, who: Person): Person =>
  [...place.people.values()].includes(who) ? who : place.chief;

/** Their own visit; far away it is a colleague's, of a citizen they do not know. */
const ownVisit = (place: Place, who: Person, where: 'near' | 'far', state: VisitState): Promise<string> =>
  place.visit(where === 'near' ? localOr(place, who) : place.chief, where, state);

/** An operation on a visit: one's own, and, where one may, a colleague's. */
const onVisit = (operation: string, state: VisitState, body?: (place: Place) => unknown): Case[] => [
  {
    operation,
    needs: ['visits:write'],
    make: async (place, who, where) => ({
      params: { id: await ownVisit(place, who, where, state) },
      ...(body === undefined ? {} : { body: body(place) }),
    }),
  },
  {
    operation,
    how: 'of a colleague',
    needs: ['visits:write', 'visits:write-for-others'],
    make: async (place, _who, where) => ({
      params: { id: await place.visit(place.chief, where, state) },
      ...(body === undefined ? {} : { body: body(place) }),
    }),
  },
];

const code = (place: Place, where: 'near' | 'far'): string =>
  (where === 'near' ? place.nearCitizen : place.farCitizen).code;

/** A minute of the morning before, each time another. */
const past = (place: Place) => {
  const from = Date.UTC(2026, 10, 20) + place.next() * 120_000;
  return { startsAt: new Date(from).toISOString(), endsAt: new Date(from + 60_000).toISOString() };
};

export const visitCases: readonly Case[] = [
  { operation: 'visits.list', needs: ['visits:read'], make: () => ({}) },
  {
    operation: 'visits.overview',
    needs: ['visits:read'],
    make: (place) => ({ query: { from: '2026-11-23', days: '7', worker: place.chief.initials } }),
  },
  {
    operation: 'visits.plan',
    needs: ['visits:write'],
    make: (place, _who, where) => ({
      body: { citizen: code(place, where), channel: 'phone', ...place.nextTime() },
    }),
  },
  {
    operation: 'visits.plan',
    how: 'for a colleague',
    needs: ['visits:write', 'visits:write-for-others'],
    make: (place, _who, where) => ({
      body: {
        citizen: code(place, where),
        worker: place.chief.initials,
        channel: 'phone',
        ...place.nextTime(),
      },
    }),
  },
  {
    operation: 'visits.show',
    needs: ['visits:read'],
    make: async (place, _who, where) => ({
      params: { id: await place.visit(place.chief, where, 'planned') },
    }),
  },
  ...onVisit('visits.accept', 'proposed'),
  ...onVisit('visits.propose', 'planned', (place) => ({ ...place.nextTime(), by: 'citizen' })),
  ...onVisit('visits.move', 'planned', (place) => place.nextTime()),
  ...onVisit('visits.turn', 'planned', () => ({ to: 'physical' })),
  ...onVisit('visits.start', 'planned', () => ({})),
  ...onVisit('visits.end', 'open', () => ({})),
  ...onVisit('visits.record', 'planned', (place) => ({ parts: [{ kind: 'phone', ...past(place) }] })),
  ...onVisit('visits.cancel', 'planned', () => ({ by: 'citizen', reason: 'illness' })),
  ...onVisit('visits.futile', 'planned', () => ({ reason: 'no-answer' })),
  ...onVisit('visits.fail', 'open', () => ({ step: 'no-sound' })),
  ...onVisit('visits.followUp', 'failed', () => ({
    startsAt: '2026-11-24T07:40:00Z',
    endsAt: '2026-11-24T07:45:00Z',
  })),
  {
    operation: 'visits.recordUnplanned',
    needs: ['visits:write'],
    make: (place, _who, where) => ({
      body: { citizen: code(place, where), parts: [{ kind: 'phone', ...past(place) }] },
    }),
  },
  {
    operation: 'visits.readNote',
    needs: ['visits:read-note'],
    make: async (place, _who, where) => ({
      params: { id: await place.visit(place.chief, where, 'planned') },
    }),
  },
  {
    operation: 'visits.proposeDayMove',
    needs: ['visits:write'],
    make: () => ({ query: { from: '2026-11-24' } }),
  },
  {
    operation: 'visits.moveDay',
    needs: ['visits:write'],
    make: async (place, who, where) => ({
      body: { moves: [{ visit: await ownVisit(place, who, where, 'planned'), ...place.nextTime() }] },
    }),
  },
  { operation: 'granted.list', needs: ['granted:read'], make: () => ({ query: { short: 'true' } }) },
  {
    operation: 'granted.show',
    needs: ['granted:read'],
    make: (place, _who, where) => ({ params: { code: code(place, where) } }),
  },
  { operation: 'visits.listReviews', needs: ['visits:read'], make: () => ({ query: { all: 'true' } }) },
  {
    operation: 'visits.answerReview',
    needs: ['visits:write'],
    make: async (place, _who, where) => {
      const { code: fresh } = await place.citizen(where);
      for (const day of ['2026-10-01', '2026-11-19'])
        await place.have('visits.recordUnplanned', {
          body: {
            citizen: fresh,
            parts: [{ kind: 'video', startsAt: `${day}T09:00:00Z`, endsAt: `${day}T09:20:00Z` }],
          },
        });
      return { params: { code: fresh }, body: { answer: 'thrives' } };
    },
  },
  {
    operation: 'imports.visits',
    needs: ['visits:import'],
    make: (place) => ({
      file: `Sagsnr;Bostøtte;Dato;Klokken;Minutter;Form\n${place.nearCitizen.reference};${place.chief.initials};01-09-2026;10:${10 + (place.next() % 50)};30;video\n`,
    }),
  },
  { operation: 'visits.showRules', needs: ['visits:read'], make: () => ({}) },
  {
    operation: 'visits.changeRules',
    needs: ['visits:write-rules'],
    make: (place) => ({ body: { tooLittlePercent: place.next() % 100 } }),
  },
];
