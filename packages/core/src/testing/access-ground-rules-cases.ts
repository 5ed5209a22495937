import type { Case } from './access-case.ts';
import type { Place } from './access-place.ts';
import type { Person } from './people.ts';

const aimed = (place: Place, where: 'near' | 'far') => ({
  params: { code: (where === 'near' ? place.nearCitizen : place.farCitizen).code },
});

/** A colleague who is there. Hours have nothing to do with a citizen's being near; "far" is a colleague there is not. */
const colleague = (place: Place, where: 'near' | 'far') => ({
  params: { initials: where === 'near' ? place.chief.initials : 'INGEN' },
});
/** Who asks, where they work here. */
const oneself = (place: Place, who: Person, where: 'near' | 'far') =>
  where === 'near' && [...place.people.values()].includes(who)
    ? { params: { initials: who.initials } }
    : colleague(place, where);

const hours = (place: Place) => ({
  hours: [{ weekday: 1, from: '09:00', until: `10:${10 + (place.next() % 50)}` }],
});

export const groundRulesCases: readonly Case[] = [
  {
    operation: 'groundRules.show',
    needs: ['ground-rules:read'],
    make: (place, _who, where) => aimed(place, where),
  },
  {
    operation: 'groundRules.change',
    needs: ['ground-rules:write'],
    make: (place, _who, where) => ({
      ...aimed(place, where),
      body: { afterMinutes: 1 + (place.next() % 30) },
    }),
  },
  { operation: 'groundRules.showDefaults', needs: ['ground-rules:read'], make: () => ({}) },
  {
    operation: 'groundRules.changeDefaults',
    needs: ['ground-rules:write-defaults'],
    make: (place) => ({ body: { opensBeforeMinutes: 5 + (place.next() % 100) } }),
  },
  {
    operation: 'groundRules.showTalkHours',
    needs: ['ground-rules:read'],
    make: (place, _who, where) => colleague(place, where),
  },
  {
    operation: 'groundRules.setTalkHours',
    needs: ['ground-rules:write'],
    make: (place, who, where) => ({ ...oneself(place, who, where), body: hours(place) }),
  },
  {
    operation: 'groundRules.setTalkHours',
    how: 'of a colleague',
    needs: ['ground-rules:write', 'visits:write-for-others'],
    make: (place, _who, where) => ({ ...colleague(place, where), body: hours(place) }),
  },
];
