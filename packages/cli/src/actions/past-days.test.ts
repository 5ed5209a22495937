import { describe, expect, it } from 'vitest';
import { readMonth, readPastDay } from './past-days.ts';

/** Monday 23 November 2026, nine o'clock in Denmark. */
const now = new Date('2026-11-23T08:00:00Z');

describe('a day on which something happened', () => {
  it.each([
    ['2/3', '2026-03-02'],
    ['24/11', '2025-11-24'],
    ['fredag', '2026-11-20'],
    ['i dag', '2026-11-23'],
    ['i går', '2026-11-22'],
    ['2026-03-02', '2026-03-02'],
    ['31/10 2015', '2015-10-31'],
    // What is said to lie ahead does: the service refuses it.
    ['i morgen', '2026-11-24'],
    ['2027-01-31', '2027-01-31'],
  ])('%j is %s', (phrase, day) => expect(readPastDay(phrase, now)).toBe(day));

  it('is none where nothing is given', () => expect(readPastDay(undefined, now)).toBeUndefined());
});

describe('a month', () => {
  it.each([
    ['2015-10', '2015-10'],
    ['10/2015', '2015-10'],
    ['9.2026', '2026-09'],
    ['oktober 2015', '2015-10'],
    ['October 2015', '2015-10'],
    ['maj', '2026-05'],
    ['nov', '2026-11'],
    ['december', '2025-12'],
    ['sidste måned', '2026-10'],
    ['last month', '2026-10'],
  ])('%j is %s', (phrase, month) => expect(readMonth(phrase, now)).toBe(month));

  it.each(['', '2015-13', '13/2015', 'ok', 'fløjte', '2015'])('%j is none', (phrase) =>
    expect(() => readMonth(phrase, now)).toThrow('month_wanted'),
  );
});
