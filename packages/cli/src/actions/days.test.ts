import { describe, expect, it } from 'vitest';
import { addDays, mondayOf, readWeek, wallTime, weekdayOf, weekOf } from './days.ts';

// A Sunday, the last day of week 47.
const now = new Date('2026-11-22T08:00:00Z');

describe('the days and weeks of a calendar', () => {
  it.each([
    ['2026-11-22', '2026-W47', 7],
    ['2026-11-23', '2026-W48', 1],
    ['2026-12-31', '2026-W53', 4],
    ['2027-01-03', '2026-W53', 7],
    ['2027-01-04', '2027-W01', 1],
    ['2024-12-30', '2025-W01', 1],
  ])('%s lies in %s', (day, week, weekday) => {
    expect(weekOf(day)).toBe(week);
    expect(weekdayOf(day)).toBe(weekday);
    expect(addDays(mondayOf(week), weekday - 1)).toBe(day);
  });

  it('are those of Denmark, on both sides of midnight and of summer time', () => {
    expect(wallTime('2026-11-22T23:30:00Z')).toEqual({ day: '2026-11-23', clock: '00:30' });
    expect(wallTime('2026-07-01T22:30:00Z')).toEqual({ day: '2026-07-02', clock: '00:30' });
  });
});

describe('a week as people name it', () => {
  it.each([
    ['48', '2026-W48'],
    ['uge 48', '2026-W48'],
    ['week 3', '2027-W03'],
    ['uge 44', '2026-W44'],
    ['uge 2 2027', '2027-W02'],
    ['2026-W50', '2026-W50'],
    ['2026w5', '2026-W05'],
    ['næste uge', '2026-W48'],
    ['sidste uge', '2026-W46'],
    ['this week', '2026-W47'],
    ['i morgen', '2026-W48'],
    ['24/12', '2026-W52'],
  ])('%s is %s', (phrase, week) => expect(readWeek(phrase, now)).toBe(week));

  it.each(['uge 54', '2025-W53', '0', 'snart', 'mandag 10-9'])('"%s" is none', (phrase) =>
    expect(() => readWeek(phrase, now)).toThrow('week_wanted'),
  );
});
