import { describe, expect, it } from 'vitest';
import { readDay, readPeriod, readSpan } from './times.ts';

// A Sunday; Copenhagen is an hour ahead of UTC.
const now = new Date('2026-11-22T08:00:00Z');

describe('a time on the command line', () => {
  it('lasts as long as it says', () => {
    expect(readSpan('i morgen 10-10.45', now)).toEqual({
      startsAt: '2026-11-23T09:00:00.000Z',
      endsAt: '2026-11-23T09:45:00.000Z',
    });
  });

  it('lasts half an hour, or --minutes, when it has no end', () => {
    expect(readSpan('i morgen 10', now).endsAt).toBe('2026-11-23T09:30:00.000Z');
    expect(readSpan('tomorrow 10:00', now, 50).endsAt).toBe('2026-11-23T09:50:00.000Z');
  });

  it.each(['i morgen', 'en halv time', '30 min'])('must name a time of day: "%s" does not', (phrase) => {
    expect(() => readSpan(phrase, now)).toThrow('time_incomplete');
  });

  it('says why it cannot be read', () => {
    expect(() => readSpan('hest', now)).toThrow(
      expect.objectContaining({
        code: 'time_unreadable',
        params: expect.objectContaining({ phrase: 'hest' }),
      }),
    );
  });

  it('may be a whole day where a period is looked through', () => {
    expect(readPeriod('i morgen', now)).toEqual({
      from: '2026-11-22T23:00:00.000Z',
      to: '2026-11-23T23:00:00.000Z',
    });
    expect(readPeriod('i morgen 8-12', now)).toEqual({
      from: '2026-11-23T07:00:00.000Z',
      to: '2026-11-23T11:00:00.000Z',
    });
    expect(readPeriod('i morgen 8', now).to).toBe('2026-11-24T07:00:00.000Z');
  });

  it('is a day where a day is asked for', () => {
    expect(readDay('24/11', now)).toBe('2026-11-24');
    expect(readDay(undefined, now)).toBeUndefined();
    expect(() => readDay('i morgen 10', now)).toThrow('day_wanted');
  });
});
