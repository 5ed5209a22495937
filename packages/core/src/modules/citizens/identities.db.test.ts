import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tx } from '../../storage/index.ts';
import { aCitizen, type CitizenWish } from '../../testing/index.ts';
import type { Actor } from '../identity/index.ts';
import { createWorld, type World } from './fixture.ts';
import { listCitizens } from './store.ts';

const everything = { after: null, limit: 1000, status: null, teamId: null, workerId: null, erased: false };

describe('who a citizen is', () => {
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

  it('is read with a reason, and every reading is kept, in the table and in the ledger', async () => {
    const code = await register({ identity: { name: 'Åse  Ågesen', address: 'Nygade 1\n8800 Viborg' } });
    const identity = await write((tx) => world.citizenIdentities.read(tx, coordinator, code, 'delivery'));
    expect(identity).toMatchObject({
      name: 'Åse Ågesen',
      phone: '+4520000000',
      address: 'Nygade 1 8800 Viborg',
    });
    const accesses = await world.database.read(world.nordby, (tx) =>
      world.citizenIdentities.listAccesses(tx, coordinator, code, null, 10),
    );
    expect(accesses).toMatchObject([{ by: coordinator.initials, kind: 'read', reason: 'delivery' }]);
    expect((await world.leaves()).at(-1)).toMatchObject({
      type: 'citizen.identity-read',
      kind: 'read',
      reason: 'delivery',
    });
  });

  it('is found by reference and by phone after a correction, and not by what it was before', async () => {
    const code = await register({ identity: { reference: 'R-1', phone: '+4530303030' } });
    await write((tx) =>
      world.citizenIdentities.change(tx, coordinator, code, { reference: 'R-2', phone: null }),
    );
    const find = (wish: { reference?: string; phone?: string }) =>
      write((tx) => world.citizenIdentities.find(tx, coordinator, { ...wish, reason: 'contact' }));
    expect(await find({ reference: 'R-2' })).toEqual([code]);
    expect(await find({ reference: 'R-1' })).toEqual([]);
    expect(await find({ phone: '+4530303030' })).toEqual([]);
    expect(
      (await world.leaves()).filter((leaf) => leaf.type === 'citizen.identity-changed').at(-1),
    ).toMatchObject({ fields: ['reference', 'phone'] });
  });

  it('cannot be corrected to the reference of another', async () => {
    await register({ identity: { reference: 'R-10' } });
    const code = await register({ identity: { reference: 'R-11' } });
    const wish = write((tx) => world.citizenIdentities.change(tx, coordinator, code, { reference: 'R-10' }));
    await expect(wish).rejects.toMatchObject({ code: 'reference_taken', params: {} });
  });

  it('stands nowhere in the database in the clear, nor in what the database says when it is provoked', async () => {
    const canary = 'Kanariefugl Øjvind';
    const code = await register({
      identity: {
        name: canary,
        reference: 'KANARIE-1',
        phone: '+4598765432',
        email: 'kanarie@example.dk',
        address: 'Kanariestien 7',
      },
    });
    await write((tx) => world.citizenIdentities.read(tx, coordinator, code, 'contact'));
    const provoked = await register({ identity: { name: canary, reference: 'KANARIE-1' } }).catch(
      (error: unknown) => error,
    );
    expect(JSON.stringify(provoked) + String(provoked)).not.toMatch(/kanarie/i);
    const { rows: tables } = await world.superuser.query<{ name: string }>(
      `SELECT format('%I', table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    for (const { name } of tables) {
      const { rows } = await world.superuser.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
      const hex = (text: string) => Buffer.from(text).toString('hex');
      const needles = [
        'Kanarie',
        'KANARIE',
        'kanarie',
        '98765432',
        hex('Kanarie'),
        hex('KANARIE-1'),
        hex('98765432'),
      ];
      for (const { text } of rows)
        for (const needle of needles) expect(text.includes(needle), `${needle} in ${name}`).toBe(false);
    }
  });

  it('is gone for good after an erasure, while the course stays', async () => {
    const code = await register({
      team: null,
      connection: 'good',
      acquaintance: { kind: 'met', on: '2026-11-01' },
      identity: { reference: 'R-20' },
    });
    await write((tx) =>
      world.citizens.takeStep(tx, coordinator, code, { to: 'offered', reason: 'first-talk' }),
    );
    const { id } = await show(code);
    const { rows: sealed } = await world.superuser.query(
      'SELECT * FROM citizen_vault WHERE citizen_id = $1',
      [id],
    );
    expect(sealed).toHaveLength(1);
    const subject = await world.database.read(world.nordby, (tx) =>
      world.identities.readSubject(tx, world.nordby, id),
    );

    await write((tx) =>
      world.citizenIdentities.erase(tx, coordinator, code, { reason: 'data-subject-request' }),
    );

    expect(
      await world.superuser.query('SELECT 1 FROM citizen_vault WHERE citizen_id = $1', [id]),
    ).toHaveProperty('rowCount', 0);
    expect(await show(code)).toMatchObject({
      status: 'offered',
      connection: 'unknown',
      metOn: null,
      grantedMinutes: 0,
      erasedAt: expect.any(Date),
    });
    expect(
      (await world.superuser.query('SELECT 1 FROM citizen_step WHERE citizen_id = $1', [id])).rowCount,
    ).toBe(2);
    expect(
      (await world.superuser.query('SELECT type FROM change_event WHERE entity_id = $1', [code])).rows,
    ).toEqual([{ type: 'citizen.erased' }]);
    expect((await world.leaves()).at(-1)).toEqual({
      type: 'citizen.erased',
      subject,
      reason: 'data-subject-request',
    });

    const later = [
      () => write((tx) => world.citizenIdentities.read(tx, coordinator, code, 'contact')),
      () => write((tx) => world.citizenIdentities.change(tx, coordinator, code, { name: 'Ny' })),
      () => write((tx) => world.citizens.change(tx, coordinator, code, { connection: 'good' })),
      () =>
        write((tx) => world.citizens.takeStep(tx, coordinator, code, { to: 'accepted', reason: 'own-wish' })),
      () =>
        write((tx) =>
          world.citizens.assess(tx, coordinator, code, {
            outcome: 'suited',
            reasons: [],
            withCitizen: true,
          }),
        ),
      () =>
        write((tx) =>
          world.citizenIdentities.erase(tx, coordinator, code, { reason: 'data-subject-request' }),
        ),
    ];
    for (const attempt of later) await expect(attempt()).rejects.toMatchObject({ code: 'citizen_erased' });
    expect(
      await write((tx) =>
        world.citizenIdentities.find(tx, coordinator, { reference: 'R-20', reason: 'contact' }),
      ),
    ).toEqual([]);
    // The number is free again: support may begin anew, with a new code.
    expect(await register({ identity: { reference: 'R-20' } })).not.toBe(code);
    const listed = await world.database.read(world.nordby, (tx) => listCitizens(tx, coordinator, everything));
    expect(listed.some((row) => row.code === code)).toBe(false);
  });

  it('cannot be put on another citizen by moving sealed bytes', async () => {
    const [one, two] = [await register(), await register()];
    const [{ id: a }, { id: b }] = [await show(one), await show(two)];
    await world.superuser.query(
      `UPDATE citizen_vault AS v SET wrapped_key = w.wrapped_key, sealed_identity = w.sealed_identity, sealed_subject = w.sealed_subject
       FROM citizen_vault w WHERE v.citizen_id = $1 AND w.citizen_id = $2`,
      [a, b],
    );
    const attempt = write((tx) => world.citizenIdentities.read(tx, coordinator, one, 'contact'));
    await expect(attempt).rejects.toMatchObject({ name: 'SealBroken' });
  });
});
