import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Ready } from './terminal.ts';

const fixture = path.join(import.meta.dirname, 'testing/fixtures/run-service.ts');
const main = path.join(import.meta.dirname, 'main.ts');
const fixtures = path.join(import.meta.dirname, 'testing/fixtures');

describe('the service as a process', { timeout: 120_000 }, () => {
  let root: string;
  let admin: Client;
  let counter = 0;
  const databases: string[] = [];
  const owners: string[] = [];

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'naer-service-'));
    admin = new Client({ connectionString: inject('postgres').superuserUrl });
    await admin.connect();
  });
  afterAll(async () => {
    for (const name of databases) await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    for (const role of [
      ...databases.flatMap((name) => [`${name}_login_app`, `${name}_login_worker`]),
      ...owners,
    ]) {
      await admin.query(`DROP OWNED BY ${role}`).catch(() => undefined);
      await admin.query(`DROP ROLE IF EXISTS ${role}`);
    }
    await admin.end();
    await rm(root, { recursive: true, force: true });
  });

  const makeDatabase = async (rights = 'CREATEROLE'): Promise<string> => {
    counter += 1;
    const [name, owner] = [`service_${process.pid}_${counter}`, `service_owner_${process.pid}_${counter}`];
    await admin.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'geheim' NOSUPERUSER ${rights}`);
    await admin.query(`CREATE DATABASE ${name} OWNER ${owner} TEMPLATE template0`);
    if (rights === 'CREATEROLE')
      await admin.query(`GRANT naer_app, naer_worker TO ${owner} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
    databases.push(name);
    owners.push(owner);
    const url = new URL(inject('postgres').superuserUrl);
    [url.pathname, url.username, url.password] = [`/${name}`, owner, 'geheim'];
    return url.toString();
  };
  const environment = (home: string, settings: Record<string, string>) => ({
    PATH: process.env.PATH,
    NAER_HOME: path.join(root, home),
    NAER_PORT: '0',
    LANG: 'en_GB.UTF-8',
    // Calls run elsewhere here; media-process.test.ts shows our own media server beside the service.
    LIVEKIT_URL: 'wss://live.example.dk',
    LIVEKIT_API_KEY: 'key',
    LIVEKIT_API_SECRET: 'secret',
    ...settings,
  });

  /** Starts the fixture, which ends by itself or not at all. */
  const start = async (home: string, settings: Record<string, string>) => {
    const child = spawn(process.execPath, [fixture], {
      env: environment(home, settings),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    const ended = once(child, 'exit') as Promise<[number | null]>;
    const first = await Promise.race([once(child.stdout, 'data'), ended.then(() => null)]);
    if (first === null) throw new Error(`it ended: ${errors}`);
    return {
      ready: JSON.parse(String(first[0])) as Ready,
      stop: async (): Promise<number | null> => {
        child.stdin.end();
        const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
        const [code] = await ended;
        clearTimeout(timer);
        expect(errors).toBe('');
        return code;
      },
    };
  };
  /** Runs the program itself until it ends, which it has to within seconds. */
  const refused = async (home: string, settings: Record<string, string>): Promise<string> => {
    const child = spawn(process.execPath, [main], {
      env: environment(home, settings),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    const [code] = (await once(child, 'exit')) as [number | null];
    clearTimeout(timer);
    expect([code, errors.split('\n').length]).toEqual([1, 2]);
    expect(errors).not.toMatch(/geheim|\?|\n\s+at /);
    return errors.trim();
  };
  const me = async ({ url, adminTokenFile }: Ready) => {
    const token = (await readFile(adminTokenFile, 'utf8')).trim();
    const answer = await fetch(new URL('/api/v1/me', url), { headers: { authorization: `Bearer ${token}` } });
    return (await answer.json()) as {
      municipality: { id: string; name: string };
      staff: { roles: string[] };
    };
  };

  it('starts on a database whose owner is no superuser, leaves nothing open when it is closed, and keeps its data', async () => {
    const settings = { DATABASE_URL: await makeDatabase(), NAER_MUNICIPALITY: 'Nordby Kommune' };
    const first = await start('kept', settings);
    const before = await me(first.ready);
    expect(before.municipality.name).toBe('Nordby Kommune');
    expect(before.staff.roles).toEqual(['administrator', 'operator', 'coordinator']);
    expect((await stat(first.ready.adminTokenFile)).mode & 0o777).toBe(0o600);
    const readyFile = path.join(root, 'kept/run/ready.json');
    expect(JSON.parse(await readFile(readyFile, 'utf8'))).toEqual(first.ready);
    // A listener is connected while it closes.
    const token = (await readFile(first.ready.adminTokenFile, 'utf8')).trim();
    const stream = await fetch(new URL('/api/v1/events', first.ready.url), {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await first.stop()).toBe(0);
    await stream.body?.cancel().catch(() => undefined);
    await expect(stat(readyFile)).rejects.toThrow('ENOENT');
    const { rows } = await admin.query(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1`, [
      new URL(settings.DATABASE_URL).pathname.slice(1),
    ]);
    expect(rows[0].n).toBe(0);

    const second = await start('kept', { ...settings, NAER_MUNICIPALITY: 'Another' });
    expect(await me(second.ready)).toEqual(before);
    expect(await second.stop()).toBe(0);
  });

  it('founds one municipality when two processes start on the same empty database at once', async () => {
    const url = await makeDatabase();
    // Two homes on one database share the key ring and the logins, as the operator guide says.
    const seed = await start('seed', { DATABASE_URL: url });
    await seed.stop();
    const name = new URL(url).pathname.slice(1);
    const superuser = new URL(inject('postgres').superuserUrl);
    superuser.pathname = `/${name}`;
    const client = new Client({ connectionString: superuser.toString() });
    await client.connect();
    const { rows: tables } = await client.query(
      `SELECT string_agg(format('%I', tablename), ', ') AS list FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('_prisma_migrations', 'installation')`,
    );
    await client.query(`TRUNCATE ${tables[0].list}`);
    const passwords = JSON.parse(
      await readFile(path.join(root, 'seed/keys/database-logins.json'), 'utf8'),
    ) as { app: string; worker: string };
    const login = (kind: 'app' | 'worker') => {
      const changed = new URL(url);
      [changed.username, changed.password] = [`${name}_login_${kind}`, passwords[kind]];
      return changed.toString();
    };
    const shared = {
      DATABASE_URL: url,
      DATABASE_APP_URL: login('app'),
      DATABASE_WORKER_URL: login('worker'),
      NAER_MASTER_KEY_FILE: path.join(root, 'seed/keys/master.json'),
    };
    const both = await Promise.all([start('one', shared), start('two', shared)]);
    const { rows } = await client.query('SELECT count(*)::int AS n FROM municipality');
    await client.end();
    expect(await Promise.all(both.map((each) => each.stop()))).toEqual([0, 0]);
    expect(rows[0].n).toBe(1);
  });

  it('says in one sentence why it cannot start', async () => {
    const url = await makeDatabase();
    const change = (mend: (url: URL) => void): string => {
      const changed = new URL(url);
      mend(changed);
      return changed.toString();
    };
    const taken = createTcpServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    try {
      expect(await refused('a', { DATABASE_URL: url, NAER_PORT: String(port) })).toBe(
        `Port ${port} is taken by another program. Stop it, or choose another with NAER_PORT.`,
      );
    } finally {
      taken.close();
    }
    expect(await refused('a', { DATABASE_URL: change((each) => (each.password = 'wrong')) })).toMatch(
      /^The database at .+ refuses the user name or password of service_owner_/,
    );
    expect(await refused('a', { DATABASE_URL: change((each) => (each.port = '1')) })).toMatch(
      /^The database at 127\.0\.0\.1:1 does not answer\./,
    );
    expect(
      await refused('a', { DATABASE_URL: change((each) => (each.hostname = 'nowhere.invalid')) }),
    ).toMatch(/^The database at nowhere\.invalid:\d+ does not answer\./);
    expect(await refused('a', { DATABASE_URL: await makeDatabase('NOCREATEROLE') })).toMatch(
      /^The database login service_owner_\w+ lacks the privilege CREATE ROLE\./,
    );
    expect(await refused('a', { DATABASE_URL: url, LIVEKIT_API_KEY: '', LIVEKIT_API_SECRET: '' })).toMatch(
      /belong together, but LIVEKIT_API_KEY, LIVEKIT_API_SECRET is missing/,
    );
    expect(await refused('a', { NAER_PORT: 'many', LANG: 'da_DK.UTF-8' })).toBe(
      'Indstillingen NAER_PORT kan ikke bruges: many er ikke et helt tal fra 0 til 65535. Skriv for eksempel 4080.',
    );
    expect(
      await refused('a', { NAER_HOST: '192.0.2.1', DATABASE_URL: url, NAER_TRUSTED_PROXIES: '192.0.2.9' }),
    ).toMatch(/this machine has no address 192\.0\.2\.1/);
    expect(
      await refused('a', {
        DATABASE_URL: url,
        NAER_TLS_CERT_FILE: path.join(fixtures, 'localhost.cert.pem'),
        NAER_TLS_KEY_FILE: path.join(fixtures, 'other.key.pem'),
      }),
    ).toMatch(/does not fit the certificate/);
  });

  it('refuses a second process on its home and a master key that does not fit, and goes on itself', async () => {
    const settings = { DATABASE_URL: await makeDatabase() };
    const running = await start('busy', settings);
    expect(await refused('busy', settings)).toMatch(/^Nær already runs on .+ \(process \d+\)\./);
    expect((await me(running.ready)).municipality.name).toBe('Min kommune');
    expect(await running.stop()).toBe(0);
    // Another home makes another key, which is not the one this database was sealed with.
    expect(await refused('other-key', settings)).toMatch(/master key/);
  });

  it('ends without being ready, and without a complaint, when it is stopped while it starts', async () => {
    const child = spawn(process.execPath, [main], {
      env: environment('stopped', { DATABASE_URL: await makeDatabase() }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    await once(child.stdout, 'data');
    child.kill('SIGHUP');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(output).toMatch(/^Connecting to PostgreSQL/);
    expect(output).not.toMatch(/ready|Error/);
  });

  it('serves https from its TLS files', async () => {
    const certificate = path.join(fixtures, 'localhost.cert.pem');
    const service = await start('tls', {
      DATABASE_URL: await makeDatabase(),
      NAER_TLS_CERT_FILE: certificate,
      NAER_TLS_KEY_FILE: path.join(fixtures, 'localhost.key.pem'),
    });
    expect(service.ready.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const ca = await readFile(certificate);
    const status = await new Promise((resolve, reject) => {
      httpsRequest(new URL('/readyz', service.ready.url), { ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    expect(await service.stop()).toBe(0);
  });
});
