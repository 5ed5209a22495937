import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { api } from '../../../contract/index.ts';
import { ManualClock } from '../../../kernel/clock.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import { createLedger } from '../../../ledger/index.ts';
import { type Caller, refusalOf, startTestApp, type TestApp } from '../../../testing/index.ts';
import { idOf, type Told, visitTold } from '../measures/fixture.ts';

const routes = api.programme;
const clock = new ManualClock('2026-06-10T08:00:00Z');
const citizens = (code: string, due: string, atLeast: number) => ({
  id: code,
  due,
  da: `Mindst ${atLeast} borgere`,
  en: `At least ${atLeast} citizens`,
  needs: [{ kind: 'measure' as const, measure: 'has-received' as const, atLeast }],
});

/** Two citizens have their first video visit each Monday from 12 January on: 42 until 1 June. */
const firstVisits: Told[] = Array.from({ length: 42 }, (_, nth) =>
  visitTold({
    visit: idOf('visit', nth),
    subject: idOf('subject', nth),
    worker: idOf('worker', nth % 6),
    at: `${addDays('2026-01-12', 7 * Math.floor(nth / 2))}T09:00:00.000Z`,
  }),
);

describe('a programme that has run for five months', () => {
  let app: TestApp;
  let coordinator: Caller;
  let municipality: string;
  let id: string;
  /** Tells of visits and waits until the service has signed and folded so many entries. */
  const tell = async (leaves: readonly Told[]): Promise<void> => {
    const ledger = createLedger({ clock });
    await app.test.database.write(municipality, async (tx) => {
      for (const { entry, occurredAt } of leaves)
        await ledger.append(tx, coordinator.actor.staffId, entry, new Date(occurredAt));
    });
  };
  const untilFolded = (size: number) =>
    vi.waitFor(
      async () => expect(Number((await status()).citation?.size ?? 0)).toBeGreaterThanOrEqual(size),
      20_000,
    );

  beforeAll(async () => {
    app = await startTestApp({ clock });
    municipality = await app.test.municipality();
    coordinator = await app.caller(municipality, ['coordinator', 'leader'], 'TOV1');
    // Before the programme, since its months are closed for good as soon as they are known of.
    await tell(firstVisits);
    const body = { name: 'Online bostøtte på skærm', targetGroup: 450, startsOn: '2026-01-05' };
    id = (await coordinator.call(routes.create, { body })).id;
    const milestones = [
      citizens('M1', '2026-02-28', 20),
      citizens('M2', '2026-12-31', 60),
      {
        ...citizens('M3', '2026-03-31', 1),
        needs: [{ kind: 'activity' as const, what: 'kickoff' }],
      },
    ];
    await coordinator.call(routes.setMilestones, { params: { id }, body: { milestones } });
    await untilFolded(46);
  });
  afterAll(() => app.close());

  const status = (query: Record<string, string> = {}) =>
    coordinator.call(routes.status, { params: { id }, query });

  it('has a status from its first day on, and a report when a month is over', async () => {
    const body = { name: 'Ny', targetGroup: 20, startsOn: '2026-06-08' };
    const young = await coordinator.call(routes.create, { body });
    const now = await coordinator.call(routes.status, {
      params: { id: young.id },
      query: { language: 'en' },
    });
    expect(now).toMatchObject({ at: '2026-06-09', late: [], milestones: [] });
    const answer = await coordinator.fetch(`/api/v1/programmes/${young.id}/report`);
    expect(await answer.json()).toMatchObject({ code: 'month_not_published' });
  });

  it('says of each milestone when it was reached, by which entry, or what is missing', async () => {
    const { items, citation } = await coordinator.call(routes.milestones, { params: { id } });
    expect(Number(citation?.size)).toBeGreaterThanOrEqual(46);
    expect(
      items.map(({ code, state, reachedOn, reachedBy, daysLate }) => [
        code,
        state,
        reachedOn,
        reachedBy,
        daysLate,
      ]),
    ).toEqual([
      ['M1', 'reached-late', '2026-03-16', '19', 16],
      ['M3', 'late', null, null, 70],
      ['M2', 'on-time', null, null, null],
    ]);
    expect(items[0]?.why).toBe(
      'Nået 16. marts 2026, 16 dage for sent: 20. borger fik sit første skærmbesøg (post 19).',
    );
    expect(items[2]?.why).toMatch(/^Mangler 18 borgere; med farten nu nås det .* 9\d %\.$/);
    expect(items[2]?.forecast?.onDue.low).toBeGreaterThanOrEqual(42);
  });

  it('forecasts the next milestone, or whatever is asked about', async () => {
    const next = await coordinator.call(routes.forecast, { params: { id } });
    expect(next.forecast).toMatchObject({ measure: 'has-received', target: 60, due: '2026-12-31' });
    expect(next.curve.at(-1)).toMatchObject({ day: '2026-06-09', hasReceived: 42 });
    const asked = await coordinator.call(routes.forecast, {
      params: { id },
      query: { measure: 'has-received', target: 400, due: '2026-09-30', language: 'en' },
    });
    expect(asked.forecast.chance).toBeLessThan(0.05);
    expect(asked.sentence).toMatch(
      /^42 citizens have received now; \d+–\d+ are expected on 30 September 2026\./,
    );
    const refusal = refusalOf(
      coordinator.call(routes.forecast, { params: { id }, query: { measure: 'receives-regularly' } }),
    );
    expect((await refusal).code).toBe('invalid_input');
  });

  it('has it all on one screen, from one reading', async () => {
    const now = await status();
    expect(now.municipality).not.toBe('');
    expect(now.figures).toMatchObject({ hasReceived: 42, receivesRegularly: 0 });
    expect(now.milestones.map(({ code }) => code)).toEqual(['M1', 'M3', 'M2']);
    expect(now.missing?.milestone?.code).toBe('M2');
    expect(now.missing?.citizens).toBe(18);
    expect(now.curve).toHaveLength(23);
  });

  it('answers a question of then the same, and tells what was recorded late', async () => {
    const size = (await status()).citation?.size ?? '0';
    const then = { at: '2026-03-31', checkpoint: size };
    const first = await status(then);
    expect(first.late).toEqual([]);
    await tell([
      visitTold({
        visit: idOf('visit', 99),
        subject: idOf('subject', 99),
        worker: idOf('worker', 1),
        at: '2026-03-02T09:00:00.000Z',
      }),
    ]);
    await coordinator.call(routes.setMilestone, {
      params: { id, code: 'M1' },
      body: { due: '2026-04-30', da: 'Senere', en: 'Later', needs: citizens('', '', 20).needs },
    });
    // None of what is told later about the plan is part of an answer of then either, whatever day it speaks of.
    await coordinator.call(routes.change, { params: { id }, body: { targetGroup: 900 } });
    await coordinator.call(routes.estimate, { params: { id }, body: { percent: 30, on: '2026-03-01' } });
    await coordinator.call(routes.setActivity, {
      params: { id, code: 'I3' },
      body: { status: 'under-way', on: '2026-02-02' },
    });
    await coordinator.call(routes.decide, {
      params: { id },
      body: { kind: 'delivery', choice: 'supplement', on: '2026-02-01' },
    });
    await untilFolded(Number(size) + 6);
    await expect.poll(async () => (await status(then)).late).not.toEqual([]);
    const again = await status(then);
    expect(again.late).toContainEqual({ measure: 'hasReceived', before: 24, now: 25 });
    expect({ ...again, late: [], milestones: [] }).toEqual({ ...first, late: [], milestones: [] });
    expect(first.phase.phase).toBe('exploration');
    const measured = await coordinator.call(routes.measures, { params: { id }, query: then });
    expect(measured.items[0]?.figures).toEqual(first.figures);
    const now = await status({ at: '2026-03-31' });
    expect(now.figures).toMatchObject({ hasReceived: 25 });
    expect(now).toMatchObject({
      programme: { targetGroup: 900 },
      degree: { percent: 30 },
      phase: { phase: 'trial', since: '2026-02-02' },
    });
    expect(now.readiness).not.toBeNull();
    expect((await refusalOf(status({ checkpoint: '4000' }))).code).toBe('tree_size_unknown');
  });

  it('gives its report in five formats, made of what is given out', async () => {
    const get = (query: string) => coordinator.fetch(`/api/v1/programmes/${id}/report?${query}`);
    await expect.poll(async () => (await get('format=json')).status).toBe(200);
    const kinds = [
      ['html', 'text/html; charset=utf-8'],
      ['json', 'application/json; charset=utf-8'],
      ['csv', 'text/csv; charset=utf-8'],
      ['svg', 'image/svg+xml; charset=utf-8'],
      ['png', 'image/png'],
    ] as const;
    for (const [format, type] of kinds) {
      const answer = await get(`format=${format}&month=2026-03`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
      expect(answer.headers.get('content-disposition')).toBe(
        `attachment; filename="naer-online-bostoette-paa-skaerm-2026-03.${format}"`,
      );
      const content = Buffer.from(await answer.arrayBuffer());
      expect(content.length).toBeGreaterThan(200);
      // Initials of who told it, and references to where evidence lies, are for those within.
      expect(content.includes('TOV1')).toBe(false);
    }
    const report = await (await get('format=json&language=en')).json();
    expect(report).toMatchObject({ month: '2026-05', language: 'en' });
    const early = z
      .object({
        month: z.string(),
        months: z.array(z.unknown()),
        milestones: z.array(z.object({ reachedOn: z.string().nullable() })),
      })
      .parse(await (await get('format=json&month=2026-01')).json());
    expect(early).toMatchObject({ month: '2026-01', months: [{ month: '2026-01' }] });
    // Six had received at the end of January: less than the milestone, and no day within a month is told.
    expect(early.milestones.map(({ reachedOn }) => reachedOn)).toEqual([null, null, null]);
    expect(await (await get('month=2026-06')).json()).toMatchObject({ code: 'month_not_published' });
  });

  it('tells in the report of a month the milestones as they were planned when it was given out', async () => {
    clock.set('2026-07-02T08:00:00Z');
    coordinator = await app.caller(municipality, ['coordinator', 'leader'], 'TOV2');
    const report = () => coordinator.fetch(`/api/v1/programmes/${id}/report?format=json&month=2026-06`);
    await coordinator.call(routes.estimate, { params: { id }, body: { percent: 31 } });
    await expect.poll(async () => (await report()).status).toBe(200);
    const first = await (await report()).json();
    expect(first).toMatchObject({ milestones: [{ code: 'M3' }, { code: 'M1' }, { due: '2026-12-31' }] });
    const body = {
      due: '2027-03-31',
      da: 'Mindst 60 borgere',
      en: 'At least 60 citizens',
      needs: citizens('', '', 80).needs,
    };
    const { size } = (await status()).citation ?? { size: '0' };
    await coordinator.call(routes.setMilestone, { params: { id, code: 'M2' }, body });
    await untilFolded(Number(size) + 1);
    expect((await status()).milestones.at(-1)).toMatchObject({ code: 'M2', due: '2027-03-31' });
    expect(await (await report()).json()).toEqual(first);
  });

  it('is nobody else’s', async () => {
    const stranger = await app.caller(await app.test.municipality(), ['coordinator']);
    for (const route of [routes.status, routes.milestones, routes.forecast] as const)
      expect((await refusalOf(stranger.call(route, { params: { id } }))).code).toBe('not_found');
    const worker = await app.caller(municipality, ['support-worker']);
    expect((await worker.fetch(`/api/v1/programmes/${id}/report`)).status).toBe(403);
  });
});
