import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Milestone } from '../contract/index.ts';
import { firstReachedInMonths, readHistoryVerdict } from '../modules/programme/joint/index.ts';
import { keptMonths, shownMonths } from '../modules/programme/months/index.ts';
import { listProgrammes } from '../modules/programme/plan/index.ts';
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
    const [sentence] = await test.database.read(municipality, (tx) =>
      readHistoryVerdict(tx, id, { at: '2016-06-30' }, [notReached], 'en'),
    );
    expect(sentence).toContain('178 had received on 2016-03-31, 5 months late');
  });
});

const notReached: Milestone = {
  code: 'M3',
  due: '2015-10-31',
  da: '',
  en: '',
  state: 'late',
  reachedOn: null,
  reachedBy: null,
  daysLate: null,
  needs: [
    {
      need: { kind: 'measure', measure: 'receives-regularly', atLeast: 178 },
      met: false,
      value: null,
      metOn: null,
      metBy: null,
    },
  ],
  forecast: null,
  why: '',
};
