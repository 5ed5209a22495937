import { describe, expect, it } from 'vitest';
import { canBeChosen, type TalkTimes, timesToOffer } from './rules.ts';

/** A Tuesday, 9.20 in the morning in Denmark. */
const now = new Date('2026-11-24T08:20:00Z');
const weekdays = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', until: '15:00' }));
const wanted = (over: Partial<TalkTimes> = {}): TalkTimes => ({
  ...{ hours: weekdays, busy: [], isAtWork: () => true, minutes: 30, now },
  ...over,
});
const offered = (over: Partial<TalkTimes> = {}): string[] =>
  timesToOffer(wanted(over)).map((time) => time.toISOString().slice(5, 16));

describe('the times that a citizen is offered for a talk', () => {
  it('are a handful, two a day and hours apart, and none within the next two hours', () => {
    expect(offered()).toEqual([
      '11-24T10:30',
      '11-24T13:30',
      '11-25T08:00',
      '11-25T11:00',
      '11-26T08:00',
      '11-26T11:00',
    ]);
  });

  it('are none where the worker has set no hours, or is not at work in them', () => {
    expect(offered({ hours: [] })).toEqual([]);
    expect(offered({ isAtWork: () => false })).toEqual([]);
  });

  it('leave out what either of them has planned already', () => {
    const busy = [{ startsAt: new Date('2026-11-24T10:45:00Z'), endsAt: new Date('2026-11-24T11:15:00Z') }];
    expect(offered({ busy })[0]).toBe('11-24T11:30');
  });

  it('end within the hours', () => {
    const hours = [{ weekday: 2, from: '13:00', until: '13:45' }];
    expect(offered({ hours })).toEqual(['11-24T12:00', '12-01T12:00', '12-08T12:00']);
    expect(offered({ hours, minutes: 60 })).toEqual([]);
  });

  it('are by the wall clock, also after it was turned, and never at an hour that comes twice', () => {
    const beforeTurn = new Date('2026-10-24T09:00:00Z');
    const hours = [
      { weekday: 7, from: '02:00', until: '03:00' },
      { weekday: 1, from: '09:00', until: '10:00' },
    ];
    const [first] = timesToOffer(wanted({ now: beforeTurn, hours }));
    expect(first?.toISOString()).toBe('2026-10-26T08:00:00.000Z');
  });
});

describe('a time that is chosen', () => {
  const choose = (at: string, over: Partial<TalkTimes> = {}): boolean =>
    canBeChosen(new Date(at), wanted(over));

  it('may be any half hour within the hours that is free', () => {
    expect(choose('2026-11-24T12:00:00Z')).toBe(true);
    expect(choose('2026-11-24T12:10:00Z')).toBe(false);
    expect(choose('2026-11-24T16:00:00Z')).toBe(false);
    expect(choose('2026-11-28T12:00:00Z')).toBe(false);
    expect(choose('2027-01-12T12:00:00Z')).toBe(false);
    const busy = [{ startsAt: new Date('2026-11-24T12:00:00Z'), endsAt: new Date('2026-11-24T12:20:00Z') }];
    expect(choose('2026-11-24T12:00:00Z', { busy })).toBe(false);
  });

  it('may have been shown an hour ago', () => {
    expect(choose('2026-11-24T09:30:00Z')).toBe(true);
    expect(choose('2026-11-24T09:00:00Z')).toBe(false);
  });
});
