import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '../../../contract/index.ts';
import { ManualClock } from '../../../kernel/clock.ts';
import { type Caller, startTestApp, type TestApp } from '../../../testing/index.ts';

let running: TestApp;
let coordinator: Caller;
let worker: Caller;
const clock = new ManualClock('2026-11-24T06:00:00Z');

beforeAll(async () => {
  running = await startTestApp({ clock });
  const municipality = await running.test.municipality();
  coordinator = await running.caller(municipality, ['administrator', 'coordinator'], 'KO1');
  worker = await running.caller(municipality, ['support-worker'], 'BM1');
  await coordinator.call(api.citizens.addLegalBasis, { body: { code: 'SEL § 85', label: 'Bostøtte' } });
});
afterAll(() => running.close());

let references = 0;
const aCitizen = async (): Promise<string> => {
  references += 1;
  const body = {
    identity: { reference: `plan-${references}`, name: 'Lærke Krogh' },
    legalBasis: 'SEL § 85',
    granted: { minutes: 60, per: 'week' as const },
    worker: 'BM1',
    acquaintance: { kind: 'met' as const, on: '2026-01-05' },
  };
  return (await coordinator.call(api.citizens.register, { body })).code;
};

describe('plans at the API', () => {
  it('are made, read back, changed and ended by their worker', async () => {
    const citizen = await aCitizen();
    const slots = [{ channel: 'video' as const, weekday: 4, time: '10:00', minutes: 20 }];
    const made = await worker.call(api.plans.create, {
      body: { citizen, startsOn: '2026-11-24', template: { kind: 'weekly', slots }, word: 'agreed' },
    });
    expect(made).toMatchObject({
      citizen,
      worker: 'BM1',
      kind: 'weekly',
      state: 'active',
      startsOn: '2026-11-24',
      endsOn: null,
      holidays: 'skip',
      room: { kind: 'none' },
      phases: [{ weeks: null, slots: [{ ...slots[0], everyWeeks: 1 }] }],
      currentPhase: 0,
      madeUntil: '2027-W03',
      gaps: [{ week: '2026-W52', slot: 0, startsAt: '2026-12-24T09:00:00.000Z', reason: 'holiday' }],
      changes: [{ kind: 'created', week: null, slot: null, word: 'agreed', by: 'BM1' }],
    });
    const params = { id: made.id };
    expect(await worker.call(api.plans.show, { params })).toEqual(made);
    const visits = await worker.call(api.visits.list, { query: { plan: made.id } });
    expect(visits.items).toHaveLength(8);
    expect(visits.items[0]?.plan).toEqual({ id: made.id, week: '2026-W48', slot: 0 });

    clock.advance(1000);
    const changed = await worker.call(api.plans.changeWeek, {
      params,
      body: { week: '2026-W49', change: { kind: 'set', time: '13:00' }, word: 'own-wish' },
    });
    expect(changed.changes[1]).toMatchObject({ kind: 'week', week: '2026-W49', slot: 0, word: 'own-wish' });
    const phases = [
      { weeks: 3, slots: [{ ...slots[0], weekday: 2 }] },
      { weeks: null, slots },
    ];
    const other = await worker.call(api.plans.changePhases, {
      params,
      body: { fromWeek: '2026-W50', phases: phases as never, word: 'agreed' },
    });
    expect([other.kind, other.phases.map(({ weeks }) => weeks)]).toEqual(['custom', [2, 3, null]]);
    const stepped = await worker.call(api.plans.step, {
      params,
      body: { fromWeek: '2026-W51', stayWeeks: 1, word: 'agreed' },
    });
    expect(stepped.phases.map(({ weeks }) => weeks)).toEqual([2, 4, null]);
    const ended = await worker.call(api.plans.end, { params, body: { word: 'agreed' } });
    expect(ended).toMatchObject({ state: 'ended', endsOn: '2026-11-24', currentPhase: null, gaps: [] });
    expect(ended.changes.map(({ kind }) => kind)).toEqual(['created', 'week', 'phases', 'stay', 'ended']);
  });

  it('are listed page by page, by citizen, worker and state', async () => {
    const template = (time: string) => ({
      kind: 'fortnightly' as const,
      slots: [{ channel: 'phone' as const, weekday: 2, time, minutes: 10 }],
    });
    const citizen = await aCitizen();
    const ids: string[] = [];
    for (const time of ['15:00', '15:30', '16:00']) {
      clock.advance(1000);
      const body = { citizen, startsOn: '2026-12-01', template: template(time), word: 'agreed' as const };
      ids.push((await worker.call(api.plans.create, { body })).id);
    }
    const first = await worker.call(api.plans.list, { query: { citizen, limit: 2 } });
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await worker.call(api.plans.list, {
      query: { citizen, limit: 2, cursor: first.next ?? '' },
    });
    expect([rest.items.map(({ id }) => id), rest.next]).toEqual([ids.slice(2), null]);
    await worker.call(api.plans.end, { params: { id: ids[1] ?? '' }, body: { word: 'would-rather-not' } });
    const ended = await coordinator.call(api.plans.list, {
      query: { worker: 'BM1', citizen, state: 'ended' },
    });
    expect(ended.items.map(({ id, currentPhase }) => [id, currentPhase])).toEqual([[ids[1], null]]);
    expect((await coordinator.call(api.plans.list, { query: { worker: 'KO1' } })).items).toEqual([]);
  });

  it('are made once though the request is sent twice', async () => {
    const citizen = await aCitizen();
    const body = JSON.stringify({
      citizen,
      startsOn: '2026-11-24',
      template: { kind: 'weekly', slots: [{ channel: 'phone', weekday: 5, time: '08:00', minutes: 10 }] },
      word: 'agreed',
    });
    const send = () =>
      worker.fetch('/api/v1/plans', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'plan-once-1' },
        body,
      });
    const [one, two] = [await send(), await send()];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(await one.text()).toBe(await two.text());
    expect((await worker.call(api.visits.list, { query: { citizen } })).items).toHaveLength(7);
  });
});
