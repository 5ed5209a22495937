import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { can } from './account.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts';
import { findProcess, isAlive } from './process-identity.ts';

const asRoot = process.getuid?.() === 0;
const fixture = path.join(import.meta.dirname, 'fixtures', 'start-and-wait.ts');
const report = z.union([
  z.object({ pid: z.number(), port: z.number(), dataDir: z.string(), url: z.string() }),
  z.object({ code: z.string() }),
]);

let box = '';
let home = '';
let stagingRoot = '';
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  box = await mkdtemp(path.join(tmpdir(), 'naer-pg-'));
  await chmod(box, 0o755);
  home = path.join(box, 'home');
  stagingRoot = path.join(box, 'staging');
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await rm(box, { recursive: true, force: true, maxRetries: 5 });
});

async function start(more: { readonly port?: number } = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    home,
    stagingRoot,
    fsync: false,
    tell: () => undefined,
    ...more,
  });
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

async function startInChild(
  options: { readonly umask?: string; readonly uid?: number; readonly gid?: number } = {},
): Promise<{ readonly child: ChildProcess; readonly report: z.infer<typeof report> }> {
  const { umask = '022', ...user } = options;
  const child = spawn(process.execPath, [fixture, home, stagingRoot, umask], {
    ...user,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, report: report.parse(JSON.parse(String(line))) };
}

function up(found: z.infer<typeof report>): Exclude<z.infer<typeof report>, { code: string }> {
  if ('code' in found) throw new Error(`the child could not start it: ${found.code}`);
  return found;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('it is UTF-8, speaks English, listens on loopback alone and asks for a password', async () => {
  const server = await start();
  const url = server.superuserUrl('postgres');
  expect(
    await query(
      url,
      `SELECT current_setting('server_encoding'), current_setting('lc_messages'),
         current_setting('listen_addresses'), current_setting('unix_socket_directories'),
         datlocale, lower('ÆRØ') FROM pg_database WHERE datname = 'postgres'`,
    ),
  ).toEqual(['UTF8', 'C', '127.0.0.1', '', 'C.UTF-8', 'ærø']);
  await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toMatchObject({
    code: '28P01',
  });
  expect((await stat(path.join(home, 'postgres', 'superuser-password'))).mode & 0o077).toBe(0);
});

test('stopping is clean, may be repeated, and the data are there at the next start on the same port', async () => {
  const first = await start();
  await query(first.superuserUrl('postgres'), 'CREATE TABLE kept AS SELECT 7 AS n');
  await Promise.all([first.stop(), first.stop()]);
  await first.ended;
  expect(await findProcess(first.pid)).toBeNull();
  const second = await start();
  expect(second.port).toBe(first.port);
  expect(await query(second.superuserUrl('postgres'), 'SELECT n FROM kept')).toEqual([7]);
});

test('an open connection with an open transaction does not hold up stopping', async () => {
  const server = await start();
  const client = new Client({ connectionString: server.superuserUrl('postgres') });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  const before = performance.now();
  await server.stop();
  expect(performance.now() - before).toBeLessThan(5000);
});

test('no value of a row, a parameter or a statement gets into the log, whatever goes wrong', async () => {
  const server = await start();
  const client = new Client({ connectionString: server.superuserUrl('postgres') });
  await client.connect();
  await client.query('CREATE TABLE secret (name text CHECK (length(name) < 3), n int UNIQUE)');
  await client.query('INSERT INTO secret VALUES (NULL, 1)');
  for (const [sql, values] of [
    ['INSERT INTO secret VALUES ($1, 2)', ['KanarieHansen']],
    [`INSERT INTO secret VALUES ('KanarieHansen', 2)`, []],
    ['SELECT $1::int', ['KanarieHansen']],
    [`SELECT KanarieHansen`, []],
    [`DO $$BEGIN RAISE WARNING 'KanarieHansen'; END$$`, []],
    ['INSERT INTO secret VALUES (NULL, 1)', []],
  ] satisfies [string, string[]][]) {
    await client.query(sql, values).catch(() => undefined);
  }
  // A backend that dies is logged with what it was doing, unless told otherwise.
  const [backend] = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
  client.on('error', () => undefined);
  const sleeping = client.query(`SELECT pg_sleep(60), 'KanarieHansen'`).catch(() => undefined);
  const active = `SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid = ${backend?.pid}`;
  while ((await query(server.superuserUrl('postgres'), active))[0] === 0);
  process.kill(backend?.pid ?? 0, 'SIGKILL');
  await sleeping;
  const answers = () => query(server.superuserUrl('postgres'), 'SELECT 1').catch(() => []);
  while ((await answers()).length === 0);
  await server.stop();
  const log = await readFile(server.logFile, 'utf8');
  expect(log).toContain('was terminated by signal 9');
  expect(log).not.toContain('Kanarie');
});

test('after kill -9 of the service the next start adopts the server that went on', async () => {
  const { child, report: left } = await startInChild();
  await kill(child);
  expect(await findProcess(up(left).pid)).not.toBeNull();
  const server = await start();
  expect(server.pid).toBe(up(left).pid);
  expect(await query(server.superuserUrl('postgres'), 'SELECT 1')).toEqual([1]);
  await server.stop();
  await server.ended;
  expect(await findProcess(server.pid)).toBeNull();
});

test('a server left behind with other settings is stopped and started anew', async () => {
  const { child, report: left } = await startInChild();
  await kill(child);
  const before = await findProcess(up(left).pid);
  const server = await startEmbeddedPostgres({ home, stagingRoot, tell: () => undefined });
  servers.push(server);
  expect(server.pid).not.toBe(up(left).pid);
  expect(before !== null && (await isAlive(before))).toBe(false);
  expect(await query(server.superuserUrl('postgres'), `SELECT current_setting('fsync')`)).toEqual(['on']);
});

test('after kill -9 of PostgreSQL the next start recovers what was acknowledged', async () => {
  const first = await start();
  await query(first.superuserUrl('postgres'), 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
  const busy = new Client({ connectionString: first.superuserUrl('postgres') });
  busy.on('error', () => undefined);
  await busy.connect();
  const sleeping = busy.query('SELECT pg_sleep(60)').catch(() => undefined);
  process.kill(first.pid, 'SIGKILL');
  await first.ended;
  const second = await start();
  expect(await query(second.superuserUrl('postgres'), 'SELECT count(*)::int FROM kept')).toEqual([1000]);
  await sleeping;
});

test('a postmaster.pid whose number belongs to another program by now is recognised and removed', async () => {
  const first = await start();
  const file = path.join(first.dataDir, 'postmaster.pid');
  const content = await readFile(file, 'utf8');
  await first.stop();
  // An innocent program of the same user that PostgreSQL runs as: only its command line tells it apart.
  const owner = await stat(first.dataDir);
  const innocent = spawn('/bin/sleep', ['600'], {
    ...(asRoot ? { uid: owner.uid, gid: owner.gid } : {}),
    cwd: '/',
  });
  children.push(innocent);
  await once(innocent, 'spawn');
  await writeFile(file, content.replace(/^\d+/, String(innocent.pid)), { mode: 0o600 });
  await chown(file, owner.uid, owner.gid);
  const second = await start();
  expect(await query(second.superuserUrl('postgres'), 'SELECT 1')).toEqual([1]);
  expect(innocent.exitCode ?? innocent.signalCode).toBeNull();
});

test('two first starts at once in two processes get one database and one server', async () => {
  const [one, two] = await Promise.all([startInChild(), startInChild()]);
  expect(up(one.report)).toEqual(up(two.report));
  expect(await query(up(one.report).url, 'SELECT 1')).toEqual([1]);
  for (const { child } of [one, two]) {
    child.stdin?.end();
    await once(child, 'exit');
  }
  expect(await findProcess(up(one.report).pid)).toBeNull();
});

test('an initdb that was interrupted half way is begun anew', async () => {
  const child = spawn(process.execPath, [fixture, home, stagingRoot], {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const parent = path.join(home, 'postgres');
  const half = async (): Promise<boolean> => {
    const names = await readdir(parent).catch(() => []);
    const fresh = names.find((name) => name.startsWith('new-'));
    return fresh !== undefined && (await readdir(path.join(parent, fresh)).catch(() => [])).length > 3;
  };
  while (!(await half()));
  await kill(child);
  const server = await start();
  expect(await query(server.superuserUrl('postgres'), 'SELECT 1')).toEqual([1]);
  expect((await readdir(parent)).filter((name) => /^(new|password)-/.test(name))).toEqual([]);
});

test('a port that somebody took meanwhile is exchanged, a port that was demanded is not', async () => {
  const first = await start();
  await first.stop();
  const { createServer } = await import('node:net');
  const squatter = createServer().listen(first.port, '127.0.0.1');
  await once(squatter, 'listening');
  await expect(start({ port: first.port })).rejects.toMatchObject({ code: 'port_taken' });
  const second = await start();
  expect(second.port).not.toBe(first.port);
  squatter.close();
});

test('data that PostgreSQL cannot open are reported in its own last words', async () => {
  const first = await start();
  await first.stop();
  await writeFile(path.join(first.dataDir, 'PG_VERSION'), '9\n');
  await expect(start()).rejects.toMatchObject({
    code: 'postgres_failed',
    params: { why: expect.stringContaining('incompatible') },
  });
});

describe.runIf(asRoot)('started by root', () => {
  test('it runs as an account of its own, with the data in the home where that account gets there', async () => {
    const { report: found } = await startInChild({ umask: '077' });
    expect(up(found).dataDir).toBe(path.join(home, 'postgres', 'data'));
    expect((await stat(`/proc/${up(found).pid}`)).uid).not.toBe(0);
    expect((await stat(home)).mode & 0o777).toBe(0o710);
  });

  test('under a folder of mode 0700 the data are staged, and deleting the home begins afresh', async () => {
    const shut = path.join(box, 'shut');
    await mkdir(shut, { mode: 0o700 });
    home = path.join(shut, 'home');
    const { child, report: found } = await startInChild({ umask: '077' });
    expect(path.dirname(path.dirname(up(found).dataDir))).toBe(stagingRoot);
    await query(up(found).url, 'CREATE TABLE kept AS SELECT 7 AS n');
    child.stdin?.end();
    await once(child, 'exit');
    const again = await start();
    expect(await query(again.superuserUrl('postgres'), 'SELECT n FROM kept')).toEqual([7]);
    await again.stop();
    await rm(home, { recursive: true });
    const afresh = await start();
    expect(await query(afresh.superuserUrl('postgres'), `SELECT to_regclass('kept')`)).toEqual([null]);
    await afresh.stop();
    await rm(path.dirname(afresh.dataDir), { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: 'postgres_data_gone' });
  });

  test('where nothing can be staged it is one sentence', async () => {
    const shut = path.join(box, 'shut');
    await mkdir(shut, { mode: 0o700 });
    home = path.join(shut, 'home');
    stagingRoot = path.join(shut, 'staging');
    await expect(start()).rejects.toMatchObject({ code: 'postgres_staging_failed' });
  });

  test('a home that root copied, as from a backup, is given back to the account', async () => {
    const first = await start();
    await query(first.superuserUrl('postgres'), 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.stop();
    await promisify(execFile)('chown', ['-R', '0:0', home]);
    const second = await start();
    expect(await query(second.superuserUrl('postgres'), 'SELECT n FROM kept')).toEqual([7]);
  });

  test('an ordinary user starts it as itself, root may do so in between, others may not', async (context) => {
    const user = { uid: 54_321, gid: 54_321 };
    const reads = 'test -r "$1" && "$2" --version';
    if (!(await can(user, reads, fixture, process.execPath)))
      context.skip('others cannot read this checkout');
    // PostgreSQL's initdb wants an account with a name, so the user is the one that every system has.
    const nobody = { uid: 65_534, gid: 65_534 };
    await mkdir(home);
    await chown(home, nobody.uid, nobody.gid);
    const { child, report: found } = await startInChild({ ...nobody, umask: '077' });
    expect(up(found).dataDir).toBe(path.join(home, 'postgres', 'data'));
    expect((await stat(`/proc/${up(found).pid}`)).uid).toBe(nobody.uid);
    child.stdin?.end();
    await once(child, 'exit');
    const server = await start();
    expect((await stat(`/proc/${server.pid}`)).uid).toBe(nobody.uid);
    await server.stop();
    await chmod(home, 0o777);
    await chmod(path.join(home, 'run'), 0o777);
    await chmod(path.join(home, 'run', 'postgres.lock'), 0o777);
    await chmod(path.join(home, 'postgres'), 0o777);
    const other = await startInChild(user);
    expect(other.report).toEqual({ code: 'postgres_data_unreachable' });
  });
});
