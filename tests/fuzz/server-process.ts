import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AccessToken } from 'livekit-server-sdk';

const program = fileURLToPath(new URL('../../packages/media-server/src/main.ts', import.meta.url));
const keptFaults = 50;
/** pino's number for what went wrong: warnings are of links that failed by a fault of ours. */
const warning = 40;

/** The media server as a process of its own, with everything it complains about. */
export class ServerProcess {
  readonly url: string;
  readonly httpUrl: string;
  readonly faults: string[];
  readonly #child: ChildProcess;
  readonly #secret: string;

  private constructor(child: ChildProcess, httpUrl: string, faults: string[], secret: string) {
    this.#child = child;
    this.#secret = secret;
    this.faults = faults;
    this.httpUrl = httpUrl;
    this.url = httpUrl.replace(/^http/, 'ws');
  }

  static async start(): Promise<ServerProcess> {
    const secret = randomBytes(32).toString('hex');
    const flags = ['--disable-warning=ExperimentalWarning', '--experimental-strip-types'];
    const child = spawn(process.execPath, [...flags, program], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        NAER_MEDIA_PORT: '0',
        NAER_MEDIA_UDP_PORT: '0',
        NAER_MEDIA_BIND_ADDRESS: '127.0.0.1',
        NAER_MEDIA_KEY: 'fuzz',
        NAER_MEDIA_SECRET: secret,
        NAER_MEDIA_MAX_JOINS: '2000',
        NAER_MEDIA_MAX_SOCKETS: '2000',
        NAER_MEDIA_EMPTY_TIMEOUT: '1',
        NAER_MEDIA_DEPARTURE_TIMEOUT: '1',
        NAER_MEDIA_DRAIN_SECONDS: '0',
        NAER_MEDIA_LOG_LEVEL: 'warn',
      },
    });
    const faults: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (faults.length < keptFaults && isFault(line)) faults.push(line);
    });
    const out = createInterface({ input: child.stdout });
    const [ready]: unknown[] = await once(out, 'line');
    const url = /^media ready (.+)$/.exec(String(ready))?.[1];
    if (url === undefined) throw new Error(`the media server did not start: ${String(ready)}`);
    return new ServerProcess(child, url, faults, secret);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  token(identity: string, room: string): Promise<string> {
    const token = new AccessToken('fuzz', this.#secret, { identity, ttl: 3600 });
    token.addGrant({ roomJoin: true, room, canUpdateOwnMetadata: true });
    return token.toJwt();
  }

  /** How long it takes to say that it lives. */
  async latencyMs(): Promise<number> {
    const startedAtMs = performance.now();
    await (await fetch(`${this.httpUrl}/healthz`, { signal: AbortSignal.timeout(30_000) })).text();
    return performance.now() - startedAtMs;
  }

  /** Resident bytes; 0 where the system does not tell. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8').catch(() => '');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
  }

  /** One of its own numbers. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.httpUrl}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  }

  /** @returns the exit code, or the signal that ended it */
  async stop(): Promise<string> {
    if (this.isAlive) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    return String(this.#child.exitCode ?? this.#child.signalCode);
  }
}

function isFault(line: string): boolean {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'level' in entry && Number(entry.level) >= warning;
  } catch {
    // Not the log's: what Node or a library says when something is very wrong.
    return true;
  }
}
