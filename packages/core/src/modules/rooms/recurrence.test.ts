import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { fromLocal, toLocal } from '../../kernel/time-zone.ts';
import { expandSeries, maxOccurrences } from './recurrence.ts';

const now = fromLocal('2026-10-01T08:00');
const half = (start: string) => ({
  startsAt: fromLocal(start),
  endsAt: new Date(fromLocal(start).getTime() + 1_800_000),
});
const starts = (rule: string, first: string, at = now) =>
  expandSeries(rule, half(first), at).spans.map((span) => span.startsAt.toISOString());
const refusal = (rule: string, first = '2026-11-24T10:00'): string => {
  try {
    expandSeries(rule, half(first), now);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'series_invalid') return String(error.params.why_en);
    throw error;
  }
  return 'not refused';
};

describe('a series', () => {
  it('stays at ten by the wall clock when summer time ends', () => {
    expect(starts('FREQ=WEEKLY;COUNT=4', '2026-10-13T10:00')).toEqual([
      '2026-10-13T08:00:00.000Z',
      '2026-10-20T08:00:00.000Z',
      '2026-10-27T09:00:00.000Z',
      '2026-11-03T09:00:00.000Z',
    ]);
  });

  it('stays at ten by the wall clock when summer time begins', () => {
    expect(starts('FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4', '2027-03-23T10:00')).toEqual([
      '2027-03-23T09:00:00.000Z',
      '2027-03-25T09:00:00.000Z',
      '2027-03-30T08:00:00.000Z',
      '2027-04-01T08:00:00.000Z',
    ]);
  });

  it('holds a time that March skips an hour later, and the next nights on time again', () => {
    expect(starts('FREQ=DAILY;COUNT=3', '2027-03-27T02:30')).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-28T01:30:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ]);
  });

  it('takes the first of the two times that October repeats', () => {
    expect(starts('FREQ=DAILY;COUNT=3', '2026-10-24T02:30')).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('knows the second Tuesday and the last weekday of a month', () => {
    expect(starts('FREQ=MONTHLY;BYDAY=2TU;COUNT=3', '2026-10-13T09:00')).toEqual([
      '2026-10-13T07:00:00.000Z',
      '2026-11-10T08:00:00.000Z',
      '2026-12-08T08:00:00.000Z',
    ]);
    expect(starts('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2', '2026-10-30T09:00')).toEqual([
      '2026-10-30T08:00:00.000Z',
      '2026-11-30T08:00:00.000Z',
    ]);
  });

  it('leaves out the months that have no such day', () => {
    expect(starts('FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3', '2026-10-31T12:00')).toEqual([
      '2026-10-31T11:00:00.000Z',
      '2026-12-31T11:00:00.000Z',
      '2027-01-31T11:00:00.000Z',
    ]);
  });

  it('ends with the day, local time or UTC time of UNTIL', () => {
    expect(starts('FREQ=DAILY;UNTIL=20261126', '2026-11-24T10:00')).toHaveLength(3);
    expect(starts('FREQ=DAILY;UNTIL=20261126T095959', '2026-11-24T10:00')).toHaveLength(2);
    expect(starts('FREQ=DAILY;UNTIL=20261126T090000Z', '2026-11-24T10:00')).toHaveLength(3);
    expect(starts('FREQ=DAILY;UNTIL=20261126T085959Z', '2026-11-24T10:00')).toHaveLength(2);
  });

  it('is kept as one writes it, in capitals and without a prefix', () => {
    expect(expandSeries('rrule:freq=weekly;count=2', half('2026-11-24T10:00'), now).rrule).toBe(
      'FREQ=WEEKLY;COUNT=2',
    );
  });

  it.each([
    ['FREQ=SECONDLY;COUNT=2', 'cannot be read'],
    ['FREQ=YEARLY;COUNT=2', 'cannot be read'],
    ['FREQ=WEEKLY', 'no end'],
    ['COUNT=3', 'FREQ is missing'],
    ['FREQ=WEEKLY;COUNT=2;UNTIL=20261201', 'both'],
    ['FREQ=WEEKLY;COUNT=401', 'more than 400'],
    ['FREQ=DAILY;UNTIL=20280101', 'more than 400'],
    ['FREQ=WEEKLY;COUNT=200', 'two years'],
    ['FREQ=WEEKLY;UNTIL=20991231', 'two years'],
    ['FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1', 'two years'],
    ['FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20270601', 'no times'],
    ['FREQ=DAILY;BYHOUR=1,2,3;COUNT=9', 'not used here'],
    ['FREQ=WEEKLY;COUNT=0', 'cannot be read'],
    ['FREQ=WEEKLY;COUNT=-1', 'cannot be read'],
    ['FREQ=WEEKLY;COUNT=2;COUNT=3', 'twice'],
    ['FREQ=WEEKLY;INTERVAL=0;COUNT=2', 'cannot be read'],
    ['FREQ=WEEKLY;BYDAY=1MO;COUNT=2', 'FREQ=MONTHLY'],
    ['FREQ=WEEKLY;UNTIL=20261301', 'no date'],
    ['FREQ=WEEKLY;COUNT=2\nEXDATE:20261201T100000Z', 'cannot be read'],
    ['', 'not used here'],
    ['hver tirsdag', 'not used here'],
  ])('is refused with its reason: %s', (rule, why) => {
    expect(refusal(rule)).toContain(why);
  });

  it('keeps its clock time and stays within its bounds, whatever the rule', () => {
    const rule = fc.record({
      freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY'),
      interval: fc.integer({ min: 1, max: 20 }),
      count: fc.integer({ min: 1, max: 500 }),
      days: fc.subarray(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']),
    });
    fc.assert(
      fc.property(rule, fc.integer({ min: 0, max: 95 }), ({ freq, interval, count, days }, quarter) => {
        const clock = `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
        const text = `FREQ=${freq};INTERVAL=${interval};COUNT=${count}${days.length === 0 ? '' : `;BYDAY=${days.join(',')}`}`;
        try {
          const { spans } = expandSeries(text, half(`2026-11-24T${clock}`), now);
          expect(spans).toHaveLength(count);
          expect(spans.length).toBeLessThanOrEqual(maxOccurrences);
          for (const { startsAt } of spans) {
            const shown = toLocal(startsAt).toPlainTime().toString().slice(0, 5);
            if (!clock.startsWith('02')) expect(shown).toBe(clock);
          }
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          expect(error.code).toBe('series_invalid');
        }
      }),
      { numRuns: 60 },
    );
  });
});
