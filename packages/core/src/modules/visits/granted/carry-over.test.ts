import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CarryOver } from '../../../contract/visit-rules.ts';
import { type Balance, carriedInto, closeWeek, lookBackWeeks, type Pool, poolTotal } from './carry-over.ts';

const undelivered = (weeks: number, maxMinutes = 10_000): CarryOver => ({
  kind: 'undelivered',
  weeks,
  maxMinutes,
});
const both = (weeks: number, maxMinutes = 10_000): CarryOver => ({ kind: 'both', weeks, maxMinutes });
/** Of a citizen who is granted an hour a week. */
const hours = (...delivered: number[]): Balance[] =>
  delivered.map((minutes) => ({ granted: 60, delivered: minutes }));

const rule: fc.Arbitrary<CarryOver> = fc.oneof(
  fc.constant({ kind: 'none' } as const),
  fc.record({
    kind: fc.constantFrom('undelivered' as const, 'both' as const),
    weeks: fc.integer({ min: 1, max: 26 }),
    maxMinutes: fc.integer({ min: 0, max: 600 }),
  }),
);
const week = fc.record({
  granted: fc.integer({ min: 0, max: 300 }),
  delivered: fc.integer({ min: 0, max: 400 }),
});

describe('what is carried over', () => {
  it.each([
    ['what was not given counts for as many weeks as the rule says', undelivered(2), [0, 60], 60],
    ['and then lapses', undelivered(2), [0, 60, 60], 0],
    ['what goes beyond the grant makes up for it', undelivered(4), [0, 100], 20],
    ['the oldest first, so that the newer counts on', undelivered(2), [30, 20, 90], 40],
    ['more than was owed is forgotten', undelivered(4), [50, 200], 0],
    ['a week of too much does not shorten the next', undelivered(4), [100, 60], 0],
    ['nor what falls short after it', undelivered(4), [100, 20], 40],
    ['unless the rule counts both', both(4), [100, 60], -40],
    ['then a week that falls short settles it', both(4), [100, 20], 0],
    ['and more than that is owed', both(4), [100, 0], 20],
    ['time given beforehand lapses, too', both(1), [100, 60], 0],
    ['nothing is carried without a rule', { kind: 'none' } as const, [0, 0], 0],
  ])('%s', (_, given, delivered, expected) => {
    expect(carriedInto(hours(...delivered), given)).toBe(expected);
  });

  it('keeps the newest where there is more than may be carried', () => {
    const given = undelivered(2, 80);
    expect(carriedInto(hours(0, 0), given)).toBe(80);
    // Twenty of the first week and sixty of the second: the first week's are over by now.
    expect(carriedInto(hours(0, 0, 60), given)).toBe(60);
  });

  it('loses no minute: what goes in and is not given comes out or lapses', () => {
    fc.assert(
      fc.property(fc.array(week, { maxLength: 80 }), rule, (weeks, given) => {
        let pool: Pool = [];
        for (const each of weeks) {
          const before = poolTotal(pool);
          const closed = closeWeek(pool, each, given);
          expect(before + each.granted - each.delivered).toBe(poolTotal(closed.pool) + closed.lapsed);
          pool = closed.pool;
          if (given.kind === 'none') expect(pool).toEqual([]);
          else {
            expect(Math.abs(poolTotal(pool))).toBeLessThanOrEqual(given.maxMinutes);
            expect(pool.length).toBeLessThanOrEqual(given.weeks);
            expect(new Set(pool.map(({ minutes }) => Math.sign(minutes))).size).toBeLessThanOrEqual(1);
            expect(pool.map(({ weeksLeft }) => weeksLeft)).toEqual(
              pool.map(({ weeksLeft }) => weeksLeft).sort((a, b) => a - b),
            );
          }
          if (given.kind === 'undelivered') expect(poolTotal(pool)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('forgets a week once it counts no more', () => {
    fc.assert(
      fc.property(fc.array(week, { maxLength: 20 }), fc.integer({ min: 1, max: 26 }), (weeks, count) => {
        const quiet = Array.from({ length: count }, () => ({ granted: 60, delivered: 60 }));
        for (const given of [undelivered(count), both(count)])
          expect(carriedInto([...weeks, ...quiet], given)).toBe(0);
      }),
    );
  });

  it('takes nothing from the citizen who gets more, as long as only what was not given counts', () => {
    fc.assert(
      fc.property(
        fc.array(week, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 10 }),
        fc.nat(29),
        fc.nat(100),
        (weeks, count, at, more) => {
          const before = carriedInto(weeks, undelivered(count));
          const after = carriedInto(
            weeks.map((each, n) => (n === at ? { ...each, delivered: each.delivered + more } : each)),
            undelivered(count),
          );
          expect(after).toBeLessThanOrEqual(before);
          expect(before - after).toBeLessThanOrEqual(more);
        },
      ),
    );
  });

  it('is the same from whichever week somebody begins to read', () => {
    fc.assert(
      fc.property(fc.array(week, { maxLength: 90 }), rule, (weeks, given) => {
        expect(carriedInto(weeks.slice(-lookBackWeeks(given) || weeks.length), given)).toBe(
          carriedInto(weeks, given),
        );
      }),
    );
  });
});
