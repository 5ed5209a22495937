import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import {
  type Caller,
  createTestDatabase,
  startTestApp,
  type TestApp,
  type TestDatabase,
} from '../testing/index.ts';
import { createLog, describeForLog } from './logging.ts';
import { toDomainError } from './problems.ts';

const canary = 'Kanariefugl Hemmelig';

describe('what a log tells of an error', () => {
  let test: TestDatabase;
  let municipalityId: string;
  const at = new Date('2026-11-24T09:00:00Z');

  beforeAll(async () => {
    test = await createTestDatabase();
    municipalityId = await test.municipality();
  });
  afterAll(() => test.close());

  const team = (name: unknown, id: unknown = randomUUID()) =>
    test.database.write(municipalityId, (tx) =>
      tx.team.create({ data: { municipalityId, id, name, createdAt: at } as never }),
    );
  const raw = (sql: string, ...values: unknown[]) =>
    test.database.write(municipalityId, (tx) => tx.$executeRawUnsafe(sql, ...values));

  const provocations: Record<string, () => Promise<unknown>> = {
    'a unique violation': async () => {
      await team(canary);
      await team(canary);
    },
    'text that is no uuid': () => raw(`SELECT $1::text::uuid`, canary),
    'text that is no uuid, by Prisma': () => team('x', canary),
    'text that is no number': () => raw(`SELECT ('${canary}')::int`),
    'a check violation': () =>
      raw(
        `INSERT INTO outbox_message (municipality_id, id, kind, payload, idempotency_key, state, attempts, next_attempt_at, created_at)
         VALUES (app_municipality(), gen_random_uuid(), '${canary}', '{}', '${canary}', 'odd', 0, $1, $1)`,
        at,
      ),
    'a row that lacks a value': () =>
      raw(
        `INSERT INTO team (municipality_id, id, name) VALUES (app_municipality(), gen_random_uuid(), '${canary}')`,
      ),
    'a foreign key': () =>
      raw(
        `INSERT INTO citizen_step SELECT app_municipality(), gen_random_uuid(), gen_random_uuid(), NULL, '${canary}', '${canary}', '2026-01-01', NULL, $1`,
        at,
      ),
    'row security': () =>
      raw(`INSERT INTO team VALUES (gen_random_uuid(), gen_random_uuid(), '${canary}', $1)`, at),
    'a NUL': () => team(`${canary}\u0000`),
    'a value of the wrong type, refused by Prisma itself': () => team({ name: canary }),
    'an unknown field, refused by Prisma itself': () =>
      test.database.write(municipalityId, (tx) => tx.team.create({ data: { [canary]: canary } as never })),
    'a message over several lines that looks like a place in the code': () =>
      raw(`SELECT $1::text::uuid`, `x\n    at ${canary} (file:///${canary}.ts:1:1)\n    at ${canary}`),
    'a syntax error': () => raw(`SELEKT '${canary}'`),
    'JSON that is none': async () => JSON.parse(`{"a": ${canary}`),
    'a domain error with one of these as its cause': async () => {
      const cause = await team('x', canary).catch((error: unknown) => error);
      throw new DomainError('internal', { requestId: 'r' }, { cause });
    },
    'an error with one of these as its cause': async () => {
      const cause = await raw(`SELECT ('${canary}')::int`).catch((error: unknown) => error);
      throw new Error('outer', { cause });
    },
    'an error that only names it': async () => {
      throw new DomainError('already_exists', { kind: 'team', name: canary });
    },
    'something that is no error': () => Promise.reject(canary),
  };

  it.each(Object.keys(provocations))('never shows the value that provoked %s', async (name) => {
    const lines: string[] = [];
    const log = createLog('trace', { write: (line) => void lines.push(line) });
    const error: unknown = await provocations[name]?.().then(
      () => null,
      (caught: unknown) => caught,
    );
    expect(error).not.toBeNull();
    log.error({ err: error }, 'plain');
    log.error({ error }, 'as error');
    log.error({ err: toDomainError(error, { id: 'r', headers: {} }) }, 'as the edge logs it');
    const text = lines.join('');
    expect(text).not.toMatch(/Kanariefugl|Hemmelig/);
    expect(lines).toHaveLength(3);
  });

  it('still tells state, constraint and the place in the code', async () => {
    await team('twice');
    const error: unknown = await team('twice').catch((caught: unknown) => caught);
    const told = describeForLog(error);
    expect(told).toMatchObject({ state: '23505', constraint: 'team_name_unique' });
    expect((told.frames as string[]).length).toBeGreaterThan(0);
    expect(describeForLog(new TypeError('a plain bug'))).toMatchObject({
      name: 'TypeError',
      message: 'a plain bug',
    });
    const file = Object.assign(new Error('EPERM: not permitted'), { code: 'EPERM' });
    expect(describeForLog(file)).toMatchObject({ code: 'EPERM', message: 'EPERM: not permitted' });
    expect(describeForLog(file)).not.toHaveProperty('state');
  });

  it.each(['token', 'secret', 'password', 'authorization'])(
    'hides a field named %s, should one slip in',
    (field) => {
      const lines: string[] = [];
      const log = createLog('info', { write: (line) => void lines.push(line) });
      log.info({ [field]: canary, nested: { [field]: canary } }, 'x');
      expect(lines.join('')).not.toContain(canary);
    },
  );
});

describe('the log of requests', () => {
  let service: TestApp;
  let caller: Caller;
  beforeAll(async () => {
    service = await startTestApp();
    caller = await service.caller(await service.test.municipality(), ['administrator']);
  });
  afterAll(() => service.close());

  it('tells method, pattern, status, time and who by a random id; no address, header or body', async () => {
    await caller.fetch(`/api/v1/staff?team=${encodeURIComponent(canary)}`, {
      headers: { 'x-canary': canary, 'user-agent': canary, 'idempotency-key': 'canary-key' },
    });
    await caller.fetch('/api/v1/teams', {
      method: 'POST',
      body: JSON.stringify({ name: canary }),
      headers: { 'content-type': 'application/json' },
    });
    await caller.fetch(`/api/v1/teams/${encodeURIComponent(canary)}`, {
      method: 'PATCH',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    await caller.fetch('/api/v1/staff/KANARIEFUGL');
    await caller.fetch(`/${encodeURIComponent(canary)}`);
    await caller.fetch('/api/v1/me', { headers: { authorization: `Bearer ${canary.replace(' ', '')}` } });
    await expect.poll(() => service.logged.filter((line) => line.msg === 'request').length).toBe(6);
    const text = JSON.stringify(service.logged);
    expect(text).not.toMatch(/kanariefugl|hemmelig|canary/i);
    expect(text).not.toContain(caller.token);
    expect(text).not.toContain('127.0.0.1');
    const [first] = service.logged.filter((line) => line.msg === 'request');
    expect(Object.keys(first ?? {}).sort()).toEqual([
      'level',
      'method',
      'ms',
      'msg',
      'requestId',
      'route',
      'staff',
      'status',
      'time',
    ]);
    expect(first).toMatchObject({
      method: 'GET',
      route: '/api/v1/staff',
      status: 200,
      staff: caller.actor.staffId,
    });
  });

  it('tells of a failure of ours with its request and nothing of its values; the answer tells neither', async () => {
    await service.test.superuser.query(
      "ALTER TABLE team ADD CONSTRAINT broken CHECK (name <> 'Kanariefugl')",
    );
    try {
      const answer = await caller.fetch('/api/v1/teams', {
        method: 'POST',
        body: JSON.stringify({ name: 'Kanariefugl' }),
        headers: { 'content-type': 'application/json' },
      });
      expect(answer.status).toBe(500);
      const problem = (await answer.json()) as Record<string, unknown>;
      expect(JSON.stringify(problem)).not.toMatch(/Kanariefugl|broken|23514|team/);
      const line = service.logged.find((each) => each.msg === 'request failed');
      expect(line).toMatchObject({
        requestId: problem.requestId,
        err: { code: 'internal', cause: { state: '23514', constraint: 'broken' } },
      });
      expect(JSON.stringify(line)).not.toContain('Kanariefugl');
    } finally {
      await service.test.superuser.query('ALTER TABLE team DROP CONSTRAINT broken');
    }
  });
});

describe('when the database goes away', () => {
  it('says that it cannot answer right now, becomes unready, and recovers by itself', async () => {
    const service = await startTestApp();
    try {
      const caller = await service.caller(await service.test.municipality(), ['administrator']);
      const { superuser } = service.test;
      const name = (await superuser.query('SELECT current_database() AS name')).rows[0].name as string;
      expect((await caller.fetch('/api/v1/staff')).status).toBe(200);
      // Core's logins are locked out and thrown out, as by a restart of the database that takes long.
      await superuser.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
      try {
        await superuser.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename LIKE '%_login_%'`,
          [name],
        );
        for (let turn = 0; turn < 3; turn += 1) {
          const [ready, read] = await Promise.all([
            fetch(new URL('/readyz', service.url)),
            caller.fetch('/api/v1/staff'),
          ]);
          expect([ready.status, read.status]).toEqual([503, 503]);
          expect(read.headers.get('retry-after')).toBe('2');
          expect(((await read.json()) as { code: string }).code).toBe('unavailable');
        }
        expect((await fetch(new URL('/healthz', service.url))).status).toBe(200);
      } finally {
        await superuser.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
      }
      expect((await fetch(new URL('/readyz', service.url))).status).toBe(200);
      const made = await caller.fetch('/api/v1/teams', {
        method: 'POST',
        body: '{"name": "Igen"}',
        headers: { 'content-type': 'application/json' },
      });
      expect(made.status).toBe(201);
      await expect
        .poll(
          async () =>
            (
              await superuser.query(
                `SELECT 1 FROM change_event WHERE position IS NOT NULL AND type = 'team.created'`,
              )
            ).rows.length,
          { timeout: 5_000 },
        )
        .toBe(1);
    } finally {
      await service.close();
    }
  });
});
