import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import type { Role } from '../contract/index.ts';
import type { Actor } from '../modules/identity/index.ts';
import { type Database, type DatabaseLogins, openDatabase } from '../storage/index.ts';
import { templateDatabase } from './global-setup.ts';

export interface TestDatabase {
  readonly database: Database;
  readonly logins: DatabaseLogins;
  /** The owner of everything, past row security: for looking and for provoking. */
  readonly superuser: Client;
  readonly superuserUrl: string;
  /** Makes a municipality with nothing in it and returns its id. */
  municipality(name?: string): Promise<string>;
  /** Registers a member of staff straight in the table and returns them as an actor. */
  actor(municipalityId: string, roles: readonly Role[], initials?: string): Promise<Actor>;
  close(): Promise<void>;
}

const time = new Date('2026-01-01T00:00:00Z');
let counter = 0;

/** A real PostgreSQL database of its own, cloned from the migrated template. Close it in afterAll. */
export async function createTestDatabase(sizes?: {
  readonly app: number;
  readonly worker: number;
}): Promise<TestDatabase> {
  const provided = inject('postgres');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = new Client({ connectionString: withDatabase(provided.superuserUrl, 'postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${templateDatabase}`);

  const logins = {
    appUrl: withDatabase(provided.appUrl, name),
    workerUrl: withDatabase(provided.workerUrl, name),
  };
  const superuserUrl = withDatabase(provided.superuserUrl, name);
  const database = openDatabase(logins, sizes);
  const superuser = new Client({ connectionString: superuserUrl });
  await superuser.connect();

  return {
    database,
    logins,
    superuser,
    superuserUrl,
    municipality: async (label = 'Nordby') => {
      const id = randomUUID();
      await superuser.query('INSERT INTO municipality VALUES ($1, $2, false, 10, $3)', [id, label, time]);
      return id;
    },
    actor: async (municipalityId, roles, initials) => {
      counter += 1;
      const staffId = randomUUID();
      const sign = initials ?? `T${counter}`;
      await superuser.query(
        `INSERT INTO staff (municipality_id, id, initials, name, roles, shift, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'day', $6, $6)`,
        [municipalityId, staffId, sign, `Test ${sign}`, roles, time],
      );
      return {
        municipalityId,
        staffId,
        initials: sign,
        teamId: null,
        roles,
        scopes: null,
        tokenId: randomUUID(),
        tokenExpiresAt: new Date('2099-01-01'),
        isDemo: false,
      };
    },
    close: async () => {
      await database.close();
      await superuser.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}
