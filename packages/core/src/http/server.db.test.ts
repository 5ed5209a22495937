import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startTestApp, type TestApp } from '../testing/index.ts';

describe('the edge', () => {
  let service: TestApp;
  let administrator: Caller;

  beforeAll(async () => {
    service = await startTestApp();
    administrator = await service.caller(await service.test.municipality(), ['administrator'], 'ADM');
  });
  afterAll(() => service.close());

  const post = (target: string, body: string, headers: Record<string, string> = {}) =>
    administrator.fetch(target, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const expectProblem = async (answer: Response, status: number, code: string) => {
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = (await answer.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ type: `urn:naer:problem:${code}`, status, code });
    expect(problem.title).toMatch(/\.$/);
    expect(problem.detail).toBe(`${problem.title} ${problem.next}`);
    expect(problem.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(problem)).not.toMatch(/\{\w+\}|undefined/);
    return problem;
  };

  it('answers an unknown address with problem details, to anybody', async () => {
    await expectProblem(await fetch(new URL('/nothing', service.url)), 404, 'route_not_found');
    await expectProblem(await administrator.fetch('/api/v1/nothing'), 404, 'route_not_found');
    await expectProblem(await administrator.fetch('/api/v1/teams/%E0%A4%A'), 400, 'invalid_input');
    await expectProblem(await administrator.fetch(`/api/v1/staff/${'x'.repeat(300)}`), 400, 'invalid_input');
  });

  it.each([
    ['DELETE', '/api/v1/teams', 'GET, HEAD, POST'],
    ['PUT', '/api/v1/staff/ADM', 'GET, HEAD, PATCH'],
    ['GET', '/api/v1/tokens/00000000-0000-4000-8000-000000000000/revoke', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['HEAD', '/api/v1/events', 'GET'],
  ])('refuses %s %s and says what is allowed', async (method, target, allowed) => {
    const answer = await administrator.fetch(target, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed]);
    if (method !== 'HEAD') await expectProblem(answer, 405, 'method_not_allowed');
  });

  it('answers OPTIONS with what is allowed, and lets no other origin in', async () => {
    const answer = await fetch(new URL('/api/v1/teams', service.url), {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST']);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers HEAD as GET without the body, behind the same lock', async () => {
    const answer = await administrator.fetch('/api/v1/staff', { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect((await fetch(new URL('/api/v1/staff', service.url), { method: 'HEAD' })).status).toBe(401);
  });

  it.each([
    ['a brace', '{'],
    ['nothing', ''],
    ['a word', 'canary'],
    ['two values', '{} {}'],
    ['a prototype', '{"__proto__": {"name": "canary"}}'],
    ['a constructor', '{"constructor": {"prototype": {"name": "canary"}}}'],
    ['a NUL', '{"name": "a\\u0000b"}'],
    ['half a surrogate', '{"name": "\\ud800"}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a deep list', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['an unknown field', '{"name": "Team Midt", "nmae": "x"}'],
    ['a wrong type', '{"name": {"$gt": ""}}'],
  ])('refuses a body that is %s', async (_, body) => {
    const problem = await expectProblem(await post('/api/v1/teams', body), 400, 'invalid_input');
    expect(JSON.stringify(problem)).not.toContain('canary');
  });

  it('names the field that is wrong', async () => {
    const problem = await expectProblem(
      await post('/api/v1/staff', '{"initials": "ok", "name": 7, "roles": ["king"]}'),
      400,
      'invalid_input',
    );
    const { fields } = problem.details as { fields: { in: string; field: string }[] };
    expect(fields.map(({ in: place, field }) => `${place} ${field}`)).toEqual([
      'body initials',
      'body name',
      'body roles.0',
    ]);
  });

  it('refuses something like a CPR number by its own code', async () => {
    await expectProblem(await post('/api/v1/teams', '{"name": "Team 010190-1234"}'), 422, 'cpr_refused');
  });

  it('refuses a body that is too large, announced or not', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(1_100_000) });
    await expectProblem(await post('/api/v1/teams', large), 413, 'payload_too_large');
    const chunks = async function* () {
      for (let n = 0; n < 200; n += 1) yield new Uint8Array(10_000).fill(120);
    };
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
      body: ReadableStream.from(chunks()) as unknown as NonNullable<RequestInit['body']>,
    };
    await expectProblem(await administrator.fetch('/api/v1/teams', init), 413, 'payload_too_large');
  });

  it.each([
    'text/csv',
    'text/plain',
    'application/xml',
    'application/octet-stream',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'nonsense',
  ])('refuses %s where JSON is expected', async (mediaType) => {
    const answer = await post('/api/v1/teams', '{"name": "Team Midt"}', {
      'content-type': mediaType,
      'accept-language': 'da',
    });
    const problem = await expectProblem(answer, 415, 'unsupported_media_type');
    expect(problem.title).toBe(
      `Indholdstypen ${/^[\w-]+\/[\w-]+/.exec(mediaType)?.[0] ?? '-'} kan ikke læses her.`,
    );
  });

  it('takes JSON with a charset', async () => {
    const answer = await post('/api/v1/teams', '{"name": "Team Æ"}', {
      'content-type': 'application/json; charset=utf-8',
    });
    expect(answer.status).toBe(201);
  });

  it.each([
    [undefined, 'en'],
    ['da', 'da'],
    ['da-DK,da;q=0.9,en;q=0.8', 'da'],
    ['en-US,en;q=0.9,da;q=0.8', 'en'],
    ['en;q=0.5, da;q=0.8', 'da'],
    ['fr, da;q=0.3', 'da'],
    ['fr', 'en'],
    ['da;q=0, en;q=0.1', 'en'],
    ['dansk', 'en'],
    ['*', 'en'],
    [`${'x,'.repeat(5_000)}da`, 'en'],
  ])('answers who asks for %j in %s', async (asked, language) => {
    const answer = await fetch(new URL('/api/v1/me', service.url), {
      headers: asked === undefined ? { 'accept-language': '' } : { 'accept-language': asked },
    });
    const problem = await expectProblem(answer, 401, 'not_authenticated');
    expect(answer.headers.get('content-language')).toBe(language);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(problem.title).toMatch(language === 'da' ? /^Du er ikke/ : /^You are not/);
  });

  it('calls things by their names in Danish sentences', async () => {
    const answer = await administrator.fetch('/api/v1/staff/NOBODY', {
      headers: { 'accept-language': 'da' },
    });
    const problem = await expectProblem(answer, 404, 'not_found');
    expect(problem.title).toBe('Medarbejderen NOBODY findes ikke.');
  });

  it.each([
    ['no token', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['an unknown token', { authorization: 'Bearer naer_unknown' }],
    ['a token with a NUL', { authorization: 'Bearer a%00b' }],
    ['a long token', { authorization: `Bearer ${'x'.repeat(5_000)}` }],
    ['two tokens', { authorization: 'Bearer a, Bearer b' }],
  ])('lets nobody in with %s', async (_, headers) => {
    await expectProblem(
      await fetch(new URL('/api/v1/me', service.url), { headers: headers as Record<string, string> }),
      401,
      'not_authenticated',
    );
  });

  it('takes the scheme of the token in any case', async () => {
    const answer = await administrator.fetch('/api/v1/me', {
      headers: { authorization: `bearer ${administrator.token}` },
    });
    expect(answer.status).toBe(200);
  });

  it('shows health and documentation to anybody, numbers to those who may read them', async () => {
    for (const target of [
      '/healthz',
      '/readyz',
      '/api/v1/openapi.json',
      '/api/v1/docs/',
      '/api/v1/docs/static/swagger-ui.css',
    ]) {
      expect([target, (await fetch(new URL(target, service.url))).status]).toEqual([target, 200]);
    }
    expect((await fetch(new URL('/metrics', service.url))).status).toBe(401);
    const worker = await service.caller(administrator.actor.municipalityId, ['support-worker']);
    await expectProblem(await worker.fetch('/metrics'), 403, 'not_allowed');
    const text = await (await administrator.fetch('/metrics')).text();
    expect(text).toMatch(/naer_http_request_seconds_bucket\{.*route="\/api\/v1\/me"/);
    expect(text).toMatch(/^naer_ledger_unsigned \d+$/m);
    expect(text).not.toMatch(/NOBODY|[0-9a-f]{8}-[0-9a-f]{4}-/);
  });

  it('sends the headers that keep browsers careful, also with an error', async () => {
    for (const target of ['/api/v1/me', '/nothing']) {
      const { headers } = await administrator.fetch(target);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('gives each answer the number that stands in the log', async () => {
    const problem = await expectProblem(
      await administrator.fetch('/api/v1/staff/NOBODY?x=1'),
      400,
      'invalid_input',
    );
    expect(service.logged.some((line) => line.requestId === problem.requestId)).toBe(true);
  });

  it('answers a request that is no HTTP and lives on', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write('NOT HTTP AT ALL\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(new URL('/healthz', service.url))).status).toBe(200);
  });

  it('refuses a cursor that it never gave out', async () => {
    const cursor = (keys: unknown) => Buffer.from(JSON.stringify(keys)).toString('base64url');
    const uuid = '00000000-0000-4000-8000-000000000000';
    for (const [target, keys] of [
      ['/api/v1/tokens', ['9999-99-99T99:99:99.999Z', uuid]],
      ['/api/v1/tokens', ['2026-02-31T00:00:00.000Z', uuid]],
      ['/api/v1/tokens', ['2026-01-01T00:00:00.000Z', '-'.repeat(36)]],
      ['/api/v1/tokens', ['2026-01-01T00:00:00.000Z']],
      ['/api/v1/tokens', { 0: 'x' }],
      ['/api/v1/outbox', ['0000-01-01T00:00:00.000Z', 'f'.repeat(36)]],
      ['/api/v1/staff', [7]],
      ['/api/v1/staff', ["X' OR 1=1"]],
      ['/api/v1/ledger/leaves', ['-1']],
    ] as const) {
      const answer = await administrator.fetch(`${target}?cursor=${cursor(keys)}`);
      await expectProblem(answer, 400, 'invalid_input');
    }
    await expectProblem(await administrator.fetch('/api/v1/staff?cursor=!!!'), 400, 'invalid_input');
  });

  it('pages through a list without losing or doubling anything, whatever the size of a page', async () => {
    const { municipalityId } = administrator.actor;
    for (let n = 0; n < 23; n += 1)
      await service.test.actor(municipalityId, ['support-worker'], `P${String(n).padStart(2, '0')}`);
    for (const limit of [1, 7, 200]) {
      const seen: string[] = [];
      let next: string | null = null;
      do {
        const answer = await administrator.fetch(
          `/api/v1/staff?limit=${limit}${next === null ? '' : `&cursor=${next}`}`,
        );
        const page = (await answer.json()) as { items: { initials: string }[]; next: string | null };
        seen.push(...page.items.map(({ initials }) => initials));
        next = page.next;
      } while (next !== null);
      expect(seen.filter((initials) => /^P\d\d$/.test(initials))).toHaveLength(23);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });
});

describe('the limit of requests', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp({ http: { requestsPerMinute: 5 } });
  });
  afterAll(() => service.close());

  const statuses = async (count: number, ask: (n: number) => Promise<Response>): Promise<number[]> => {
    const seen: number[] = [];
    for (let n = 0; n < count; n += 1) seen.push((await ask(n)).status);
    return seen;
  };

  it('counts each token by itself, and says when to come back', async () => {
    const municipalityId = await service.test.municipality();
    const [one, two] = [
      await service.caller(municipalityId, ['leader']),
      await service.caller(municipalityId, ['leader']),
    ];
    expect(await statuses(6, () => one.fetch('/api/v1/me'))).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await statuses(1, () => two.fetch('/api/v1/me'))).toEqual([200]);
    const refused = await one.fetch('/api/v1/me', { headers: { 'accept-language': 'da' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const problem = (await refused.json()) as Record<string, unknown>;
    expect([problem.code, problem.status]).toEqual(['too_many_requests', 429]);
    expect(problem.next).toMatch(/^Vent \d+ sekunder/);
  });

  it('stops who tries tokens from one address, but nobody who has one', async () => {
    const member = await service.caller(await service.test.municipality(), ['leader']);
    const guess = (n: number) =>
      fetch(new URL('/api/v1/me', service.url), { headers: { authorization: `Bearer guess${n}` } });
    const seen = await statuses(8, guess);
    expect(seen.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(seen.slice(5)).toEqual([429, 429, 429]);
    void member;
  });

  it('counts who has no token by address, but never the probes', async () => {
    const seen = await statuses(8, () => fetch(new URL('/api/v1/me', service.url)));
    expect(seen).toContain(429);
    expect(await statuses(12, () => fetch(new URL('/healthz', service.url)))).toEqual(
      Array.from({ length: 12 }, () => 200),
    );
  });
});

describe('behind TLS files', () => {
  it('speaks https and tells browsers to stay with it', async () => {
    const fixtures = path.join(import.meta.dirname, '../testing/fixtures');
    const tls = {
      certFile: path.join(fixtures, 'localhost.cert.pem'),
      keyFile: path.join(fixtures, 'localhost.key.pem'),
    };
    const service = await startTestApp({ http: { tls } });
    try {
      expect(service.url).toMatch(/^https:/);
      const ca = await readFile(tls.certFile);
      const answer = await new Promise<{ status: number | undefined; header: string | undefined }>(
        (resolve, reject) => {
          httpsRequest(new URL('/healthz', service.url), { ca, agent: false }, (response) => {
            response.resume();
            resolve({ status: response.statusCode, header: response.headers['strict-transport-security'] });
          })
            .on('error', reject)
            .end();
        },
      );
      expect(answer.status).toBe(200);
      expect(answer.header).toMatch(/^max-age=\d+/);
    } finally {
      await service.close();
    }
  });
});

describe('behind a proxy', () => {
  it('counts addresses as a trusted proxy tells them, and believes nobody else', async () => {
    for (const [trustedProxies, expected] of [
      [['127.0.0.1'], 401],
      [['10.9.9.9'], 429],
    ] as const) {
      const service = await startTestApp({ http: { requestsPerMinute: 2, trustedProxies } });
      try {
        const ask = (n: number) =>
          fetch(new URL('/api/v1/me', service.url), { headers: { 'x-forwarded-for': `192.0.2.${n}` } });
        for (const n of [1, 2, 3]) await ask(n);
        expect((await ask(4)).status).toBe(expected);
      } finally {
        await service.close();
      }
    }
  });
});

describe('stopping', () => {
  it('waits for requests that are under way, and not for a connection that never asked anything', async () => {
    const service = await startTestApp();
    const { hostname, port } = new URL(service.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const staff = await service.caller(await service.test.municipality(), ['administrator']);
    // A lock that the request needs keeps it under way until the stop has begun.
    await service.test.superuser.query('BEGIN; LOCK TABLE team');
    const answer = staff.fetch('/api/v1/teams');
    await expect
      .poll(
        async () => (await service.test.superuser.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rowCount,
      )
      .toBe(1);
    const began = performance.now();
    const closed = service.app.close();
    await service.test.superuser.query('COMMIT');
    expect((await answer).status).toBe(200);
    await closed;
    expect(performance.now() - began).toBeLessThan(5000);
    await service.test.close();
  });
});
