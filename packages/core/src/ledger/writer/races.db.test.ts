import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSequencer, type Sequencer } from '../../storage/index.ts';
import { placeBatch } from '../../storage/sequencer.ts';
import { createLedgerWorld, type LedgerWorld, readTrueHeads } from './fixture.ts';
import { createLedgerSigning, signLog } from './signing.ts';

describe('signing, whoever comes in between,', () => {
  let world: LedgerWorld;
  const open: Sequencer[] = [];

  beforeAll(async () => {
    world = await createLedgerWorld();
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
  afterAll(() => world.close());

  const untilWaiting = (what: string) =>
    expect
      .poll(async () => {
        const { rows } = await world.test.superuser.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND ${what}`,
        );
        return rows.length;
      })
      .toBe(1);

  const startSequencer = (signEveryMs: number) => {
    const sequencer = createSequencer({
      workerUrl: world.test.logins.workerUrl,
      pollMs: 2,
      takeOverMs: 50,
      afterPlacing: createLedgerSigning({ ...world, signEveryMs, onError: () => undefined }),
      onError: () => undefined,
    });
    open.push(sequencer);
    return sequencer;
  };
  const sizes = async (id: string) => (await world.heads(id)).map(({ size }) => Number(size));
  const untilSigned = (id: string, size: number, timeout = 20_000) =>
    expect.poll(async () => (await sizes(id)).at(-1), { timeout, interval: 20 }).toBe(size);

  it('comes at once after a quiet while, and then once in each stretch of time', async () => {
    const id = await world.test.municipality();
    startSequencer(600);
    const begun = performance.now();
    await world.append(id, 1);
    await untilSigned(id, 1);
    expect(performance.now() - begun).toBeLessThan(600);
    let written = 1;
    while (performance.now() - begun < 1_500) {
      await world.append(id, 1);
      written += 1;
      await delay(10);
    }
    await untilSigned(id, written);
    const elapsed = performance.now() - begun;
    const count = (await sizes(id)).length;
    expect(count).toBeGreaterThanOrEqual(3);
    expect(count).toBeLessThanOrEqual(1 + Math.ceil(elapsed / 600));
    await readTrueHeads(world, id);
  });

  it('goes on within two seconds in another process when the leader loses its connection', async () => {
    const id = await world.test.municipality();
    const sequencers = [startSequencer(20), startSequencer(20)];
    await expect.poll(() => sequencers.some(({ leading }) => leading)).toBe(true);
    for (let kill = 1; kill <= 3; kill += 1) {
      const { rows } = await world.test.superuser.query<{ pid: number }>(
        `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 7214002
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(rows).toHaveLength(1);
      await world.test.superuser.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await world.append(id, 10);
      await untilSigned(id, 10 * kill, 2_000);
    }
    await readTrueHeads(world, id);
  });

  it('lets one of two who believe to lead sign, and the other pass', async () => {
    const id = await world.test.municipality();
    const [first, second] = [await world.leader(), await world.leader()];
    await world.append(id, 10);
    while ((await placeBatch(first)) > 0);
    const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const signing = signLog(first, id, {
      ...world,
      beforeCommit: async () => {
        held.resolve();
        await release.promise;
      },
    });
    await held.promise;
    expect(await signLog(second, id, world)).toBe('busy');
    release.resolve();
    expect(await signing).toBe('signed');
    expect(await signLog(second, id, world)).toBe('nothing');
    expect(await readTrueHeads(world, id)).toHaveLength(1);
  });

  it('lets a leader that stalled sign nothing any more once another signed in its place', async () => {
    const id = await world.test.municipality();
    const [stalled, successor] = [await world.leader(), await world.leader()];
    await world.append(id, 10);
    while ((await placeBatch(stalled)) > 0);
    const { rows } = await stalled.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const signing = signLog(stalled, id, {
      ...world,
      beforeCommit: async () => {
        held.resolve();
        await release.promise;
      },
    });
    await held.promise;
    // As PostgreSQL does with a session that says nothing for too long.
    await world.test.superuser.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await world.append(id, 5);
    while ((await placeBatch(successor)) > 0);
    await expect.poll(() => signLog(successor, id, world)).toBe('signed');
    release.resolve();
    await expect(signing).rejects.toThrow();
    expect((await readTrueHeads(world, id)).map(({ size }) => size)).toEqual([15n]);
  });

  it('has a database that takes no second root for a size, whoever writes it', async () => {
    const id = await world.test.municipality();
    await world.append(id, 3);
    await world.sign(id);
    const other = await world.test.municipality();
    const leader = await world.leader();
    const forge = (municipalityId: string) =>
      leader.query(
        `INSERT INTO ledger_checkpoint SELECT $2, size, origin, sha256(root_hash), note, key_id, signed_at FROM ledger_checkpoint WHERE municipality_id = $1`,
        [id, municipalityId],
      );
    await expect(forge(id)).rejects.toMatchObject({ code: '23505' });
    await expect(forge(other)).rejects.toMatchObject({ code: '23505', constraint: 'ledger_checkpoint_once' });
    await expect(leader.query('UPDATE ledger_checkpoint SET note = note')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(leader.query('DELETE FROM ledger_checkpoint')).rejects.toMatchObject({ code: '42501' });
  });

  it('makes one log in a race of leaders that never agreed who leads', async () => {
    const municipalities = [await world.test.municipality(), await world.test.municipality()];
    const leaders = await Promise.all(Array.from({ length: 4 }, () => world.leader()));
    let writing = true;
    const signing = leaders.map(async (leader) => {
      while (writing) {
        await placeBatch(leader).catch(() => 0);
        for (const id of municipalities) await signLog(leader, id, world);
      }
    });
    const headsOf = async (id: string) => (await readTrueHeads(world, id)).length;
    // On a busy machine writers are through before anybody has signed much: they go on until there was something to race for.
    const enough = async () => Math.min(...(await Promise.all(municipalities.map(headsOf)))) > 5;
    for (let round = 0; round < 30 && (round < 3 || !(await enough())); round += 1)
      for (let turn = 0; turn < 20; turn += 1)
        await Promise.all(municipalities.map((id) => world.append(id, 1 + (turn % 7))));
    writing = false;
    await Promise.all(signing);
    for (const id of municipalities) {
      await world.sign(id);
      const heads = await readTrueHeads(world, id);
      expect(new Set(heads.map(({ origin }) => origin)).size).toBe(1);
      expect(heads.length).toBeGreaterThan(5);
      expect(heads.at(-1)?.size).toBe(BigInt((await world.leafHashes(id)).length));
    }
  });

  it('lets a key be changed only between two signatures, and signs nothing with the old one afterwards', async () => {
    const id = await world.test.municipality();
    const { staffId } = await world.test.actor(id, ['administrator']);
    const leader = await world.leader();
    await world.append(id, 1);
    await world.sign(id);
    await world.append(id, 1);
    while ((await placeBatch(leader)) > 0);
    const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const signing = signLog(leader, id, {
      ...world,
      beforeCommit: async () => {
        held.resolve();
        await release.promise;
      },
    });
    await held.promise;
    const rotating = world.write(id, (tx) =>
      world.keys.rotateKey(tx, { municipalityId: id, staffId }, 'log'),
    );
    await untilWaiting(`wait_event_type = 'Lock'`);
    release.resolve();
    expect(await signing).toBe('signed');
    const rotated = await rotating;
    expect(rotated.fromSize).toBe(3n);
    await world.sign(id);
    const heads = await readTrueHeads(world, id);
    for (const { size, keyId } of heads)
      expect(keyId === rotated.verifier.keyId).toBe(size >= rotated.fromSize);
  });

  it('keeps every signature in the time of its key while keys are changed again and again', async () => {
    const id = await world.test.municipality();
    const { staffId } = await world.test.actor(id, ['administrator']);
    await world.append(id, 1);
    await world.sign(id);
    startSequencer(1);
    await Promise.all([
      ...Array.from({ length: 2 }, async () => {
        for (let turn = 0; turn < 8; turn += 1) {
          await world.write(id, (tx) => world.keys.rotateKey(tx, { municipalityId: id, staffId }, 'log'));
          await delay(15);
        }
      }),
      (async () => {
        for (let turn = 0; turn < 40; turn += 1) await world.append(id, 2);
      })(),
    ]);
    const total = 1 + 16 + 80;
    await untilSigned(id, total);
    const { rows } = await world.test.superuser.query<{ key_id: string; from: string; retired: boolean }>(
      `SELECT key_id, from_size AS from, retired_at IS NOT NULL AS retired FROM ledger_key WHERE municipality_id = $1 ORDER BY from_size`,
      [id],
    );
    expect(rows).toHaveLength(17);
    expect(rows.filter(({ retired }) => !retired)).toHaveLength(1);
    for (const { size, keyId } of await readTrueHeads(world, id)) {
      const own = BigInt(rows.find(({ key_id }) => key_id === keyId)?.from ?? -1);
      const next = rows.map(({ from }) => BigInt(from)).filter((from) => from > own)[0];
      expect([size, size >= own && (next === undefined || size < next)]).toEqual([size, true]);
    }
  });

  it('begins anew with a demo municipality that is thrown away, under another name and with another key', async () => {
    const id = await world.test.municipality('Vibelund');
    await world.test.superuser.query('UPDATE municipality SET is_demo = true WHERE id = $1', [id]);
    startSequencer(1);
    /** Every head that was ever to be seen. */
    const seen = new Map<string, Set<string>>();
    const look = async () => {
      const heads = await world.heads(id);
      for (const { origin, size, root } of heads) {
        const place = `${origin} ${size}`;
        seen.set(place, (seen.get(place) ?? new Set()).add(root.toString('hex')));
      }
      return heads.at(-1)?.origin;
    };
    const origins = new Set<string>();
    let writing = true;
    const writer = (async () => {
      while (writing) await world.append(id, 3);
    })();
    while (origins.size < 8) {
      const origin = await look();
      if (origin === undefined || origins.has(origin)) continue;
      origins.add(origin);
      await world.test.database.worker
        .query('SELECT erase_demo_municipality($1, $2)', [id, []])
        // A batch that is being placed can be in the way; demo.ts tries again.
        .catch((error: { code?: string }) => {
          expect(error.code).toBe('40P01');
          origins.delete(origin);
        });
    }
    writing = false;
    await writer;
    await world.append(id, 1);
    const { rows: left } = await world.test.superuser.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM ledger_leaf WHERE municipality_id = $1',
      [id],
    );
    await untilSigned(id, left[0]?.n ?? 0);
    await look();
    for (const [place, roots] of seen) expect([place, roots.size]).toEqual([place, 1]);
    // Nothing of an earlier log is left to the last one.
    const heads = await readTrueHeads(world, id);
    const { rows } = await world.test.superuser.query<{ origin: string; size: string; keys: string }>(
      `SELECT origin, size, (SELECT count(*) FROM ledger_key WHERE municipality_id = $1) AS keys FROM ledger_log WHERE municipality_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ origin: heads[0]?.origin, size: String(heads.at(-1)?.size), keys: '1' }]);
    expect(new Set(heads.map(({ origin }) => origin)).size).toBe(1);
  });
});
