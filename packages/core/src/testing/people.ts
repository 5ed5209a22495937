import { randomUUID } from 'node:crypto';
import type { Permission, Role } from '../contract/index.ts';
import { hashTokenSecret, makeTokenSecret } from '../modules/identity/index.ts';
import type { TestApp } from './app.ts';

export interface Person {
  readonly municipalityId: string;
  readonly staffId: string;
  readonly initials: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly Permission[] | null;
  readonly token: string;
}

export interface PersonWish {
  readonly roles: readonly Role[];
  readonly initials: string;
  readonly name?: string;
  readonly teamId?: string | null;
  readonly scopes?: readonly Permission[] | null;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date | null;
  readonly endedAt?: Date | null;
}

/** A municipality with all that belongs to one; its founding administrator is nobody's to use. */
export async function foundMunicipality({ app, test }: TestApp, name: string): Promise<string> {
  const id = randomUUID();
  const administrator = {
    initials: 'FOUNDER',
    name: 'Founder',
    email: null,
    roles: ['administrator' as const],
  };
  const founding = { id, name, isDemo: false, tokenSecret: makeTokenSecret(), administrator };
  await test.database.write(id, (tx) => app.founder.found(tx, founding));
  return id;
}

/** Somebody with a token, straight in the tables, so that what the service refuses to make can be there too. */
export async function addPerson(
  { test }: TestApp,
  municipalityId: string,
  wish: PersonWish,
): Promise<Person> {
  const [staffId, token] = [randomUUID(), makeTokenSecret()];
  const { roles, initials, scopes = null } = wish;
  await test.superuser.query(
    `INSERT INTO staff (municipality_id, id, initials, name, team_id, roles, shift, created_at, updated_at, ended_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'day', $7, $7, $8)`,
    [
      municipalityId,
      staffId,
      initials,
      wish.name ?? initials,
      wish.teamId ?? null,
      roles,
      longAgo,
      wish.endedAt ?? null,
    ],
  );
  await test.superuser.query(
    `INSERT INTO access_token (municipality_id, id, staff_id, name, secret_hash, scopes, expires_at, revoked_at, created_at)
     VALUES ($1, $2, $3, 'test', $4, $5, $6, $7, $8)`,
    [
      municipalityId,
      randomUUID(),
      staffId,
      hashTokenSecret(token),
      scopes ?? [],
      wish.expiresAt ?? new Date('2099-01-01'),
      wish.revokedAt ?? null,
      longAgo,
    ],
  );
  return { municipalityId, staffId, initials, roles, scopes, token };
}

const longAgo = new Date('2026-01-01T00:00:00Z');

/** What goes into a request beside its route. */
export interface Sending {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The bytes of a file instead of a body. */
  readonly file?: string;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Asks without a network; `path` as in the contract, with `:name` for parameters. */
export async function ask(
  { app }: Pick<TestApp, 'app'>,
  { method, path: pattern }: { readonly method: string; readonly path: string },
  { params = {}, query = {}, body, file }: Sending,
  token: string | null,
): Promise<Answer> {
  const filled = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  const answer = await app.server.inject({
    method: method as 'GET',
    url: `/api/v1${filled}${search === '' ? '' : `?${search}`}`,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(file === undefined ? {} : { 'content-type': 'text/csv' }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(file === undefined ? {} : { payload: file }),
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, type: String(answer.headers['content-type'] ?? ''), text: answer.body };
}
