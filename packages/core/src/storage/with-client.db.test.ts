import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withClient } from './with-client.ts';

describe('a connection lent by the pool', () => {
  let pool: pg.Pool;
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: inject('postgres').superuserUrl, max: 1 });
  });
  afterAll(() => pool.end());

  const backend = async (client: pg.PoolClient): Promise<number> =>
    (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;

  it('may break while it is idle: the work hears of it, the process lives, and the next gets another one', async () => {
    const killer = new pg.Client({ connectionString: inject('postgres').superuserUrl });
    await killer.connect();
    const broken = withClient(pool, async (client) => {
      const pid = await backend(client);
      // Waits for the end of it, for up to two seconds; then a turn of the event loop for the news.
      await killer.query('SELECT pg_terminate_backend($1, 2000)', [pid]);
      await setImmediate();
      await client.query('SELECT 1');
    });
    await expect(broken).rejects.toThrow();
    await killer.end();
    expect(await withClient(pool, backend)).toBeGreaterThan(0);
  });

  it('is used again after work that succeeded, and not after work that failed', async () => {
    const first = await withClient(pool, backend);
    expect(await withClient(pool, backend)).toBe(first);
    await expect(withClient(pool, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withClient(pool, backend)).not.toBe(first);
  });
});
