import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MilestoneMeasure, milestoneMeasures } from '../../../contract/index.ts';
import { ManualClock } from '../../../kernel/clock.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import { createTestDatabase, type TestDatabase } from '../../../testing/index.ts';
import { type Told, visitOn, worldOf } from './fixture.ts';
import { knownOf, referenceFigures } from './fixtures/reference.ts';
import { aLog, dayOf, worldDays } from './fixtures/worlds.ts';
import { createMeasures } from './measures.ts';

const measures = createMeasures({ clock: new ManualClock('2026-07-01T10:00:00Z') });
const at = '2026-03-31';
const targetGroup = 50;

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

describe('a milestone', () => {
  const first = (log: readonly Told[], measure: MilestoneMeasure, atLeast: number) =>
    worldOf(test, log).then(({ ask }) =>
      ask((tx) => measures.firstReached(tx, { size: BigInt(log.length), at }, { measure, atLeast })),
    );

  it('was reached on the first day that counts enough, by the entry that made the number full', async () => {
    const log = [
      visitOn(1, 1, '2026-03-10'),
      visitOn(2, 2, '2026-03-12'),
      // Of the same day, and told later: the third citizen.
      visitOn(3, 3, '2026-03-12'),
      visitOn(4, 4, '2026-03-11'),
    ];
    expect(await first(log, 'has-received', 1)).toEqual({ on: '2026-03-10', index: 0n });
    expect(await first(log, 'has-received', 2)).toEqual({ on: '2026-03-11', index: 3n });
    expect(await first(log, 'has-received', 3)).toEqual({ on: '2026-03-12', index: 1n });
    expect(await first(log, 'has-received', 4)).toEqual({ on: '2026-03-12', index: 2n });
    expect(await first(log, 'has-received', 5)).toBeNull();
  });

  it('was reached by what first told of a visit, not by what corrected how long it took', async () => {
    const log = [
      visitOn(1, 1, '2026-03-10', { state: 'planned' }),
      visitOn(1, 1, '2026-03-10'),
      visitOn(1, 1, '2026-03-10', { minutes: { video: 45 } }),
    ];
    expect(await first(log, 'has-received', 1)).toEqual({ on: '2026-03-10', index: 1n });
    // Withdrawn in between: then it was told anew.
    const withdrawn = [...log, visitOn(1, 1, '2026-03-10', { state: 'open' }), visitOn(1, 1, '2026-03-10')];
    expect(await first(withdrawn, 'has-received', 1)).toEqual({ on: '2026-03-10', index: 4n });
    const moved = [...log, visitOn(1, 1, '2026-03-09')];
    expect(await first(moved, 'has-received', 1)).toEqual({ on: '2026-03-09', index: 3n });
  });

  it('of those who receive regularly was reached by a second visit, also where both were on one day', async () => {
    const log = [visitOn(1, 1, '2026-03-10'), visitOn(2, 1, '2026-03-20'), visitOn(3, 2, '2026-03-20')];
    expect(await first(log, 'receives-regularly', 1)).toEqual({ on: '2026-03-20', index: 1n });
    const twice = [...log, visitOn(4, 2, '2026-03-20')];
    expect(await first(twice, 'receives-regularly', 2)).toEqual({ on: '2026-03-20', index: 3n });
  });

  it('was reached on the first day on which the figures say so, whatever it measures', async () => {
    await fc.assert(
      fc.asyncProperty(
        aLog({ minLength: 60, maxLength: 140 }),
        fc.constantFrom(...milestoneMeasures),
        fc.integer({ min: 1, max: 3 }),
        async (log, measure, atLeast) => {
          const { ask } = await worldOf(test, log);
          const question = { size: BigInt(log.length), at: dayOf(worldDays) };
          const counted = (day: string): number => {
            const { hasReceived, receivesRegularly, workers } = referenceFigures(
              knownOf(log, log.length, day),
              { from: addDays(day, -27), at: day, targetGroup },
            );
            if (measure === 'has-received') return hasReceived;
            if (measure === 'receives-regularly') return receivesRegularly;
            return measure === 'active-workers' ? workers.active : workers[measure];
          };
          const days = Array.from({ length: worldDays + 3 }, (_, nth) => dayOf(nth - 2));
          const reached = await ask((tx) => measures.firstReached(tx, question, { measure, atLeast }));
          expect(reached?.on).toBe(days.find((day) => counted(day) >= atLeast));
          expect(reached === null || reached.index < question.size).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});
