import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultVisitRules, type VisitRules } from '../../../contract/visit-rules.ts';
import {
  accountFor,
  type Grant,
  grantedInWeek,
  grantsWithin,
  noMinutes,
  type Period,
  type WeekFacts,
  weeksReadBefore,
} from './rules.ts';
import { addWeeks, dayNumber, mondayOf, mondaysFrom, weekBounds, weeksBetween } from './weeks.ts';

const monday = '2026-11-23';
const a = (minutes: number, per: 'week' | 'fortnight', from = monday): Grant => ({ from, minutes, per });
const grantedFrom = (grants: readonly Grant[], weeks: number, from = monday): number[] =>
  mondaysFrom(from, weeks).map((each) => grantedInWeek(grants, each));

describe('weeks', () => {
  it('begin on Mondays, at Danish midnight, also when the clock changes', () => {
    expect(['2026-11-23', '2026-11-25', '2026-11-29', '2027-01-01', '1969-12-31'].map(mondayOf)).toEqual([
      '2026-11-23',
      '2026-11-23',
      '2026-11-23',
      '2026-12-28',
      '1969-12-29',
    ]);
    expect(weekBounds('2026-10-19', 2).map((bound) => bound.toISOString())).toEqual([
      '2026-10-18T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
      '2026-11-01T23:00:00.000Z',
    ]);
    expect(weeksBetween('2026-11-23', addWeeks('2026-11-23', -60))).toBe(-60);
  });
});

describe('what is granted in a week', () => {
  it.each([
    ['a weekly grant is the same in every week', [a(120, 'week')], [120, 120, 120]],
    ['an odd fortnight grant is right in every two weeks', [a(45, 'fortnight')], [23, 22, 23]],
    ['a grant from Wednesday on counts five days', [a(70, 'week', '2026-11-25')], [50, 70, 70]],
    ['each day counts what holds on it', [a(70, 'week'), a(140, 'week', '2026-11-28')], [90, 140, 140]],
    ['what is rounded in one week is made good in the next', [a(100, 'week', '2026-11-25')], [71, 100, 100]],
    ['a grant that ends grants no more', [a(60, 'week'), a(0, 'week', '2026-11-30')], [60, 0, 0]],
    ['nothing is granted before the first', [a(60, 'week', '2026-12-07')], [0, 0, 60]],
    ['nor where there is none', [], [0, 0, 0]],
  ])('%s', (_, grants, expected) => {
    expect(grantedFrom(grants, 3)).toEqual(expected);
  });

  it('never drifts: weeks added up are what was granted, to the minute', () => {
    const grants = fc
      .array(
        fc.record({
          days: fc.integer({ min: 1, max: 200 }),
          minutes: fc.integer({ min: 0, max: 10_080 }),
          per: fc.constantFrom('week' as const, 'fortnight' as const),
        }),
        { minLength: 1, maxLength: 6 },
      )
      .map((list) => {
        let day = dayNumber('2024-01-01');
        return list.map(({ days, minutes, per }) => {
          day += days;
          return { from: new Date(day * 86_400_000).toISOString().slice(0, 10), minutes, per };
        });
      });
    fc.assert(
      fc.property(
        grants,
        fc.integer({ min: 1, max: 260 }),
        fc.integer({ min: 0, max: 60 }),
        (list, weeks, skip) => {
          const from = addWeeks('2024-01-01', skip);
          const days = Array.from({ length: 7 * weeks }, (_, n) => dayNumber(from) + n);
          const exact = days.reduce((minutes, day) => {
            const holds = list.findLast((grant) => dayNumber(grant.from) <= day);
            return holds === undefined ? minutes : minutes + holds.minutes / (holds.per === 'week' ? 7 : 14);
          }, 0);
          const granted = grantedFrom(list, weeks, from).reduce((sum, minutes) => sum + minutes, 0);
          expect(Math.abs(granted - exact)).toBeLessThanOrEqual(1 + 1e-6);
        },
      ),
    );
  });

  it('is the whole fortnight grant in any two weeks that it holds throughout', () => {
    fc.assert(
      fc.property(fc.nat(10_080), fc.nat(13), fc.integer({ min: 1, max: 100 }), (minutes, days, skip) => {
        const first = new Date((dayNumber(monday) - days) * 86_400_000).toISOString().slice(0, 10);
        const pair = grantedFrom([a(minutes, 'fortnight', first)], 2, addWeeks(monday, skip));
        expect((pair[0] ?? 0) + (pair[1] ?? 0)).toBe(minutes);
      }),
    );
  });

  it('names the grants that hold within a period', () => {
    const grants = [a(60, 'week', '2026-01-05'), a(90, 'week', '2026-11-23'), a(30, 'week', '2026-12-07')];
    const within = (from: string, to: string) => grantsWithin(grants, from, to).map(({ minutes }) => minutes);
    expect(within('2026-11-16', '2026-11-23')).toEqual([60]);
    expect(within('2026-11-16', '2026-11-30')).toEqual([60, 90]);
    expect(within('2026-11-23', '2026-12-07')).toEqual([90]);
    expect(within('2025-11-17', '2025-11-24')).toEqual([]);
  });
});

const rules: VisitRules = {
  ...defaultVisitRules,
  carryOver: { kind: 'undelivered', weeks: 2, maxMinutes: 1000 },
  tooLittlePercent: 75,
  tooLittleWeeks: 3,
};
/** What was delivered and what is planned in the weeks up to the last of a period, of an hour each; before, all is well. */
const read = (
  period: Period,
  weeks: readonly (readonly [delivered: number, planned: number])[],
  granted = 60,
): WeekFacts[] => {
  const length = weeksReadBefore(period, rules) + period.weeks;
  return Array.from({ length }, (_, n) => {
    const [delivered, planned] = weeks[n + weeks.length - length] ?? full;
    return {
      from: addWeeks(period.from, n + period.weeks - length),
      granted,
      delivered: { ...noMinutes, video: delivered },
      planned: { ...noMinutes, phone: planned },
    };
  });
};
const full = [60, 0] as const;
const now: Period = { from: monday, weeks: 1, running: monday };
const shortfall = (...weeks: (readonly [number, number])[]) =>
  accountFor(read(now, weeks), now, rules).shortfall;

describe('a warning in time', () => {
  it('is not given while what is planned covers the week', () => {
    expect(shortfall(full, full, full, full, [0, 60])).toBeNull();
    expect(shortfall(full, full, full, full, [20, 25])).toBeNull();
  });

  it('is given when too little is planned for the rest of the running week', () => {
    expect(shortfall(full, full, full, full, [20, 24])).toEqual({ minutes: 16, kinds: ['unplanned'] });
  });

  it('is not given because something is still owed: one missed visit would warn for weeks', () => {
    // Twenty minutes are owed, and of sixty 45 must come.
    expect(shortfall(full, full, full, [40, 0], [15, 30])).toBeNull();
  });

  it('is not given for a running week whose shortfall the weeks before have made up for', () => {
    const generous = [80, 0] as const;
    expect(shortfall(full, full, generous, generous, [20, 0])).toBeNull();
    expect(shortfall(full, full, full, generous, [20, 0])).toEqual({ minutes: 40, kinds: ['unplanned'] });
  });

  it('is given when the last weeks together fall behind although the running one is well planned', () => {
    const nothingCarried: VisitRules = { ...rules, carryOver: { kind: 'none' } };
    const lastThree = (...minutes: readonly [number, number, number]) =>
      accountFor(
        mondaysFrom(addWeeks(monday, -2), 3).map((from, n) => ({
          from,
          granted: 60,
          delivered: noMinutes,
          planned: { ...noMinutes, video: minutes[n] ?? 0 },
        })),
        now,
        nothingCarried,
      ).shortfall;
    // Of 180 minutes 135 must come.
    expect(lastThree(14, 60, 60)).toEqual({ minutes: 46, kinds: ['behind'] });
    expect(lastThree(15, 60, 60)).toBeNull();
    expect(lastThree(0, 0, 10)).toEqual({ minutes: 170, kinds: ['behind', 'unplanned'] });
  });

  it('is never given to somebody who is granted nothing', () => {
    const facts = read(now, [full, full, [0, 0], [0, 0], [0, 0]]).map((week) =>
      week.from === monday ? { ...week, granted: 0 } : week,
    );
    expect(accountFor(facts, now, rules).shortfall).toBeNull();
  });

  it('is not given for weeks that are over', () => {
    const over = { from: addWeeks(monday, -2), weeks: 2, running: monday };
    const nothing = Array.from({ length: weeksReadBefore(over, rules) + 2 }, () => [0, 0] as const);
    expect(accountFor(read(over, nothing), over, rules).shortfall).toBeNull();
  });

  it('is given for the first week of a period ahead, and of that one alone', () => {
    const ahead = { from: addWeeks(monday, 1), weeks: 2, running: monday };
    expect(weeksReadBefore(ahead, rules)).toBe(0);
    const of = (...weeks: (readonly [number, number])[]) =>
      accountFor(read(ahead, weeks), ahead, rules).shortfall;
    expect(of([0, 60], [0, 0])).toBeNull();
    expect(of([0, 44], [0, 60])).toEqual({ minutes: 16, kinds: ['unplanned'] });
  });
});

describe('an account', () => {
  it('carries out of weeks that are over, into the running one and no further', () => {
    const period = { from: addWeeks(monday, -2), weeks: 4, running: monday };
    const facts = read(period, [full, full, full, full, [30, 0], [60, 0], [0, 20], [0, 0]]);
    expect(
      accountFor(facts, period, rules).weeks.map(({ carriedIn, carriedOut }) => [carriedIn, carriedOut]),
    ).toEqual([
      [0, 30],
      [30, 30],
      [30, 0],
      [0, 0],
    ]);
  });

  it('says the same of a week in whichever period it is asked for', () => {
    const minutes = fc.array(fc.nat(120), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 8 }), (delivered, earlier) => {
        const all: WeekFacts[] = delivered.map((video, n) => ({
          from: addWeeks(monday, n - 39),
          granted: 60,
          delivered: { ...noMinutes, video },
          planned: noMinutes,
        }));
        const lastWeekOf = (period: Period) => {
          const before = weeksReadBefore(period, rules);
          const facts = all.slice(-before - period.weeks);
          return accountFor(facts, period, rules).weeks.at(-1);
        };
        const period = { from: addWeeks(monday, -earlier), weeks: earlier + 1, running: monday };
        expect(lastWeekOf(period)).toEqual(lastWeekOf(now));
      }),
    );
  });
});
