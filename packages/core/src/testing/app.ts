import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, type AppDeps, createApp } from '../app.ts';
import type { Config } from '../config/index.ts';
import { type Client, createClient } from '../contract/client.ts';
import type { Language, Permission, Role } from '../contract/index.ts';
import { createLog } from '../http/logging.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { type Actor, hashTokenSecret, makeTokenSecret } from '../modules/identity/index.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestAppOptions {
  readonly clock?: Clock;
  readonly http?: Partial<Config['http']>;
  readonly webhook?: Config['webhook'];
  readonly caseSystem?: Config['caseSystem'];
  readonly messages?: Partial<Config['messages']>;
  /** Messages wait as they are: what writes by itself is no answer to anybody's request. */
  readonly holdsMessages?: boolean;
  readonly heartbeatMs?: number;
  /** Of pages of calls: how long they wait for something new. */
  readonly longPollMs?: number;
  readonly media?: AppDeps['media'];
  readonly callRooms?: AppDeps['callRooms'];
  /** Another process of the same service: shares its database and keys, and leaves them alone when it is closed. */
  readonly beside?: TestApp;
}

/** Somebody at the API. */
export interface Caller extends Client {
  readonly actor: Actor;
  readonly token: string;
  /** A request as the wire has it, for what the typed client would not send. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface TestApp {
  readonly test: TestDatabase;
  readonly app: App;
  readonly url: string;
  readonly folder: string;
  /** Every line that was logged, parsed. */
  readonly logged: readonly Record<string, unknown>[];
  /** Makes a token for the actor and returns how they call the API. */
  as(
    actor: Actor,
    options?: { scopes?: readonly Permission[]; expiresAt?: Date; language?: Language },
  ): Promise<Caller>;
  /** A new member of staff with these roles, calling the API. */
  caller(municipalityId: string, roles: readonly Role[], initials?: string): Promise<Caller>;
  close(): Promise<void>;
}

/** The whole service over HTTP on loopback, on a database of its own; every answer is checked against the contract. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { clock = systemClock, beside } = options;
  const test = beside?.test ?? (await createTestDatabase());
  const folder = beside?.folder ?? (await mkdtemp(path.join(tmpdir(), 'naer-app-')));
  const logged: Record<string, unknown>[] = [];
  const deps: AppDeps = {
    config: {
      http: {
        host: '127.0.0.1',
        port: 0,
        publicUrl: null,
        tls: null,
        trustedProxies: [],
        requestsPerMinute: 0,
        ...options.http,
      },
      webhook: options.webhook ?? null,
      caseSystem: options.caseSystem ?? null,
      messages: { mail: null, sms: null, ...options.messages },
    },
    database: test.database,
    logins: test.logins,
    clock,
    log: createLog('info', {
      write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>),
    }),
    spoolFolder: path.join(folder, 'spool'),
    masterKeyFile: path.join(folder, 'master.json'),
    verifyReplies: true,
    ...(options.holdsMessages === undefined ? {} : { holdsMessages: options.holdsMessages }),
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    ...(options.longPollMs === undefined ? {} : { longPollMs: options.longPollMs }),
    ...(options.media === undefined ? {} : { media: options.media }),
    ...(options.callRooms === undefined ? {} : { callRooms: options.callRooms }),
  };
  const app = await createApp(deps);
  const url = await app.server.listen({ host: '127.0.0.1', port: 0 });

  const as: TestApp['as'] = async (actor, { scopes = [], expiresAt, language = 'en' } = {}) => {
    const [token, tokenId] = [makeTokenSecret(), randomUUID()];
    await test.superuser.query(
      `INSERT INTO access_token (municipality_id, id, staff_id, name, secret_hash, scopes, expires_at, created_at)
       VALUES ($1, $2, $3, 'test', $4, $5, $6, $7)`,
      [
        actor.municipalityId,
        tokenId,
        actor.staffId,
        Buffer.from(hashTokenSecret(token)),
        scopes,
        expiresAt ?? new Date(clock.now().getTime() + 86_400_000),
        clock.now(),
      ],
    );
    return {
      ...createClient({ url, token, language }),
      actor: { ...actor, tokenId },
      token,
      fetch: (target, init = {}) => {
        const headers = new Headers(init.headers);
        if (!headers.has('authorization')) headers.set('authorization', `Bearer ${token}`);
        return fetch(new URL(target, url), { ...init, headers });
      },
    };
  };
  return {
    test,
    app,
    url,
    folder,
    logged,
    as,
    caller: async (municipalityId, roles, initials) => as(await test.actor(municipalityId, roles, initials)),
    close: async () => {
      await app.close();
      if (beside !== undefined) return;
      await test.close();
      await rm(folder, { recursive: true });
    },
  };
}
