import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DomainError, describeError } from '../kernel/errors.ts';
import { migrate } from './migrations.ts';

const real = path.join(import.meta.dirname, '../../prisma/migrations');
const now = new Date('2026-11-24T09:00:00Z');

describe('migrating', () => {
  let folder: string;
  let admin: Client;
  let name: string;
  let counter = 0;
  const clients: Client[] = [];

  beforeAll(async () => {
    admin = new Client({ connectionString: inject('postgres').superuserUrl });
    await admin.connect();
  });
  beforeEach(async () => {
    counter += 1;
    name = `migrations_${process.pid}_${counter}`;
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    folder = await mkdtemp(path.join(tmpdir(), 'naer-migrations-'));
    return async () => {
      for (const client of clients.splice(0)) await client.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await rm(folder, { recursive: true });
    };
  });
  afterAll(() => admin.end());

  const connect = async (): Promise<Client> => {
    const url = new URL(inject('postgres').superuserUrl);
    url.pathname = `/${name}`;
    const client = new Client({ connectionString: url.toString() });
    await client.connect();
    clients.push(client);
    return client;
  };
  const add = async (migration: string, sql: string): Promise<void> => {
    await mkdir(path.join(folder, migration), { recursive: true });
    await writeFile(path.join(folder, migration, 'migration.sql'), sql);
  };
  const tables = async (client: Client): Promise<string[]> =>
    (
      await client.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
      )
    ).rows.map((row) => row.name);
  const refusal = async (attempt: Promise<unknown>): Promise<DomainError> => {
    const error = await attempt.then(
      () => null,
      (caught: unknown) => caught,
    );
    if (!(error instanceof DomainError)) throw new Error(`no domain error: ${String(error)}`);
    return error;
  };

  it('applies each migration once, in order, though two start at once', async () => {
    await add('20260102000000_second', 'CREATE TABLE two AS SELECT * FROM one');
    await add('20260101000000_first', 'CREATE TABLE one (id int); SELECT pg_sleep(0.2)');
    const starts = await Promise.all([connect(), connect(), connect()]);
    const applied = await Promise.all(starts.map((client) => migrate(client, folder, now)));
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, 2]);
    expect(applied.flat()).toEqual(['20260101000000_first', '20260102000000_second']);
    const [client] = starts;
    expect(client && (await migrate(client, folder, now))).toEqual([]);
  });

  it('applies the real ones to an empty database, twice at once', async () => {
    const [one, two] = [await connect(), await connect()];
    const applied = await Promise.all([migrate(one, real, now), migrate(two, real, now)]);
    expect(applied.flat()).toEqual((await readdir(real)).filter((entry) => /^\d{14}_/.test(entry)).sort());
  });

  it('applies only what is new to a database that has data', async () => {
    const client = await connect();
    await add('1_first', 'CREATE TABLE one (id int); INSERT INTO one VALUES (7)');
    await migrate(client, folder, now);
    await add('2_second', 'ALTER TABLE one ADD COLUMN more int DEFAULT 1');
    expect(await migrate(client, folder, now)).toEqual(['2_second']);
    expect((await client.query('SELECT * FROM one')).rows).toEqual([{ id: 7, more: 1 }]);
  });

  it('keeps the table that Prisma keeps, with the same columns and what Prisma writes there', async () => {
    const client = await connect();
    await add('1_first', 'CREATE TABLE one (id int)');
    await migrate(client, folder, now);
    const columns = await client.query(
      `SELECT column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '') || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END AS column
       FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
    );
    expect(columns.rows.map((row) => row.column)).toEqual([
      'id character varying(36)',
      'checksum character varying(64)',
      'finished_at timestamp with time zone null',
      'migration_name character varying(255)',
      'logs text null',
      'rolled_back_at timestamp with time zone null',
      'started_at timestamp with time zone',
      'applied_steps_count integer',
    ]);
    const { rows } = await client.query('SELECT * FROM _prisma_migrations');
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        // What sha256sum says of the file, which is what Prisma writes.
        checksum: createHash('sha256').update('CREATE TABLE one (id int)').digest('hex'),
        finished_at: now,
        migration_name: '1_first',
        logs: null,
        rolled_back_at: null,
        started_at: now,
        applied_steps_count: 1,
      },
    ]);
  });

  it('refuses a database that a newer program made, and names what it does not know', async () => {
    const client = await connect();
    await add('1_first', 'CREATE TABLE one (id int)');
    await add('2_from_the_future', 'CREATE TABLE two (id int)');
    await migrate(client, folder, now);
    await rm(path.join(folder, '2_from_the_future'), { recursive: true });
    await add('3_of_another_branch', 'CREATE TABLE three (id int)');
    const error = await refusal(migrate(client, folder, now));
    expect([error.code, error.params]).toEqual(['database_newer', { migration: '2_from_the_future' }]);
    expect(await tables(client)).not.toContain('three');
  });

  it('refuses a database whose migration was not the one it has under that name', async () => {
    const client = await connect();
    await add('1_first', 'CREATE TABLE one (id int)');
    await migrate(client, folder, now);
    await add('1_first', 'CREATE TABLE one (id bigint)');
    const error = await refusal(migrate(client, folder, now));
    expect([error.code, error.params]).toEqual(['migration_changed', { migration: '1_first' }]);
  });

  it('leaves nothing of a migration that fails in the middle, and can go on when it is mended', async () => {
    const client = await connect();
    await add('1_first', 'CREATE TABLE one (id int)');
    await add(
      '2_broken',
      `CREATE TABLE two (id int); INSERT INTO two VALUES (1); SELECT 'canary-value'::int`,
    );
    const error = await refusal(migrate(client, folder, now));
    expect([error.code, error.params]).toEqual(['migration_failed', { migration: '2_broken' }]);
    expect(error.message).not.toContain('canary');
    expect(await tables(client)).toEqual(['_prisma_migrations', 'one']);
    await add('2_broken', 'CREATE TABLE two (id int)');
    expect(await migrate(client, folder, now)).toEqual(['2_broken']);
  });

  it('does not hold its lock after a failure', async () => {
    const [client, other] = [await connect(), await connect()];
    await add('1_broken', 'SELECT 1/0');
    await refusal(migrate(client, folder, now));
    await add('1_broken', 'SELECT 1');
    expect(await migrate(other, folder, now)).toEqual(['1_broken']);
  });

  it('says which login lacks which right', async () => {
    const owner = `poor_${name}`;
    await admin.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'x'`);
    const url = new URL(inject('postgres').superuserUrl);
    [url.pathname, url.username, url.password] = [`/${name}`, owner, 'x'];
    const client = new Client({ connectionString: url.toString() });
    await client.connect();
    try {
      await add('1_first', 'CREATE TABLE one (id int)');
      const error = await refusal(migrate(client, folder, now));
      expect(error.code).toBe('database_rights_missing');
      expect(error.params.user).toBe(owner);
      expect(describeError(error.code, error.params, 'en').what).not.toContain('?');
    } finally {
      await client.end();
      await admin.query(`DROP ROLE ${owner}`);
    }
  });

  it('refuses a PostgreSQL that is too old before it touches anything', async () => {
    const asked: string[] = [];
    const old = {
      query: async (sql: string) => {
        asked.push(sql);
        return { rows: [{ version: '150012', user: 'someone' }] };
      },
    } as unknown as Client;
    const error = await refusal(migrate(old, real, now));
    expect([error.code, error.params]).toEqual(['database_too_old', { version: 15 }]);
    expect(describeError(error.code, error.params, 'da').what).toBe(
      'Databasen er PostgreSQL 15; Nær kræver 16 eller nyere.',
    );
    expect(asked).toHaveLength(1);
  });

  it('passes over what is not a migration in the folder', async () => {
    const client = await connect();
    await cp(path.join(real, 'migration_lock.toml'), path.join(folder, 'migration_lock.toml'));
    await add('1_first', 'CREATE TABLE one (id int)');
    expect(await migrate(client, folder, now)).toEqual(['1_first']);
  });
});
