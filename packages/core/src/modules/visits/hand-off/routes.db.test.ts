import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../../contract/client.ts';
import { api, handOffDocument } from '../../../contract/index.ts';
import { createEndpoints } from '../../../http/endpoints.ts';
import { createLog } from '../../../http/logging.ts';
import { createMetrics } from '../../../http/metrics.ts';
import { createServer } from '../../../http/server.ts';
import { createIdempotency } from '../../../storage/index.ts';
import { type Actor, assertAllowed } from '../../identity/index.ts';
import { createSpool } from '../../imports/index.ts';
import { visitsPolicy } from '../policy.ts';
import { createHandOffWorld, type HandOffWorld } from './fixture.ts';
import { registerHandOffRoutes } from './index.ts';

describe('hand-offs at the API', () => {
  let w: HandOffWorld;
  let server: FastifyInstance;
  let url: string;
  let spoolFolder: string;
  const logged: string[] = [];
  const tokens = new Map<string, Actor>();

  beforeAll(async () => {
    w = await createHandOffWorld();
    server = await createServer({
      config: {
        host: '127.0.0.1',
        port: 0,
        publicUrl: null,
        tls: null,
        trustedProxies: [],
        requestsPerMinute: 0,
      },
      log: createLog('debug', { write: (line) => void logged.push(line) }),
      metrics: createMetrics(),
      authenticate: async (token) => tokens.get(token) ?? null,
    });
    const endpoints = createEndpoints(server, {
      database: w.database,
      idempotency: createIdempotency({ clock: w.clock }),
      authorize: (actor, { access }) => {
        if (access !== 'public' && access !== 'authenticated') assertAllowed(visitsPolicy, actor, access);
      },
      verifyReplies: true,
    });
    spoolFolder = path.join(w.folder, 'spool');
    const spool = await createSpool(spoolFolder);
    registerHandOffRoutes(endpoints, { handOffs: w.handOffs, database: w.database, spool });
    url = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  beforeEach(async () => {
    w.clock.set('2026-11-24T12:00:00Z');
    await w.superuser.query(
      'TRUNCATE outbox_message, hand_off, visit_note, visit_part, visit_participant, visit CASCADE',
    );
  });
  afterAll(async () => {
    await server.close();
    await w.close();
  });

  const as = (actor: Actor): Client => {
    const token = randomUUID();
    tokens.set(token, actor);
    return createClient({ url, token, language: 'da' });
  };
  const routes = api.handOff;

  it('lists what waits page by page, by worker and by time', async () => {
    const visits: string[] = [];
    for (const local of ['2026-11-24T08:00', '2026-11-24T09:00', '2026-11-24T10:00']) {
      visits.push(await w.record(await w.citizenOf(), { local }));
      w.clock.advance(1000);
    }
    const anna = as(w.anna);
    const first = await anna.call(routes.list, { query: { limit: 2 } });
    expect(first.items).toMatchObject([
      { visit: visits[0], worker: 'AB', channel: 'video', state: 'waiting', revision: 1, handedAt: null },
      { visit: visits[1] },
    ]);
    const second = await anna.call(routes.list, { query: { limit: 2, cursor: first.next ?? '' } });
    expect([second.items.map(({ visit }) => visit), second.next]).toEqual([[visits[2]], null]);
    const of = async (query: Parameters<typeof anna.call<typeof routes.list>>[1]['query']) =>
      (await anna.call(routes.list, { query: query ?? {} })).items.map(({ visit }) => visit);
    expect(await of({ from: '2026-11-24T08:00:00Z', to: '2026-11-24T09:00:00Z' })).toEqual([visits[1]]);
    expect(await of({ worker: 'KOO' })).toEqual([]);
    expect(await of({ worker: 'AB' })).toEqual(visits);
    await expect(anna.call(routes.list, { query: { cursor: 'abc' } })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('marks by hand once, however often the same request comes', async () => {
    const visit = await w.record(await w.citizenOf());
    const anna = as(w.anna);
    const request = { params: { id: visit }, body: { revision: 1 }, idempotencyKey: randomUUID() };
    const marked = await anna.call(routes.markByHand, request);
    expect(marked).toMatchObject({ visit, state: 'delivered', way: 'by-hand' });
    expect(await anna.call(routes.markByHand, request)).toEqual(marked);
    await expect(anna.call(routes.markByHand, { params: { id: visit }, body: {} })).rejects.toMatchObject({
      code: 'handed_off_already',
    });
    await expect(anna.call(routes.retry, { params: { id: marked.id } })).rejects.toMatchObject({
      code: 'handed_off_already',
    });
  });

  it('logs each reading, also that of a repeated request', async () => {
    const citizen = await w.citizenOf();
    const visit = await w.record(citizen, { note: 'Husk kalenderen.' });
    const request = { params: { id: visit }, idempotencyKey: randomUUID() };
    const anna = as(w.anna);
    const document = await anna.call(routes.read, request);
    expect(document).toMatchObject({ visit, note: 'Husk kalenderen.' });
    expect(await anna.call(routes.read, request)).toEqual(document);
    expect(await w.readings(citizen)).toHaveLength(2);
  });

  it('sends a file to whoever may have it, and keeps none', async () => {
    const visit = await w.record(await w.citizenOf());
    const id = randomUUID();
    const answer = (format: 'csv' | 'json', by = w.coordinator) =>
      as(by).open(routes.exportBatch, { body: { id, format } }) as Promise<Response>;
    const csv = await answer('csv');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="hand-off.csv"');
    expect(csv.headers.get('cache-control')).toBe('no-store');
    expect(await csv.text()).toContain(visit);
    const json = await answer('json');
    expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(handOffDocument.array().parse(await json.json())).toMatchObject([{ visit }]);
    await expect(answer('csv', w.anna)).rejects.toMatchObject({ code: 'not_allowed' });
    await expect.poll(() => readdir(spoolFolder)).toEqual([]);
  });

  it('writes no name, number or note into its log, also where it fails', async () => {
    const canary = `Kanariefugl${randomUUID()}`;
    const citizen = await w.citizenOf({ identity: { name: canary, reference: `S-${canary}` } });
    const visit = await w.record(citizen, { note: `Om ${canary}` });
    await as(w.anna).call(routes.read, { params: { id: visit } });
    // A part of the vault that cannot be opened is an error of ours, and is logged.
    await w.superuser.query('UPDATE visit_note SET sealed_note = sealed_note || $1', [Buffer.from('x')]);
    await expect(as(w.anna).call(routes.read, { params: { id: visit } })).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(
      as(w.coordinator).open(routes.exportBatch, { body: { id: randomUUID() } }),
    ).rejects.toMatchObject({ code: 'internal' });
    // The file was not made, so nothing counts as handed off.
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'waiting', batch_id: null }]);
    expect(logged.length).toBeGreaterThan(2);
    expect(logged.some((line) => line.includes('request failed'))).toBe(true);
    expect(logged.join('\n')).not.toContain(canary);
  });
});
