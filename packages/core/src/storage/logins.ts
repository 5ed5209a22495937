import { randomBytes } from 'node:crypto';
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { DomainError } from '../kernel/errors.ts';
import type { DatabaseLogins } from './database.ts';
import { findViolation } from './violations.ts';

export interface LoginPasswords {
  readonly app: string;
  readonly worker: string;
}

export const makeLoginPasswords = (): LoginPasswords => ({
  app: randomBytes(24).toString('base64url'),
  worker: randomBytes(24).toString('base64url'),
});

/**
 * Makes the two logins of core, which own nothing, and puts them in their group roles (made by the first migration).
 * Roles belong to the whole cluster, so they carry the database's name.
 *
 * @param owner connected to the database as its owner, with CREATEROLE; the caller closes it
 * @throws DomainError database_rights_missing
 */
export async function ensureLogins(
  owner: Client,
  ownerUrl: string,
  passwords: LoginPasswords,
): Promise<DatabaseLogins> {
  const { rows } = await owner.query<{ name: string; user: string }>(
    'SELECT current_database() AS name, current_user AS user',
  );
  const { name = '', user = '' } = rows[0] ?? {};
  const ensure = async (login: string, group: string, password: string): Promise<string> => {
    const role = escapeIdentifier(login);
    const exists = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [login]);
    try {
      await owner.query(
        `${exists.rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD ${escapeLiteral(password)}`,
      );
      await owner.query(`GRANT ${group} TO ${role}`);
      await owner.query(`GRANT CONNECT ON DATABASE ${escapeIdentifier(name)} TO ${role}`);
    } catch (error) {
      if (findViolation(error)?.state !== '42501') throw error;
      throw new DomainError('database_rights_missing', { user, action: 'CREATE ROLE' }, { cause: error });
    }
    return withLogin(ownerUrl, login, password);
  };
  return {
    appUrl: await ensure(`${name}_login_app`, 'naer_app', passwords.app),
    workerUrl: await ensure(`${name}_login_worker`, 'naer_worker', passwords.worker),
  };
}

function withLogin(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = encodeURIComponent(user);
  changed.password = encodeURIComponent(password);
  return changed.toString();
}
