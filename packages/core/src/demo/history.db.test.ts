import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.ts';
import { firstReachedInMonths } from '../modules/programme/joint/index.ts';
import { createMeasures } from '../modules/programme/measures/index.ts';
import { judgeMilestones, readReality } from '../modules/programme/milestones/index.ts';
import { keptMonths, shownMonths } from '../modules/programme/months/index.ts';
import { getProgramme, listProgrammes } from '../modules/programme/plan/index.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { writeHistory } from './history-rows.ts';

describe('the joint course of 2015-16 in the database', () => {
  let test: TestDatabase;
  let municipality: string;
  let id: string;
  beforeAll(async () => {
    test = await createTestDatabase();
    municipality = await test.municipality('Demokommune');
    await test.database.write(municipality, writeHistory);
    id = (await test.database.read(municipality, listProgrammes))[0]?.id ?? '';
  });
  afterAll(() => test.close());

  it('is a programme of the past with eighteen month-ends, of which the totals are as published', async () => {
    const [programme] = await test.database.read(municipality, listProgrammes);
    expect(programme).toMatchObject({ kind: 'lead', isHistory: true, targetGroup: 1780 });
    const months = await test.database.read(municipality, (tx) => shownMonths(tx, id));
    expect(months).toHaveLength(18);
    expect(months.at(-1)).toMatchObject({ month: '2016-06', citation: null });
    expect(months.at(-1)?.units[0]?.figures.hasReceived).toBe(190);
    expect(await test.database.read(municipality, (tx) => keptMonths(tx, id))).toHaveLength(18);
  });

  it('passed 178 between four and five months late, by the measure of the evaluators', async () => {
    const of = { measure: 'has-received', atLeast: 178 } as const;
    const reached = await test.database.read(municipality, (tx) =>
      firstReachedInMonths(tx, id, { at: '2016-06-30' }, of),
    );
    expect(reached?.on).toBe('2016-03-31');
    const programme = await test.database.read(municipality, (tx) => getProgramme(tx, id));
    const measures = createMeasures({ clock: new ManualClock('2026-06-10T08:00:00Z') });
    for (const [language, said] of [
      [
        'da',
        'efter evaluatorernes mål, hvor mange der har modtaget, blev 178 nået 31. marts 2016, 152 dage for sent',
      ],
      [
        'en',
        "by the evaluators' measure, how many have received, 178 was reached on 31 March 2016, 152 days late",
      ],
    ] as const) {
      const judged = await test.database.read(municipality, async (tx) =>
        judgeMilestones(
          programme,
          await readReality(tx, { measures }, programme, {}, '2026-06-10'),
          language,
        ),
      );
      const why = judged.find(({ code }) => code === 'M3')?.why;
      expect(why).toContain(language === 'da' ? 'konstrueret' : 'constructed');
      expect(why).toContain(said);
    }
  });
});
