import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { type App, createApp } from './app.ts';
import { type Config, Secret } from './config/index.ts';
import { fillTimeoutMs } from './demo/index.ts';
import { createLog, type Log } from './http/logging.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { DomainError } from './kernel/errors.ts';
import type { Tell } from './kernel/progress.ts';
import { type MediaInlet, openMediaInlet } from './media-inlet.ts';
import { type MediaProcess, startMediaProcess } from './media-process.ts';
import { makeTokenSecret } from './modules/identity/index.ts';
import type { MediaDoor } from './modules/media/index.ts';
import { writePrivately } from './private-file.ts';
import {
  advisoryLocks,
  type Database,
  lockHome,
  openDatabase,
  openStorage,
  type Tx,
  withClient,
} from './storage/index.ts';
import type { Ready } from './terminal.ts';

export interface RunningService {
  readonly ready: Ready;
  /** Settles with the reason when the service can no longer work and has to be closed; else never. */
  readonly broken: Promise<DomainError>;
  /** Drains and stops everything, PostgreSQL included. Safe to call twice. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Config;
  /** Folder of the migrations. */
  readonly migrations: string;
  /** The built program of our own media server, which is started where no LiveKit is given. */
  readonly mediaProgram: string;
  /** The folder of the built call page. */
  readonly callPage: string;
  /** Told what happens until the service is ready. */
  readonly tell: Tell;
  readonly clock?: Clock;
  /** Aborted when somebody wants it stopped: the start then ends after the step under way, by throwing the reason. */
  readonly stop?: AbortSignal;
}

/**
 * Brings everything up in order and takes it down in the opposite order, also when a step in the middle fails.
 *
 * @throws DomainError with a next step for whatever an operator can mend
 */
export async function runService({
  config,
  migrations,
  mediaProgram,
  callPage,
  tell,
  clock = systemClock,
  stop,
}: ServiceOptions): Promise<RunningService> {
  let log: Log | null = null;
  const undo: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= (async () => {
      const failures: unknown[] = [];
      // Each step is taken although another failed: a PostgreSQL must not be left running because a log is full.
      for (const step of undo.reverse()) await step().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    })();
    return closing;
  };
  try {
    const lock = await lockHome(config.home);
    undo.push(() => lock.release());
    // Opened first and so closed last: work that was cut off while stopping still tells how it ended.
    const destination = await openLogFile(path.join(config.home, 'logs', 'core.log'), config.home);
    undo.push(() => endLogFile(destination));
    log = createLog(config.logLevel, destination);
    // It starts while PostgreSQL does.
    const inlet = await openMediaInlet();
    undo.push(() => inlet.close());
    const startingMedia = startMedia({ config, program: mediaProgram, log, inlet });
    // Its failure is met where it is awaited; until then it must not end the process.
    startingMedia.catch(() => undefined);
    undo.push(async () => (await startingMedia.catch(() => null))?.close());
    tell(config.database === null ? 'starting_postgres' : 'connecting');
    const storage = await openStorage({
      home: config.home,
      migrations,
      external:
        config.database === null
          ? null
          : {
              ownerUrl: config.database.ownerUrl.reveal(),
              logins:
                config.database.logins === null
                  ? null
                  : {
                      appUrl: config.database.logins.appUrl.reveal(),
                      workerUrl: config.database.logins.workerUrl.reveal(),
                    },
            },
      clock,
      tell,
    });
    undo.push(() => storage.close());
    stop?.throwIfAborted();
    tell('database_at', { place: storage.place });

    const database = openDatabase(storage.logins);
    undo.push(() => atMost(databasePatienceMs, database.close()));
    const media = await startingMedia;
    stop?.throwIfAborted();
    const app = await createApp({
      config,
      database,
      logins: storage.logins,
      clock,
      log,
      spoolFolder: path.join(config.home, 'spool'),
      masterKeyFile: config.masterKeyFile,
      callPage,
      media: {
        signalling: signallingBehind(config, media),
        isUp: () => media === null || media.url !== null,
        door: doorOf(config, media),
      },
    });
    undo.push(() => app.close());
    inlet.serve((request, response) => app.server.routing(request, response));
    // First of all when the service ends: so what it tells of those it sends away is still heard.
    undo.push(async () => media?.close());
    stop?.throwIfAborted();
    const adminTokenFile = path.join(config.home, 'keys', 'admin-token');
    await foundFirstMunicipality({ app, database, config, adminTokenFile, tell });
    stop?.throwIfAborted();
    const url = await listen(app, config);
    const ready: Ready = {
      url,
      mediaUrl:
        config.media.kind === 'livekit' && !config.media.proxied
          ? config.media.url
          : url.replace(/^http/, 'ws'),
      adminTokenFile,
      pid: process.pid,
    };
    const readyFile = path.join(config.home, 'run', 'ready.json');
    await writePrivately(readyFile, `${JSON.stringify(ready)}\n`);
    undo.push(() => rm(readyFile, { force: true }));
    stop?.throwIfAborted();
    log.info({ url: ready.url }, 'ready');
    const broken = storage.ended.then(() => new DomainError('postgres_ended'));
    return { ready, broken, close };
  } catch (error) {
    if (stop?.aborted !== true) log?.error({ err: error }, 'the start failed');
    await close().catch(() => undefined);
    throw error;
  }
}

const webhookUrls = 'NAER_MEDIA_WEBHOOK_URLS';

/** Null where a LiveKit elsewhere is used. */
async function startMedia(deps: {
  readonly config: Config;
  readonly program: string;
  readonly log: Log;
  readonly inlet: MediaInlet;
}): Promise<MediaProcess | null> {
  const { home, media } = deps.config;
  if (media.kind === 'livekit') return null;
  const others = media.environment[webhookUrls]?.reveal();
  const urls = others === undefined ? deps.inlet.url : `${deps.inlet.url},${others}`;
  return startMediaProcess({
    program: deps.program,
    environment: { ...media.environment, [webhookUrls]: new Secret(urls) },
    keyFile: path.join(home, 'keys', 'media.json'),
    logFile: path.join(home, 'logs', 'media.log'),
    log: deps.log,
  });
}

/** How rooms are made, and where pages enter them. */
function doorOf({ media: config }: Pick<Config, 'media'>, media: MediaProcess | null): MediaDoor {
  if (config.kind === 'embedded') {
    if (media === null) throw new Error('our own media server is started where no LiveKit is given');
    const { apiKey, apiSecret } = media;
    return { apiKey, apiSecret, url: () => media.url, signallingUrl: null };
  }
  const { apiKey, apiSecret, url, proxied } = config;
  const signallingUrl = proxied ? null : url.replace(/^http/, 'ws');
  return { apiKey, apiSecret, url: () => url.replace(/^ws/, 'http'), signallingUrl };
}

/** Where signalling that reaches the service is passed on to; null where browsers go to the LiveKit themselves. */
function signallingBehind(
  { media: config }: Pick<Config, 'media'>,
  media: MediaProcess | null,
): (() => string | null) | null {
  if (config.kind === 'embedded') return () => media?.url ?? null;
  return config.proxied ? () => config.url.replace(/^ws/, 'http') : null;
}

/** How long connections may be in use after the last answer; past that, PostgreSQL rolls back what runs on them. */
const databasePatienceMs = 5000;

/** Resolves when the work is done or the time is up, whichever comes first. */
async function atMost(ms: number, work: Promise<void>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work, delay(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
}

type LogFile = ReturnType<typeof pino.destination>;

/** @throws DomainError home_not_writable */
async function openLogFile(dest: string, home: string): Promise<LogFile> {
  try {
    const file = pino.destination({ dest, mkdir: true, append: true, mode: 0o600, sync: false });
    await once(file, 'ready');
    // A full disk costs lines of the log, not the service.
    file.on('error', () => undefined);
    return file;
  } catch (cause) {
    throw new DomainError('home_not_writable', { home }, { cause });
  }
}

async function endLogFile(file: LogFile): Promise<void> {
  const closed = once(file, 'close');
  file.end();
  await closed;
}

/** Only on a database without municipalities: one, with whoever starts the machine as its administrator. */
async function foundFirstMunicipality(deps: {
  app: App;
  database: Database;
  config: Config;
  adminTokenFile: string;
  tell: Tell;
}): Promise<void> {
  const { app, database, config, adminTokenFile, tell } = deps;
  await withClient(database.worker, async (client) => {
    // Two processes that start on the same empty database at once found one municipality between them.
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLocks.founding]);
    const { rowCount } = await client.query('SELECT 1 FROM municipality LIMIT 1');
    if (rowCount === 0) {
      const [id, tokenSecret] = [randomUUID(), makeTokenSecret()];
      // Written first: should the machine stop in between, the next start finds no municipality and makes both anew.
      await writePrivately(adminTokenFile, `${tokenSecret}\n`);
      const found = (tx: Tx) =>
        app.founder.found(tx, {
          id,
          name: config.firstMunicipality,
          isDemo: config.demo,
          tokenSecret,
          // Alone on a fresh machine, they are all of these until colleagues are registered.
          administrator: {
            initials: 'ADMIN',
            name: 'Administrator',
            email: null,
            roles: ['administrator', 'operator', 'coordinator'],
          },
        });
      if (config.demo) {
        tell('making_demo');
        const { visits } = await database.write(
          id,
          async (tx) => {
            await found(tx);
            return app.demo.fill(tx, id);
          },
          { timeoutMs: fillTimeoutMs },
        );
        tell('demo_made', { visits });
      } else {
        await database.write(id, found);
      }
    }
    await client.query('SELECT pg_advisory_unlock($1)', [advisoryLocks.founding]);
  });
}

async function listen(app: App, config: Config): Promise<string> {
  const { host, port, tls, publicUrl } = config.http;
  try {
    await app.server.listen({ host, port });
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'EADDRINUSE') throw new DomainError('port_taken', { port }, { cause: error });
    if (code === 'EACCES')
      throw new DomainError(
        'config_invalid',
        {
          setting: 'NAER_PORT',
          why_da: `denne bruger må ikke lytte på port ${port}`,
          why_en: `this user may not listen on port ${port}`,
          fix_da: 'Vælg en port over 1023.',
          fix_en: 'Choose a port above 1023.',
        },
        { cause: error },
      );
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new DomainError(
        'config_invalid',
        {
          setting: 'NAER_HOST',
          why_da: `denne maskine har ikke adressen ${host}`,
          why_en: `this machine has no address ${host}`,
          fix_da: 'Skriv 127.0.0.1.',
          fix_en: 'Write 127.0.0.1.',
        },
        { cause: error },
      );
    throw error;
  }
  const { port: actual } = app.server.server.address() as AddressInfo;
  return (
    publicUrl ?? `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${actual}`
  );
}
