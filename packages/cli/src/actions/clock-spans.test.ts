import { afterEach, describe, expect, it } from 'vitest';
import { useLanguage } from '../language.ts';
import { formatTalkHours, readClockSpan, readTalkHours } from './clock-spans.ts';

afterEach(() => useLanguage('da'));

describe('hours for talks', () => {
  it('are read by weekday, several on one day too, and told the same way', () => {
    useLanguage('da');
    const spans = readTalkHours('ma-to 9-12, ma-on 13-15.30, fr 9-12');
    expect(spans.length).toBe(8);
    expect(spans[0]).toEqual({ weekday: 1, from: '09:00', until: '12:00' });
    expect(formatTalkHours(spans)).toBe('ma-fr 9-12, ma-on 13-15.30');
    expect(readTalkHours(formatTalkHours(spans)).length).toBe(8);
    useLanguage('en');
    expect(formatTalkHours(spans)).toBe('mon-fri 9-12, mon-wed 13-15:30');
  });

  it.each(['ingen', 'none', ''])('may be none: "%s"', (text) => expect(readTalkHours(text)).toEqual([]));

  it('that cannot be read say so', () => {
    expect(() => readTalkHours('om formiddagen')).toThrow('hours_unreadable');
  });
});

describe('a stretch of the clock', () => {
  it.each([
    ['21-8', '21:00', '08:00'],
    ['21.30 - 07:45', '21:30', '07:45'],
    ['0–6', '00:00', '06:00'],
  ])('%s is from %s until %s', (text, from, until) => expect(readClockSpan(text)).toEqual({ from, until }));

  it.each(['21', '24-8', '21-8.60', 'aften'])('%s is none', (text) =>
    expect(() => readClockSpan(text)).toThrow('clock_span_unreadable'),
  );
});
