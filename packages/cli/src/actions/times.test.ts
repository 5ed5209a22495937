import { describe, expect, it } from 'vitest';
import { readDay, readPast, readPeriod, readSpan, readStart } from './times.ts';

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

describe('a time that has been', () => {
  it.each([
    ['8.30', '2026-11-22T07:30:00.000Z'],
    ['i dag 8.30', '2026-11-22T07:30:00.000Z'],
    ['i går 14.10', '2026-11-21T13:10:00.000Z'],
    ['fredag 10', '2026-11-20T09:00:00.000Z'],
    ['tirsdag uge 44 10', '2026-10-27T09:00:00.000Z'],
    ['12/10 10', '2026-10-12T08:00:00.000Z'],
    // Said of today it stays today, and the service says that it is ahead.
    ['i dag 14.10', '2026-11-22T13:10:00.000Z'],
  ])('is the last one: "%s"', (phrase, startsAt) =>
    expect(readPast(phrase, now, '2026-11-22')).toMatchObject({ startsAt }),
  );

  it('is on the day of the visit where only the time of day is said', () => {
    expect(readPast('10.05-10.30', now, '2026-11-19')).toEqual({
      startsAt: '2026-11-19T09:05:00.000Z',
      endsAt: '2026-11-19T09:30:00.000Z',
    });
  });
});

it('a time without an end is said to have none, where there is no usual length', () => {
  expect(readStart('i morgen 10', now).endsAt).toBeNull();
});
