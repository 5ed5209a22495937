import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.ts';
import { createLedger } from '../ledger/index.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { createChangeEvents } from './change-events.ts';
import { createChangeListener } from './change-listener.ts';
import { createSequencer, placeBatch, type Sequencer } from './sequencer.ts';

interface Place {
  readonly place: bigint;
  readonly label: string;
}

describe('the sequencer', () => {
  let test: TestDatabase;
  const clock = new ManualClock('2026-11-24T09:00:00Z');
  const changes = createChangeEvents({ clock });
  const ledger = createLedger({ clock });
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    test = await createTestDatabase({ app: 24, worker: 4 });
  });
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });
  afterAll(() => test.close());

  const startSequencer = (options: { pollMs?: number; takeOverMs?: number } = {}): Sequencer => {
    const sequencer = createSequencer({
      workerUrl: test.logins.workerUrl,
      onError: () => undefined,
      ...options,
    });
    open.push(sequencer);
    return sequencer;
  };

  /** One change and one leaf in a transaction that is held open until `until` and then committed. */
  const write = (municipalityId: string, label: string, until?: Promise<unknown>) =>
    test.database.write(municipalityId, async (tx) => {
      await changes.append(tx, { type: 'team.created', entity: { kind: 'team', id: label } });
      await ledger.append(tx, label, { type: 'team.created', team: label });
      await until;
    });

  const eventsOf = async (municipalityId: string): Promise<Place[]> => {
    const { rows } = await test.superuser.query<{ place: string | null; label: string }>(
      'SELECT position AS place, entity_id AS label FROM change_event WHERE municipality_id = $1 ORDER BY position',
      [municipalityId],
    );
    return rows.map(({ place, label }) => ({ place: BigInt(place ?? -1), label }));
  };
  const leavesOf = async (municipalityId: string): Promise<Place[]> => {
    const { rows } = await test.superuser.query<{ place: string | null; entry: Buffer }>(
      'SELECT "index" AS place, entry FROM ledger_leaf WHERE municipality_id = $1 ORDER BY "index"',
      [municipalityId],
    );
    return rows.map(({ place, entry }) => ({
      place: BigInt(place ?? -1),
      label: String((JSON.parse(entry.toString()) as { actor: unknown }).actor),
    }));
  };
  const untilPlaced = async (municipalityIds: readonly string[], count: number): Promise<void> => {
    await expect
      .poll(
        async () => {
          const { rows } = await test.superuser.query<{ n: string }>(
            `SELECT (SELECT count(*) FROM change_event WHERE municipality_id = ANY ($1) AND position IS NOT NULL)
                  + (SELECT count(*) FROM ledger_leaf WHERE municipality_id = ANY ($1) AND "index" IS NOT NULL) AS n`,
            [municipalityIds],
          );
          return Number(rows[0]?.n);
        },
        { interval: 20 },
      )
      .toBe(2 * count);
  };
  const expectWhole = async (municipalityId: string, labels: readonly string[]): Promise<void> => {
    const [events, leaves] = [await eventsOf(municipalityId), await leavesOf(municipalityId)];
    expect(events.map(({ place }) => place)).toEqual(labels.map((_, n) => BigInt(n + 1)));
    expect(leaves.map(({ place }) => place)).toEqual(labels.map((_, n) => BigInt(n)));
    expect(events.map(({ label }) => label).sort()).toEqual([...labels].sort());
    expect(leaves.map(({ label }) => label).sort()).toEqual([...labels].sort());
    const { rows } = await test.superuser.query(
      'SELECT ledger_size, event_position FROM sequence_head WHERE municipality_id = $1',
      [municipalityId],
    );
    expect(rows).toEqual([{ ledger_size: String(labels.length), event_position: String(labels.length) }]);
  };

  it('gives each committed change and leaf one place without gaps, however late it was committed', async () => {
    startSequencer({ pollMs: 5 });
    const municipalities = [await test.municipality(), await test.municipality(), await test.municipality()];
    const labels = new Map(municipalities.map((id) => [id, [] as string[]]));
    await Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        for (let turn = 0; turn < 10; turn += 1) {
          const municipalityId = municipalities[(writer + turn) % 3] ?? '';
          const label = `w${writer}t${turn}`;
          labels.get(municipalityId)?.push(label);
          await write(municipalityId, label, delay((writer * 7 + turn * 13) % 40));
        }
      }),
    );
    await untilPlaced(municipalities, 200);
    for (const [id, expected] of labels) await expectWhole(id, expected);
  });

  it('never gives a later place to what a reader could already have passed', async () => {
    startSequencer({ pollMs: 5 });
    const municipalityId = await test.municipality();
    const late = Promise.withResolvers<void>();
    const first = write(municipalityId, 'begun-first-committed-last', late.promise);
    await write(municipalityId, 'one');
    await write(municipalityId, 'two');
    await untilPlaced([municipalityId], 2);
    const seen = await eventsOf(municipalityId);
    late.resolve();
    await first;
    await untilPlaced([municipalityId], 3);
    const after = await eventsOf(municipalityId);
    expect(after.slice(0, 2)).toEqual(seen.filter(({ place }) => place > 0n));
    expect(after.at(-1)).toEqual({ place: 3n, label: 'begun-first-committed-last' });
  });

  it('gives no place to what was rolled back', async () => {
    startSequencer({ pollMs: 5 });
    const municipalityId = await test.municipality();
    const undone = test.database.write(municipalityId, async (tx) => {
      await changes.append(tx, { type: 'team.created', entity: { kind: 'team', id: 'undone' } });
      await ledger.append(tx, 'undone', { type: 'team.created', team: 'undone' });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await write(municipalityId, 'done');
    await untilPlaced([municipalityId], 1);
    await expectWhole(municipalityId, ['done']);
  });

  it('is taken over within two seconds when the leader loses its connection, and nothing is skipped or doubled', async () => {
    const sequencers = [startSequencer({ pollMs: 5 }), startSequencer({ pollMs: 5 })];
    await expect.poll(() => sequencers.filter((each) => each.leading).length).toBe(1);
    const municipalityId = await test.municipality();
    const labels: string[] = [];
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let turn = 0; writing; turn += 1) {
        const label = `w${writer}t${turn}`;
        await write(municipalityId, label);
        labels.push(label);
      }
    });
    for (let kill = 0; kill < 3; kill += 1) {
      const before = sequencers.findIndex((each) => each.leading);
      const { rows } = await test.superuser.query<{ pid: number }>(
        `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(rows).toHaveLength(1);
      const at = performance.now();
      await test.superuser.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      const placedBefore = (await eventsOf(municipalityId)).filter(({ place }) => place > 0n).length;
      await expect
        .poll(
          () => sequencers.some((each, n) => each.leading && (n !== before || performance.now() - at > 50)),
          { interval: 10 },
        )
        .toBe(true);
      await expect
        .poll(async () => (await eventsOf(municipalityId)).filter(({ place }) => place > 0n).length, {
          interval: 20,
        })
        .toBeGreaterThan(placedBefore);
      expect(performance.now() - at).toBeLessThan(2_000);
    }
    writing = false;
    await Promise.all(writers);
    await untilPlaced([municipalityId], labels.length);
    await expectWhole(municipalityId, labels);
  });

  it('is taken over when the process that leads is frozen, and takes no harm when that one wakes up', async () => {
    const frozen = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'fixtures/lead.ts'), test.logins.workerUrl],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    try {
      const [line] = (await once(frozen.stdout, 'data')) as [Buffer];
      expect(line.toString().trim()).toBe('leading');
      frozen.kill('SIGSTOP');
      const municipalityId = await test.municipality();
      for (const label of ['one', 'two', 'three']) await write(municipalityId, label);
      const successor = startSequencer({ pollMs: 5, takeOverMs: 50 });
      await expect.poll(() => successor.leading).toBe(true);
      await untilPlaced([municipalityId], 3);
      frozen.kill('SIGCONT');
      const labels = Array.from({ length: 30 }, (_, n) => `n${n}`);
      for (const label of labels) await write(municipalityId, label);
      await untilPlaced([municipalityId], 33);
      await expectWhole(municipalityId, ['one', 'two', 'three', ...labels]);
    } finally {
      frozen.kill('SIGCONT');
      frozen.stdin.end();
      await once(frozen, 'exit');
    }
  });

  it('cannot place twice while a stalled leader and its successor both believe to lead', async () => {
    const municipalityId = await test.municipality();
    const labels = Array.from({ length: 40 }, (_, n) => `c${n}`);
    for (const label of labels.slice(0, 20)) await write(municipalityId, label);
    const leaders = [
      new Client({ connectionString: test.logins.workerUrl }),
      new Client({ connectionString: test.logins.workerUrl }),
      new Client({ connectionString: test.logins.workerUrl }),
    ];
    try {
      for (const leader of leaders) await leader.connect();
      // The first one stalls in the middle of its transaction, with everything numbered and nothing committed.
      const [stalled, second, third] = leaders;
      if (stalled === undefined || second === undefined || third === undefined)
        throw new Error('three leaders');
      const release = Promise.withResolvers<void>();
      const stalledDone = placeBatch(stalled, { beforeCommit: () => release.promise });
      await expect
        .poll(async () => {
          const { rows } = await test.superuser.query(
            `SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND usename LIKE '%_login_worker' AND datname = current_database()`,
          );
          return rows.length;
        })
        .toBe(1);
      for (const label of labels.slice(20)) await write(municipalityId, label);
      const others = [placeBatch(second), placeBatch(third)];
      await delay(50);
      release.resolve();
      await Promise.all([stalledDone, ...others]);
      while ((await placeBatch(second)) > 0);
      await expectWhole(municipalityId, labels);
    } finally {
      for (const leader of leaders) await leader.end();
    }
  });

  it('keeps its places in a race of leaders that never agreed who leads', async () => {
    const municipalities = [await test.municipality(), await test.municipality()];
    const labels = new Map(municipalities.map((id) => [id, [] as string[]]));
    const leaders = Array.from({ length: 4 }, () => new Client({ connectionString: test.logins.workerUrl }));
    try {
      for (const leader of leaders) await leader.connect();
      let writing = true;
      const placing = leaders.map(async (leader) => {
        // Two leaders may block each other crosswise; PostgreSQL breaks that, and the loop goes on as the real one does.
        while (writing) await placeBatch(leader).catch(() => 0);
      });
      await Promise.all(
        Array.from({ length: 8 }, async (_, writer) => {
          for (let turn = 0; turn < 15; turn += 1) {
            const municipalityId = municipalities[(writer + turn) % 2] ?? '';
            labels.get(municipalityId)?.push(`w${writer}t${turn}`);
            await write(municipalityId, `w${writer}t${turn}`, delay((writer * turn) % 5));
          }
        }),
      );
      writing = false;
      await Promise.all(placing);
      const [first] = leaders;
      if (first !== undefined) while ((await placeBatch(first)) > 0);
      for (const [id, expected] of labels) await expectWhole(id, expected);
    } finally {
      for (const leader of leaders) await leader.end();
    }
  });

  it('tells the listeners of other pools which municipality has news, and no other', async () => {
    const [here, elsewhere] = [await test.municipality(), await test.municipality()];
    const listener = createChangeListener({ workerUrl: test.logins.workerUrl, onError: () => undefined });
    open.push(listener);
    let heard = 0;
    let other = 0;
    const toldOnce = Promise.withResolvers<void>();
    listener.listen(here, () => {
      heard += 1;
      toldOnce.resolve();
    });
    listener.listen(elsewhere, () => {
      other += 1;
    });
    // Once LISTEN is up everybody is told to look; from there on only by changes.
    await toldOnce.promise;
    [heard, other] = [0, 0];
    startSequencer({ pollMs: 5 });
    await write(here, 'news');
    await expect.poll(() => heard).toBe(1);
    expect(other).toBe(0);
  });

  it('tells listeners again after their connection broke, since they may have missed something', async () => {
    const here = await test.municipality();
    const listener = createChangeListener({ workerUrl: test.logins.workerUrl, onError: () => undefined });
    open.push(listener);
    let heard = 0;
    listener.listen(here, () => {
      heard += 1;
    });
    await expect.poll(() => heard).toBe(1);
    await test.superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'naer listener' AND datname = current_database()`,
    );
    await expect.poll(() => heard).toBe(2);
  });

  it('places at once when it is woken, long before its next turn', async () => {
    const sequencer = startSequencer({ pollMs: 600_000 });
    await expect.poll(() => sequencer.leading).toBe(true);
    await delay(100);
    const municipalityId = await test.municipality();
    await write(municipalityId, 'woken');
    sequencer.wake();
    await untilPlaced([municipalityId], 1);
  });

  it('does not lose a wake that comes while it is placing', async () => {
    const sequencer = startSequencer({ pollMs: 60_000 });
    await expect.poll(() => sequencer.leading).toBe(true);
    const municipalityId = await test.municipality();
    const labels = Array.from({ length: 60 }, (_, n) => `n${n}`);
    await Promise.all(
      labels.map(async (label) => {
        await write(municipalityId, label);
        sequencer.wake();
      }),
    );
    await untilPlaced([municipalityId], labels.length);
    await expectWhole(municipalityId, labels);
  });

  it('does what else the leader does each time it looked, and leads anew when that failed', async () => {
    const [calls, errors]: [number[], unknown[]] = [[], []];
    const sequencer = createSequencer({
      workerUrl: test.logins.workerUrl,
      pollMs: 60_000,
      takeOverMs: 20,
      afterPlacing: (_, placed) => {
        calls.push(placed);
        if (calls.length === 2) return Promise.reject(new Error('not this time'));
        // Asked for at once after the first, then not before the next turn.
        return Promise.resolve(calls.length === 1 ? 0 : 60_000);
      },
      onError: (error) => errors.push(error),
    });
    open.push(sequencer);
    await expect.poll(() => calls).toEqual([0, 0, 0]);
    expect(errors).toEqual([new Error('not this time')]);
    await expect.poll(() => sequencer.leading).toBe(true);
    const municipalityId = await test.municipality();
    await write(municipalityId, 'told');
    sequencer.wake();
    await expect.poll(() => calls).toEqual([0, 0, 0, 1]);
  });

  it('closes while it waits, while it leads, and when there is no database', async () => {
    const leader = startSequencer();
    await expect.poll(() => leader.leading).toBe(true);
    const follower = startSequencer({ takeOverMs: 60_000 });
    const nowhere = createSequencer({
      workerUrl: 'postgresql://x:y@127.0.0.1:1/none',
      takeOverMs: 600_000,
      onError: () => undefined,
    });
    // Within the time of a test, that is: without waiting for the next try.
    await Promise.all([follower.close(), leader.close(), nowhere.close()]);
    expect(leader.leading).toBe(false);
    const { rows } = await test.superuser.query(
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'naer sequencer' AND datname = current_database()`,
    );
    expect(rows).toEqual([]);
  });

  it('numbers more than one batch in the order the changes were made', async () => {
    const municipalityId = await test.municipality();
    const ids = Array.from({ length: 12_000 }, () => randomUUID());
    await test.database.write(municipalityId, (tx) =>
      changes.append(tx, ...ids.map((id) => ({ type: 'team.created', entity: { kind: 'team', id } }))),
    );
    startSequencer({ pollMs: 60_000 });
    await expect
      .poll(async () => (await eventsOf(municipalityId)).filter(({ place }) => place > 0n).length)
      .toBe(ids.length);
    const placed = await eventsOf(municipalityId);
    expect(placed.map(({ label }) => label)).toEqual(ids);
    expect(placed.map(({ place }) => place)).toEqual(ids.map((_, n) => BigInt(n + 1)));
  });
});
