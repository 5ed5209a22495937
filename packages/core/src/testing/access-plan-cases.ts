import type { Case } from './access-case.ts';
import type { Place } from './access-place.ts';
import type { Person } from './people.ts';

/** Begins after all that is planned ahead, so that it makes no visit yet and stands in nobody's way. */
const inJune = (place: Place, where: 'near' | 'far') => ({
  citizen: (where === 'near' ? place.nearCitizen : place.farCitizen).code,
  startsOn: '2027-06-01',
  template: { kind: 'growing', channel: 'phone', time: '10:00' },
  word: 'agreed',
});

const planOf = async (place: Place, { initials }: Person, where: 'near' | 'far'): Promise<string> =>
  String((await place.have('plans.create', { body: { ...inJune(place, where), worker: initials } })).id);

/** An operation on a plan: one's own, and, where one may, a colleague's. */
const onPlan = (operation: string, body: object): Case[] => [
  {
    operation,
    needs: ['visits:write'],
    make: async (place, who, where) => {
      const isLocal = [...place.people.values()].includes(who);
      return {
        params: { id: await planOf(place, where === 'near' && isLocal ? who : place.chief, where) },
        body,
      };
    },
  },
  {
    operation,
    how: 'of a colleague',
    needs: ['visits:write', 'visits:write-for-others'],
    make: async (place, _who, where) => ({ params: { id: await planOf(place, place.chief, where) }, body }),
  },
];

export const planCases: readonly Case[] = [
  { operation: 'plans.list', needs: ['visits:read'], make: () => ({}) },
  {
    operation: 'plans.create',
    needs: ['visits:write'],
    make: (place, _who, where) => ({ body: inJune(place, where) }),
  },
  {
    operation: 'plans.create',
    how: 'for a colleague',
    needs: ['visits:write', 'visits:write-for-others'],
    make: (place, _who, where) => ({ body: { ...inJune(place, where), worker: place.chief.initials } }),
  },
  {
    operation: 'plans.show',
    needs: ['visits:read'],
    make: async (place, _who, where) => ({ params: { id: await planOf(place, place.chief, where) } }),
  },
  ...onPlan('plans.changeWeek', { week: '2027-W23', change: { kind: 'skip' }, word: 'own-wish' }),
  ...onPlan('plans.step', { fromWeek: '2027-W24', word: 'agreed' }),
  ...onPlan('plans.changePhases', {
    fromWeek: '2027-W24',
    phases: [{ weeks: null, slots: [{ channel: 'phone', weekday: 4, time: '11:00', minutes: 15 }] }],
    word: 'agreed',
  }),
  ...onPlan('plans.end', { word: 'agreed' }),
];
