import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Client, createClient } from '@naer/core/client';

export const checkout = path.resolve(import.meta.dirname, '../..');
const program = path.join(checkout, 'packages/core/dist/main.js');
const startTimeoutMs = 60_000;

export interface Service {
  readonly url: string;
  readonly pid: number;
  /** Everything it printed. */
  readonly output: () => string;
  /** As a crash would: nothing is drained, PostgreSQL stays behind. */
  killHard(): Promise<void>;
  /** The exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** As an operator would; resolves with the exit code. */
  stop(signal?: 'SIGTERM' | 'SIGHUP'): Promise<number | null>;
}

export interface ServiceHome {
  readonly home: string;
  readonly port: number;
  start(
    environment?: Readonly<Record<string, string>>,
    options?: { readonly timeoutMs?: number },
  ): Promise<Service>;
  /** A client with the token of the first start. */
  client(): Promise<Client>;
  token(): Promise<string>;
  /** Ends what still runs and deletes everything. */
  remove(): Promise<void>;
}

/** A NAER_HOME of its own with the built service in it, as `npm start` runs it after building. */
export async function createHome(): Promise<ServiceHome> {
  const home = await mkdtemp(path.join(tmpdir(), 'naer-e2e-'));
  const port = await freePort();
  const children = new Set<ChildProcess>();
  /** Whether a killed service may have left PostgreSQL running, which the next start takes over. */
  let leftBehind = false;
  const token = async () => (await readFile(path.join(home, 'keys', 'admin-token'), 'utf8')).trim();
  const url = `http://127.0.0.1:${port}`;

  const start: ServiceHome['start'] = async (environment = {}, { timeoutMs = startTimeoutMs } = {}) => {
    const child = spawn(process.execPath, [program], {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        LANG: 'C.UTF-8',
        NAER_HOME: home,
        NAER_PORT: String(port),
        NAER_RATE_LIMIT: '0',
        // Empty and quick; what shows demo data asks for it.
        NAER_DEMO: '0',
        // Any free ports: several services run at once.
        NAER_MEDIA_PORT: '0',
        NAER_MEDIA_UDP_PORT: '0',
        NAER_MEDIA_BIND_ADDRESS: '127.0.0.1',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    const lines: string[] = [];
    // 'close' comes when everything that it printed has been read, which 'exit' does not wait for.
    const ended = once(child, 'close').then(([code]) => code as number | null);
    const exited = once(child, 'exit');
    void exited.then(() => children.delete(child));
    const ready = new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          lines.push(line);
          if (line.startsWith('ready ')) resolve();
        });
      }
      const refuse = (why: string) => reject(new Error(`the service ${why}:\n${lines.join('\n')}`));
      void ended.then((code) => refuse(`ended with ${code}`));
      setTimeout(() => refuse('was not ready in time'), timeoutMs).unref();
    });
    await ready;
    leftBehind = false;
    return {
      url,
      pid: child.pid ?? 0,
      output: () => lines.join('\n'),
      killHard: async () => {
        leftBehind = true;
        child.kill('SIGKILL');
        // What it left behind may hold its output open.
        await exited;
      },
      ended,
      stop: async (signal = 'SIGTERM') => {
        child.kill(signal);
        return ended;
      },
    };
  };

  return {
    home,
    port,
    start,
    token,
    client: async () => createClient({ url, token: await token(), language: 'en', agent: 'naer tests' }),
    remove: async () => {
      const running = [...children];
      // PostgreSQL stays behind a killed service; a start that is stopped properly takes it along.
      for (const child of running) child.kill('SIGTERM');
      await Promise.all(running.map((child) => child.exitCode ?? once(child, 'exit')));
      if (leftBehind)
        await start().then(
          (service) => service.stop(),
          () => undefined,
        );
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A port that is free now, on loopback. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
