import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { useLanguage } from '../language.ts';
import { formatOpeningHours, readOpeningHours } from './opening-hours.ts';

afterEach(() => useLanguage('da'));

describe('opening hours', () => {
  it('are read in Danish and English', () => {
    const expected = [
      { weekday: 1, opens: '08:00', closes: '16:30' },
      { weekday: 2, opens: '08:00', closes: '16:30' },
      { weekday: 6, opens: '10:00', closes: '24:00' },
    ];
    expect(readOpeningHours('ma-ti 8-16.30, lørdag 10-24')).toEqual(expected);
    expect(readOpeningHours('mon-tue 08:00-16:30, sat 10-24:00')).toEqual(expected);
  });

  it.each(['', 'ma', '8-16', 'ma 8', 'fr-ma 8-16', 'ma 8-25', 'xx 8-16', 'ma 8.75-9'])(
    'are refused as "%s"',
    (text) => {
      expect(() => readOpeningHours(text)).toThrow('hours_unreadable');
    },
  );

  it('come back as they were written, in either language', () => {
    const clock = fc
      .tuple(fc.nat(23), fc.nat(59))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
    const day = fc.record({ weekday: fc.integer({ min: 1, max: 7 }), opens: clock, closes: clock });
    const week = fc
      .uniqueArray(day, { selector: (d) => d.weekday, minLength: 1 })
      .map((days) => days.sort((a, b) => a.weekday - b.weekday));
    void fc.assert(
      fc.property(week, fc.constantFrom('da' as const, 'en' as const), (hours, language) => {
        useLanguage(language);
        expect(readOpeningHours(formatOpeningHours(hours))).toEqual(hours);
      }),
    );
  });
});
