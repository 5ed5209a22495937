import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.ts';
import type { Actor } from '../modules/identity/index.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { createIdempotency } from './idempotency.ts';

const hash = (text: string) => createHash('sha256').update(text).digest();

describe('an idempotency key', () => {
  let test: TestDatabase;
  let actor: Actor;
  const clock = new ManualClock('2026-11-24T09:00:00Z');
  const { once } = createIdempotency({ clock });

  beforeAll(async () => {
    test = await createTestDatabase();
    actor = await test.actor(await test.municipality(), ['administrator']);
  });
  afterAll(() => test.close());

  const addTeam = (key: string, { by = actor, body = 'same', fail = false, label = randomUUID() } = {}) =>
    test.database.write(by.municipalityId, (tx) =>
      once(tx, { staffId: by.staffId, key, requestHash: hash(body) }, async () => {
        const id = randomUUID();
        await tx.team.create({
          data: { municipalityId: by.municipalityId, id, name: `${key} ${label}`, createdAt: clock.now() },
        });
        if (fail) throw new Error('changed my mind');
        return id;
      }),
    );
  const teams = (municipalityId: string, key: string) =>
    test.database.read(municipalityId, (tx) => tx.team.count({ where: { name: { startsWith: key } } }));

  it('lets twenty at once do one thing and gives all of them the same reference', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => addTeam('twenty')));
    expect(new Set(answers.map(({ reference }) => reference)).size).toBe(1);
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(await teams(actor.municipalityId, 'twenty')).toBe(1);
  });

  it('is refused for another request, whether the first is over or still under way', async () => {
    await addTeam('other');
    await expect(addTeam('other', { body: 'else' })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    const both = await Promise.allSettled([addTeam('race', { body: 'a' }), addTeam('race', { body: 'b' })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await teams(actor.municipalityId, 'race')).toBe(1);
  });

  it('is free again when what it stood for failed, also for those who waited', async () => {
    await expect(addTeam('failed', { fail: true })).rejects.toThrow('changed my mind');
    expect((await addTeam('failed')).repeated).toBe(false);

    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => addTeam('half-failed', { fail: n % 2 === 0 })),
    );
    const done = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(done.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(new Set(done.map(({ reference }) => reference)).size).toBe(1);
    expect(await teams(actor.municipalityId, 'half-failed')).toBe(1);
  });

  it('belongs to one member of staff of one municipality', async () => {
    const colleague = await test.actor(actor.municipalityId, ['administrator']);
    const stranger = await test.actor(await test.municipality('Sydby'), ['administrator']);
    const references = [
      await addTeam('shared'),
      await addTeam('shared', { by: colleague }),
      await addTeam('shared', { by: stranger, body: 'else' }),
    ];
    expect(references.every(({ repeated }) => !repeated)).toBe(true);
    expect(await teams(actor.municipalityId, 'shared')).toBe(2);
    expect(await teams(stranger.municipalityId, 'shared')).toBe(1);
  });

  it('keeps references and hashes, never a body', async () => {
    await addTeam('bodies', { body: 'canary-body' });
    const { rows } = await test.superuser.query(
      `SELECT row_to_json(record)::text AS text FROM idempotency_record AS record WHERE key = 'bodies'`,
    );
    expect(rows[0].text).not.toContain('canary');
  });
});
