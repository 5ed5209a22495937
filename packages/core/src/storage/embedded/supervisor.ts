import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { DomainError } from '../../kernel/errors.ts';
import type { Tell } from '../../kernel/progress.ts';
import { type Binaries, programOf } from './binaries.ts';
import { lastLine, serverEnvironment, superuser } from './cluster.ts';
import { writeDurably } from './files.ts';
import type { Place } from './place.ts';
import { findFreePort, isFree } from './ports.ts';
import { findProcess, isAlive, type LiveProcess } from './process-identity.ts';
import { serverArguments } from './settings.ts';

export interface ServerWish {
  readonly place: Place;
  readonly binaries: Binaries;
  readonly password: string;
  readonly fsync: boolean;
  /** A port that must be used; null for the one used last. */
  readonly wantedPort: number | null;
  readonly tell: Tell;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly logFile: string;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const logLimitBytes = 5_000_000;

/** Only safe while the caller holds the start claim of the home. */
export async function runServer(wish: ServerWish): Promise<RunningServer> {
  const left = await findLeftServer(wish.place.dataDir);
  if (left !== null) {
    const adopted = await adopt(wish, left);
    if (adopted !== null) return adopted;
    wish.tell('stopping_left_behind');
    await stopProcess(wish, left.process, left.port);
  }
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(wish);
    const started = await launch(wish, port);
    if (started.kind === 'up') return started.server;
    // Somebody may take the port between our look and the server's; old backends may need a moment to see that their
    // postmaster was killed, and hold its shared memory until then. Both pass.
    const passing = !(await isFree(port)) || /shared memory block .* is still in use/.test(started.output);
    if (!passing || attempt === 10) {
      throw new DomainError('postgres_failed', {
        why: lastLine(started.output),
        logFile: wish.place.logFile,
      });
    }
    await delay(500);
  }
}

interface LeftServer {
  readonly process: LiveProcess;
  readonly port: number;
}

/**
 * Reads `postmaster.pid` (line 1 pid, 2 data directory, 4 port, 8 state). A pid that meanwhile belongs to another
 * program would keep PostgreSQL from starting for good, so then the file is removed; that of a dead server is left to
 * PostgreSQL, which also looks whether backends of it still live.
 */
async function findLeftServer(dataDir: string): Promise<LeftServer | null> {
  const file = path.join(dataDir, 'postmaster.pid');
  const lines = await readFile(file, 'utf8').then(
    (content) => content.split('\n'),
    () => [],
  );
  const found = await findProcess(Number(lines[0]));
  if (found === null) return null;
  // Where the system tells no command lines, whether it answers for this directory decides.
  if (found.command === null || found.command.includes(` -D ${dataDir} `)) {
    return { process: found, port: Number(lines[3]) };
  }
  await rm(file, { force: true });
  return null;
}

async function adopt(wish: ServerWish, left: LeftServer): Promise<RunningServer | null> {
  const { place, binaries, wantedPort } = wish;
  const wanted = serverArguments({ dataDir: place.dataDir, port: left.port, fsync: wish.fsync });
  const command = [programOf(binaries, 'postgres'), ...wanted].join(' ').trim();
  const same = left.process.command === null || left.process.command === command;
  if (!same || (wantedPort !== null && wantedPort !== left.port)) return null;
  // It may have been left in the middle of a recovery.
  const deadline = performance.now() + 10_000;
  while ((await isAlive(left.process)) && performance.now() < deadline) {
    if ((await ask(wish, left.port)) === 'ours') {
      wish.tell('adopted', { pid: left.process.pid });
      return running(wish, left.process, left.port, untilGone(left.process, 1000));
    }
    await delay(200);
  }
  return null;
}

type Answer = 'ours' | 'recovering' | 'none';

/** Whether the server on this port takes our password and works on our data. */
async function ask(wish: ServerWish, port: number): Promise<Answer> {
  const client = new Client({
    host,
    port,
    user: superuser,
    password: wish.password,
    database: 'postgres',
    connectionTimeoutMillis: 3000,
    query_timeout: 3000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string }>(`SELECT current_setting('data_directory') AS dir`);
    return rows[0]?.dir === wish.place.dataDir ? 'ours' : 'none';
  } catch (error) {
    // cannot_connect_now: it lives, and accepts nobody until it has recovered.
    return error instanceof Error && 'code' in error && error.code === '57P03' ? 'recovering' : 'none';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function choosePort({ place, wantedPort }: ServerWish): Promise<number> {
  if (wantedPort !== null) {
    if (!(await isFree(wantedPort))) throw new DomainError('port_taken', { port: wantedPort });
    return wantedPort;
  }
  const last = Number(await readFile(place.portFile, 'utf8').catch(() => '0'));
  if (last > 0 && last < 65_536 && (await isFree(last))) return last;
  const port = await findFreePort();
  await writeDurably(place.portFile, `${port}\n`);
  return port;
}

type Launch =
  | { readonly kind: 'up'; readonly server: RunningServer }
  | { readonly kind: 'ended'; readonly output: string };

async function launch(wish: ServerWish, port: number): Promise<Launch> {
  const { place, binaries, fsync, tell } = wish;
  const size = await stat(place.logFile).then(
    (file) => file.size,
    () => 0,
  );
  if (size > logLimitBytes) await rename(place.logFile, `${place.logFile}.1`);
  const logHandle = await open(place.logFile, 'a+', 0o600);
  try {
    const from = (await logHandle.stat()).size;
    // Detached, in a session of its own: Ctrl-C in the terminal is for the service, which stops the server last.
    const child = spawn(
      programOf(binaries, 'postgres'),
      serverArguments({ dataDir: place.dataDir, port, fsync }),
      {
        ...place.account,
        cwd: place.parentDir,
        env: serverEnvironment(),
        detached: true,
        windowsHide: true,
        stdio: ['ignore', logHandle.fd, logHandle.fd],
      },
    );
    const exited = once(child, 'exit').then(
      () => undefined,
      () => undefined,
    );
    child.unref();
    let ended = false;
    exited.then(() => {
      ended = true;
    });
    let nextLine = performance.now() + 5000;
    while (!ended) {
      const state = await readState(place.dataDir);
      if (child.pid !== undefined && state.pid === child.pid && state.ready) {
        const found = await findProcess(child.pid);
        if (found !== null) return { kind: 'up', server: running(wish, found, port, exited) };
      }
      // Recovery after a crash takes as long as it takes; cutting it short would only begin it again.
      if (performance.now() > nextLine) {
        tell('recovering');
        nextLine += 5000;
      }
      await Promise.race([exited, delay(20)]);
    }
    const { buffer, bytesRead } = await logHandle.read({ position: from, buffer: Buffer.alloc(64_000) });
    return { kind: 'ended', output: buffer.toString('utf8', 0, bytesRead) };
  } finally {
    await logHandle.close();
  }
}

async function readState(dataDir: string): Promise<{ readonly pid: number; readonly ready: boolean }> {
  const lines = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').then(
    (content) => content.split('\n'),
    () => [],
  );
  return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' };
}

function running(wish: ServerWish, found: LiveProcess, port: number, ended: Promise<void>): RunningServer {
  let stopping: Promise<void> | null = null;
  return {
    host,
    port,
    pid: found.pid,
    dataDir: wish.place.dataDir,
    logFile: wish.place.logFile,
    ended,
    stop: () => {
      stopping ??= stopProcess(wish, found, port);
      return stopping;
    },
  };
}

/**
 * SIGINT is PostgreSQL's fast shutdown; SIGQUIT leaves recovery to the next start; SIGKILL is for one that hangs.
 * Each signal goes only to the very process that is meant, never to one that got its number.
 */
async function stopProcess(wish: ServerWish, found: LiveProcess, port: number): Promise<void> {
  // PostgreSQL 18 can miss a fast shutdown that meets it recovering from the death of a backend, and then waits
  // for ever; so it may finish that first.
  const recovered = performance.now() + 5000;
  while (performance.now() < recovered && (await ask(wish, port)) === 'recovering') await delay(20);

  const steps: readonly [NodeJS.Signals, number][] = [
    ['SIGINT', 10_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ];
  for (const [signal, patienceMs] of steps) {
    if (!(await isAlive(found))) return;
    if (process.platform === 'win32' && signal !== 'SIGKILL') {
      // Windows has no such signals; PostgreSQL brings them along in pg_ctl.
      const tool = spawn(programOf(wish.binaries, 'pg_ctl'), ['kill', signal.slice(3), String(found.pid)]);
      await once(tool, 'exit');
    } else {
      try {
        process.kill(found.pid, signal);
      } catch {
        // It ended between the look and the signal, which the next look sees.
      }
    }
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      if (!(await isAlive(found))) return;
      await delay(10);
    }
  }
}

async function untilGone(known: LiveProcess, everyMs: number): Promise<void> {
  while (await isAlive(known)) await delay(everyMs, undefined, { ref: false });
}
