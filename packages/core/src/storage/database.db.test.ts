import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { createChangeEvents } from './change-events.ts';
import type { Tx } from './database.ts';
import { findViolation, violatedConstraint } from './violations.ts';

describe('a transaction of core', () => {
  let test: TestDatabase;
  let nordby: string;
  let sydby: string;
  const at = new Date('2026-11-24T09:00:00Z');

  beforeAll(async () => {
    test = await createTestDatabase();
    nordby = await test.municipality('Nordby');
    sydby = await test.municipality('Sydby');
  });
  afterAll(() => test.close());

  const addTeam = (municipalityId: string, name: string) =>
    test.database.write(municipalityId, (tx) =>
      tx.team.create({ data: { municipalityId, id: randomUUID(), name, createdAt: at } }),
    );

  it('sees the rows of its own municipality and of no other', async () => {
    await addTeam(nordby, 'Team Nord');
    await addTeam(sydby, 'Team Syd');
    const seen = await test.database.read(nordby, (tx) => tx.team.findMany());
    expect(seen.map((team) => team.name)).toEqual(['Team Nord']);
  });

  it('keeps each of many concurrent transactions in its own municipality', async () => {
    const seen = await Promise.all(
      Array.from({ length: 100 }, (_, n) => {
        const own = n % 2 === 0 ? nordby : sydby;
        return test.database.read(own, async (tx) =>
          (await tx.team.findMany()).every((team) => team.municipalityId === own),
        );
      }),
    );
    expect(seen.every(Boolean)).toBe(true);
  });

  it('cannot write a row of another municipality', async () => {
    const attempt = test.database.write(nordby, (tx) =>
      tx.team.create({ data: { municipalityId: sydby, id: randomUUID(), name: 'Smuglet', createdAt: at } }),
    );
    const error = await attempt.catch((caught: unknown) => caught);
    expect(findViolation(error)?.state).toBe('42501');
  });

  it('cannot write when it was opened for reading, whatever the types are told', async () => {
    const attempt = test.database.read(nordby, (tx) => tx.$queryRaw`DELETE FROM citizen_vault RETURNING 1`);
    const error = await attempt.catch((caught: unknown) => caught);
    expect(findViolation(error)?.state).toBe('25006');
  });

  it('leaves nothing behind when its work throws', async () => {
    await expect(
      test.database.write(nordby, async (tx) => {
        await tx.team.create({
          data: { municipalityId: nordby, id: randomUUID(), name: 'Halv', createdAt: at },
        });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await test.database.read(nordby, (tx) => tx.team.count({ where: { name: 'Halv' } }))).toBe(0);
  });

  it('says once it is committed of what it told a change, and nothing of what was undone', async () => {
    const changes = createChangeEvents({ clock: systemClock });
    const told: string[] = [];
    const stop = test.database.onCommit((changed) => told.push([...changed].join()));
    const change = (tx: Tx, id: string) =>
      changes.append(tx, { type: 'team.created', entity: { kind: 'team', id } });
    await test.database.write(nordby, (tx) => change(tx, 'kept'));
    const undone = test.database.write(nordby, async (tx) => {
      await change(tx, 'undone');
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    await test.database.read(nordby, (tx) => tx.team.count());
    await test.database.write(nordby, (tx) => tx.team.count());
    stop();
    await test.database.write(nordby, (tx) => change(tx, 'unheard'));
    expect(told).toEqual(['kept', '']);
  });

  it('names the constraint that was violated, without the values', async () => {
    await addTeam(nordby, 'Dobbelt');
    const error = await addTeam(nordby, 'Dobbelt').catch((caught: unknown) => caught);
    expect(violatedConstraint(error)).toBe('team_name_unique');
  });

  it('runs its work again when PostgreSQL breaks a deadlock', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    await test.database.write(nordby, async (tx) => {
      await tx.team.createMany({
        data: [one, two].map((id) => ({ municipalityId: nordby, id, name: id, createdAt: at })),
      });
    });
    let runs = 0;
    const barrier = Promise.withResolvers<void>();
    let waiting = 0;
    const crossing = (first: string, second: string) =>
      test.database.write(nordby, async (tx) => {
        runs += 1;
        const run = runs;
        const rename = (id: string) => tx.team.updateMany({ where: { id }, data: { name: `${id} ${run}` } });
        await rename(first);
        waiting += 1;
        if (waiting === 2) barrier.resolve();
        await barrier.promise;
        await rename(second);
      });
    await Promise.all([crossing(one, two), crossing(two, one)]);
    // Each once, and the one that was broken off again; more often where it came back before the other had what it waited for.
    expect(runs).toBeGreaterThanOrEqual(3);
    const named = await test.database.read(nordby, (tx) =>
      tx.team.findMany({ where: { id: { in: [one, two] } } }),
    );
    expect(named).toHaveLength(2);
    expect(new Set(named.map(({ id, name }) => name.slice(id.length))).size).toBe(1);
  });
});
