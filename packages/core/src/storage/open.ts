import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import type { Clock } from '../kernel/clock.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tell } from '../kernel/progress.ts';
import type { DatabaseLogins } from './database.ts';
import { startEmbeddedPostgres } from './embedded/index.ts';
import { assertWeakLogin, ensureLogins, type LoginPasswords, makeLoginPasswords } from './logins.ts';
import { migrate } from './migrations.ts';
import { findViolation } from './violations.ts';

export interface OpenedStorage {
  readonly logins: DatabaseLogins;
  readonly embedded: boolean;
  /** Where the database is, without user or password. */
  readonly place: string;
  /** Settles when the embedded PostgreSQL has ended, by `close()` or by anything else; never for somebody else's. */
  readonly ended: Promise<void>;
  /** Stops the embedded PostgreSQL; nothing for a database of somebody else's. */
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly home: string;
  readonly migrations: string;
  /** Null: the embedded PostgreSQL. */
  readonly external: { readonly ownerUrl: string; readonly logins: DatabaseLogins | null } | null;
  readonly clock: Clock;
  readonly tell: Tell;
}

const databaseName = 'naer';

/** Starts or finds PostgreSQL, brings the schema up to date and makes the logins that core uses. */
export async function openStorage({
  home,
  migrations,
  external,
  clock,
  tell,
}: OpenOptions): Promise<OpenedStorage> {
  const passwords = await keptPasswords(path.join(home, 'keys', 'database-logins.json'));
  if (external !== null) {
    const logins = await prepare(external.ownerUrl, external.logins, passwords, migrations, clock, tell);
    return {
      logins,
      embedded: false,
      place: placeOf(external.ownerUrl).place,
      ended: new Promise(() => undefined),
      close: async () => undefined,
    };
  }
  const postgres = await startEmbeddedPostgres({ home, tell });
  try {
    const admin = await connect(postgres.superuserUrl('postgres'));
    const exists = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (exists.rowCount === 0) await admin.query(`CREATE DATABASE ${escapeIdentifier(databaseName)}`);
    await admin.end();
    const logins = await prepare(
      postgres.superuserUrl(databaseName),
      null,
      passwords,
      migrations,
      clock,
      tell,
    );
    return {
      logins,
      embedded: true,
      place: new URL(logins.appUrl).host,
      ended: postgres.ended,
      close: () => postgres.stop(),
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function prepare(
  ownerUrl: string,
  given: DatabaseLogins | null,
  passwords: LoginPasswords,
  migrations: string,
  clock: Clock,
  tell: Tell,
): Promise<DatabaseLogins> {
  const owner = await connect(ownerUrl);
  let logins: DatabaseLogins;
  try {
    const applied = await migrate(owner, migrations, clock.now());
    if (applied.length > 0) tell('migrated', { migrations: applied.join(', ') });
    logins = given ?? (await ensureLogins(owner, ownerUrl, passwords));
  } finally {
    await owner.end();
  }
  for (const kind of ['app', 'worker'] as const) {
    const login = await connect(kind === 'app' ? logins.appUrl : logins.workerUrl);
    await assertWeakLogin(login, kind).finally(() => login.end());
  }
  return logins;
}

/** @throws DomainError database_unreachable, database_login_refused */
async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { host, user } = placeOf(url);
    // Class 28: the login is refused. Everything else, also a database that does not exist, is told as not answering.
    if (findViolation(error)?.state.startsWith('28') === true)
      throw new DomainError('database_login_refused', { host, user }, { cause: error });
    throw new DomainError('database_unreachable', { host }, { cause: error });
  }
}

/** What may be told of a database's address: never the password. Host and user can stand among the parameters too. */
function placeOf(url: string): { readonly host: string; readonly user: string; readonly place: string } {
  const { host: authority, username, pathname, searchParams } = new URL(url);
  const host = authority || (searchParams.get('host') ?? 'localhost');
  return {
    host,
    user: searchParams.get('user') ?? decodeURIComponent(username),
    place: `${host}${pathname}`,
  };
}

/** The passwords of core's own logins, made once and kept readable by the owner alone. */
async function keptPasswords(file: string): Promise<LoginPasswords> {
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) return JSON.parse(kept) as LoginPasswords;
  const made = makeLoginPasswords();
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  await handle.writeFile(JSON.stringify(made));
  await handle.sync();
  await handle.close();
  await rename(draft, file);
  return made;
}
