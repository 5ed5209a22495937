import { describe, expect, it } from 'vitest';
import { instantAt, weeksLater } from './wall-clock.ts';

describe('a time on the wall', () => {
  it('is the same a week later, also when the clocks are changed in between', () => {
    expect(weeksLater('2026-11-24T09:00:00Z', 1)).toBe('2026-12-01T09:00:00.000Z');
    expect(weeksLater('2026-10-20T08:00:00Z', 1)).toBe('2026-10-27T09:00:00.000Z');
    expect(weeksLater('2027-03-23T22:30:00Z', 2)).toBe('2027-04-06T21:30:00.000Z');
  });

  it('is read from a day and a time, in winter and in summer', () => {
    expect(instantAt('2026-12-01', '10:00')).toBe('2026-12-01T09:00:00.000Z');
    expect(instantAt('2026-07-01', '00:15')).toBe('2026-06-30T22:15:00.000Z');
    expect(instantAt('', '10:00')).toBeNull();
    expect(instantAt('2026-12-01', '')).toBeNull();
  });
});
