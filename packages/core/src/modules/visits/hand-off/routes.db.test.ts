import { randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../config/index.ts';
import { api, handOffDocument } from '../../../contract/index.ts';
import { ManualClock } from '../../../kernel/clock.ts';
import {
  aCitizen,
  type Caller,
  startTestApp,
  type TestApp,
  type TestAppOptions,
} from '../../../testing/index.ts';
import { seedLegalBases } from '../../citizens/index.ts';
import { span } from '../fixture.ts';
import { isSigned, startReceiver, taking } from './fixture.ts';

/** The whole service with a support worker and a coordinator at work. */
async function startWorld(options: Pick<TestAppOptions, 'caseSystem'> = {}) {
  const clock = new ManualClock('2026-11-24T12:00:00Z');
  const running: TestApp = await startTestApp({ clock, ...options });
  const { superuser, database } = running.test;
  const municipalityId = await running.test.municipality();
  await database.write(municipalityId, (tx) => seedLegalBases(tx, municipalityId));
  const anna = await running.caller(municipalityId, ['support-worker'], 'AB');
  const coordinator = await running.caller(municipalityId, ['coordinator'], 'KOO');
  return {
    ...running,
    running,
    clock,
    anna,
    coordinator,
    superuser,
    citizen: async (identity: Partial<ReturnType<typeof aCitizen>['identity']> = {}): Promise<string> =>
      (await anna.call(api.citizens.register, { body: { ...aCitizen({ identity }), worker: 'AB' } })).code,
    record: async (
      citizen: string,
      { local = '2026-11-24T10:00', note = null as string | null } = {},
    ): Promise<string> => {
      const body = { citizen, parts: [{ kind: 'video' as const, ...span(local, 20) }], note };
      return (await anna.call(api.visits.recordUnplanned, { body })).id;
    },
  };
}
type World = Awaited<ReturnType<typeof startWorld>>;

const routes = api.handOff;

describe('hand-offs at the API', () => {
  let w: World;
  beforeAll(async () => {
    w = await startWorld();
  });
  beforeEach(async () => {
    w.clock.set('2026-11-24T12:00:00Z');
    await w.superuser.query(
      'TRUNCATE outbox_message, hand_off, visit_note, visit_part, visit_participant, visit CASCADE',
    );
  });
  afterAll(() => w.close());

  it('lists what waits page by page, by worker and by time', async () => {
    const { anna } = w;
    const visits: string[] = [];
    for (const local of ['2026-11-24T08:00', '2026-11-24T09:00', '2026-11-24T10:00']) {
      visits.push(await w.record(await w.citizen(), { local }));
      w.clock.advance(1000);
    }
    const first = await anna.call(routes.list, { query: { limit: 2 } });
    expect(first.items).toMatchObject([
      { visit: visits[0], worker: 'AB', channel: 'video', state: 'waiting', revision: 1, handedAt: null },
      { visit: visits[1] },
    ]);
    const second = await anna.call(routes.list, { query: { limit: 2, cursor: first.next ?? '' } });
    expect([second.items.map(({ visit }) => visit), second.next]).toEqual([[visits[2]], null]);
    const of = async (query: { from?: string; to?: string; worker?: string }) =>
      (await anna.call(routes.list, { query })).items.map(({ visit }) => visit);
    expect(await of({ from: '2026-11-24T08:00:00Z', to: '2026-11-24T09:00:00Z' })).toEqual([visits[1]]);
    expect(await of({ worker: 'KOO' })).toEqual([]);
    expect(await of({ worker: 'AB' })).toEqual(visits);
    await expect(anna.call(routes.list, { query: { cursor: 'abc' } })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('marks by hand once, however often the same request comes', async () => {
    const { anna } = w;
    const visit = await w.record(await w.citizen());
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
    const { anna } = w;
    const citizen = await w.citizen();
    const visit = await w.record(citizen, { note: 'Husk kalenderen.' });
    const request = { params: { id: visit }, idempotencyKey: randomUUID() };
    const document = await anna.call(routes.read, request);
    expect(document).toMatchObject({ visit, note: 'Husk kalenderen.' });
    expect(await anna.call(routes.read, request)).toEqual(document);
    const accesses = await w.coordinator.call(api.citizens.listAccesses, { params: { code: citizen } });
    expect(accesses.items).toMatchObject([
      { by: 'AB', kind: 'hand-off', reason: 'documentation' },
      { by: 'AB', kind: 'hand-off', reason: 'documentation' },
    ]);
  });

  it('sends a file to whoever may have it, and keeps none', async () => {
    const visit = await w.record(await w.citizen());
    const answer = (format: 'csv' | 'json', by: Caller = w.coordinator) =>
      by.fetch('/api/v1/hand-off-batches', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11', format }),
      });
    const csv = await answer('csv');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="hand-off.csv"');
    expect(csv.headers.get('cache-control')).toBe('no-store');
    expect(await csv.text()).toContain(visit);
    const json = await answer('json');
    expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(handOffDocument.array().parse(await json.json())).toMatchObject([{ visit }]);
    expect((await answer('csv', w.anna)).status).toBe(403);
    await expect.poll(() => readdir(path.join(w.folder, 'spool'))).toEqual([]);
  });

  it('counts nothing as handed off when the file could not be made', async () => {
    const canary = 'Kanariefuglqzx';
    const citizen = await w.citizen({ name: canary, reference: `S-${canary}` });
    const visit = await w.record(citizen, { note: `Om ${canary}` });
    // A part of the vault that cannot be opened is an error of ours, and is logged.
    await w.superuser.query('UPDATE visit_note SET sealed_note = sealed_note || $1', [Buffer.from('x')]);
    await expect(
      w.coordinator.open(routes.exportBatch, { body: { id: randomUUID() } }),
    ).rejects.toMatchObject({ code: 'internal' });
    await expect(w.anna.call(routes.read, { params: { id: visit } })).rejects.toMatchObject({
      code: 'internal',
    });
    expect((await w.anna.call(routes.list, {})).items).toMatchObject([
      { visit, state: 'waiting', batch: null },
    ]);
    expect(w.logged.filter(({ msg }) => msg === 'request failed')).toHaveLength(2);
    expect(JSON.stringify(w.logged)).not.toContain(canary);
  });
});

describe('the service with a case system', () => {
  it('calls it by itself, and logs no name, number or note', async () => {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const receiver = await startReceiver(taking);
    const w = await startWorld({ caseSystem: { url: receiver.url, secret: new Secret(secret) } });
    try {
      const canary = 'Kanariefuglqzx';
      const citizen = await w.citizen({ name: canary, reference: `S-${canary}` });
      receiver.answer((response) => void response.writeHead(400).end(canary));
      const visit = await w.record(citizen, { note: `Om ${canary}` });
      const find = async (state: 'waiting' | 'refused' | 'delivered') =>
        (await w.anna.call(routes.list, { query: { state } })).items;
      await expect.poll(() => find('refused')).toMatchObject([{ visit }]);
      const [refused] = await find('refused');
      receiver.answer(taking);
      await w.anna.call(routes.retry, { params: { id: refused?.id ?? '' } });
      await expect.poll(() => find('delivered')).toMatchObject([{ visit, way: 'call', receipt: 'KVIT-2' }]);
      expect((await w.anna.call(api.visits.show, { params: { id: visit } })).handOff).toBe('delivered');

      const [, got] = receiver.received;
      expect(got !== undefined && isSigned(got, secret, w.clock.now())).toBe(true);
      expect(got?.body).toContain(`"note":"Om ${canary}"`);
      const metrics = await w.running.caller(w.anna.actor.municipalityId, ['it-support']);
      const text = await (await metrics.fetch('/metrics')).text();
      expect(text).toMatch(/naer_outbox_attempts_total\{kind="hand-off",outcome="sent"\} 1/);
      expect(text).toMatch(/naer_outbox_attempts_total\{kind="hand-off",outcome="dead"\} 1/);
      expect(w.logged.length).toBeGreaterThan(0);
      expect(JSON.stringify(w.logged) + text).not.toContain(canary);
    } finally {
      await w.close();
      await receiver.close();
    }
  });
});
