import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import type { ReadTx, Tx } from './database.ts';
import { Prisma } from './generated/client.ts';
import { queryHot } from './transaction.ts';
import { findViolation } from './violations.ts';

describe('a statement past Prisma', () => {
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

  const insertTeam = (tx: Tx, name: string) =>
    queryHot(
      tx,
      Prisma.sql`INSERT INTO team (municipality_id, id, name, created_at) VALUES (app_municipality(), ${randomUUID()}::uuid, ${name}, ${at})`,
    );
  const teamNames = async (tx: ReadTx) =>
    (await queryHot<{ name: string }>(tx, Prisma.sql`SELECT name FROM team ORDER BY name`)).map(
      ({ name }) => name,
    );
  const namesOf = (municipalityId: string) => test.database.read(municipalityId, teamNames);

  it('sees and writes the rows of its own municipality alone', async () => {
    await test.database.write(nordby, (tx) => insertTeam(tx, 'Egen'));
    expect(await namesOf(nordby)).toContain('Egen');
    expect(await namesOf(sydby)).not.toContain('Egen');
  });

  it('is in one transaction with what Prisma does, whoever comes first', async () => {
    const byPrisma = (tx: Tx, name: string) =>
      tx.team.create({ data: { municipalityId: nordby, id: randomUUID(), name, createdAt: at } });
    await expect(
      test.database.write(nordby, async (tx) => {
        await insertTeam(tx, 'Først uden');
        await byPrisma(tx, 'Så med');
        expect(await teamNames(tx)).toEqual(expect.arrayContaining(['Først uden', 'Så med']));
        expect(await tx.team.count({ where: { name: 'Først uden' } })).toBe(1);
        throw new Error('undo both');
      }),
    ).rejects.toThrow('undo both');
    const names = await namesOf(nordby);
    expect(names).not.toContain('Først uden');
    expect(names).not.toContain('Så med');
  });

  it('may go out with others at once, each with its own answer', async () => {
    const answers = await test.database.read(nordby, (tx) =>
      Promise.all(
        Array.from({ length: 20 }, async (_, n) =>
          n % 2 === 0
            ? (await queryHot<{ n: number }>(tx, Prisma.sql`SELECT ${n}::int AS n`))[0]?.n
            : (await tx.$queryRaw<{ n: number }[]>`SELECT ${n}::int AS n`)[0]?.n,
        ),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('keeps each of many concurrent transactions in its own municipality', async () => {
    const seen = await Promise.all(
      Array.from({ length: 100 }, (_, n) => {
        const own = n % 2 === 0 ? nordby : sydby;
        return test.database.read(own, async (tx) => {
          const [row] = await queryHot<{ id: string }>(tx, Prisma.sql`SELECT id FROM municipality`);
          return row?.id === own;
        });
      }),
    );
    expect(seen.every(Boolean)).toBe(true);
  });

  it('cannot write when the transaction was opened for reading', async () => {
    const attempt = test.database.read(nordby, (tx) => insertTeam(tx as Tx, 'Smuglet'));
    expect(findViolation(await attempt.catch((error: unknown) => error))?.state).toBe('25006');
  });

  it('is refused once the transaction is over, and so is Prisma', async () => {
    const kept = await test.database.write(nordby, async (tx) => ({ tx }));
    await expect(teamNames(kept.tx)).rejects.toThrow('the transaction is over');
    await expect(kept.tx.team.count()).rejects.toThrow('the transaction is over');
    await expect(queryHot({}, Prisma.sql`SELECT 1`)).rejects.toThrow('no transaction of ours');
  });
});

describe('a transaction', () => {
  let test: TestDatabase;
  let nordby: string;
  const at = new Date('2026-11-24T09:00:00Z');
  beforeAll(async () => {
    test = await createTestDatabase();
    nordby = await test.municipality('Nordby');
  });
  afterAll(() => test.close());

  const createTeam = (tx: Tx, name: string) =>
    tx.team.create({ data: { municipalityId: nordby, id: randomUUID(), name, createdAt: at } });
  const countOf = (name: string) => test.database.read(nordby, (tx) => tx.team.count({ where: { name } }));

  it('does not pass for written when a failed statement had ended it unseen', async () => {
    const attempt = test.database.write(nordby, async (tx) => {
      await createTeam(tx, 'Tabt');
      await queryHot(tx, Prisma.sql`SELECT 1 / 0`).catch(() => undefined);
    });
    await expect(attempt).rejects.toThrow('nothing was written');
    expect(await countOf('Tabt')).toBe(0);
  });

  it('that takes too long is told so and leaves nothing behind', async () => {
    const attempt = test.database.write(
      nordby,
      async (tx) => {
        await createTeam(tx, 'Sen');
        await new Promise(() => undefined);
      },
      { timeoutMs: 100 },
    );
    await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
    expect(await countOf('Sen')).toBe(0);
  });

  it('is served though every connection of the pool broke before', async () => {
    await test.superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'naer'`,
    );
    const first = await countOf('Egal').catch((error: unknown) => error);
    expect(first === 0 || first instanceof Error).toBe(true);
    expect(await countOf('Egal')).toBe(0);
  });
});
