import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ManualClock } from '../../../kernel/clock.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import { createTestDatabase, type TestDatabase } from '../../../testing/index.ts';
import { leafOf, sign, type Told, writeLeaves } from './fixture.ts';
import { knownOf, referenceFigures } from './fixtures/reference.ts';
import { aLog, dayOf, manyCitizens, worldDays } from './fixtures/worlds.ts';
import { createFolding } from './folding.ts';
import { createMeasures } from './measures.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

it('gives the same figures of twenty thousand leaves as counting them one by one', async () => {
  const length = 20_000;
  const log: readonly Told[] =
    fc.sample(aLog({ minLength: length, maxLength: length, size: 'max' }, manyCitizens), {
      numRuns: 1,
      seed: 11,
    })[0] ?? [];
  expect(log).toHaveLength(length);
  const municipalityId = await test.municipality();
  await writeLeaves(test.superuser, municipalityId, log.map(leafOf));
  await sign(test.superuser, municipalityId, length);
  expect(await createFolding({ database: test.database }).fold(municipalityId)).toBe(BigInt(length));
  const measures = createMeasures({ clock: new ManualClock('2026-07-01T10:00:00Z') });
  for (const [size, day] of [
    [length, worldDays - 1],
    [length / 2, worldDays / 2],
  ] as const) {
    const at = dayOf(day);
    const of = { from: addDays(at, -27), targetGroup: 500 };
    const figures = await test.database.read(municipalityId, (tx) =>
      measures.figures(tx, { size: BigInt(size), at }, of),
    );
    expect(figures).toEqual(referenceFigures(knownOf(log, size, at), { ...of, at }));
    expect(figures.hasReceived).toBeGreaterThan(100);
  }
}, 60_000);
