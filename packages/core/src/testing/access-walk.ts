import { allRoutes, type Permission, type Role } from '../contract/index.ts';
import type { Case } from './access-case.ts';
import { cases } from './access-cases.ts';
import {
  compareWithContract,
  describedOperations,
  fingerprint,
  idsOf,
  type Operation,
  openStream,
  toldOf,
} from './access-evidence.ts';
import { makePlace, type Place } from './access-place.ts';
import type { TestApp } from './app.ts';
import { type Answer, addPerson, ask, type Person, type Sending } from './people.ts';

/** What a role may, and how far: everybody in the municipality, or only the citizens near it. */
export type Allowance = Readonly<
  Record<Role, { readonly all: readonly Permission[]; readonly near?: readonly Permission[] }>
>;

type Standing = 'in force' | 'void';

interface Asker {
  readonly called: string;
  readonly person: Person | null;
  readonly token: string | null;
  readonly standing: Standing;
}

/**
 * Asks every operation that the running service describes as everybody: each role, nobody, tokens that do not hold or hold
 * for little, and each role of another municipality. Returns what should not have happened.
 *
 * @param only the operations to try, where the others are known to hold
 * @param served what is walked, where it is not the service that the municipalities were made with
 */
export async function walkAccess(
  running: TestApp,
  allowance: Allowance,
  {
    only,
    served = running,
  }: { readonly only?: readonly string[]; readonly served?: Pick<TestApp, 'app'> } = {},
): Promise<readonly string[]> {
  const findings = new Set<string>();
  const nord = await makePlace(running, 'Nord', 2);
  const syd = await makePlace(running, 'Syd', 3);
  const described = await describedOperations(served);
  for (const finding of compareWithContract(served, described)) findings.add(finding);
  const operations = described.filter(({ id }) => only === undefined || only.includes(id));

  const locals = await localAskers(running, nord);
  const foreigners = [...syd.people].map(
    ([role, person]): Asker => ({
      called: `${role} elsewhere`,
      person,
      token: person.token,
      standing: 'in force',
    }),
  );
  for (const operation of operations) {
    const tried = cases.filter((candidate) => candidate.operation === operation.id);
    if (tried.length === 0)
      for (const finding of await walkUnknown(served, operation, nord, [...locals, ...foreigners]))
        findings.add(finding);
    for (const one of tried) {
      if (one.needs === 'a link' || one.needs === 'nothing') {
        const askers = [...locals, ...foreigners];
        for (const finding of await walkTokenless(running, operation, one, [nord, syd], askers))
          findings.add(finding);
        continue;
      }
      const walk = createWalk(running, allowance, operation, one, nord, syd, (finding) =>
        findings.add(finding),
      );
      try {
        await walk.refused(locals);
        await walk.elsewhere(foreigners);
        await walk.allowed(locals);
      } catch (error) {
        findings.add(`${operation.id} could not be tried: ${error}`);
      }
    }
  }
  return [...findings];
}

export const mayDo = (
  allowance: Allowance,
  { roles, scopes }: Person,
  permission: Permission,
): 'all' | 'near' | 'no' => {
  if (scopes !== null && !scopes.includes(permission)) return 'no';
  if (roles.some((role) => allowance[role].all.includes(permission))) return 'all';
  return roles.some((role) => allowance[role].near?.includes(permission) === true) ? 'near' : 'no';
};

function createWalk(
  running: TestApp,
  allowance: Allowance,
  operation: Operation,
  one: Case,
  place: Place,
  otherPlace: Place,
  report: (finding: string) => void,
) {
  const called = `${operation.method} ${operation.path}${one.how === undefined ? '' : ` (${one.how})`}`;
  const status = allRoutes.find((route) => route.id === operation.id)?.status ?? 200;
  const reach = (person: Person) => {
    if (typeof one.needs === 'string') return 'no';
    const each = one.needs.map((permission) => mayDo(allowance, person, permission));
    return each.includes('no') ? 'no' : each.includes('near') ? 'near' : 'all';
  };
  /** Whether somebody comes as far as the look-up of what they aim at. */
  const hasFirst = (person: Person | null) =>
    person !== null &&
    typeof one.needs !== 'string' &&
    one.needs.slice(0, 1).every((permission) => mayDo(allowance, person, permission) !== 'no');
  const lacks = (person: Person): number | null => {
    if (one.unless === undefined) return null;
    const [permission, refusal] = one.unless;
    return permission !== 'more than anybody has' && mayDo(allowance, person, permission) !== 'no'
      ? null
      : refusal;
  };
  const isRefused = ({ person, standing }: Asker) =>
    standing === 'void' || person === null || reach(person) === 'no' || lacks(person) !== null;
  const expected = ({ person, standing }: Asker) =>
    standing === 'void' || person === null ? 401 : reach(person) === 'no' ? 403 : (lacks(person) ?? status);
  const send = (sending: Sending, token: string | null) =>
    operation.id === 'events.stream'
      ? openStream(running, operation, sending, token)
      : ask(running, operation, sending, token);

  return {
    /** Those who may not: the right refusal, and not a row is changed anywhere. */
    refused: async (askers: readonly Asker[]) => {
      const asked = [];
      for (const asker of askers.filter(isRefused))
        asked.push({ asker, sending: await one.make(place, asker.person ?? place.chief, 'near') });
      const before = await fingerprint(running, null);
      for (const { asker, sending } of asked) {
        const answer = await send(sending, asker.token);
        if (answer.status !== expected(asker))
          report(`${called}: ${asker.called} got ${answer.status}, not ${expected(asker)}`);
        if (!answer.type.startsWith('application/problem+json'))
          report(`${called}: ${asker.called} got no problem document`);
        tellLeaks(answer, sending, [place, otherPlace], asker);
      }
      if ((await fingerprint(running, null)) !== before)
        report(`${called}: somebody who may not changed something`);
    },

    /** Staff of another municipality, aiming at what exists here. */
    elsewhere: async (askers: readonly Asker[]) => {
      if (one.wholeInstallation === true) return;
      const asked = [];
      for (const asker of askers)
        asked.push({ asker, sending: await one.make(place, asker.person ?? place.chief, 'near') });
      const before = await fingerprint(running, place.id);
      const ids = await idsOf(running, place);
      for (const { asker, sending } of asked) {
        const answer = await send(sending, asker.token);
        const wanted = !hasFirst(asker.person) ? 403 : sending.params !== undefined ? 404 : null;
        if (one.needs === 'more than anybody has' && answer.status < 400)
          report(`${called}: ${asker.called} got ${answer.status}`);
        else if (one.needs !== 'more than anybody has' && wanted !== null && answer.status !== wanted)
          report(`${called}: ${asker.called} got ${answer.status}, not ${wanted}`);
        if (answer.status >= 500) report(`${called}: ${asker.called} got ${answer.status}`);
        const told = toldOf(place, ids, answer, sending);
        if (told !== null) report(`${called}: ${asker.called} was told "${told}"`);
      }
      if ((await fingerprint(running, place.id)) !== before)
        report(`${called}: somebody from elsewhere changed something`);
    },

    /** Those who may, so that the refusals mean something; and only as far as their reach. */
    allowed: async (askers: readonly Asker[]) => {
      for (const asker of askers.filter((candidate) => !isRefused(candidate))) {
        if (asker.person === null) continue;
        const sending = await one.make(place, asker.person, 'near');
        const answer = await send(sending, asker.token);
        if (answer.status !== status)
          report(
            `${called}: ${asker.called} got ${answer.status}, not ${status}: ${answer.text.slice(0, 300)}`,
          );
        tellLeaks(answer, sending, [place], asker);
        if (reach(asker.person) !== 'near' || sending.params === undefined) continue;
        const far = await one.make(place, asker.person, 'far');
        const before = await fingerprint(running, null);
        const refusal = await send(far, asker.token);
        if (refusal.status !== 404)
          report(`${called}: ${asker.called} got ${refusal.status}, not 404, about a citizen far away`);
        if ((await fingerprint(running, null)) !== before)
          report(`${called}: ${asker.called} changed a citizen far away`);
      }
    },
  };

  /** Identities are told only where they are asked for, and codes of citizens only to those who may see the citizens. */
  function tellLeaks(
    answer: Answer,
    sending: Sending,
    places: readonly Place[],
    { called: who, person }: Asker,
  ) {
    const sent = JSON.stringify(sending);
    const told = (secret: string) => answer.text.includes(secret) && !sent.includes(secret);
    const asksIdentity = operation.id === 'citizens.readIdentity' || one.how === 'with identities';
    const mayRead =
      person !== null &&
      (mayDo(allowance, person, 'citizens:read') !== 'no' ||
        mayDo(allowance, person, 'citizens:find') !== 'no');
    for (const { identities, nearCitizen, farCitizen } of places) {
      if (identities.some(told) && !(asksIdentity && answer.status === status))
        report(`${called}: ${who} was told who a citizen is`);
      if ([nearCitizen, farCitizen].some(({ code }) => told(code)) && !mayRead)
        report(`${called}: ${who} was told the code of a citizen`);
      const onlyNear = person !== null && mayDo(allowance, person, 'citizens:read') === 'near';
      if (onlyNear && told(farCitizen.code)) report(`${called}: ${who} was told of a citizen far away`);
    }
  }
}

/** Where a token is worth nothing: all are answered with the same words, which tell of nobody, and not a row is changed. */
async function walkTokenless(
  running: TestApp,
  operation: Operation,
  one: Case,
  places: readonly [Place, Place],
  askers: readonly Asker[],
): Promise<string[]> {
  const called = `${operation.method} ${operation.path}`;
  const wanted = one.needs === 'a link' ? 404 : 200;
  const sending = await one.make(places[0], places[0].chief, 'near');
  const [findings, before] = [new Set<string>(), await fingerprint(running, null)];
  const texts = new Set<string>();
  for (const { called: who, token } of askers) {
    const { status, text } = await ask(running, operation, sending, token);
    if (status !== wanted) findings.add(`${called}: ${who} got ${status}, not ${wanted}`);
    if (wanted === 404 && !text.includes('"code":"link_not_valid"'))
      findings.add(`${called}: ${who} was told that it is not the link`);
    texts.add(text.replace(/"requestId":"[^"]*"/, ''));
    const secrets = places.flatMap(({ identities, nearCitizen, farCitizen }) => [
      ...identities,
      nearCitizen.code,
      farCitizen.code,
    ]);
    if (secrets.some((secret) => text.includes(secret)))
      findings.add(`${called}: ${who} was told of a citizen`);
  }
  if (texts.size > 1) findings.add(`${called}: not everybody got the same answer`);
  if ((await fingerprint(running, null)) !== before) findings.add(`${called}: somebody changed something`);
  return [...findings];
}

/** What the document describes and no case knows: nobody may be answered. */
async function walkUnknown(
  running: Pick<TestApp, 'app'>,
  operation: Operation,
  place: Place,
  askers: readonly Asker[],
): Promise<string[]> {
  const params = { id: place.roomId, code: place.nearCitizen.code, initials: place.chief.initials };
  const findings = [`${operation.method} ${operation.path} has no case`];
  for (const asker of askers) {
    const { status } = await ask(running, operation, { params }, asker.token);
    if (status < 400)
      findings.push(
        `${operation.method} ${operation.path}: ${asker.called} got ${status}, though no case says that anybody may`,
      );
  }
  return findings;
}

async function localAskers(running: TestApp, place: Place): Promise<readonly Asker[]> {
  const initial = place.word.toUpperCase();
  const everything = [
    'administrator',
    'coordinator',
    'data-protection-officer',
    'operator',
    'support-worker',
  ] as const;
  const withToken = (called: string, person: Person, standing: Standing): Asker => ({
    called,
    person,
    token: person.token,
    standing,
  });
  const add = (initials: string, rest: Partial<Parameters<typeof addPerson>[2]>) =>
    addPerson(running, place.id, {
      roles: everything,
      teamId: place.team.id,
      initials: `${initial}${initials}`,
      ...rest,
    });
  const long = new Date('2026-01-02');
  const narrow = await add('SMAL', { scopes: ['rooms:read'] });
  return [
    { called: 'nobody', person: null, token: null, standing: 'void' },
    {
      called: 'somebody with a made-up token',
      person: null,
      token: `naer_${'x'.repeat(43)}`,
      standing: 'void',
    },
    withToken('an expired token', await add('UDLOB', { expiresAt: long }), 'void'),
    withToken('a revoked token', await add('TILBAGE', { revokedAt: long }), 'void'),
    withToken('a former colleague', await add('STOPPET', { endedAt: long }), 'void'),
    withToken('a token for rooms alone', narrow, 'in force'),
    ...[...place.people].map(([role, person]) => withToken(role, person, 'in force')),
  ];
}
