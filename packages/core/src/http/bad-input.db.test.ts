import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allRoutes, problem } from '../contract/index.ts';
import { ManualClock } from '../kernel/clock.ts';
import { DomainError } from '../kernel/errors.ts';
import { type Caller, fingerprint, startTestApp, type TestApp, walkBadInput } from '../testing/index.ts';
import { createLog } from './logging.ts';
import { createMetrics } from './metrics.ts';
import { createServer } from './server.ts';

describe('bad input', () => {
  let running: TestApp;
  let caller: Caller;
  beforeAll(async () => {
    running = await startTestApp({
      clock: new ManualClock('2026-11-24T08:00:00Z'),
      holdsMessages: true,
      longPollMs: 50,
    });
    const municipalityId = await running.test.municipality();
    caller = await running.caller(municipalityId, ['administrator', 'coordinator']);
  });
  afterAll(() => running.close());

  const expectRefusal = async (answer: Response, code?: string) => {
    const text = await answer.text();
    expect([answer.status >= 400 && answer.status < 500, answer.status, text.slice(0, 200)]).toEqual([
      true,
      answer.status,
      expect.anything(),
    ]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const refusal = problem.parse(JSON.parse(text));
    expect(refusal.next).not.toBe('');
    if (code !== undefined) expect(refusal.code).toBe(code);
    return refusal;
  };

  // In four, so that a busy machine is not taken for one that hangs.
  const [programme, visits, calls] = [/^(programme|ledger)\./, /^visits\./, /^(calls|callPage|talks)\./];
  it.each([
    ['of visits', (id: string) => visits.test(id)],
    ['of programmes and the ledger', (id: string) => programme.test(id)],
    ['of calls', (id: string) => calls.test(id)],
    ['of everything else', (id: string) => ![visits, programme, calls].some((ids) => ids.test(id))],
  ])(
    'in any field of any operation is clearly refused, and changes nothing: %s',
    {
      timeout: 180_000,
    },
    async (_, isMeant) => {
      const only = allRoutes.map(({ id }) => id).filter(isMeant);
      expect(await walkBadInput(running, { only, anyPerField: 6, seed: 2026 })).toEqual([]);
    },
  );

  it('is found by the walk where a route takes it, breaks on it, hangs or writes before it refuses', async () => {
    const server = await createServer({
      config: { host: '', port: 0, publicUrl: null, tls: null, trustedProxies: [], requestsPerMinute: 0 },
      log: createLog('silent'),
      metrics: createMetrics(),
      authenticate: async () => null,
      authenticateGuest: async () => null,
    });
    const config = { open: true };
    const name = z.object({ name: z.string() });
    server.post('/loose', { config, schema: { body: name } }, async () => ({}));
    server.post('/broken', { config, schema: { body: name.strict() } }, async () => {
      throw new Error('not thought of');
    });
    server.post('/vague', { config, schema: { body: name.strict() } }, async () => {
      throw new DomainError('invalid_input', {}, { details: { fields: [] } });
    });
    server.post('/plain', { config, schema: { body: name.strict() } }, async (_request, reply) =>
      reply.code(400).send('no'),
    );
    server.get('/silent', { config }, () => new Promise(() => undefined));
    server.post('/hasty', { config, schema: { body: name.strict() } }, async () => {
      await running.test.superuser.query(`UPDATE municipality SET name = name`);
      throw new DomainError('cpr_refused');
    });
    await server.ready();
    const findings = await walkBadInput(running, {
      served: { app: { ...running.app, server } },
      anyPerField: 1,
      seed: 1,
      patienceMs: 500,
    });
    for (const finding of [
      'POST /loose: the body takes fields that nobody reads',
      'POST /loose: name as "010203-1234" was taken (200)',
      'POST /loose: name as "a\\u0000b" was taken (200)',
      'POST /broken: name as "010203-1234" got 500',
      'POST /vague: name as "a\\u0000b" is not told which field is wrong',
      'POST /plain: name as "a\\u0000b" got no problem document',
      'GET /silent: an unknown field in the query got no answer',
      'POST /hasty: something was written though everything had to be refused',
    ]) {
      expect(findings).toContain(finding);
    }
    await server.close();
  });

  describe('in a file to import', () => {
    const bytes = (...parts: (string | number[])[]) =>
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
    const files: [string, Buffer][] = [
      ['nothing', bytes('')],
      ['only line breaks', bytes('\n\r\n\n')],
      ['zeros', Buffer.alloc(5_000)],
      ['a NUL in a cell', bytes('initials,name,role\nAB,a\0b,leader\n')],
      ['a spreadsheet program’s own format', bytes('PK\x03\x04', [20, 0, 6, 0, 8, 0], 'xl/workbook.xml')],
      ['compressed', gzipSync('initials,name,role\nAB,Anna,leader\n')],
      ['a picture', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF')],
      ['UTF-16', Buffer.from('initials,name,role\nAB,Anna,leader\n', 'utf16le')],
      ['a page', bytes('<!DOCTYPE html><html><body>Log in</body></html>')],
      ['an unclosed quote', bytes('initials,name,role\nAB,"Anna,leader\nCD,Bo,leader\n')],
      ['10 MB without a line break', Buffer.alloc(10_000_000, 'x')],
      ['10 MB in one cell', bytes('initials,name,role\nAB,', 'x'.repeat(10_000_000), ',leader\n')],
      ['many columns', bytes(Array.from({ length: 20_000 }, (_, n) => `c${n}`).join(','), '\n1\n')],
      ['headings twice', bytes('initials,initials,name,role\nAB,CD,Anna,leader\n')],
      ['a CPR number', bytes('initials,name,role\nAB,Anna 010203-1234,leader\n')],
      ['a formula with a prototype', bytes('__proto__,constructor\n=1+1,x\n')],
    ];
    it.each(files)('is clearly refused: %s', async (_what, file) => {
      const except = ['import_run'];
      const before = await fingerprint(running, null, except);
      for (const kind of ['staff', 'rooms', 'citizens']) {
        const answer = await caller.fetch(`/api/v1/${kind}/imports`, {
          method: 'POST',
          body: new Uint8Array(file),
          headers: { 'content-type': 'text/csv' },
        });
        const refusal = await expectRefusal(answer);
        expect(JSON.stringify(refusal).length).toBeLessThan(100_000);
        expect(JSON.stringify(refusal)).not.toContain('010203-1234');
      }
      expect(await fingerprint(running, null, except)).toBe(before);
    });

    it.each([
      'application/json',
      'application/vnd.ms-excel',
      'multipart/form-data; boundary=x',
      'nonsense',
      '',
    ])('is clearly refused: sent as "%s"', async (type) => {
      const file = new Blob(['initials,name,role\nAB,Anna,leader\n']);
      await expectRefusal(
        await caller.fetch('/api/v1/staff/imports', {
          method: 'POST',
          body: file,
          headers: type === '' ? {} : { 'content-type': type },
        }),
      );
    });
  });

  describe('in a header', () => {
    const createTeam = (headers: Record<string, string>) =>
      caller.fetch('/api/v1/teams', {
        method: 'POST',
        body: '{"name":"Team Hoved"}',
        headers: { 'content-type': 'application/json', ...headers },
      });

    it.each(['', ' ', 'to ord', 'æøå', 'x'.repeat(201), '\u00ff', 'a, b c'])(
      'is clearly refused: Idempotency-Key "%s"',
      async (key) => {
        const before = await fingerprint(running, null);
        const refusal = await expectRefusal(await createTeam({ 'idempotency-key': key }), 'invalid_input');
        expect(refusal.details.fields).toEqual([
          expect.objectContaining({ in: 'headers', field: 'Idempotency-Key' }),
        ]);
        expect(await fingerprint(running, null)).toBe(before);
      },
    );

    it.each(['x', '-1', '1.5', '9'.repeat(19), '9'.repeat(18), '0x10', '1 2', 'æ', '__proto__'])(
      'makes a listener read its state anew: Last-Event-ID "%s"',
      async (id) => {
        const leaving = new AbortController();
        const answer = await caller.fetch('/api/v1/events', {
          headers: { 'last-event-id': id },
          signal: leaving.signal,
        });
        expect(answer.status).toBe(200);
        const first = await answer.body?.getReader().read();
        expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^event: reset$/m);
        leaving.abort();
      },
    );

    it.each([
      ['a position that is none', 'after=x'],
      ['a negative one', 'after=-1'],
      ['two', 'after=1&after=2'],
    ])('is clearly refused: %s to listen from', async (_what, query) => {
      await expectRefusal(await caller.fetch(`/api/v1/events?${query}`), 'invalid_input');
    });

    it.each([
      ['larger than 16 kB', `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(100_000)}\r\n\r\n`],
      ['many', `GET /api/v1/me HTTP/1.1\r\nHost: x\r\n${'X-Many: 1\r\n'.repeat(5_000)}\r\n`],
      ['an address larger than 16 kB', `GET /api/v1/${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
      ['with a NUL', 'GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Nul: a\0b\r\n\r\n'],
      [
        'with two lengths',
        'POST /api/v1/teams HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      ],
      ['with a length that is none', 'POST /api/v1/teams HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
      [
        'with length and chunks',
        'POST /api/v1/teams HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
      [
        'with chunks that are none',
        'POST /api/v1/teams HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      ],
      ['of another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ])('is clearly refused: %s', async (_what, request) => {
      const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
      // The service may hang up while the rest is still being sent.
      socket.on('error', () => undefined);
      let text = '';
      socket.on('data', (piece) => {
        text += String(piece);
      });
      socket.end(request);
      await once(socket, 'close');
      const [head = '', body = ''] = text.split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(head).toMatch(/^content-type: application\/problem\+json; charset=utf-8$/im);
      expect(problem.parse(JSON.parse(body))).toMatchObject({
        status: Number(/ (4\d\d) /.exec(head)?.[1]),
        next: expect.stringMatching(/./),
      });
    });
  });
});
