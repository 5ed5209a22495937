import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '../../../contract/index.ts';
import { ManualClock } from '../../../kernel/clock.ts';
import { type Caller, startTestApp, type TestApp } from '../../../testing/index.ts';

describe('the routes of granted time and of reviews', () => {
  const clock = new ManualClock('2026-11-24T06:00:00Z');
  let app: TestApp;
  let coordinator: Caller;
  let worker: Caller;
  let code: string;

  beforeAll(async () => {
    app = await startTestApp({ clock });
    const municipality = await app.test.municipality('Nordby');
    coordinator = await app.caller(municipality, ['coordinator']);
    worker = await app.caller(municipality, ['support-worker'], 'BM01');
    const administrator = await app.caller(municipality, ['administrator']);
    await administrator.call(api.citizens.addLegalBasis, { body: { code: 'SEL § 85', label: 'Støtte' } });
    const body = {
      identity: { reference: '4711', name: 'Lærke Krogh' },
      legalBasis: 'SEL § 85',
      granted: { minutes: 45, per: 'fortnight' as const },
      supportFrom: '2026-09-28',
      worker: 'BM01',
    };
    code = (await coordinator.call(api.citizens.register, { body })).code;
    for (const day of ['2026-10-01', '2026-11-19'])
      await worker.call(api.visits.recordUnplanned, {
        body: {
          citizen: code,
          parts: [{ kind: 'video', startsAt: `${day}T09:00:00Z`, endsAt: `${day}T09:20:00Z` }],
        },
      });
  });
  afterAll(() => app.close());

  it('show what was granted and delivered, for any day of a week that can be asked for', async () => {
    const { summary, weeks } = await worker.call(api.granted.show, {
      params: { code },
      query: { from: '2026-09-30', weeks: 9 },
    });
    expect(weeks.map((week) => [week.from, week.granted, week.delivered.video])).toEqual([
      ['2026-09-28', 23, 20],
      ['2026-10-05', 22, 0],
      ['2026-10-12', 23, 0],
      ['2026-10-19', 22, 0],
      ['2026-10-26', 23, 0],
      ['2026-11-02', 22, 0],
      ['2026-11-09', 23, 0],
      ['2026-11-16', 22, 20],
      ['2026-11-23', 23, 0],
    ]);
    expect(summary).toMatchObject({ citizen: code, worker: 'BM01', granted: 203, deliveredTotal: 40 });
    expect((await worker.call(api.granted.list, { query: { short: 'true' } })).items).toMatchObject([
      { citizen: code, shortfall: { kinds: ['behind', 'unplanned'] } },
    ]);
    for (const from of ['2000-01-01', '2100-12-31'])
      expect((await worker.call(api.granted.list, { query: { from, weeks: 53 } })).items).toHaveLength(1);
    await expect(
      worker.call(api.granted.list, { query: { cursor: Buffer.from('["x"]').toString('base64url') } }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('ask for a review, tell the worker, and repeat the answer to a repeated request', async () => {
    const due = () => worker.call(api.visits.listReviews, { query: {} });
    expect((await due()).items).toMatchObject([{ citizen: code, videoSince: '2026-10-01', due: true }]);
    const overview = () => worker.call(api.visits.overview, { query: { from: '2026-11-24' } });
    expect((await overview()).reviewsDue).toEqual([code]);

    const answer = () =>
      worker.fetch(`/api/v1/citizens/${code}/contact-review`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'one' },
        body: JSON.stringify({ answer: 'citizen-wishes-video' }),
      });
    const first = await answer();
    const body = await first.json();
    expect([first.status, body]).toEqual([
      200,
      {
        citizen: code,
        worker: 'BM01',
        videoSince: '2026-10-01',
        lastInPerson: null,
        weeks: 7,
        lastAnswer: { answer: 'citizen-wishes-video', on: '2026-11-24', by: 'BM01' },
        due: false,
      },
    ]);
    expect(await (await answer()).json()).toEqual(body);
    expect((await due()).items).toEqual([]);
    expect((await worker.call(api.visits.listReviews, { query: { all: 'true' } })).items).toEqual([body]);
    expect((await overview()).reviewsDue).toEqual([]);
    await expect(
      worker.call(api.visits.answerReview, { params: { code }, body: { answer: 'thrives' } }),
    ).rejects.toMatchObject({ code: 'review_not_due' });
  });
});
