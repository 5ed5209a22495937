import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.ts';
import { DomainError, describeError } from '../kernel/errors.ts';
import type { DatabaseLogins } from './database.ts';
import { openDatabase } from './database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded/index.ts';
import { type OpenedStorage, openStorage } from './open.ts';

const migrations = path.join(import.meta.dirname, '../../prisma/migrations');

// A cluster of its own: roles belong to the cluster, and these tests begin where there are none.
describe('a database of somebody else', () => {
  let root: string;
  let postgres: EmbeddedPostgres;
  let admin: Client;
  let counter = 0;
  const clock = new ManualClock('2026-11-24T09:00:00Z');

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'naer-open-'));
    postgres = await startEmbeddedPostgres({
      home: path.join(root, 'cluster'),
      tell: () => undefined,
      fsync: false,
    });
    admin = new Client({ connectionString: postgres.superuserUrl('postgres') });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  });

  /** A database with an owner who is no superuser, as a hosting provider gives it. */
  const makeDatabase = async (
    rights: string,
    label = 'ext',
  ): Promise<{ url: string; owner: string; name: string }> => {
    counter += 1;
    const [owner, name] = [`owner_${counter}`, `${label}_${counter}`];
    await admin.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'p w/@:1' NOSUPERUSER ${rights}`);
    await admin.query(`CREATE DATABASE ${name} OWNER ${owner} TEMPLATE template0`);
    // Roles belong to the cluster: where another database brought them, an administrator lets this owner hand them on.
    const { rows } = await admin.query(
      `SELECT rolname FROM pg_roles WHERE rolname IN ('naer_app', 'naer_worker')`,
    );
    if (rights === 'CREATEROLE') {
      for (const { rolname } of rows)
        await admin.query(`GRANT ${rolname} TO ${owner} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
    }
    const url = new URL(postgres.superuserUrl(name));
    [url.username, url.password] = [owner, encodeURIComponent('p w/@:1')];
    return { url: url.toString(), owner, name };
  };
  const open = (
    ownerUrl: string,
    { home = 'home', logins = null }: { home?: string; logins?: DatabaseLogins | null } = {},
  ): Promise<OpenedStorage> =>
    openStorage({
      home: path.join(root, home),
      migrations,
      external: { ownerUrl, logins },
      clock,
      tell: () => undefined,
    });
  const refusal = async (attempt: Promise<unknown>): Promise<DomainError> => {
    const error = await attempt.then(
      () => null,
      (caught: unknown) => caught,
    );
    if (!(error instanceof DomainError))
      throw new Error(`no domain error: ${String(error)}`, { cause: error });
    for (const language of ['da', 'en'] as const) {
      const { what, next } = describeError(error.code, error.params, language);
      expect(`${what} ${next}`).not.toContain('?');
      expect(`${what} ${next}`).not.toMatch(/p w|p%20w/);
    }
    return error;
  };
  const use = async (logins: DatabaseLogins): Promise<unknown> => {
    const database = openDatabase(logins, { app: 2, worker: 1 });
    try {
      await database.worker.query('SELECT 1 FROM access_token');
      return await database.read('00000000-0000-4000-8000-000000000000', async (tx) => {
        const [who] = await tx.$queryRaw<{ user: string }[]>`SELECT current_user::text AS user`;
        return who?.user;
      });
    } finally {
      await database.close();
    }
  };

  it('is brought up to date and used through logins of its own, made by an owner who may create roles; a second start changes nothing', async () => {
    const { url, name } = await makeDatabase('CREATEROLE');
    const first = await open(url);
    expect(await use(first.logins)).toBe(`${name}_login_app`);
    expect(first.place).toBe(`${new URL(url).host}/${name}`);
    const second = await open(url);
    expect(second.logins).toEqual(first.logins);
    expect(await use(second.logins)).toBe(`${name}_login_app`);
    // A machine with another home has other passwords; the logins then have those.
    const elsewhere = await open(url, { home: 'elsewhere' });
    expect(elsewhere.logins).not.toEqual(first.logins);
    await use(elsewhere.logins);
  });

  it('keeps the passwords of its logins from everybody else on the machine', async () => {
    const file = path.join(root, 'home/keys/database-logins.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const kept = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
    expect(Object.values(kept).map((password) => password.length)).toEqual([32, 32]);
  });

  it('is refused with the missing right when its owner may not create roles and no logins are given', async () => {
    const { url, owner } = await makeDatabase('NOCREATEROLE');
    const error = await refusal(open(url));
    expect([error.code, error.params.user]).toEqual(['database_rights_missing', owner]);
  });

  it('works without the right to create roles once an administrator made the logins', async () => {
    const { url, name } = await makeDatabase('NOCREATEROLE');
    const login = (role: string) => {
      const changed = new URL(url);
      [changed.username, changed.password] = [`${name}_${role}`, 'secret'];
      return changed.toString();
    };
    for (const role of ['app', 'worker']) {
      await admin.query(
        `DO $$ BEGIN CREATE ROLE naer_${role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
      );
      await admin.query(`CREATE ROLE ${name}_${role} LOGIN PASSWORD 'secret' IN ROLE naer_${role}`);
    }
    const logins = { appUrl: login('app'), workerUrl: login('worker') };
    expect(await use((await open(url, { logins })).logins)).toBe(`${name}_app`);
    await open(url, { logins });
  });

  it('is refused when a given login owns it, is a superuser or is not in the role it should have', async () => {
    const { url, name, owner } = await makeDatabase('CREATEROLE');
    const { logins } = await open(url);
    const swapped = { appUrl: logins.workerUrl, workerUrl: logins.appUrl };
    for (const given of [
      { ...logins, appUrl: url },
      { ...logins, workerUrl: url },
      { ...logins, appUrl: postgres.superuserUrl(name) },
      swapped,
    ]) {
      const error = await refusal(open(url, { logins: given }));
      expect(error.code).toBe('config_invalid');
      expect(error.params.setting).toMatch(/^DATABASE_(APP|WORKER)_URL$/);
    }
    expect(owner).not.toBe('');
  });

  it('never leaves core with the rights of the owner, however the owner is written in the URL', async () => {
    const { url, name, owner } = await makeDatabase('CREATEROLE');
    const { host, hostname, port } = new URL(url);
    for (const written of [
      `postgresql://${host}/${name}?user=${owner}&password=${encodeURIComponent('p w/@:1')}`,
      `postgresql:///${name}?host=${hostname}&port=${port}&user=${owner}&password=${encodeURIComponent('p w/@:1')}`,
    ]) {
      const { logins } = await open(written);
      expect(await use(logins)).toBe(`${name}_login_app`);
    }
  });

  it('may have a name that fills the limit of PostgreSQL', async () => {
    const { url } = await makeDatabase('CREATEROLE', `long_${'x'.repeat(50)}`);
    const { logins } = await open(url);
    expect(await use(logins)).toMatch(/^naer_[0-9a-f]{16}_login_app$/);
    await use((await open(url)).logins);
  });

  it('is refused in one sentence when the password, the host or the database is wrong', async () => {
    const { url, owner } = await makeDatabase('CREATEROLE');
    const change = (mend: (url: URL) => void): string => {
      const changed = new URL(url);
      mend(changed);
      return changed.toString();
    };
    const wrongPassword = await refusal(open(change((each) => (each.password = 'wrong'))));
    expect([wrongPassword.code, wrongPassword.params.user]).toEqual(['database_login_refused', owner]);
    const wrongUser = await refusal(open(change((each) => (each.username = 'nobody'))));
    expect(wrongUser.code).toBe('database_login_refused');
    const closedPort = await refusal(open(change((each) => (each.port = '1'))));
    expect([closedPort.code, closedPort.params.host]).toEqual(['database_unreachable', '127.0.0.1:1']);
    const noDatabase = await refusal(open(change((each) => (each.pathname = '/there_is_none'))));
    expect(noDatabase.code).toBe('database_unreachable');
  });

  it('is refused in one sentence when what answers there is not PostgreSQL', async () => {
    const server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      expect((await refusal(open(`postgresql://a:b@127.0.0.1:${port}/x`))).code).toBe('database_unreachable');
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
