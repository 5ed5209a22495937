import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '../../contract/index.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { type Caller, startTestApp, type TestApp } from '../../testing/index.ts';

describe("a worker's page", () => {
  const clock = new ManualClock('2026-12-21T06:00:00Z');
  let app: TestApp;
  let worker: Caller;
  let colleague: Caller;
  let coordinator: Caller;

  const plan = (as: Caller, citizen: string, startsAt: string, endsAt: string) =>
    as.call(api.visits.plan, { body: { citizen, channel: 'phone', startsAt, endsAt } });
  const overview = (as: Caller, query: { from: string; days?: number; worker?: string }) =>
    as.call(api.visits.overview, { query });

  beforeAll(async () => {
    app = await startTestApp({ clock });
    const municipality = await app.test.municipality('Nordby');
    coordinator = await app.caller(municipality, ['coordinator']);
    [worker, colleague] = [
      await app.caller(municipality, ['support-worker'], 'BM01'),
      await app.caller(municipality, ['support-worker'], 'BM02'),
    ];
    const administrator = await app.caller(municipality, ['administrator']);
    await administrator.call(api.citizens.addLegalBasis, { body: { code: 'SEL § 85', label: 'Støtte' } });
    const register = async (reference: string, initials: string) => {
      const body = {
        identity: { reference, name: 'Lærke Krogh' },
        legalBasis: 'SEL § 85',
        granted: { minutes: 45, per: 'week' as const },
        worker: initials,
        acquaintance: { kind: 'met' as const, on: '2026-01-05' },
      };
      return (await coordinator.call(api.citizens.register, { body })).code;
    };
    const [own, other] = [await register('4711', 'BM01'), await register('4712', 'BM02')];
    await plan(worker, own, '2026-12-21T09:00:00Z', '2026-12-21T09:20:00Z');
    await plan(worker, own, '2026-12-21T12:00:00Z', '2026-12-21T12:20:00Z');
    await plan(worker, own, '2026-12-22T09:00:00Z', '2026-12-22T09:20:00Z');
    await plan(colleague, other, '2026-12-21T08:00:00Z', '2026-12-21T08:20:00Z');
    clock.set('2026-12-21T12:10:00Z');
  });
  afterAll(() => app.close());

  it('has the visits of the days asked for, and counts those that are over and wait to be recorded', async () => {
    const [day, week] = [
      await overview(worker, { from: '2026-12-21' }),
      await overview(worker, { from: '2026-12-21', days: 7 }),
    ];
    expect(day).toMatchObject({ worker: 'BM01', to: '2026-12-22', unrecorded: 1 });
    expect([day.visits.length, week.visits.length]).toEqual([2, 3]);
    expect(week.unrecorded).toBe(1);
  });

  it('names the days off, public holidays and those of the municipality', async () => {
    const { daysOff } = await overview(worker, { from: '2026-12-23', days: 14 });
    expect(daysOff.map(({ day }) => day)).toEqual(['2026-12-24', '2026-12-25', '2026-12-26', '2027-01-01']);
  });

  it("shows a colleague's only what is within reach, and counts nothing else", async () => {
    const query = { from: '2026-12-21', worker: 'BM02' };
    expect(await overview(coordinator, query)).toMatchObject({ visits: [{ worker: 'BM02' }], unrecorded: 1 });
    expect(await overview(worker, query)).toMatchObject({ visits: [], unrecorded: 0 });
  });

  it('is not there for somebody who is not', async () => {
    await expect(overview(worker, { from: '2026-12-21', worker: 'NIX' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
