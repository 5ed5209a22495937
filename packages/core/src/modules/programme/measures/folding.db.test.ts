import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advisoryLocks, type Database, openDatabase } from '../../../storage/index.ts';
import { createTestDatabase, type TestDatabase } from '../../../testing/index.ts';
import type { LedgerFact, VisitFact } from './facts.ts';
import { idOf, leafOf, sign, type Told, visitTold, writeLeaves } from './fixture.ts';
import { aLog } from './fixtures/worlds.ts';
import { createFolding } from './folding.ts';
import { readLeaves } from './leaves.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const keep = async (log: readonly Told[], signed = log.length, label?: string): Promise<string> => {
  const municipalityId = await test.municipality(label);
  await writeLeaves(test.superuser, municipalityId, log.map(leafOf));
  await sign(test.superuser, municipalityId, signed);
  return municipalityId;
};

/** The database, and how many transactions it was asked for. */
function counted(): Pick<Database, 'write'> & { readonly transactions: number } {
  let transactions = 0;
  return {
    get transactions() {
      return transactions;
    },
    write: (id, work, options) => {
      transactions += 1;
      return test.database.write(id, work, options);
    },
  };
}

/** All that was folded, in one order. */
async function foldedOf(municipalityId: string) {
  const rows = async (sql: string) => (await test.superuser.query(sql, [municipalityId])).rows as unknown[];
  return {
    size: await rows('SELECT size FROM measure_fold WHERE municipality_id = $1'),
    visits: await rows(
      `SELECT visit, from_index, until_index, subject, worker, team, happened_on::text, channel, state, video_minutes,
         physical_minutes, phone_minutes FROM visit_fact WHERE municipality_id = $1 ORDER BY visit, from_index`,
    ),
    others: await rows(
      `SELECT "index", type, subject, staff, team, programme, code, happened_on::text, data FROM ledger_fact
       WHERE municipality_id = $1 ORDER BY "index"`,
    ),
  };
}

/** The same, told by walking through the leaves one by one. */
function walkedThrough(log: readonly Told[]): Awaited<ReturnType<typeof foldedOf>> {
  const facts: (VisitFact & { untilIndex: bigint | null })[] = [];
  const others: LedgerFact[] = [];
  for (const [nth, told] of log.entries()) {
    const index = BigInt(nth);
    const said = readLeaves([{ index, entry: leafOf(told) }]);
    others.push(...said.others);
    for (const { visit, ended } of said.visits) {
      const open = facts.findIndex((fact) => fact.visit === visit && fact.untilIndex === null);
      const before = facts[open];
      if (before !== undefined) facts[open] = { ...before, untilIndex: index };
      if (ended !== null) facts.push({ ...ended, visit, fromIndex: index, untilIndex: null });
    }
  }
  const inOrder = facts.sort((a, b) =>
    a.visit === b.visit ? Number(a.fromIndex - b.fromIndex) : a.visit < b.visit ? -1 : 1,
  );
  return {
    size: [{ size: String(log.length) }],
    visits: inOrder.map((fact) => ({
      visit: fact.visit,
      from_index: String(fact.fromIndex),
      until_index: fact.untilIndex === null ? null : String(fact.untilIndex),
      subject: fact.subject,
      worker: fact.worker,
      team: fact.team,
      happened_on: fact.on,
      channel: fact.channel,
      state: fact.state,
      video_minutes: fact.minutes.video,
      physical_minutes: fact.minutes.physical,
      phone_minutes: fact.minutes.phone,
    })),
    others: others.map(({ index, on, ...fact }) => ({ ...fact, index: String(index), happened_on: on })),
  };
}

const someLog = (length: number, seed = 7): readonly Told[] =>
  fc.sample(aLog({ minLength: length, maxLength: length }), { numRuns: 1, seed })[0] ?? [];

describe('folding', () => {
  it('gives the same whatever the batches and whenever it is signed, and the same again when it is made anew', async () => {
    await fc.assert(
      fc.asyncProperty(
        aLog({ minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.nat(80), { maxLength: 3 }),
        async (log, batch, stops) => {
          const { fold, refold } = createFolding({ database: test.database, batch });
          const municipalityId = await keep(log, 0);
          for (const stop of [
            ...stops.filter((size) => size < log.length).sort((a, b) => a - b),
            log.length,
          ]) {
            await sign(test.superuser, municipalityId, stop);
            expect(await fold(municipalityId)).toBe(BigInt(stop));
          }
          const expected = walkedThrough(log);
          expect(await foldedOf(municipalityId)).toEqual(expected);
          expect(await refold(municipalityId)).toBe(BigInt(log.length));
          expect(await foldedOf(municipalityId)).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('goes no further than what is signed', async () => {
    const log = someLog(50);
    const municipalityId = await keep(log, 20);
    const { fold } = createFolding({ database: test.database });
    expect(await fold(municipalityId)).toBe(20n);
    expect(await foldedOf(municipalityId)).toEqual(walkedThrough(log.slice(0, 20)));
  });

  it('counts each leaf once though two processes fold at once', async () => {
    const log = someLog(400);
    const municipalityId = await keep(log);
    const other = openDatabase(test.logins, { app: 2, worker: 1 });
    try {
      const folds = [test.database, other, test.database, other].map((database) =>
        createFolding({ database, batch: 30 }).fold(municipalityId),
      );
      expect(await Promise.all(folds)).toEqual([400n, 400n, 400n, 400n]);
    } finally {
      await other.close();
    }
    expect(await foldedOf(municipalityId)).toEqual(walkedThrough(log));
  });

  it('goes on where it was killed, wherever that was', async () => {
    const log = someLog(120);
    const municipalityId = await keep(log);
    let left = 2;
    const killed: Pick<Database, 'write'> = {
      write: (id, work, options) =>
        test.database.write(
          id,
          async (tx) => {
            const result = await work(tx);
            left -= 1;
            // All is written and nothing committed.
            if (left < 0) throw new Error('killed');
            return result;
          },
          options,
        ),
    };
    await expect(createFolding({ database: killed, batch: 25 }).fold(municipalityId)).rejects.toThrow(
      'killed',
    );
    expect(await foldedOf(municipalityId)).toEqual(walkedThrough(log.slice(0, 50)));
    await createFolding({ database: test.database, batch: 25 }).fold(municipalityId);
    expect(await foldedOf(municipalityId)).toEqual(walkedThrough(log));
  });

  it('names a leaf that is missing, and keeps what it had until then', async () => {
    const log = someLog(60);
    const municipalityId = await keep(log);
    await test.superuser.query('DELETE FROM ledger_leaf WHERE municipality_id = $1 AND "index" = 37', [
      municipalityId,
    ]);
    const { fold } = createFolding({ database: test.database, batch: 20 });
    await expect(fold(municipalityId)).rejects.toMatchObject({
      code: 'ledger_unsound',
      params: { index: '37' },
    });
    expect(await foldedOf(municipalityId)).toEqual(walkedThrough(log.slice(0, 20)));
  });

  it('names a leaf that nobody can read', async () => {
    const municipalityId = await keep(someLog(10));
    await test.superuser.query(
      `UPDATE ledger_leaf SET entry = 'nonsense' WHERE municipality_id = $1 AND "index" = 4`,
      [municipalityId],
    );
    await expect(createFolding({ database: test.database }).fold(municipalityId)).rejects.toMatchObject({
      code: 'ledger_unsound',
      params: { index: '4' },
    });
  });

  it('begins anew with the log of a demo municipality', async () => {
    const municipalityId = await keep(someLog(40));
    const { fold } = createFolding({ database: test.database });
    await fold(municipalityId);
    await test.superuser.query('UPDATE municipality SET is_demo = true WHERE id = $1', [municipalityId]);
    await test.superuser.query('SELECT erase_demo_municipality($1, $2)', [municipalityId, []]);
    expect(await fold(municipalityId)).toBe(0n);
    const anew = [
      visitTold({
        visit: idOf('visit', 1),
        subject: idOf('subject', 1),
        worker: idOf('worker', 1),
        at: '2026-05-01T08:00:00.000Z',
      }),
    ];
    await writeLeaves(test.superuser, municipalityId, anew.map(leafOf));
    await sign(test.superuser, municipalityId, 1);
    expect(await fold(municipalityId)).toBe(1n);
    expect(await foldedOf(municipalityId)).toEqual(walkedThrough(anew));
  });

  it('waits while a demo municipality is made anew, and takes nothing of the old log', async () => {
    const municipalityId = await keep(someLog(40));
    await test.superuser.query('UPDATE municipality SET is_demo = true WHERE id = $1', [municipalityId]);
    await test.superuser.query('BEGIN');
    await test.superuser.query('SELECT erase_demo_municipality($1, $2)', [municipalityId, []]);
    const looking = counted();
    const folding = createFolding({ database: looking }).fold(municipalityId);
    await expect.poll(() => looking.transactions).toBeGreaterThan(2);
    await test.superuser.query('COMMIT');
    expect(await folding).toBe(0n);
    expect(await foldedOf(municipalityId)).toEqual({ size: [], visits: [], others: [] });
  });

  it('waits for another outside of a transaction, and stops at once when it is told to', async () => {
    const municipalityId = await keep([
      visitTold({
        visit: idOf('visit', 1),
        subject: idOf('subject', 1),
        worker: idOf('worker', 1),
        at: '2026-05-01T08:00:00.000Z',
      }),
    ]);
    const stop = new AbortController();
    const looking = counted();
    const { superuser } = test;
    await superuser.query('BEGIN');
    await superuser.query('SELECT pg_advisory_xact_lock($1::integer, hashtext($2))', [
      advisoryLocks.measureFold,
      municipalityId,
    ]);
    const folding = createFolding({ database: looking });
    const stopped = folding.fold(municipalityId, stop.signal);
    const patient = folding.fold(municipalityId);
    await expect.poll(() => looking.transactions).toBeGreaterThan(4);
    stop.abort();
    expect(await stopped).toBe(0n);
    await superuser.query('COMMIT');
    expect(await patient).toBe(1n);
  });

  it('keeps to its own municipality', async () => {
    const [mine, theirs] = [await keep(someLog(30, 1)), await keep(someLog(30, 2))];
    await createFolding({ database: test.database }).fold(mine);
    expect((await foldedOf(theirs)).visits).toEqual([]);
    await createFolding({ database: test.database }).fold(theirs);
    expect(await foldedOf(mine)).toEqual(walkedThrough(someLog(30, 1)));
    expect(await foldedOf(theirs)).toEqual(walkedThrough(someLog(30, 2)));
  });
});
