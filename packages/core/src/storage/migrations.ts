import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from 'pg';
import { DomainError } from '../kernel/errors.ts';
import { advisoryLocks } from './advisory-locks.ts';
import { findViolation } from './violations.ts';

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const oldestVersion = 160_000;

/**
 * Brings the database up to date: Prisma's folder format and its own `_prisma_migrations` table, so that Prisma's tools
 * agree about what was applied, without its schema engine, which is a download. Each migration is one transaction; an
 * advisory lock keeps two starting processes apart.
 *
 * @param owner a connected client of the login that owns the schema; the caller closes it
 * @returns the names of the migrations applied now
 * @throws DomainError database_too_old, database_newer, migration_changed, database_rights_missing, migration_failed
 */
export async function migrate(owner: Client, folder: string, now: Date): Promise<string[]> {
  const { rows: facts } = await owner.query<{ version: string; user: string }>(
    `SELECT current_setting('server_version_num') AS version, current_user AS user`,
  );
  const [version, user] = [Number(facts[0]?.version), facts[0]?.user ?? ''];
  if (version < oldestVersion)
    throw new DomainError('database_too_old', { version: Math.floor(version / 10_000) });
  await owner.query('SELECT pg_advisory_lock($1)', [advisoryLocks.migration]);
  try {
    await owner
      .query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
      logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL, applied_steps_count integer NOT NULL DEFAULT 0)`)
      .catch((error: unknown) => {
        explainRights(error, user);
        throw error;
      });
    const known = await readMigrations(folder);
    const { rows: applied } = await owner.query<{ name: string; checksum: string }>(
      'SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    for (const { name, checksum } of applied) {
      const own = known.find((migration) => migration.name === name);
      if (own === undefined) throw new DomainError('database_newer', { migration: name });
      if (own.checksum !== checksum) throw new DomainError('migration_changed', { migration: name });
    }
    const pending = known.filter((migration) => !applied.some((row) => row.name === migration.name));
    for (const migration of pending) await apply(owner, migration, user, now);
    return pending.map((migration) => migration.name);
  } finally {
    // When the connection broke there is nothing to unlock, and the first error is the one to tell.
    await owner.query('SELECT pg_advisory_unlock($1)', [advisoryLocks.migration]).catch(() => undefined);
  }
}

async function apply(owner: Client, migration: Migration, user: string, now: Date): Promise<void> {
  try {
    await owner.query('BEGIN');
    await owner.query(migration.sql);
    await owner.query(
      `INSERT INTO _prisma_migrations (id, checksum, started_at, finished_at, migration_name, applied_steps_count) VALUES ($1, $2, $3, $3, $4, 1)`,
      [randomUUID(), migration.checksum, now, migration.name],
    );
    await owner.query('COMMIT');
  } catch (error) {
    await owner.query('ROLLBACK').catch(() => undefined);
    explainRights(error, user);
    throw new DomainError('migration_failed', { migration: migration.name }, { cause: error });
  }
}

/** 42501: the login may not do what the migration asks for. */
function explainRights(error: unknown, user: string): void {
  if (findViolation(error)?.state !== '42501') return;
  throw new DomainError('database_rights_missing', { user, action: 'CREATE' }, { cause: error });
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
