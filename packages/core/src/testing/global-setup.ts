import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { ensureLogins, makeLoginPasswords, migrate, startEmbeddedPostgres } from '../storage/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URLs without a database of tests in them; a test's own database has the same with its name. */
    readonly postgres: { readonly superuserUrl: string; readonly appUrl: string; readonly workerUrl: string };
  }
}

export const templateDatabase = 'naer_template';

/** One PostgreSQL for the whole run, with a migrated template that each test's database is cloned from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(path.join(tmpdir(), 'naer-test-'));
  const postgres = await startEmbeddedPostgres({ home, tell: () => undefined, fsync: false });
  const teardown = async () => {
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    project.provide('postgres', await makeTemplate(postgres.superuserUrl));
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

async function makeTemplate(urlOf: (database: string) => string) {
  const admin = new Client({ connectionString: urlOf('postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${templateDatabase}`);

  const templateUrl = urlOf(templateDatabase);
  const owner = new Client({ connectionString: templateUrl });
  await owner.connect();
  try {
    await migrate(owner, path.join(import.meta.dirname, '../../prisma/migrations'), new Date());
    const logins = await ensureLogins(owner, templateUrl, makeLoginPasswords());
    return { superuserUrl: urlOf('postgres'), ...logins };
  } finally {
    await owner.end();
    // Nobody can clone a database that somebody is connected to, be it a test or PostgreSQL's own cleaner.
    await admin.query(`ALTER DATABASE ${templateDatabase} WITH ALLOW_CONNECTIONS false`);
    await admin.end();
  }
}
