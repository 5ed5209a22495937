import { callCases } from './access-call-cases.ts';
import type { Case } from './access-case.ts';
import { groundRulesCases } from './access-ground-rules-cases.ts';
import { handOffCases } from './access-hand-off-cases.ts';
import { ledgerCases } from './access-ledger-cases.ts';
import { messageCases } from './access-message-cases.ts';
import type { Citizen, Place } from './access-place.ts';
import { planCases } from './access-plan-cases.ts';
import { programmeCases } from './access-programme-cases.ts';
import { visitCases } from './access-visit-cases.ts';
import type { Person } from './people.ts';

const aimed = (place: Place, where: 'near' | 'far'): Citizen =>
  where === 'near' ? place.nearCitizen : place.farCitizen;
const nothing = () => ({});
const atCitizen =
  (body?: unknown): Case['make'] =>
  (place, _who, where) => ({
    params: { code: aimed(place, where).code },
    ...(body === undefined ? {} : { body }),
  });
const grant = { legalBasis: 'SEL § 85', granted: { minutes: 60, per: 'week' } };

/** Every operation at least once, by what the field needs (domain page, sections 1 and 8), not by what the contract declares. */
export const cases: readonly Case[] = [
  ...visitCases,
  ...planCases,
  ...handOffCases,
  ...messageCases,
  ...callCases,
  ...programmeCases,
  ...ledgerCases,
  ...groundRulesCases,
  { operation: 'identity.me', needs: [], make: nothing },
  { operation: 'identity.showMunicipality', needs: ['municipality:read'], make: nothing },
  {
    operation: 'identity.changeMunicipality',
    needs: ['municipality:write'],
    make: (place) => ({ body: { checkInGraceMinutes: place.next() % 100 } }),
  },
  {
    operation: 'identity.listMunicipalities',
    needs: ['municipality:create'],
    wholeInstallation: true,
    make: nothing,
  },
  {
    operation: 'identity.createMunicipality',
    needs: ['municipality:create'],
    make: (place) => ({
      body: { name: `Ny ${place.next()}`, administrator: { initials: 'ADM', name: 'Ny Leder', email: null } },
    }),
  },
  { operation: 'identity.listTeams', needs: ['staff:read'], make: nothing },
  {
    operation: 'identity.createTeam',
    needs: ['staff:write'],
    make: (place) => ({ body: { name: `Nyt team ${place.next()}` } }),
  },
  {
    operation: 'identity.renameTeam',
    needs: ['staff:write'],
    make: (place) => ({ params: { id: place.team.id }, body: { name: place.team.name } }),
  },
  { operation: 'identity.listStaff', needs: ['staff:read'], make: () => ({ query: { ended: 'true' } }) },
  {
    operation: 'identity.registerStaff',
    needs: ['staff:write'],
    make: (place) => ({
      body: { initials: `NY${place.next()}`, name: 'Ny Kollega', roles: ['support-worker'] },
    }),
  },
  {
    operation: 'identity.registerStaff',
    how: 'as operator of the machine',
    needs: 'more than anybody has',
    make: (place) => ({ body: { initials: `OP${place.next()}`, name: 'Ny Operatør', roles: ['operator'] } }),
  },
  {
    operation: 'identity.showStaff',
    needs: ['staff:read'],
    make: (place) => ({ params: { initials: place.chief.initials } }),
  },
  {
    operation: 'identity.changeStaff',
    needs: ['staff:write'],
    make: async (place) => ({ params: { initials: await newStaff(place) }, body: { weeklyHours: 20 } }),
  },
  {
    operation: 'identity.changeStaff',
    how: 'making oneself operator',
    needs: 'more than anybody has',
    make: (_place, who) => ({
      params: { initials: who.initials },
      body: { roles: [...new Set([...who.roles, 'administrator', 'operator'])] },
    }),
  },
  {
    operation: 'identity.endStaff',
    needs: ['staff:write'],
    make: async (place) => ({ params: { initials: await newStaff(place) } }),
  },
  { operation: 'identity.listTokens', needs: ['tokens:own'], make: () => ({ query: { all: 'true' } }) },
  {
    operation: 'identity.createToken',
    needs: ['tokens:own'],
    make: (_place, { scopes }) => ({ body: { name: 'bærbar', ...(scopes === null ? {} : { scopes }) } }),
  },
  {
    operation: 'identity.createToken',
    how: 'for a colleague',
    needs: ['tokens:own', 'tokens:manage'],
    make: (place, { scopes }) => ({
      body: { name: 'bærbar', owner: place.chief.initials, ...(scopes === null ? {} : { scopes }) },
    }),
  },
  {
    operation: 'identity.createToken',
    how: "wider than one's role",
    needs: 'more than anybody has',
    make: (place) => ({ body: { name: 'bærbar', owner: place.otherOperator.initials } }),
  },
  {
    operation: 'identity.revokeToken',
    needs: ['tokens:own'],
    make: async (place, who) => ({ params: { id: await place.token(localOr(place, who)) } }),
  },
  {
    operation: 'identity.revokeToken',
    how: 'of a colleague',
    needs: ['tokens:own'],
    unless: ['tokens:manage', 404],
    make: async (place) => ({ params: { id: await place.token(place.chief) } }),
  },

  { operation: 'citizens.listLegalBases', needs: ['citizens:read'], make: nothing },
  {
    operation: 'citizens.addLegalBasis',
    needs: ['municipality:write'],
    make: (place) => ({ body: { code: `LOV ${place.next()}`, label: 'Ny lov' } }),
  },
  { operation: 'citizens.list', needs: ['citizens:read'], make: nothing },
  {
    operation: 'citizens.register',
    needs: ['citizens:write'],
    make: (place) => ({
      body: {
        ...grant,
        identity: { reference: `ny-${place.word}-${place.next()}`, name: 'Ny Borger' },
        team: place.team.name,
      },
    }),
  },
  { operation: 'citizens.show', needs: ['citizens:read'], make: atCitizen() },
  { operation: 'citizens.change', needs: ['citizens:write'], make: atCitizen({ connection: 'weak' }) },
  { operation: 'citizens.listSteps', needs: ['citizens:read'], make: atCitizen() },
  {
    operation: 'citizens.takeStep',
    needs: ['citizens:step'],
    make: async (place, _who, where) => ({
      params: { code: (await place.citizen(where)).code },
      body: { to: 'offered', reason: 'first-talk' },
    }),
  },
  { operation: 'citizens.listAssessments', needs: ['citizens:read'], make: atCitizen() },
  {
    operation: 'citizens.assess',
    needs: ['citizens:assess'],
    make: atCitizen({ outcome: 'not-now', reasons: ['acute-illness'], withCitizen: true }),
  },
  {
    operation: 'citizens.readIdentity',
    needs: ['citizens:read-identity'],
    make: atCitizen({ reason: 'visit' }),
  },
  {
    operation: 'citizens.changeIdentity',
    needs: ['citizens:write-identity'],
    make: atCitizen({ address: 'Ny adresse 1' }),
  },
  {
    operation: 'citizens.find',
    needs: ['citizens:find'],
    make: (place) => ({ body: { reference: place.nearCitizen.reference, reason: 'contact' } }),
  },
  {
    operation: 'citizens.find',
    how: 'one far away',
    needs: ['citizens:find'],
    make: (place) => ({ body: { reference: place.farCitizen.reference, reason: 'contact' } }),
  },
  { operation: 'citizens.listAccesses', needs: ['citizens:read-accesses'], make: atCitizen() },
  {
    operation: 'citizens.erase',
    needs: ['citizens:erase'],
    make: async (place, _who, where) => ({
      params: { code: (await place.citizen(where)).code },
      body: { reason: 'retention-expired' },
    }),
  },

  { operation: 'rooms.listSites', needs: ['rooms:read'], make: nothing },
  {
    operation: 'rooms.createSite',
    needs: ['rooms:write'],
    make: (place) => ({ body: { name: `Nyt sted ${place.next()}` } }),
  },
  { operation: 'rooms.listRooms', needs: ['rooms:read'], make: nothing },
  {
    operation: 'rooms.registerRoom',
    needs: ['rooms:write'],
    make: (place) => ({ body: { site: `Nyt sted ${place.next()}`, name: 'Nyt rum' } }),
  },
  { operation: 'rooms.showRoom', needs: ['rooms:read'], make: (place) => ({ params: { id: place.roomId } }) },
  {
    operation: 'rooms.changeRoom',
    needs: ['rooms:write'],
    make: (place) => ({ params: { id: place.roomId }, body: { seats: 2 } }),
  },
  { operation: 'rooms.findFree', needs: ['rooms:read'], make: (place) => ({ query: place.nextTime() }) },
  { operation: 'rooms.listBookings', needs: ['rooms:read'], make: nothing },
  {
    operation: 'rooms.book',
    needs: ['rooms:book'],
    make: (place) => ({ body: { roomId: place.roomId, ...place.nextTime() } }),
  },
  {
    operation: 'rooms.book',
    how: 'for a colleague',
    needs: ['rooms:book', 'rooms:book-for-others'],
    make: (place) => ({ body: { roomId: place.roomId, worker: place.chief.initials, ...place.nextTime() } }),
  },
  {
    operation: 'rooms.showBooking',
    needs: ['rooms:read'],
    make: async (place) => ({ params: { id: await place.booking(place.chief) } }),
  },
  {
    operation: 'rooms.moveBooking',
    needs: ['rooms:book'],
    make: async (place, who) => ({ params: { id: await own(place, who) }, body: place.nextTime() }),
  },
  {
    operation: 'rooms.moveBooking',
    how: 'of a colleague',
    needs: ['rooms:book', 'rooms:book-for-others'],
    make: async (place) => ({ params: { id: await place.booking(place.chief) }, body: place.nextTime() }),
  },
  {
    operation: 'rooms.checkIn',
    needs: ['rooms:book'],
    make: async (place, who) => ({
      params: {
        id: await own(place, who, { startsAt: '2026-11-24T08:05:00Z', endsAt: '2026-11-24T08:35:00Z' }),
      },
    }),
  },
  {
    operation: 'rooms.cancel',
    needs: ['rooms:book'],
    make: async (place, who) => ({ params: { id: await own(place, who) } }),
  },
  {
    operation: 'rooms.cancel',
    how: 'of a colleague',
    needs: ['rooms:book', 'rooms:book-for-others'],
    make: async (place) => ({ params: { id: await place.booking(place.chief) } }),
  },
  {
    operation: 'rooms.bookSeries',
    needs: ['rooms:book'],
    make: async (place) => ({ body: await seriesBody(place) }),
  },
  {
    operation: 'rooms.showSeries',
    needs: ['rooms:read'],
    make: async (place) => ({ params: { id: await series(place, place.chief) } }),
  },
  {
    operation: 'rooms.cancelSeries',
    needs: ['rooms:book'],
    make: async (place, who) => ({ params: { id: await series(place, localOr(place, who)) } }),
  },

  {
    operation: 'imports.citizens',
    needs: ['citizens:import'],
    make: (place) => ({
      file: `Sagsnr;Borger;Lovgrundlag;Visiteret (timer/uge)\nimp-${place.next()};Importeret Borger;SEL § 85;2\n`,
    }),
  },
  {
    operation: 'imports.staff',
    needs: ['staff:write'],
    make: (place) => ({ file: `initials,name,role\nIMP${place.next()},Importeret,support-worker\n` }),
  },
  {
    operation: 'imports.rooms',
    needs: ['rooms:write'],
    make: (place) => ({ file: `site\troom\tseats\nImporteret sted\tRum ${place.next()}\t1\n` }),
  },
  {
    operation: 'imports.show',
    needs: [],
    make: async (place, who) => ({
      params: { id: await place.importRun(who.municipalityId === place.id ? who : place.chief) },
    }),
  },
  {
    operation: 'imports.show',
    how: 'of a colleague',
    needs: [],
    unless: ['more than anybody has', 404],
    make: async (place) => ({ params: { id: await place.importRun(place.chief) } }),
  },
  {
    operation: 'imports.exportCitizens',
    needs: ['citizens:export'],
    make: () => ({ body: { identities: false } }),
  },
  {
    operation: 'imports.exportCitizens',
    how: 'with identities',
    needs: ['citizens:export', 'citizens:export-identities'],
    make: () => ({ body: { identities: true, reason: 'supervision' } }),
  },
  { operation: 'imports.exportStaff', needs: ['staff:read'], make: nothing },
  { operation: 'imports.exportRooms', needs: ['rooms:read'], make: nothing },

  { operation: 'events.stream', needs: ['events:read'], make: () => ({ query: { after: '0' } }) },
  { operation: 'operations.listOutbox', needs: ['operations:read'], make: nothing },
  {
    operation: 'operations.retryOutbox',
    needs: ['operations:retry'],
    make: async (place) => ({ params: { id: await place.deadMessage() } }),
  },
  {
    operation: 'demo.reset',
    how: 'of a municipality with real citizens',
    needs: ['demo:reset'],
    unless: ['more than anybody has', 409],
    make: nothing,
  },
  {
    operation: 'operations.rotateMasterKey',
    needs: ['operations:rotate-master-key'],
    wholeInstallation: true,
    make: nothing,
  },
];

/** Who asks, where they work here; else the chief, so that what they aim at exists. */
const localOr = (place: Place, who: Person): Person =>
  [...place.people.values()].includes(who) ? who : place.chief;
const own = (place: Place, who: Person, at?: { startsAt: string; endsAt: string }) =>
  at !== undefined && localOr(place, who) === place.chief
    ? place.booking(place.chief)
    : place.booking(localOr(place, who), at);

async function newStaff(place: Place): Promise<string> {
  const initials = `STAFF${place.next()}`;
  await place.have('identity.registerStaff', {
    body: { initials, name: `Kollega ${place.word}`, roles: ['support-worker'] },
  });
  return initials;
}

async function seriesBody(place: Place): Promise<Record<string, unknown>> {
  return { roomId: await place.room(), ...place.nextTime(), rrule: 'FREQ=DAILY;COUNT=1' };
}

async function series(place: Place, worker: Person): Promise<string> {
  return String(
    (
      await place.have('rooms.bookSeries', {
        body: { ...(await seriesBody(place)), worker: worker.initials },
      })
    ).id,
  );
}
