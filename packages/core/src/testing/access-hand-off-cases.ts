import { api } from '../contract/index.ts';
import type { Place } from './access-place.ts';

type Where = 'near' | 'far';

/** A visit of the chief's, recorded a minute of an earlier day, each time another. */
async function recorded(place: Place, where: Where): Promise<{ visit: string; handOff: string }> {
  // Between the minutes that other cases record, or else a talk would be typed twice.
  const from = Date.UTC(2026, 10, 19) + place.next() * 120_000 + 60_000;
  const span = {
    startsAt: new Date(from).toISOString(),
    endsAt: new Date(from + 60_000).toISOString(),
  };
  const { code } = where === 'near' ? place.nearCitizen : place.farCitizen;
  const { id } = await place.have('visits.recordUnplanned', {
    body: { citizen: code, parts: [{ kind: 'phone', ...span }] },
  });
  const found = api.handOff.list.reply.parse(
    await place.have('handOff.list', { query: { from: span.startsAt, to: span.endsAt } }),
  );
  return { visit: String(id), handOff: found.items[0]?.id ?? '' };
}

/** What is handed off holds the case number, which is an identity. */
export const handOffCases = [
  { operation: 'handOff.list', needs: ['hand-off:read'], make: () => ({}) },
  {
    operation: 'handOff.read',
    how: 'with identities',
    needs: ['hand-off:write'],
    make: async (place: Place, _who: unknown, where: Where) => ({
      params: { id: (await recorded(place, where)).visit },
    }),
  },
  {
    operation: 'handOff.markByHand',
    needs: ['hand-off:write'],
    make: async (place: Place, _who: unknown, where: Where) => ({
      params: { id: (await recorded(place, where)).visit },
      body: { revision: 1 },
    }),
  },
  {
    operation: 'handOff.exportBatch',
    how: 'with identities',
    needs: ['hand-off:export'],
    make: () => ({ body: { id: crypto.randomUUID(), format: 'json' } }),
  },
  {
    operation: 'handOff.retry',
    needs: ['hand-off:write'],
    make: async (place: Place, _who: unknown, where: Where) => ({
      params: { id: (await recorded(place, where)).handOff },
    }),
  },
] as const;
