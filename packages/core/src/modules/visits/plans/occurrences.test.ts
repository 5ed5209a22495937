import { describe, expect, it } from 'vitest';
import type { HolidayChoice, Phase, Slot } from '../../../contract/index.ts';
import { localDay, toLocal } from '../../../kernel/time-zone.ts';
import { expandPlan, type PlanShape, slotKey, type WeekChange } from './occurrences.ts';

const slot = (weekday: number, time: string, more: Partial<Slot> = {}): Slot => ({
  channel: 'video',
  weekday,
  time,
  minutes: 20,
  everyWeeks: 1,
  ...more,
});
const forever = (...slots: Slot[]): Phase[] => [{ weeks: null, slots }];
const plan = (startsOn: string, phases: Phase[], more: Partial<PlanShape> = {}): PlanShape => ({
  startsOn,
  endsOn: null,
  holidays: 'skip',
  phases,
  overrides: new Map(),
  ...more,
});
const expand = (
  shape: PlanShape,
  from: string,
  to: string,
  closedDays = ['12-24'],
  notBefore = '2020-01-01',
) => [...expandPlan(shape, { from, to, closedDays, notBefore: new Date(notBefore) })];
const visits = (shape: PlanShape, from: string, to: string) =>
  expand(shape, from, to).filter((target) => target.kind === 'visit');
const instants = (shape: PlanShape, from: string, to: string) =>
  visits(shape, from, to).map(({ startsAt }) => startsAt.toISOString().slice(0, 16));
/** "jan 8 15" as days of a year. */
const daysOf = (year: number, calendar: string): string[] => {
  const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
  let month = '';
  return calendar
    .trim()
    .split(/\s+/)
    .flatMap((word) => {
      const at = months.indexOf(word);
      if (at >= 0) month = String(at + 1).padStart(2, '0');
      return at >= 0 ? [] : [`${year}-${month}-${word.padStart(2, '0')}`];
    });
};

describe('a series over the nights in which the clock changes', () => {
  it('stays at ten by the clock every week, through October 2026 and March 2027', () => {
    const weekly = plan('2026-10-12', forever(slot(2, '10:00')));
    expect(instants(weekly, '2026-W42', '2026-W45')).toEqual([
      '2026-10-13T08:00',
      '2026-10-20T08:00',
      '2026-10-27T09:00',
      '2026-11-03T09:00',
    ]);
    expect(instants(weekly, '2027-W11', '2027-W14')).toEqual([
      '2027-03-16T09:00',
      '2027-03-23T09:00',
      '2027-03-30T08:00',
      '2027-04-06T08:00',
    ]);
    expect(instants(weekly, '2027-W42', '2027-W44')).toEqual([
      '2027-10-19T08:00',
      '2027-10-26T08:00',
      '2027-11-02T09:00',
    ]);
  });

  it('stays at half past one every second week, through both nights', () => {
    const fortnightly = plan('2026-10-12', forever(slot(4, '13:30', { everyWeeks: 2 })), {
      holidays: 'keep',
    });
    expect(instants(fortnightly, '2026-W42', '2027-W15')).toEqual([
      '2026-10-15T11:30',
      '2026-10-29T12:30',
      '2026-11-12T12:30',
      '2026-11-26T12:30',
      '2026-12-10T12:30',
      '2026-12-24T12:30',
      '2027-01-07T12:30',
      '2027-01-21T12:30',
      '2027-02-04T12:30',
      '2027-02-18T12:30',
      '2027-03-04T12:30',
      '2027-03-18T12:30',
      '2027-04-01T11:30',
      '2027-04-15T11:30',
    ]);
  });

  it('takes the first half past two of the night that has two, and an hour later in the night that has none', () => {
    const nightly = plan('2026-10-05', forever(slot(7, '02:30', { minutes: 45 })), { holidays: 'keep' });
    const shown = (from: string, to: string) =>
      visits(nightly, from, to).map(({ startsAt, endsAt }) => [
        startsAt.toISOString().slice(0, 16),
        endsAt.toISOString().slice(0, 16),
      ]);
    expect(shown('2026-W42', '2026-W44')).toEqual([
      ['2026-10-18T00:30', '2026-10-18T01:15'],
      ['2026-10-25T00:30', '2026-10-25T01:15'],
      ['2026-11-01T01:30', '2026-11-01T02:15'],
    ]);
    expect(shown('2027-W11', '2027-W13')).toEqual([
      ['2027-03-21T01:30', '2027-03-21T02:15'],
      ['2027-03-28T01:30', '2027-03-28T02:15'],
      ['2027-04-04T00:30', '2027-04-04T01:15'],
    ]);
  });
});

// The Thursdays and Mondays of 2026 as a wall calendar shows them. Thursdays off: New Year's Day, Maundy Thursday,
// Ascension Day and (closed by the municipality) Christmas Eve; Mondays off: Easter Monday and Whit Monday.
const thursdays = `jan 1 8 15 22 29 feb 5 12 19 26 mar 5 12 19 26 apr 2 9 16 23 30 may 7 14 21 28 jun 4 11 18 25
  jul 2 9 16 23 30 aug 6 13 20 27 sep 3 10 17 24 oct 1 8 15 22 29 nov 5 12 19 26 dec 3 10 17 24 31`;
const thursdaysSkipped = `jan 8 15 22 29 feb 5 12 19 26 mar 5 12 19 26 apr 9 16 23 30 may 7 21 28 jun 4 11 18 25
  jul 2 9 16 23 30 aug 6 13 20 27 sep 3 10 17 24 oct 1 8 15 22 29 nov 5 12 19 26 dec 3 10 17 31`;
const thursdaysMoved = `jan 2 8 15 22 29 feb 5 12 19 26 mar 5 12 19 26 apr 1 9 16 23 30 may 7 15 21 28 jun 4 11 18 25
  jul 2 9 16 23 30 aug 6 13 20 27 sep 3 10 17 24 oct 1 8 15 22 29 nov 5 12 19 26 dec 3 10 17 23 31`;
const mondays = `jan 5 12 19 26 feb 2 9 16 23 mar 2 9 16 23 30 apr 6 13 20 27 may 4 11 18 25 jun 1 8 15 22 29
  jul 6 13 20 27 aug 3 10 17 24 31 sep 7 14 21 28 oct 5 12 19 26 nov 2 9 16 23 30 dec 7 14 21 28`;
const mondaysSkipped = `jan 5 12 19 26 feb 2 9 16 23 mar 2 9 16 23 30 apr 13 20 27 may 4 11 18 jun 1 8 15 22 29
  jul 6 13 20 27 aug 3 10 17 24 31 sep 7 14 21 28 oct 5 12 19 26 nov 2 9 16 23 30 dec 7 14 21 28`;
const mondaysMoved = `jan 5 12 19 26 feb 2 9 16 23 mar 2 9 16 23 30 apr 7 13 20 27 may 4 11 18 26 jun 1 8 15 22 29
  jul 6 13 20 27 aug 3 10 17 24 31 sep 7 14 21 28 oct 5 12 19 26 nov 2 9 16 23 30 dec 7 14 21 28`;
// Every second Friday from the second of January on: the last of them, New Year's Day, moves back into the old year. On
// the Fridays between lie Good Friday and Christmas Day.
const fridays = `jan 2 16 30 feb 13 27 mar 13 27 apr 10 24 may 8 22 jun 5 19 jul 3 17 31 aug 14 28 sep 11 25
  oct 9 23 nov 6 20 dec 4 18 31`;
const otherFridays = `jan 9 23 feb 6 20 mar 6 20 apr 3 17 may 1 15 29 jun 12 26 jul 10 24 aug 7 21 sep 4 18 oct 2 16 30
  nov 13 27 dec 11 25`;
const otherFridaysMoved = `jan 9 23 feb 6 20 mar 6 20 apr 1 17 may 1 15 29 jun 12 26 jul 10 24 aug 7 21 sep 4 18
  oct 2 16 30 nov 13 27 dec 11 23`;

describe('a year of Danish holidays', () => {
  it.each<[string, number, string, HolidayChoice, string, number]>([
    ['Thursdays', 4, '2026-01-01', 'keep', thursdays, 1],
    ['Thursdays', 4, '2026-01-01', 'skip', thursdaysSkipped, 1],
    ['Thursdays', 4, '2026-01-01', 'move', thursdaysMoved, 1],
    ['Mondays', 1, '2026-01-01', 'keep', mondays, 1],
    ['Mondays', 1, '2026-01-01', 'skip', mondaysSkipped, 1],
    ['Mondays', 1, '2026-01-01', 'move', mondaysMoved, 1],
    ['every second Friday', 5, '2026-01-01', 'move', fridays, 2],
    ['every other second Friday', 5, '2026-01-05', 'keep', otherFridays, 2],
    ['every other second Friday', 5, '2026-01-05', 'move', otherFridaysMoved, 2],
  ])(
    'equals the calendar made by hand: %s (%i) from %s, %s',
    (_, weekday, startsOn, holidays, calendar, every) => {
      const year = plan(startsOn, forever(slot(weekday, '10:00', { everyWeeks: every })), { holidays });
      const days = visits(year, '2026-W01', '2026-W53').map(({ startsAt }) => localDay(startsAt));
      expect(days).toEqual(daysOf(2026, calendar));
      for (const { startsAt } of visits(year, '2026-W01', '2026-W53'))
        expect(toLocal(startsAt).toPlainTime().toString()).toBe('10:00:00');
    },
  );

  it('leaves a gap with its reason and its time where a visit is skipped', () => {
    const skipped = expand(plan('2026-01-01', forever(slot(4, '10:00'))), '2026-W01', '2026-W53').filter(
      (target) => target.kind === 'gap',
    );
    expect(skipped.map(({ week, reason, startsAt }) => [week, reason, startsAt.toISOString()])).toEqual([
      ['2026-W01', 'holiday', '2026-01-01T09:00:00.000Z'],
      ['2026-W14', 'holiday', '2026-04-02T08:00:00.000Z'],
      ['2026-W20', 'holiday', '2026-05-14T08:00:00.000Z'],
      ['2026-W52', 'holiday', '2026-12-24T09:00:00.000Z'],
    ]);
  });

  it('does not count a weekend as a day off, but never moves a visit onto one', () => {
    const weekends = plan('2026-12-21', forever(slot(6, '20:00'), slot(7, '20:00')), { holidays: 'move' });
    expect(instants(weekends, '2026-W51', '2026-W53')).toEqual([
      '2026-12-23T19:00', // Boxing Day, a Saturday: after Christmas Eve and Christmas Day comes nothing but Wednesday
      '2026-12-27T19:00',
      '2027-01-02T19:00',
      '2027-01-03T19:00',
    ]);
  });
});

describe('moving a visit off a day off', () => {
  const easter = (more: Partial<PlanShape> = {}, ...slots: Slot[]) =>
    plan('2026-03-30', forever(...slots), { holidays: 'move', ...more });
  const week = (shape: PlanShape, notBefore?: string) =>
    expand(shape, '2026-W14', '2026-W14', [], notBefore).map((target) =>
      target.kind === 'visit' ? target.startsAt.toISOString().slice(0, 16) : target.reason,
    );

  it('passes over a day on which it would overlap another visit of the plan', () => {
    expect(week(easter({}, slot(3, '10:10'), slot(4, '10:00')))).toEqual([
      '2026-04-01T08:10',
      '2026-03-31T08:00',
    ]);
    expect(week(easter({}, slot(3, '10:20'), slot(4, '10:00')))).toEqual([
      '2026-04-01T08:20',
      '2026-04-01T08:00',
    ]);
  });

  it('moves two of a week to different days', () => {
    expect(week(easter({}, slot(5, '10:00'), slot(4, '10:00')))).toEqual([
      '2026-03-31T08:00',
      '2026-04-01T08:00',
    ]);
  });

  it('leaves a gap where no working day is left: not before the plan starts, nor in the past', () => {
    expect(week(easter({ startsOn: '2026-04-02' }, slot(4, '10:00')))).toEqual(['holiday']);
    expect(week(easter({}, slot(4, '10:00')), '2026-04-01T07:59:59Z')).toEqual(['2026-04-01T08:00']);
    expect(week(easter({}, slot(4, '10:00')), '2026-04-01T08:00:01Z')).toEqual(['holiday']);
    expect(week(easter({ endsOn: '2026-04-02' }, slot(4, '10:00')))).toEqual(['2026-04-01T08:00']);
  });
});

describe('the frame of a plan', () => {
  it('leaves out what lies before its first and after its last day, and counts the first week all the same', () => {
    const fortnightly = plan('2026-11-25', forever(slot(1, '09:00', { everyWeeks: 2 }), slot(5, '09:00')), {
      endsOn: '2026-12-14',
    });
    expect(expand(fortnightly, '2026-W40', '2027-W10').map((t) => [t.week, t.slot])).toEqual([
      ['2026-W48', 1],
      ['2026-W49', 1],
      ['2026-W50', 0],
      ['2026-W50', 1],
    ]);
  });

  it('counts every second week from the first week of its phase', () => {
    const phases: Phase[] = [
      { weeks: 3, slots: [slot(2, '10:00')] },
      { weeks: 4, slots: [slot(2, '10:00', { everyWeeks: 2 })] },
    ];
    expect(visits(plan('2026-11-23', phases), '2026-W48', '2027-W10').map(({ week }) => week)).toEqual([
      '2026-W48',
      '2026-W49',
      '2026-W50',
      '2026-W51',
      '2026-W53',
    ]);
  });
});

describe('what was decided for one week', () => {
  const decided = (change: WeekChange, more: Partial<PlanShape> = {}) =>
    expand(
      plan('2026-11-23', forever(slot(2, '10:00'), slot(4, '14:00')), {
        overrides: new Map([[slotKey({ week: '2026-W52', slot: 1 }), change]]),
        ...more,
      }),
      '2026-W52',
      '2026-W52',
    ).map((target) => [
      target.slot,
      target.startsAt.toISOString().slice(0, 16),
      target.kind === 'gap' ? target.reason : `${target.channel} ${target.minutes}`,
    ]);

  it('leaves the visit out', () => {
    expect(decided({ kind: 'skip' })).toEqual([
      [0, '2026-12-22T09:00', 'video 20'],
      [1, '2026-12-24T13:00', 'skipped'],
    ]);
  });

  it('is taken at its word, on a day off too, and changes nothing else', () => {
    expect(decided({ kind: 'set', time: '11:00', channel: 'phone', minutes: 10 })).toEqual([
      [0, '2026-12-22T09:00', 'video 20'],
      [1, '2026-12-24T10:00', 'phone 10'],
    ]);
    expect(decided({ kind: 'set', weekday: 3 }, { holidays: 'move' })).toEqual([
      [0, '2026-12-22T09:00', 'video 20'],
      [1, '2026-12-23T13:00', 'video 20'],
    ]);
  });
});
