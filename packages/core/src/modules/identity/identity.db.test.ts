import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, type Permission, type Role } from '../../contract/index.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { type Caller, startTestApp, type TestApp } from '../../testing/index.ts';

const { identity } = api;
const start = new Date('2026-11-24T09:00:00Z');

describe('staff and tokens at the API', () => {
  let service: TestApp;
  let clock: ManualClock;
  let municipalityId: string;
  let administrator: Caller;

  beforeAll(async () => {
    clock = new ManualClock(start);
    service = await startTestApp({ clock });
    municipalityId = await service.test.municipality();
    administrator = await service.caller(municipalityId, ['administrator'], 'ADM');
  });
  afterAll(() => service.close());

  const register = (initials: string, roles: Role[], by = administrator) =>
    by.call(identity.registerStaff, { body: { initials, name: `Navn ${initials}`, roles } });
  const withToken = (token: string) =>
    fetch(new URL('/api/v1/me', service.url), { headers: { authorization: `Bearer ${token}` } });
  const secretOf = async (
    by: Caller,
    body: { name: string; owner?: string; scopes?: Permission[]; days?: number },
  ) => {
    const made = await by.call(identity.createToken, { body });
    if (made.secret === null) throw new Error('no secret');
    return { ...made, secret: made.secret };
  };
  const newMunicipality = async () => {
    const id = await service.test.municipality();
    return {
      id,
      one: await service.caller(id, ['administrator'], 'ONE'),
      two: await service.caller(id, ['administrator'], 'TWO'),
    };
  };

  it('keeps of a token nothing but its hash', async () => {
    const { id, secret } = await secretOf(administrator, { name: 'laptop' });
    expect(secret).toMatch(/^naer_[\w-]{43}$/);
    const { rows } = await service.test.superuser.query(
      'SELECT secret_hash, row_to_json(token)::text AS text FROM access_token AS token WHERE id = $1',
      [id],
    );
    expect(rows[0].secret_hash).toEqual(createHash('sha256').update(secret).digest());
    expect(rows[0].text).not.toContain(secret.slice(5));
    const { rows: records } = await service.test.superuser.query(
      `SELECT string_agg(row_to_json(record)::text, '') AS text FROM idempotency_record AS record`,
    );
    expect(records[0].text).not.toContain(secret.slice(5));
    expect(JSON.stringify(service.logged)).not.toContain(secret.slice(5));
  });

  it('shows a secret once: repeating the request repeats the answer without it', async () => {
    const idempotencyKey = randomUUID();
    const ask = () => administrator.call(identity.createToken, { body: { name: 'once' }, idempotencyKey });
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ secret }) => secret !== null)).toHaveLength(1);
    expect(
      await service.test.database.read(municipalityId, (tx) =>
        tx.accessToken.count({ where: { name: 'once' } }),
      ),
    ).toBe(1);
  });

  it('does a repeated write once, refuses the key for another, and keeps it apart by person', async () => {
    const idempotencyKey = randomUUID();
    const create = (name: string, by = administrator) =>
      by.call(identity.createTeam, { body: { name }, idempotencyKey });
    const answers = await Promise.all(Array.from({ length: 20 }, () => create('Team Én')));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    await expect(create('Team To')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    const colleague = await service.caller(municipalityId, ['administrator']);
    await expect(create('Team To', colleague)).resolves.toMatchObject({ name: 'Team To' });
    // What was refused is not remembered: the same key goes through once the cause is gone.
    const retryKey = randomUUID();
    const attempt = () =>
      administrator.call(identity.renameTeam, {
        params: { id: answers[0]?.id ?? '' },
        body: { name: 'Team To' },
        idempotencyKey: retryKey,
      });
    await expect(attempt()).rejects.toMatchObject({ code: 'already_exists' });
    await service.test.superuser.query(`UPDATE team SET name = 'Team Tre' WHERE name = 'Team To'`);
    await expect(attempt()).resolves.toMatchObject({ name: 'Team To' });
    const { rows } = await service.test.superuser.query(
      `SELECT count(*)::int AS n FROM change_event WHERE type = 'team.created' AND entity_id = $1`,
      [answers[0]?.id],
    );
    expect(rows[0].n).toBe(1);
  });

  it.each(['', ' ', 'x'.repeat(201), 'å', 'a b'])('refuses %j as a key', async (key) => {
    const answer = await administrator.fetch('/api/v1/teams', {
      method: 'POST',
      body: '{"name": "Aldrig"}',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': encodeURI(key) === key ? key : Buffer.from(key).toString('latin1'),
      },
    });
    expect(answer.status).toBe(400);
  });

  it('lets a token in until the moment it expires', async () => {
    const { secret } = await secretOf(administrator, { name: 'short', days: 1 });
    expect((await withToken(secret)).status).toBe(200);
    clock.advance(86_400_000 - 1);
    expect((await withToken(secret)).status).toBe(200);
    clock.advance(1);
    expect((await withToken(secret)).status).toBe(401);
    clock.set(start);
  });

  it('shuts a revoked token out at once, and revokes nobody else’s', async () => {
    const leader = await service.caller(municipalityId, ['leader']);
    const own = await secretOf(leader, { name: 'own' });
    const others = await secretOf(administrator, { name: 'others' });
    await expect(leader.call(identity.revokeToken, { params: { id: others.id } })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await withToken(others.secret)).status).toBe(200);
    const revoked = await leader.call(identity.revokeToken, { params: { id: own.id } });
    expect(revoked.revokedAt).not.toBeNull();
    expect((await withToken(own.secret)).status).toBe(401);
    await expect(leader.call(identity.revokeToken, { params: { id: own.id } })).resolves.toEqual(revoked);
    // An administrator may, also from a narrow token that says so.
    const second = await secretOf(leader, { name: 'second' });
    await administrator.call(identity.revokeToken, { params: { id: second.id } });
    expect((await withToken(second.secret)).status).toBe(401);
    const stranger = (await newMunicipality()).one;
    await expect(stranger.call(identity.revokeToken, { params: { id: others.id } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('shows everybody their own tokens, and all of them to those who manage them', async () => {
    const leader = await service.caller(municipalityId, ['leader']);
    await secretOf(leader, { name: 'mine' });
    const names = async (by: Caller, all: 'true' | 'false') =>
      new Set(
        (await by.call(identity.listTokens, { query: { all, limit: 200 } })).items.map(({ owner }) => owner),
      );
    expect(await names(leader, 'true')).toEqual(new Set([leader.actor.initials]));
    expect((await names(administrator, 'true')).size).toBeGreaterThan(1);
    expect(await names(administrator, 'false')).toEqual(new Set(['ADM']));
    expect(
      JSON.stringify(await administrator.call(identity.listTokens, { query: { all: 'true' } })),
    ).not.toMatch(/secret|hash/i);
  });

  describe('a narrow token', () => {
    it('does what it names and nothing else, though its owner may', async () => {
      const narrow = await service.as(administrator.actor, { scopes: ['staff:read'] });
      expect((await narrow.call(identity.me, {})).permissions).toEqual(['staff:read']);
      await expect(narrow.call(identity.listStaff, {})).resolves.toMatchObject({ next: null });
      for (const attempt of [
        () => register('NEW', ['leader'], narrow),
        () => narrow.call(identity.createToken, { body: { name: 'x' } }),
        () => narrow.call(identity.showMunicipality, {}),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: 'not_allowed' });
    });

    it('makes no wider one: for itself, by scopes, by silence or for somebody else', async () => {
      const narrow = await service.as(administrator.actor, {
        scopes: ['tokens:own', 'tokens:manage', 'staff:read'],
      });
      const colleague = await service.caller(municipalityId, ['administrator']);
      const inherited = await narrow.call(identity.createToken, { body: { name: 'inherits' } });
      expect(inherited.scopes).toEqual(['tokens:own', 'tokens:manage', 'staff:read']);
      const same = await narrow.call(identity.createToken, {
        body: { name: 'narrower', scopes: ['staff:read'] },
      });
      expect(same.scopes).toEqual(['staff:read']);
      for (const body of [
        { name: 'wider', scopes: ['staff:write'] as Permission[] },
        { name: 'other', owner: colleague.actor.initials },
        {
          name: 'other',
          owner: colleague.actor.initials,
          scopes: ['staff:read', 'staff:write'] as Permission[],
        },
      ])
        await expect(narrow.call(identity.createToken, { body })).rejects.toMatchObject({
          code: 'scope_exceeds_role',
        });
    });

    it('cannot name what its owner may not, nor be made for others without the right to', async () => {
      const leader = await service.caller(municipalityId, ['leader']);
      await expect(
        leader.call(identity.createToken, { body: { name: 'x', scopes: ['staff:write'] } }),
      ).rejects.toMatchObject({ code: 'scope_exceeds_role' });
      await expect(
        leader.call(identity.createToken, { body: { name: 'x', owner: 'ADM' } }),
      ).rejects.toMatchObject({ code: 'not_allowed' });
    });

    it('shrinks with the roles of its owner', async () => {
      await register('SHRINK', ['administrator', 'leader']);
      const { secret } = await secretOf(administrator, {
        name: 'x',
        owner: 'SHRINK',
        scopes: ['staff:write', 'staff:read'],
      });
      const may = async () =>
        ((await (await withToken(secret)).json()) as { permissions: string[] }).permissions;
      expect(await may()).toEqual(['staff:read', 'staff:write']);
      await administrator.call(identity.changeStaff, {
        params: { initials: 'SHRINK' },
        body: { roles: ['leader'] },
      });
      expect(await may()).toEqual(['staff:read']);
    });
  });

  describe('the operator', () => {
    it('is made by an operator alone, and nobody else makes tokens in their name or ends them', async () => {
      await expect(register('OP1', ['operator'])).rejects.toMatchObject({ code: 'not_allowed' });
      await expect(
        administrator.call(identity.changeStaff, {
          params: { initials: 'ADM' },
          body: { roles: ['administrator', 'operator'] },
        }),
      ).rejects.toMatchObject({ code: 'not_allowed' });
      const operator = await service.caller(municipalityId, ['administrator', 'operator'], 'OPER');
      await register('OP2', ['operator'], operator);
      for (const attempt of [
        () => administrator.call(identity.createToken, { body: { name: 'x', owner: 'OP2' } }),
        () => administrator.call(identity.endStaff, { params: { initials: 'OP2' } }),
        () =>
          administrator.call(identity.changeStaff, {
            params: { initials: 'OP2' },
            body: { roles: ['leader'] },
          }),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: 'not_allowed' });
      await expect(operator.call(identity.endStaff, { params: { initials: 'OP2' } })).resolves.toMatchObject({
        initials: 'OP2',
      });
    });

    it('founds a municipality once, however often and by however many requests at once it is asked for', async () => {
      const operator = await service.caller(municipalityId, ['operator']);
      const idempotencyKey = randomUUID();
      const body = { name: 'Vestby', administrator: { initials: 'VAD', name: 'Vera', email: null } };
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          operator.call(identity.createMunicipality, { body, idempotencyKey }),
        ),
      );
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      const tokens = answers.flatMap(({ adminToken }) => (adminToken === null ? [] : [adminToken]));
      expect(tokens).toHaveLength(1);
      const me = (await (await withToken(tokens[0] ?? '')).json()) as {
        staff: { initials: string };
        municipality: { name: string };
      };
      expect([me.staff.initials, me.municipality.name]).toEqual(['VAD', 'Vestby']);
      const { rows } = await service.test.superuser.query(
        `SELECT count(*)::int AS n FROM municipality WHERE name = 'Vestby'`,
      );
      expect(rows[0].n).toBe(1);
      // The operator sees that it exists and nothing within.
      expect((await operator.call(identity.listMunicipalities, {})).items.map(({ name }) => name)).toContain(
        'Vestby',
      );
      await expect(administrator.call(identity.listMunicipalities, {})).rejects.toMatchObject({
        code: 'not_allowed',
      });
      await expect(administrator.call(identity.createMunicipality, { body })).rejects.toMatchObject({
        code: 'not_allowed',
      });
    });

    it('founds many at once', async () => {
      const operator = await service.caller(municipalityId, ['operator']);
      const made = await Promise.all(
        Array.from({ length: 25 }, (_, n) =>
          operator.call(identity.createMunicipality, {
            body: { name: `Kommune ${n}`, administrator: { initials: 'ADM', name: 'A', email: null } },
          }),
        ),
      );
      expect(new Set(made.map(({ id }) => id)).size).toBe(25);
    });
  });

  describe('the last administrator', () => {
    it('can neither be ended nor lose the role', async () => {
      const { one, two } = await newMunicipality();
      await one.call(identity.endStaff, { params: { initials: 'TWO' } });
      expect((await two.fetch('/api/v1/me')).status).toBe(401);
      for (const attempt of [
        () => one.call(identity.endStaff, { params: { initials: 'ONE' } }),
        () => one.call(identity.changeStaff, { params: { initials: 'ONE' }, body: { roles: ['leader'] } }),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: 'last_administrator' });
      await expect(
        one.call(identity.changeStaff, {
          params: { initials: 'ONE' },
          body: { roles: ['administrator', 'leader'] },
        }),
      ).resolves.toMatchObject({ roles: ['administrator', 'leader'] });
    });

    it('stays when two take the role from each other, or end each other, at once', async () => {
      for (let turn = 0; turn < 8; turn += 1) {
        const { id, one, two } = await newMunicipality();
        const against = (by: Caller, initials: string) =>
          turn % 2 === 0
            ? by.call(identity.changeStaff, { params: { initials }, body: { roles: ['leader'] } })
            : by.call(identity.endStaff, { params: { initials } });
        const outcomes = await Promise.allSettled([against(one, 'TWO'), against(two, 'ONE')]);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const { rows } = await service.test.superuser.query(
          `SELECT 1 FROM staff WHERE municipality_id = $1 AND ended_at IS NULL AND 'administrator' = ANY (roles)`,
          [id],
        );
        expect(rows).toHaveLength(1);
      }
    });

    it('stays when everybody gives the role up at once', async () => {
      const id = await service.test.municipality();
      const all = await Promise.all(
        Array.from({ length: 6 }, (_, n) => service.caller(id, ['administrator'], `A${n}`)),
      );
      const outcomes = await Promise.allSettled(
        all.map((each) =>
          each.call(identity.changeStaff, {
            params: { initials: each.actor.initials },
            body: { roles: ['leader'] },
          }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    });
  });

  it('gives nobody a role back because somebody else corrected their name at the same time', async () => {
    for (let turn = 0; turn < 8; turn += 1) {
      const { id, one } = await newMunicipality();
      await Promise.all([
        one.call(identity.changeStaff, { params: { initials: 'TWO' }, body: { roles: ['leader'] } }),
        ...Array.from({ length: 4 }, (_, n) =>
          one.call(identity.changeStaff, { params: { initials: 'TWO' }, body: { name: `Navn ${n}` } }),
        ),
      ]);
      const { rows } = await service.test.superuser.query(
        'SELECT roles FROM staff WHERE municipality_id = $1 AND initials = $2',
        [id, 'TWO'],
      );
      expect(rows[0].roles).toEqual(['leader']);
    }
  });

  it('shuts out who has left: their tokens, new tokens, and the name in searches', async () => {
    await register('LEFT', ['support-worker']);
    const tokens = [
      await secretOf(administrator, { name: 'a', owner: 'LEFT' }),
      await secretOf(administrator, { name: 'b', owner: 'LEFT', scopes: ['staff:read'] }),
    ];
    const ended = await administrator.call(identity.endStaff, { params: { initials: 'LEFT' } });
    expect(ended.endedAt).toBe(start.toISOString());
    for (const { secret } of tokens) expect((await withToken(secret)).status).toBe(401);
    await expect(
      administrator.call(identity.createToken, { body: { name: 'x', owner: 'LEFT' } }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      administrator.call(identity.changeStaff, { params: { initials: 'LEFT' }, body: { name: 'X' } }),
    ).rejects.toMatchObject({ code: 'not_found' });
    const initials = async (flag: 'true' | 'false') =>
      (await administrator.call(identity.listStaff, { query: { ended: flag, limit: 200 } })).items.map(
        (each) => each.initials,
      );
    expect(await initials('false')).not.toContain('LEFT');
    expect(await initials('true')).toContain('LEFT');
    await expect(administrator.call(identity.endStaff, { params: { initials: 'LEFT' } })).resolves.toEqual(
      ended,
    );
  });

  it('leaves no way in when somebody is ended while tokens are made for them', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const initials = `RACE${turn}`;
      await register(initials, ['support-worker']);
      const made = await Promise.allSettled([
        ...Array.from({ length: 6 }, () => secretOf(administrator, { name: 'x', owner: initials })),
        administrator.call(identity.endStaff, { params: { initials } }),
      ]);
      for (const each of made) {
        if (each.status === 'fulfilled' && 'secret' in each.value)
          expect((await withToken(each.value.secret)).status).toBe(401);
      }
    }
  });

  it('registers the same initials once, also when two do so at once, and never across municipalities', async () => {
    const outcomes = await Promise.allSettled([register('TWIN', ['leader']), register('TWIN', ['leader'])]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { one } = await newMunicipality();
    await expect(register('TWIN', ['leader'], one)).resolves.toMatchObject({ initials: 'TWIN' });
    await expect(one.call(identity.showStaff, { params: { initials: 'ADM' } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('writes a leaf and an event with each change, and no name in either', async () => {
    const { id, one } = await newMunicipality();
    const name = 'Kanariefugl Hemmelig';
    await one.call(identity.createTeam, { body: { name } });
    await one.call(identity.registerStaff, {
      body: { initials: 'NY', name, email: 'kanariefugl@example.dk', team: name, roles: ['leader'] },
    });
    await one.call(identity.changeStaff, { params: { initials: 'NY' }, body: { name: `${name} To` } });
    await one.call(identity.changeMunicipality, { body: { checkInGraceMinutes: 15 } });
    const token = await secretOf(one, { name, owner: 'NY' });
    await one.call(identity.revokeToken, { params: { id: token.id } });
    await one.call(identity.endStaff, { params: { initials: 'NY' } });
    const { rows: leaves } = await service.test.superuser.query(
      `SELECT convert_from(entry, 'UTF8') AS text FROM ledger_leaf WHERE municipality_id = $1 ORDER BY pending_id`,
      [id],
    );
    expect(leaves.map(({ text }) => (JSON.parse(text) as { entry: { type: string } }).entry.type)).toEqual([
      'team.created',
      'staff.registered',
      'staff.changed',
      'municipality.changed',
      'token.created',
      'token.revoked',
      'staff.ended',
    ]);
    const { rows: events } = await service.test.superuser.query(
      // The log that is signed meanwhile tells of it too.
      `SELECT row_to_json(event)::text AS text FROM change_event AS event WHERE municipality_id = $1 AND entity_kind <> 'ledger'`,
      [id],
    );
    expect(events).toHaveLength(7);
    expect(JSON.stringify([leaves, events])).not.toMatch(/kanariefugl|hemmelig/i);
  });

  it('leaves neither leaf nor event of what was refused', async () => {
    const { id, one } = await newMunicipality();
    await one.call(identity.endStaff, { params: { initials: 'TWO' } });
    const count = async () =>
      (
        await service.test.superuser.query(
          `SELECT (SELECT count(*) FROM ledger_leaf WHERE municipality_id = $1)
             + (SELECT count(*) FROM change_event WHERE municipality_id = $1 AND entity_kind <> 'ledger') AS n`,
          [id],
        )
      ).rows[0].n;
    const before = await count();
    await one.call(identity.endStaff, { params: { initials: 'ONE' } }).catch(() => undefined);
    await one.call(identity.createTeam, { body: { name: 'x' } });
    await one.call(identity.createTeam, { body: { name: 'x' } }).catch(() => undefined);
    expect(Number(await count())).toBe(Number(before) + 2);
  });
});
