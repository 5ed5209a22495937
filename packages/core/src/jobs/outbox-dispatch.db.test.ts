import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../config/index.ts';
import { ManualClock } from '../kernel/clock.ts';
import {
  createMessaging,
  createWebhookSender,
  parseRetryAfter,
  webhookKind,
} from '../modules/messaging/index.ts';
import { createOutbox } from '../storage/index.ts';
import { createTestDatabase, startTestApp, type TestDatabase } from '../testing/index.ts';
import {
  createOutboxDispatcher,
  maxAttempts,
  nextDelayMs,
  type OutboxDispatcher,
  type OutboxHandler,
} from './outbox-dispatch.ts';
import { sweep } from './schedules.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on loopback that answers as told and remembers what it got. */
async function startReceiver(
  answer: (response: ServerResponse, nth: number) => void = (response) => void response.writeHead(204).end(),
) {
  const received: Received[] = [];
  let answering = answer;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      answering(response, received.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  return {
    url,
    received,
    answer: (next: typeof answer) => {
      answering = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** As the receiver of somebody else would check it (Standard Webhooks 1.0.0, "Signature scheme"). */
function isSigned({ headers, body }: Received, secret: string, now: Date): boolean {
  const id = String(headers['webhook-id']);
  const stamp = String(headers['webhook-timestamp']);
  if (!/^\d+$/.test(stamp) || Math.abs(now.getTime() / 1000 - Number(stamp)) > 300 || id.includes('.'))
    return false;
  const [, encoded = ''] = secret.split('_');
  const expected = createHmac('sha256', Buffer.from(encoded, 'base64'))
    .update(`${id}.${stamp}.${body}`, 'utf8')
    .digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((each) => {
      const [version, given = ''] = each.split(',');
      const bytes = Buffer.from(given, 'base64');
      return version === 'v1' && bytes.length === expected.length && timingSafeEqual(bytes, expected);
    });
}

const start = new Date('2026-11-24T09:00:00.000Z');

describe('the outbox', () => {
  let test: TestDatabase;
  let municipalityId: string;
  let clock: ManualClock;
  const open: { close(): Promise<void> }[] = [];
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const key = Buffer.from(secret.slice(6), 'base64');

  beforeAll(async () => {
    test = await createTestDatabase();
    municipalityId = await test.municipality();
  });
  beforeEach(async () => {
    clock = new ManualClock(start);
    await test.superuser.query('DELETE FROM outbox_message');
  });
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });
  afterAll(() => test.close());

  const dispatch = (
    handler: OutboxHandler,
    worker = test.database.worker,
  ): OutboxDispatcher & { outcomes: string[] } => {
    const outcomes: string[] = [];
    const dispatcher = createOutboxDispatcher({
      worker,
      clock,
      handlers: { [webhookKind]: handler },
      onAttempt: (_kind, outcome) => void outcomes.push(outcome),
      onError: () => undefined,
      pollMs: 20,
      random: () => 0.5,
    });
    open.push(dispatcher);
    return Object.assign(dispatcher, { outcomes });
  };
  const receive = async (answer?: Parameters<typeof startReceiver>[0]) => {
    const receiver = await startReceiver(answer);
    open.push(receiver);
    return receiver;
  };
  const enqueue = (
    idempotencyKey: string,
    payload: Record<string, unknown> = { type: 'test.sent', word: 'Ærø' },
  ) =>
    test.database.write(municipalityId, (tx) =>
      createOutbox({ clock }).append(tx, { kind: webhookKind, payload, idempotencyKey }),
    );
  const messages = async () =>
    (
      await test.superuser.query<{
        id: string;
        state: string;
        attempts: number;
        next_attempt_at: Date;
        last_error: string | null;
        leased_until: Date | null;
      }>(
        'SELECT id, state, attempts, next_attempt_at, last_error, leased_until FROM outbox_message ORDER BY idempotency_key',
      )
    ).rows;
  const untilStates = (...states: string[]) =>
    expect.poll(async () => (await messages()).map(({ state }) => state), { interval: 10 }).toEqual(states);
  const untilAttempts = (count: number) =>
    expect
      .poll(async () => (await messages()).map(({ attempts, leased_until }) => [attempts, leased_until]), {
        interval: 10,
      })
      .toEqual([[count, null]]);

  it('posts what was enqueued, signed so that anybody with the secret can check it', async () => {
    const receiver = await receive();
    dispatch(createWebhookSender({ url: receiver.url, key }, clock));
    await enqueue('first');
    await untilStates('done');
    const [message] = await messages();
    const [got] = receiver.received;
    if (got === undefined) throw new Error('nothing came');
    expect(isSigned(got, secret, clock.now())).toBe(true);
    expect(isSigned({ ...got, body: `${got.body} ` }, secret, clock.now())).toBe(false);
    expect(isSigned(got, `whsec_${randomBytes(32).toString('base64')}`, clock.now())).toBe(false);
    expect(got.headers['content-type']).toBe('application/json');
    expect(got.headers['webhook-id']).toBe(message?.id);
    expect(JSON.parse(got.body)).toEqual({
      type: 'test.sent',
      timestamp: start.toISOString(),
      data: { municipality: municipalityId, word: 'Ærø' },
    });
  });

  it('enqueues the same key once, and nothing of a transaction that was rolled back', async () => {
    await enqueue('same');
    await enqueue('same');
    await test.database
      .write(municipalityId, async (tx) => {
        await createOutbox({ clock }).append(tx, {
          kind: webhookKind,
          payload: {},
          idempotencyKey: 'undone',
        });
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(await messages()).toHaveLength(1);
  });

  it('tells of a booking that is moved away and back each time', async () => {
    const messaging = createMessaging({ outbox: createOutbox({ clock }), hasWebhook: true });
    const booking = (room: string) =>
      ({
        id: 'b',
        room: { id: room, site: 'Rådhuset', name: room },
        worker: 'AB',
        startsAt: 'x',
        endsAt: 'y',
        state: 'booked',
      }) as never;
    for (const room of ['one', 'two', 'one'])
      await test.database.write(municipalityId, (tx) => messaging.bookingChanged(tx, booking(room)));
    expect(await messages()).toHaveLength(3);
  });

  it.each<[string, number, Record<string, string>, string, number | null]>([
    ['500', 500, {}, 'pending', 5_000],
    ['503', 503, {}, 'pending', 5_000],
    ['408', 408, {}, 'pending', 5_000],
    ['a redirect', 302, { location: 'http://127.0.0.1:1/elsewhere' }, 'pending', 5_000],
    ['429 with seconds', 429, { 'retry-after': '120' }, 'pending', 120_000],
    ['429 with a date', 429, { 'retry-after': 'Tue, 24 Nov 2026 09:10:00 GMT' }, 'pending', 600_000],
    [
      '429 with a date that is past',
      429,
      { 'retry-after': 'Tue, 24 Nov 2020 09:10:00 GMT' },
      'pending',
      5_000,
    ],
    ['429 with a year', 429, { 'retry-after': '31536000' }, 'pending', 5_000],
    ['429 with nonsense', 429, { 'retry-after': 'soon' }, 'pending', 5_000],
    ['503 with a shorter time than ours', 503, { 'retry-after': '1' }, 'pending', 5_000],
    ['410', 410, {}, 'dead', null],
    ['400', 400, {}, 'dead', null],
    ['401', 401, {}, 'dead', null],
  ])('answers %s with the right next step', async (_, status, headers, state, delayMs) => {
    const receiver = await receive(
      (response) => void response.writeHead(status, headers).end('canary in the answer'),
    );
    const { outcomes } = dispatch(createWebhookSender({ url: receiver.url, key }, clock));
    await enqueue('x');
    await untilAttempts(1);
    const [message] = await messages();
    expect(message).toMatchObject({ state, last_error: `answered ${status}` });
    if (delayMs !== null) expect((message?.next_attempt_at.getTime() ?? 0) - start.getTime()).toBe(delayMs);
    expect(outcomes).toEqual([state === 'dead' ? 'dead' : 'retry']);
    expect(receiver.received).toHaveLength(1);
  });

  it('tries again when nobody listens, and when the connection breaks', async () => {
    const receiver = await startReceiver((response) => void response.destroy());
    const url = receiver.url;
    const dispatcher = dispatch(createWebhookSender({ url, key }, clock));
    await enqueue('x');
    await untilAttempts(1);
    expect((await messages())[0]).toMatchObject({ state: 'pending' });
    await receiver.close();
    clock.advance(6_000);
    dispatcher.wake();
    await untilAttempts(2);
    expect((await messages())[0]).toMatchObject({ state: 'pending', last_error: 'ECONNREFUSED' });
    await dispatcher.close();
  });

  it('gives up waiting for an answer after ten seconds', { timeout: 20_000 }, async () => {
    await using_(await startReceiver(() => undefined), async (receiver) => {
      const dispatcher = dispatch(createWebhookSender({ url: receiver.url, key }, clock));
      await enqueue('x');
      await untilAttempts(1);
      expect((await messages())[0]).toMatchObject({ state: 'pending', last_error: 'TimeoutError' });
      await dispatcher.close();
    });
  });

  it('does not wait for the end of an answer that never ends', async () => {
    const receiver = await receive((response) => {
      response.writeHead(200);
      response.write('x');
    });
    dispatch(createWebhookSender({ url: receiver.url, key }, clock));
    await enqueue('x');
    await untilStates('done');
  });

  it('waits longer and longer, within bounds, with a spread of a fifth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.option(fc.integer({ min: 0, max: 10 ** 12 })),
        (attempts, random, asked) => {
          const middle = nextDelayMs(attempts, 0.5, null);
          expect(nextDelayMs(attempts + 1, 0.5, null)).toBeGreaterThanOrEqual(middle);
          expect(middle).toBeLessThanOrEqual(3_600_000);
          const ours = nextDelayMs(attempts, random, null);
          expect(ours).toBeGreaterThanOrEqual(Math.floor(middle * 0.8));
          expect(ours).toBeLessThanOrEqual(Math.ceil(middle * 1.2));
          const whole = nextDelayMs(attempts, random, asked);
          expect(whole).toBeGreaterThanOrEqual(ours);
          expect(whole).toBeLessThanOrEqual(6 * 3_600_000);
          if (asked !== null && asked <= 6 * 3_600_000) expect(whole).toBeGreaterThanOrEqual(asked);
        },
      ),
    );
    const hours =
      Array.from({ length: maxAttempts - 1 }, (_, n) => nextDelayMs(n + 1, 0.5, null)).reduce(
        (sum, ms) => sum + ms,
        0,
      ) / 3_600_000;
    expect(hours).toBeGreaterThan(24);
    expect(parseRetryAfter('x'.repeat(10_000), start)).toBeNull();
  });

  it('gives up after its last attempt', async () => {
    const receiver = await receive((response) => void response.writeHead(500).end());
    await enqueue('x');
    await test.superuser.query('UPDATE outbox_message SET attempts = $1', [maxAttempts - 1]);
    dispatch(createWebhookSender({ url: receiver.url, key }, clock));
    await untilStates('dead');
  });

  it('is shared by several dispatchers that never send the same message twice', async () => {
    const sent: string[] = [];
    const handler: OutboxHandler = async ({ id }) => {
      sent.push(id);
      await delay(sent.length % 7);
    };
    await Promise.all(Array.from({ length: 150 }, (_, n) => enqueue(`m${n}`)));
    for (let n = 0; n < 3; n += 1) dispatch(handler);
    await expect
      .poll(async () => (await messages()).filter(({ state }) => state === 'done').length)
      .toBe(150);
    expect(sent).toHaveLength(150);
    expect(new Set(sent).size).toBe(150);
  });

  it('leaves a message alone while somebody holds it, and takes it over when that one was killed', async () => {
    await enqueue('x');
    const stuck = Promise.withResolvers<void>();
    const killed = dispatch(() => stuck.promise);
    await expect
      .poll(async () => (await messages())[0]?.leased_until)
      .toEqual(new Date(start.getTime() + 20_000));
    const sent: number[] = [];
    const take = async ({ attempts }: { attempts: number }) => void sent.push(attempts);
    clock.advance(19_000);
    // One that is begun looks once before it can be closed.
    await dispatch(take).close();
    expect(sent).toEqual([]);
    clock.advance(2_000);
    dispatch(take);
    await untilStates('done');
    expect(sent).toEqual([2]);
    // The first one wakes up late and fails: what is done stays done.
    stuck.reject(new Error('too late'));
    await killed.close();
    expect((await messages())[0]).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('holds up no message because another fails or is slow', async () => {
    const slow = Promise.withResolvers<void>();
    dispatch(async ({ payload }) => {
      if (payload.bad === true) throw new Error('canary');
      if (payload.slow === true) await slow.promise;
    });
    await Promise.all([enqueue('a', { bad: true }), enqueue('b', {}), enqueue('c', { slow: true })]);
    await untilStates('pending', 'done', 'pending');
    slow.resolve();
    await untilStates('pending', 'done', 'done');
    expect((await messages())[0]?.last_error).toBe('Error');
  });

  it('waits in closing for the one under way, and starts no other', async () => {
    await enqueue('a');
    const begun = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    let sent = 0;
    const dispatcher = dispatch(async () => {
      sent += 1;
      begun.resolve();
      await answer.promise;
    });
    await begun.promise;
    await enqueue('b');
    let closed = false;
    const closing = dispatcher.close().then(() => {
      closed = true;
    });
    await delay(50);
    expect(closed).toBe(false);
    answer.resolve();
    await closing;
    expect((await messages()).map(({ state }) => state)).toEqual(['done', 'pending']);
    expect(sent).toBe(1);
  });

  it('waits in closing for all of a batch, also when one could not be marked', async () => {
    await enqueue('a', { nth: 1 });
    await enqueue('b', { nth: 2 });
    const answer = Promise.withResolvers<void>();
    const failing = new Proxy(test.database.worker, {
      get: (pool, name) =>
        name === 'query'
          ? async (sql: string, values: unknown[]) => {
              if (/SET state/.test(sql) && values[1] === 'pending') throw new Error('connection lost');
              return pool.query(sql, values);
            }
          : Reflect.get(pool, name),
    });
    let finished = false;
    const begun = Promise.withResolvers<void>();
    const dispatcher = dispatch(async ({ payload }) => {
      if (payload.nth === 1) throw new Error('fails');
      begun.resolve();
      await answer.promise;
      finished = true;
    }, failing);
    await begun.promise;
    await delay(50);
    const closing = dispatcher.close();
    setTimeout(() => answer.resolve(), 100);
    await closing;
    expect(finished).toBe(true);
  });

  it('keeps what nobody can send until somebody can', async () => {
    await enqueue('x');
    const none = createOutboxDispatcher({
      worker: test.database.worker,
      clock,
      handlers: {},
      onAttempt: () => undefined,
      onError: () => undefined,
      pollMs: 10,
    });
    await none.close();
    // Neither does one that sends something else.
    const other = createOutboxDispatcher({
      worker: test.database.worker,
      clock,
      handlers: { 'of another kind': () => Promise.reject(new Error('not mine')) },
      onAttempt: () => undefined,
      onError: () => undefined,
      pollMs: 10,
    });
    await other.close();
    expect((await messages())[0]).toMatchObject({ state: 'pending', attempts: 0 });
  });
});

async function using_<T extends { close(): Promise<void> }>(
  thing: T,
  work: (thing: T) => Promise<void>,
): Promise<void> {
  try {
    await work(thing);
  } finally {
    await thing.close();
  }
}

describe('dead messages at the API', () => {
  it('are listed, tried again at once by those who may, and seen by no other municipality', async () => {
    const clock = new ManualClock(start);
    await using_(await startReceiver((response) => void response.writeHead(410).end()), async (receiver) => {
      const webhook = {
        url: receiver.url,
        secret: new Secret(`whsec_${randomBytes(32).toString('base64')}`),
      };
      await using_(await startTestApp({ clock, webhook }), async (service) => {
        const operator = await service.caller(await service.test.municipality(), ['it-support']);
        const { municipalityId } = operator.actor;
        const auditor = await service.caller(municipalityId, ['it-auditor']);
        const stranger = await service.caller(await service.test.municipality('Sydby'), [
          'it-support',
          'administrator',
        ]);
        await service.test.database.write(municipalityId, (tx) =>
          createOutbox({ clock }).append(tx, {
            kind: webhookKind,
            payload: { type: 'x' },
            idempotencyKey: 'k',
          }),
        );
        const list = async (by = operator, state = 'dead') =>
          (
            (await (await by.fetch(`/api/v1/outbox?state=${state}`)).json()) as {
              items: { id: string; lastError: string }[];
            }
          ).items;
        await expect.poll(async () => (await list()).length).toBe(1);
        const [message] = await list();
        expect(message?.lastError).toBe('answered 410');
        expect(await list(auditor)).toHaveLength(1);
        expect(await list(stranger)).toEqual([]);

        const retry = (by = operator) => by.fetch(`/api/v1/outbox/${message?.id}/retry`, { method: 'POST' });
        expect((await retry(auditor)).status).toBe(403);
        expect((await retry(stranger)).status).toBe(404);
        receiver.answer((response) => void response.writeHead(200).end());
        const answer = await retry();
        expect([answer.status, ((await answer.json()) as { state: string }).state]).toEqual([200, 'pending']);
        await expect.poll(async () => (await list(operator, 'done')).length).toBe(1);
        expect(receiver.received).toHaveLength(2);
        expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
        // What went through is not sent again, however often somebody asks.
        expect((await retry()).status).toBe(200);
        // When a later one has come, it would have come too.
        await service.test.database.write(municipalityId, (tx) =>
          createOutbox({ clock }).append(tx, {
            kind: webhookKind,
            payload: { type: 'x' },
            idempotencyKey: 'later',
          }),
        );
        await expect.poll(async () => (await list(operator, 'done')).length).toBe(2);
        expect(receiver.received).toHaveLength(3);
        expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
      });
    });
  });
});

describe('the sweep', () => {
  it('forgets what has served its time, keeps the rest, and gives up imports of killed processes', async () => {
    const clock = new ManualClock(start);
    const test = await createTestDatabase();
    try {
      const municipalityId = await test.municipality();
      const daysAgo = (days: number) => new Date(start.getTime() - days * 86_400_000);
      for (const days of [1, 3, 29, 31]) {
        const at = daysAgo(days);
        await test.superuser.query(
          `INSERT INTO idempotency_record VALUES ($1, gen_random_uuid(), $2, '\\x00', 'r', $3)`,
          [municipalityId, `k${days}`, at],
        );
        for (const [state, place] of [
          ['done', days],
          ['dead', null],
          ['pending', null],
        ] as const) {
          await test.superuser.query(
            `INSERT INTO outbox_message (municipality_id, id, kind, payload, idempotency_key, state, attempts, next_attempt_at, created_at, done_at)
             VALUES ($1, gen_random_uuid(), 'x', '{}', $2, $3, 1, $4, $4, CASE WHEN $3 = 'done' THEN $4::timestamptz END)`,
            [municipalityId, `${state}${days}`, state, at],
          );
          await test.superuser.query(
            `INSERT INTO change_event (municipality_id, position, type, entity_kind, entity_id, data, occurred_at) VALUES ($1, $2, 'x', 'room', $3, '{}', $4)`,
            [municipalityId, place, `${state}${days}`, at],
          );
        }
      }
      await Promise.all([sweep(test.database.worker, clock), sweep(test.database.worker, clock)]);
      const left = async (sql: string) =>
        (await test.superuser.query<{ name: string }>(sql)).rows.map(({ name }) => name).sort();
      expect(await left('SELECT key AS name FROM idempotency_record')).toEqual(['k1']);
      expect(await left(`SELECT idempotency_key AS name FROM outbox_message WHERE state = 'done'`)).toEqual([
        'done1',
        'done29',
        'done3',
      ]);
      expect(
        await left(`SELECT idempotency_key AS name FROM outbox_message WHERE state <> 'done'`),
      ).toHaveLength(8);
      expect(await left('SELECT entity_id AS name FROM change_event WHERE position IS NOT NULL')).toEqual([
        'done1',
        'done29',
        'done3',
      ]);
      expect(await left('SELECT entity_id AS name FROM change_event WHERE position IS NULL')).toHaveLength(8);
    } finally {
      await test.close();
    }
  });
});
