import { createHash, randomBytes } from 'node:crypto';
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
  const ensure = async (kind: 'app' | 'worker'): Promise<string> => {
    const [login, group, password] = [loginOf(name, kind), `naer_${kind}`, passwords[kind]];
    const role = escapeIdentifier(login);
    const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [login]);
    // Changing a role must not even name SUPERUSER or BYPASSRLS: PostgreSQL refuses that to anybody without them.
    const wish =
      rowCount === 0
        ? `CREATE ROLE ${role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS LOGIN`
        : `ALTER ROLE ${role} LOGIN`;
    try {
      await owner.query(`${wish} PASSWORD ${escapeLiteral(password)}`);
      await owner.query(`GRANT ${group} TO ${role}`);
      await owner.query(`GRANT CONNECT ON DATABASE ${escapeIdentifier(name)} TO ${role}`);
    } catch (error) {
      if (findViolation(error)?.state !== '42501') throw error;
      throw new DomainError('database_rights_missing', { user, action: 'CREATE ROLE' }, { cause: error });
    }
    return withLogin(ownerUrl, login, password);
  };
  return { appUrl: await ensure('app'), workerUrl: await ensure('worker') };
}

/** PostgreSQL cuts names after 63 bytes, which could make one login of two. */
function loginOf(database: string, kind: 'app' | 'worker'): string {
  const login = `${database}_login_${kind}`;
  if (Buffer.byteLength(login) <= 63) return login;
  return `naer_${createHash('sha256').update(database).digest('hex').slice(0, 16)}_login_${kind}`;
}

/** A user can stand before the host or, always where there is no host, among the parameters; the latter win. */
function withLogin(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.searchParams.delete('user');
  changed.searchParams.delete('password');
  if (changed.hostname === '') {
    changed.searchParams.set('user', user);
    changed.searchParams.set('password', password);
  } else {
    changed.username = encodeURIComponent(user);
    changed.password = encodeURIComponent(password);
  }
  return changed.toString();
}

/**
 * Makes sure that a login is as weak as row security needs it: in its own group role alone, no superuser, no owner.
 * A login that could pass row security would see every municipality without any error.
 *
 * @param login connected as the login in question; the caller closes it
 * @throws DomainError config_invalid
 */
export async function assertWeakLogin(login: Client, kind: 'app' | 'worker'): Promise<void> {
  const { rows } = await login.query<{
    user: string;
    mighty: boolean;
    owns: boolean;
    member: boolean;
    both: boolean;
  }>(
    `SELECT current_user AS user, rolsuper OR rolbypassrls AS mighty, pg_has_role(relowner, 'MEMBER') AS owns,
       pg_has_role($1, 'USAGE') AS member, pg_has_role($2, 'MEMBER') AS both
     FROM pg_roles, pg_class WHERE rolname = current_user AND pg_class.oid = 'staff'::regclass`,
    [`naer_${kind}`, kind === 'app' ? 'naer_worker' : 'naer_app'],
  );
  const [found] = rows;
  if (found?.member && !found.mighty && !found.owns && !found.both) return;
  const user = found?.user ?? '';
  const made = `CREATE ROLE naer_${kind}_login LOGIN PASSWORD 'a long secret' IN ROLE naer_${kind}`;
  throw new DomainError('config_invalid', {
    setting: kind === 'app' ? 'DATABASE_APP_URL' : 'DATABASE_WORKER_URL',
    why_da: `login ${user} skal kun være i rollen naer_${kind}, ikke eje noget og ikke være superbruger`,
    why_en: `the login ${user} must be in the role naer_${kind} alone, own nothing and be no superuser`,
    fix_da: `Lav et med: ${made}`,
    fix_en: `Make one with: ${made}`,
  });
}
