import { describe, expect, it } from 'vitest';
import { readRrule } from './rrule.ts';

const none = { weekly: false, fortnightly: false, workdays: false };

describe('the rule of a series', () => {
  it.each([
    [{ ...none, weekly: true, times: 10 }, 'FREQ=WEEKLY;COUNT=10'],
    [{ ...none, fortnightly: true, times: 3 }, 'FREQ=WEEKLY;INTERVAL=2;COUNT=3'],
    [{ ...none, workdays: true, times: 5 }, 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5'],
    [{ ...none, weekly: true, until: '2027-06-30' }, 'FREQ=WEEKLY;UNTIL=20270630T235959'],
    [{ ...none, rrule: 'FREQ=MONTHLY;COUNT=2' }, 'FREQ=MONTHLY;COUNT=2'],
  ])('%o is %s', (wish, rule) => expect(readRrule(wish)).toBe(rule));

  it('is asked for when the rhythm or the end is missing', () => {
    expect(() => readRrule({ ...none, times: 10 })).toThrow('series_unclear');
    expect(() => readRrule({ ...none, weekly: true })).toThrow('series_unclear');
  });
});
