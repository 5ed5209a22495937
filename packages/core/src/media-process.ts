import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Secret } from './config/index.ts';
import type { Log } from './http/logging.ts';
import { DomainError } from './kernel/errors.ts';
import { writePrivately } from './private-file.ts';

/** The media server beside core, in a process of its own: native code that crashes takes calls with it, never core. */
export interface MediaProcess {
  /** `http:` address of its signalling; null while it is down, which ends by itself. */
  readonly url: string | null;
  readonly apiKey: string;
  readonly apiSecret: Secret;
  /** Null while it is down. */
  readonly pid: number | null;
  /** Lets calls under way hear that the server goes, then ends it. Safe to call twice. */
  close(): Promise<void>;
}

export interface MediaProcessDeps {
  /** The built program of the media server. */
  readonly program: string;
  /** Its settings, by the name of each. */
  readonly environment: Readonly<Record<string, Secret>>;
  /** Key and secret that core and the media server share; made on the very first start. */
  readonly keyFile: string;
  readonly logFile: string;
  readonly log: Log;
  /** In tests: how long the n-th start in a row waits. */
  readonly pauseMs?: (failures: number) => number;
}

/** At once, then doubling up to ten seconds: who has a call is back as soon as the machine can. */
const growingPauseMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(10_000, 250 * 2 ** failures);
/** One that ran so long was sound: the next failure is a first one. */
const soundAfterMs = 60_000;
const readyWithinMs = 15_000;
/** The media server ends by itself, at the latest when its time to drain is over; this is for one that hangs. */
const endsWithinMs = 15_000;
/** What main.ts of the media server answers where its settings, not its luck, keep it from starting (sysexits.h, EX_CONFIG). */
const misconfigured = 78;

/**
 * Starts the media server and keeps it running: one that ends is started again. Resolves once it is ready for the first time.
 *
 * @throws DomainError media_not_started, with its own words, where its settings keep it from starting
 */
export async function startMediaProcess(deps: MediaProcessDeps): Promise<MediaProcess> {
  const { log, pauseMs = growingPauseMs } = deps;
  const { apiKey, apiSecret } = await readKeys(deps.keyFile);
  const logFile = await open(deps.logFile, 'a', 0o600);
  const stopping = new AbortController();
  let current: { readonly child: ChildProcess; readonly url: string | null } | null = null;
  /** Kept over restarts, so that what was told of it stays true. */
  let port = deps.environment.NAER_MEDIA_PORT?.reveal();

  const run = async (onReady: () => void): Promise<{ code: number | null; words: string }> => {
    const settings = Object.entries(deps.environment).map(([name, value]) => [name, value.reveal()]);
    const child = spawn(process.execPath, ['--enable-source-maps', deps.program], {
      // Only what it needs: core's own secrets are none of its business.
      env: {
        ...pick(process.env, [
          'PATH',
          'HOME',
          'LANG',
          'LC_ALL',
          'LC_MESSAGES',
          'TZ',
          'SystemRoot',
          'NODE_OPTIONS',
        ]),
        NAER_MEDIA_KEY: apiKey,
        NAER_MEDIA_SECRET: apiSecret,
        // Signalling goes with core, so calls would not outlive it for long; whoever wants to wait can say so.
        NAER_MEDIA_DRAIN_SECONDS: '0',
        // By itself glibc gives each of the library's threads a pool of its own, and every client that comes and goes leaves a
        // little more unused in each of them; and it keeps what was freed for the largest piece that it ever saw (mallopt(3)).
        MALLOC_ARENA_MAX: '2',
        MALLOC_MMAP_THRESHOLD_: '131072',
        MALLOC_TRIM_THRESHOLD_: '131072',
        ...Object.fromEntries(settings),
        ...(port === undefined ? {} : { NAER_MEDIA_PORT: port }),
      },
      // A group of its own, so that Ctrl-C is for core, which ends it in its turn; the channel tells it when core is gone,
      // however core ended.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    current = { child, url: null };
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      words = `${words}${chunk.toString()}`.slice(-2000);
      void logFile.write(chunk).catch(() => undefined);
    });
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        void logFile.write(`${line}\n`).catch(() => undefined);
        const url = /^media ready (http:\S+)$/.exec(line)?.[1];
        if (url === undefined) return;
        current = { child, url };
        port = new URL(url).port;
        onReady();
      });
    const late = setTimeout(() => current?.url === null && child.kill('SIGKILL'), readyWithinMs);
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, words };
    } catch (error) {
      return { code: null, words: String(error) };
    } finally {
      clearTimeout(late);
      current = null;
    }
  };

  const firstReady = Promise.withResolvers<void>();
  const supervising = (async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const began = performance.now();
      let wasReady = false;
      const { code, words } = await run(() => {
        wasReady = true;
        log.info({ url: current?.url, mediaPid: current?.child.pid }, 'media server ready');
        firstReady.resolve();
      });
      if (stopping.signal.aborted) return;
      log.error({ code, words: words.slice(-500) }, 'the media server ended');
      if (!wasReady && code === misconfigured) {
        firstReady.reject(new DomainError('media_not_started', { words: lastLine(words) }));
        // Settings do not mend themselves; after a first start that went well they can still meet a taken port.
      }
      failures = wasReady && performance.now() - began > soundAfterMs ? 0 : failures + 1;
      // Nobody waits at the door for ever: the service starts, and calls come when the media server does.
      if (failures >= 3) firstReady.resolve();
      await delay(pauseMs(failures - 1), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= (async () => {
      stopping.abort();
      const child = current?.child;
      child?.kill('SIGTERM');
      const drainMs = Number(deps.environment.NAER_MEDIA_DRAIN_SECONDS?.reveal() ?? 0) * 1000;
      const patience = setTimeout(() => child?.kill('SIGKILL'), drainMs + endsWithinMs);
      await supervising;
      clearTimeout(patience);
      await logFile.close();
    })();
    return closing;
  };
  try {
    await firstReady.promise;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    apiKey,
    apiSecret: new Secret(apiSecret),
    get url() {
      return current?.url ?? null;
    },
    get pid() {
      return current?.url == null ? null : (current.child.pid ?? null);
    },
    close,
  };
}

interface Keys {
  readonly apiKey: string;
  readonly apiSecret: string;
}

async function readKeys(file: string): Promise<Keys> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isKeys(found)) return found;
  } catch {
    // Made below: tokens live for minutes, so a lost file costs a call at most.
  }
  const keys = {
    apiKey: `naer${randomBytes(6).toString('hex')}`,
    apiSecret: randomBytes(32).toString('base64url'),
  };
  await writePrivately(file, `${JSON.stringify(keys)}\n`);
  return keys;
}

const isKeys = (value: unknown): value is Keys =>
  typeof value === 'object' &&
  value !== null &&
  'apiKey' in value &&
  'apiSecret' in value &&
  typeof value.apiKey === 'string' &&
  typeof value.apiSecret === 'string';

const pick = (environment: NodeJS.ProcessEnv, names: readonly string[]) =>
  Object.fromEntries(
    names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );

const lastLine = (words: string): string => words.trim().split('\n').at(-1) ?? '';
