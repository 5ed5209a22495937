import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPublicHoliday, publicHolidays } from './public-holidays.ts';
import { formatClock, formatDay, formatTime, formatTimeRange } from './time-format.ts';
import {
  addDays,
  dayOfIsoWeek,
  fromLocal,
  isoWeek,
  localDay,
  startOfLocalDay,
  toLocal,
  wallTimeKind,
} from './time-zone.ts';

const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

describe('the wall clock', () => {
  it('is one hour ahead of UTC in winter and two in summer', () => {
    expect(fromLocal('2026-11-24T10:00').toISOString()).toBe('2026-11-24T09:00:00.000Z');
    expect(fromLocal('2026-07-01T10:00').toISOString()).toBe('2026-07-01T08:00:00.000Z');
    expect(toLocal(new Date('2026-07-01T08:00:00Z')).toPlainDateTime().toString()).toBe(
      '2026-07-01T10:00:00',
    );
  });

  it('moves a skipped time forward and takes the first of a repeated one', () => {
    expect(fromLocal('2026-03-29T02:30').toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(fromLocal('2026-10-25T02:30').toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(fromLocal('2026-10-25T02:30', 'later').toISOString()).toBe('2026-10-25T01:30:00.000Z');
  });

  it.each([
    ['2026-03-29T01:59', 'once'],
    ['2026-03-29T02:00', 'never'],
    ['2026-03-29T02:59', 'never'],
    ['2026-03-29T03:00', 'once'],
    ['2026-10-25T01:59', 'once'],
    ['2026-10-25T02:00', 'twice'],
    ['2026-10-25T02:59', 'twice'],
    ['2026-10-25T03:00', 'once'],
  ])('shows %s %s', (local, kind) => {
    expect(wallTimeKind(local)).toBe(kind);
  });

  it('gives every instant back, outside the repeated hour', () => {
    fc.assert(
      fc.property(instant, (date) => {
        const local = toLocal(date).toPlainDateTime();
        if (wallTimeKind(local) === 'once') expect(fromLocal(local)).toEqual(date);
      }),
    );
  });
});

describe('days', () => {
  it('begin at Danish midnight, also when the clock changes that day', () => {
    expect(startOfLocalDay(new Date('2026-11-24T23:30:00Z')).toISOString()).toBe('2026-11-24T23:00:00.000Z');
    expect(localDay(new Date('2026-11-24T23:30:00Z'))).toBe('2026-11-25');
    const hours = (day: string): number =>
      (startOfLocalDay(addDays(day, 1)).getTime() - startOfLocalDay(day).getTime()) / 3_600_000;
    expect([hours('2026-03-29'), hours('2026-10-25'), hours('2026-11-24')]).toEqual([23, 25, 24]);
  });

  it('lie in ISO weeks', () => {
    expect(isoWeek('2026-11-24')).toEqual({ year: 2026, week: 48 });
    expect(isoWeek('2027-01-01')).toEqual({ year: 2026, week: 53 });
    expect(dayOfIsoWeek(2026, 48, 2)).toBe('2026-11-24');
    expect(dayOfIsoWeek(2025, 53, 1)).toBeNull();
    expect(dayOfIsoWeek(2026, 0, 1)).toBeNull();
    expect(dayOfIsoWeek(2026, 48, 8)).toBeNull();
  });

  it('are found again from their week', () => {
    fc.assert(
      fc.property(instant, (date) => {
        const { year, week } = isoWeek(date);
        expect(dayOfIsoWeek(year, week, toLocal(date).dayOfWeek)).toBe(localDay(date));
      }),
    );
  });
});

describe('times for people', () => {
  const start = new Date('2026-11-24T09:00:00Z');
  const end = new Date('2026-11-24T09:30:00Z');
  const now = new Date('2026-11-22T12:00:00Z');

  it('are written as Danes and the English write them', () => {
    expect(formatTimeRange(start, end, 'da', { now })).toBe('tirsdag 24. november kl. 10.00–10.30');
    expect(formatTimeRange(start, end, 'en', { now })).toBe('Tuesday 24 November, 10:00–10:30');
    expect(formatTime(start, 'da')).toBe('tirsdag 24. november 2026 kl. 10.00');
  });

  it('name the year where a reader could be wrong about it', () => {
    expect(formatDay('2026-11-22', 'da', { now })).toBe('søndag 22. november');
    expect(formatDay('2027-11-21', 'da', { now })).toBe('søndag 21. november');
    expect(formatDay('2027-11-22', 'da', { now })).toBe('mandag 22. november 2027');
    expect(formatDay('2026-11-21', 'en', { now })).toBe('Saturday 21 November 2026');
  });

  it('name both days of a range over midnight', () => {
    expect(
      formatTimeRange(new Date('2026-11-24T22:00:00Z'), new Date('2026-11-25T00:00:00Z'), 'da', { now }),
    ).toBe('tirsdag 24. november kl. 23.00 – onsdag 25. november kl. 01.00');
  });

  it('say which of the two hours in October is meant', () => {
    expect(formatClock(new Date('2026-10-25T00:30:00Z'), 'da')).toBe('02.30 (sommertid)');
    expect(formatClock(new Date('2026-10-25T01:30:00Z'), 'en')).toBe('02:30 (winter time)');
  });
});

describe('public holidays', () => {
  it('are those of the law, in order', () => {
    expect(publicHolidays(2026).map((holiday) => holiday.day)).toEqual([
      '2026-01-01',
      '2026-04-02',
      '2026-04-03',
      '2026-04-05',
      '2026-04-06',
      '2026-05-14',
      '2026-05-24',
      '2026-05-25',
      '2026-12-25',
      '2026-12-26',
    ]);
  });

  it('lose store bededag after 2023', () => {
    expect(findPublicHoliday('2023-05-05')?.da).toBe('store bededag');
    expect(findPublicHoliday('2024-04-26')).toBeNull();
    expect(findPublicHoliday('2026-06-05')).toBeNull();
  });

  it.each([
    [2000, '2000-04-23'],
    [2011, '2011-04-24'],
    [2008, '2008-03-23'],
    [2038, '2038-04-25'],
    [2049, '2049-04-18'],
    [2076, '2076-04-19'],
    [2100, '2100-03-28'],
  ])('know Easter %i', (year, day) => {
    expect(findPublicHoliday(day)?.en).toBe('Easter Sunday');
    expect(year).toBe(Number(day.slice(0, 4)));
  });
});
