import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../contract/index.ts';
import type { Tx } from '../../storage/index.ts';
import { aCitizen, type CitizenWish } from '../../testing/index.ts';
import type { Actor } from '../identity/index.ts';
import { createWorld, type World } from './fixture.ts';
import { listCitizens } from './store.ts';

const everything = { after: null, limit: 1000, status: null, teamId: null, workerId: null, erased: false };

describe('the reach of a role', () => {
  let world: World;
  let coordinator: Actor;
  const write = <Result>(work: (tx: Tx) => Promise<Result>, municipalityId = world.nordby) =>
    world.database.write(municipalityId, work);
  const register = (wish: CitizenWish = {}, actor = coordinator) =>
    write((tx) => world.citizens.register(tx, actor, aCitizen(wish)), actor.municipalityId);
  const show = (code: string, actor = coordinator) =>
    world.database.read(actor.municipalityId, (tx) => world.citizens.show(tx, actor, code));

  beforeAll(async () => {
    world = await createWorld();
    coordinator = await world.actor(world.nordby, ['coordinator']);
  });
  afterAll(() => world.close());

  /** Where the citizen stands to the actor → what each role meets. */
  const places = ['own team', 'own worker', 'own substitute', 'elsewhere', 'another municipality'] as const;
  const actions = {
    'citizens:read': (actor: Actor, code: string) => show(code, actor),
    'citizens:write': (actor: Actor, code: string) =>
      write((tx) => world.citizens.change(tx, actor, code, { connection: 'weak' }), actor.municipalityId),
    'citizens:step': (actor: Actor, code: string) =>
      write(
        (tx) => world.citizens.takeStep(tx, actor, code, { to: 'offered', reason: 'first-talk' }),
        actor.municipalityId,
      ),
    'citizens:assess': (actor: Actor, code: string) =>
      write(
        (tx) => world.citizens.assess(tx, actor, code, { outcome: 'suited', reasons: [], withCitizen: true }),
        actor.municipalityId,
      ),
    'citizens:read-identity': (actor: Actor, code: string) =>
      write((tx) => world.citizenIdentities.read(tx, actor, code, 'visit'), actor.municipalityId),
    'citizens:write-identity': (actor: Actor, code: string) =>
      write(
        (tx) => world.citizenIdentities.change(tx, actor, code, { phone: '+4522222222' }),
        actor.municipalityId,
      ),
    'citizens:read-accesses': (actor: Actor, code: string) =>
      world.database.read(actor.municipalityId, (tx) =>
        world.citizenIdentities.listAccesses(tx, actor, code, null, 10),
      ),
    'citizens:erase': (actor: Actor, code: string) =>
      write(
        (tx) => world.citizenIdentities.erase(tx, actor, code, { reason: 'registered-by-mistake' }),
        actor.municipalityId,
      ),
  };
  type Action = keyof typeof actions;
  const near: readonly Action[] = [
    'citizens:read',
    'citizens:write',
    'citizens:step',
    'citizens:assess',
    'citizens:read-identity',
    'citizens:write-identity',
  ];
  /** Written out, not derived from the policy: a test that asks the policy would agree with whatever it says. */
  const expected: Readonly<
    Record<Role, { readonly everywhere: readonly Action[]; readonly near: readonly Action[] }>
  > = {
    'support-worker': { everywhere: [], near },
    'super-user': { everywhere: [], near: ['citizens:read'] },
    coordinator: { everywhere: [...near, 'citizens:read-accesses', 'citizens:erase'], near: [] },
    leader: { everywhere: ['citizens:read', 'citizens:read-accesses'], near: [] },
    caseworker: { everywhere: near, near: [] },
    administrator: { everywhere: ['citizens:read', 'citizens:write'], near: [] },
    'data-protection-officer': {
      everywhere: ['citizens:read', 'citizens:read-accesses', 'citizens:erase'],
      near: [],
    },
    'night-watch': { everywhere: [], near: [] },
    'cross-municipal-lead': { everywhere: [], near: [] },
    'it-support': { everywhere: [], near: [] },
    'peer-supporter': { everywhere: [], near: [] },
    'it-auditor': { everywhere: [], near: [] },
    operator: { everywhere: [], near: [] },
  };

  it.each(Object.keys(expected) as Role[])('%s does what the table says, and no more', async (role) => {
    const teamId = await world.team(world.nordby, `Team of ${role}`);
    const actor = await world.actor(world.nordby, [role], teamId);
    const other = await world.actor(world.sydby, ['coordinator']);
    for (const place of places) {
      for (const action of Object.keys(actions) as Action[]) {
        const code =
          place === 'another municipality'
            ? await register({}, other)
            : await register({
                team: place === 'own team' ? `Team of ${role}` : null,
                worker: place === 'own worker' ? actor.initials : null,
                substitute: place === 'own substitute' ? actor.initials : null,
              });
        const outcome = await actions[action](actor, code).then(
          () => 'done',
          (error: { code?: string }) => error.code ?? String(error),
        );
        const { everywhere, near: within } = expected[role];
        const granted = everywhere.includes(action) || within.includes(action);
        const reached =
          place !== 'another municipality' && (everywhere.includes(action) || place !== 'elsewhere');
        expect(outcome, `${action} on ${place}`).toBe(
          granted ? (reached ? 'done' : 'not_found') : 'not_allowed',
        );
      }
    }
  });

  it('a support worker is listed and found those near them, a coordinator all, a night watch finds all', async () => {
    const teamId = await world.team(world.nordby, 'Team List');
    const worker = await world.actor(world.nordby, ['support-worker'], teamId);
    const watch = await world.actor(world.nordby, ['night-watch']);
    const identity = { phone: '+4561616161' };
    const [own, theirs, far] = [
      await register({ team: 'Team List', identity }),
      await register({ worker: worker.initials, identity }),
      await register({ identity }),
    ];
    const listed = await world.database.read(world.nordby, (tx) => listCitizens(tx, worker, everything));
    expect(listed.map((row) => row.code).sort()).toEqual([own, theirs].sort());
    const find = (actor: Actor) =>
      write((tx) => world.citizenIdentities.find(tx, actor, { phone: '+4561616161', reason: 'emergency' }));
    expect([...(await find(worker))].sort()).toEqual([own, theirs].sort());
    expect([...(await find(watch))].sort()).toEqual([own, theirs, far].sort());
    const accesses = await world.database.read(world.nordby, (tx) =>
      world.citizenIdentities.listAccesses(tx, coordinator, far, null, 10),
    );
    expect(accesses.map((access) => [access.by, access.kind])).toEqual([[watch.initials, 'find']]);
  });

  it('a support worker registers those near them, and none for others', async () => {
    const worker = await world.actor(
      world.nordby,
      ['support-worker'],
      await world.team(world.nordby, 'Team Ny'),
    );
    await expect(register({}, worker)).rejects.toMatchObject({ code: 'not_allowed' });
    const code = await register({ team: 'Team Ny' }, worker);
    expect(await show(code, worker)).toMatchObject({ code });
  });

  it('a token with fewer scopes than its owner does less', async () => {
    const code = await register();
    await expect(show(code, { ...coordinator, scopes: ['citizens:write'] })).rejects.toMatchObject({
      code: 'not_allowed',
    });
  });
});
