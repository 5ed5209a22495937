import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, milestoneFile, usualRhythm } from '../../../contract/index.ts';
import { ManualClock } from '../../../kernel/clock.ts';
import { type Caller, startTestApp, type TestApp } from '../../../testing/index.ts';

const routes = api.programme;
const id = '4f0c1d5e-6a53-4f5e-9d7e-0f4d7a0c9b11';

/** Joint totals at the ends of months, from September 2015 to June 2016; a member of four is hidden. */
const totals = [
  ['2015-09', 12, 'hidden'],
  ['2015-10', 104, 61],
  ['2015-11', 126, 74],
  ['2015-12', 141, 88],
  ['2016-01', 163, 99],
  ['2016-02', 179, 112],
  ['2016-03', 183, 121],
  ['2016-06', 190, 130],
] as const;

const { milestones } = milestoneFile.parse({
  milestones: [
    {
      id: 'M3',
      due: '2015-10-31',
      da: 'Mindst 178 borgere (10 %)',
      en: 'At least 178 citizens (10 %)',
      needs: [{ kind: 'measure', measure: 'has-received', atLeast: 178 }],
    },
    {
      id: 'M5',
      due: '2016-06-30',
      da: 'Over 10 % jævnligt',
      en: 'Over 10 % regularly',
      needs: [{ kind: 'measure', measure: 'receives-regularly', atLeast: 178 }],
    },
  ],
});

describe('a joint programme of the past, as its lead sees it', () => {
  let app: TestApp;
  let lead: Caller;

  beforeAll(async () => {
    app = await startTestApp({ clock: new ManualClock('2026-06-10T08:00:00Z') });
    const municipality = await app.test.municipality('Nordby');
    lead = await app.caller(municipality, ['cross-municipal-lead', 'coordinator']);
    const { superuser } = app.test;
    await superuser.query(
      `INSERT INTO programme VALUES ($1, $2, 'Online bostøtte i nord', 'lead', 1780, '2015-01-01', NULL, '2016-06-30', $3, NULL, true, '2026-01-01', '2026-01-01')`,
      [municipality, id, usualRhythm],
    );
    for (const { id: code, due, da, en, needs } of milestones)
      await superuser.query(`INSERT INTO milestone VALUES ($1, $2, $3, $4, $5, $6, $7, '2026-01-01')`, [
        municipality,
        id,
        code,
        due,
        da,
        en,
        JSON.stringify(needs),
      ]);
    for (const [month, hasReceived, receivesRegularly] of totals) {
      const units = [
        {
          kind: 'programme',
          id: null,
          name: 'Online bostøtte i nord',
          targetGroup: 1780,
          figures: { hasReceived, receivesRegularly },
        },
        {
          kind: 'municipality',
          id: '10000000-0000-4000-8000-000000000001',
          name: 'Sydby',
          targetGroup: 40,
          figures: { hasReceived: 'hidden', receivesRegularly: 'hidden' },
        },
      ];
      await superuser.query(
        `INSERT INTO published_month VALUES ($1, $2, $3, 0, '[]', $4, '', '', '2026-01-01')`,
        [municipality, id, `${month}-01`, JSON.stringify(units)],
      );
    }
  });
  afterAll(() => app.close());

  it('says which milestones were met, how late, and by which measure', async () => {
    const now = await lead.call(routes.status, { params: { id } });
    expect(now).toMatchObject({ at: '2016-06-30', missing: null, late: [] });
    expect(now.figures).toMatchObject({ hasReceived: 190, receivesRegularly: 130 });
    expect(now.curve.map(({ hasReceived }) => hasReceived)).toEqual(totals.map(([, count]) => count));
    const [third, fifth] = now.milestones;
    expect(third).toMatchObject({ state: 'reached-late', reachedOn: '2016-02-29', daysLate: 121 });
    expect(third?.why).toBe(
      'Nået 29. februar 2016, 121 dage for sent: 178 borgere havde fået skærmbesøg ved månedens udgang.',
    );
    expect(fifth).toMatchObject({ state: 'late', reachedOn: null, forecast: null });
    expect(fifth?.why).toContain(
      'Blev ikke nået, inden forløbet sluttede 30. juni 2016: manglede 48 borgere.',
    );
    expect(fifth?.why).toContain('ikke offentliggjort');
    expect(fifth?.why).toContain('blev 178 nået 29. februar 2016');
  });

  it('says of a month-end that hides a number that it is hidden, rather than that there is nobody', async () => {
    const then = await lead.call(routes.status, { params: { id }, query: { at: '2015-10-15' } });
    expect(then.figures).toMatchObject({
      hasReceived: 12,
      receivesRegularly: 'hidden',
      implementationRate: null,
    });
    expect(then.curve).toEqual([{ day: '2015-09-30', hasReceived: 12, receivesRegularly: null }]);
    expect(then.milestones[1]?.needs[0]?.value).toBeNull();
    const forecast = await lead.call(routes.forecast, {
      params: { id },
      query: { at: '2015-10-15', measure: 'receives-regularly' },
    });
    expect(forecast.sentence).toMatch(/^Hvor mange der modtager jævnligt, er skjult; /);
  });

  it('divides by the target group of those who took part in the month', async () => {
    const { superuser } = app.test;
    await superuser.query('UPDATE programme SET target_group = 2000 WHERE id = $1', [id]);
    const now = await lead.call(routes.status, { params: { id } });
    expect(now.figures.implementationRate).toBeCloseTo(130 / 1780);
    expect(now.programme.targetGroup).toBe(1780);
    await superuser.query('UPDATE programme SET target_group = 1780 WHERE id = $1', [id]);
  });

  it('has a report in which its smallest member is hidden', async () => {
    const answer = await lead.fetch(`/api/v1/programmes/${id}/report?language=da`);
    expect(answer.status).toBe(200);
    const html = await answer.text();
    expect(html).toContain('<td>Sydby</td><td class="number">–</td>');
    expect(html).toContain('Et konstrueret forløb, der stemmer med det, der er offentliggjort');
    expect(html).toContain('Lagt sammen af kommunernes underskrevne månedstal');
  });
});
