import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channels, defaultVisitRules, partKinds, visitStates } from '../../contract/index.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import { isComplete } from './day-move.ts';
import { bothOpen } from './hold.ts';
import {
  assertAcknowledged,
  assertPlannable,
  assertWithinWorkingHours,
  channelOf,
  checkedParts,
  closedPart,
  endRunning,
  minutesOf,
  nextStates,
  openPart,
  sumMinutes,
  warningsFor,
} from './rules.ts';

const now = fromLocal('2026-11-24T12:00');
const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const spanAgo = (from: number, to: number) => ({ startsAt: minutesAgo(from), endsAt: minutesAgo(to) });
const citizen = {
  status: 'active',
  acquaintance: 'met',
  workerId: 'one',
  substituteByVideo: 'unwanted',
} as const;

describe('what speaks against a visit', () => {
  it('is nothing in person or by phone', () => {
    const stranger = { ...citizen, acquaintance: 'not-met', status: 'declined' } as const;
    expect(warningsFor('physical', stranger, 'two')).toEqual([]);
    expect(warningsFor('phone', stranger, 'two')).toEqual([]);
  });

  it('is all that applies by video', () => {
    const stranger = { ...citizen, acquaintance: 'not-met', status: 'declined' } as const;
    expect(warningsFor('video', stranger, 'two')).toEqual([
      'never-met',
      'substitute-unwanted',
      'video-declined',
    ]);
    expect(warningsFor('video', citizen, 'one')).toEqual([]);
    expect(warningsFor('video', { ...citizen, workerId: null }, 'two')).toEqual([]);
  });

  it('is refused until each of it was acknowledged', () => {
    expect(() => assertAcknowledged(['never-met', 'video-declined'], ['never-met'])).toThrow(
      expect.objectContaining({ code: 'visit_warnings', details: { warnings: ['video-declined'] } }),
    );
    expect(() => assertAcknowledged(['never-met'], ['never-met'])).not.toThrow();
  });
});

describe('working hours', () => {
  const worker = (shift: 'day' | 'evening' | 'night') => ({ initials: 'BM01', shift });
  const at = (local: string) => ({
    startsAt: fromLocal(local),
    endsAt: new Date(fromLocal(local).getTime() + 1_200_000),
  });
  it('are those of the shift, and name themselves when they refuse', () => {
    expect(() => assertWithinWorkingHours(defaultVisitRules, worker('day'), at('2026-11-24T23:00'))).toThrow(
      expect.objectContaining({
        code: 'outside_working_hours',
        params: { worker: 'BM01', hours_da: 'tirsdag 07.00–18.00', hours_en: 'Tuesday 07:00–18:00' },
      }),
    );
    assertWithinWorkingHours(defaultVisitRules, worker('evening'), at('2026-11-24T23:00'));
    assertWithinWorkingHours(defaultVisitRules, worker('night'), at('2026-11-25T23:50'));
  });
  it('name a day off as one', () => {
    expect(() => assertWithinWorkingHours(defaultVisitRules, worker('day'), at('2026-11-28T10:00'))).toThrow(
      expect.objectContaining({ params: expect.objectContaining({ hours_da: 'lørdag fri' }) }),
    );
  });
});

describe('what can be planned', () => {
  it('begins now or later, lasts at most twelve hours, and lies within two years', () => {
    const code = (startsAt: Date, endsAt: Date): unknown => {
      try {
        assertPlannable({ startsAt, endsAt }, now);
        return null;
      } catch (error) {
        return (error as { code: unknown }).code;
      }
    };
    expect(code(minutesAgo(4), minutesAgo(-10))).toBeNull();
    expect(code(minutesAgo(6), minutesAgo(-10))).toBe('visit_past');
    expect(code(now, minutesAgo(-721))).toBe('visit_times');
    expect(code(now, now)).toBe('visit_times');
    expect(code(fromLocal('2028-11-25T10:00'), fromLocal('2028-11-25T10:20'))).toBe('booking_too_far');
  });
});

describe('parts', () => {
  it('are whole minutes, to the nearest', () => {
    expect(minutesOf({ startsAt: now, endsAt: new Date(now.getTime() + 89_999) })).toBe(1);
    expect(minutesOf({ startsAt: now, endsAt: new Date(now.getTime() + 90_000) })).toBe(2);
  });

  it('are put in order, and their minutes add up by kind', () => {
    const parts = checkedParts(
      [
        { kind: 'physical', ...spanAgo(60, 20) },
        { kind: 'video', ...spanAgo(100, 90) },
        { kind: 'travel', ...spanAgo(90, 60) },
      ],
      now,
    );
    expect(parts.map((part) => part.kind)).toEqual(['video', 'travel', 'physical']);
    expect(sumMinutes(parts)).toEqual({ video: 10, travel: 30, physical: 40, phone: 0, waiting: 0 });
  });

  it('never lose or invent a minute, however a visit turns', () => {
    const stretches = fc.array(fc.tuple(fc.constantFrom(...partKinds), fc.integer({ min: 1, max: 40 })), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(stretches, (list) => {
        let from = 700;
        const parts = list.map(([kind, minutes]) => {
          const part = { kind, ...spanAgo(from, from - minutes) };
          from -= minutes;
          return part;
        });
        const sum = sumMinutes(checkedParts(parts, now));
        const told = Object.values(sum).reduce((total, minutes) => total + minutes, 0);
        expect(told).toBe(list.reduce((total, [, minutes]) => total + minutes, 0));
      }),
    );
  });

  it('that go on end where they are ended, and not before they began', () => {
    const running = [closedPart('video', spanAgo(40, 30)), openPart('travel', minutesAgo(30))];
    expect(endRunning(running, minutesAgo(5)).map((part) => part.minutes)).toEqual([10, 25]);
    expect(() => endRunning(running, minutesAgo(35))).toThrow(
      expect.objectContaining({ code: 'visit_times' }),
    );
    expect(() => endRunning([openPart('video', minutesAgo(721))], now)).toThrow(
      expect.objectContaining({ code: 'visit_times' }),
    );
  });

  it('name a visit: as planned where that took place, else by the longest', () => {
    const parts = [closedPart('video', spanAgo(60, 55)), closedPart('physical', spanAgo(40, 10))];
    expect(channelOf(parts, 'video')).toBe('video');
    expect(channelOf(parts, 'phone')).toBe('physical');
    expect(channelOf([closedPart('waiting', spanAgo(60, 55))], 'video')).toBe('video');
    expect(channels).toContain(channelOf(parts, null));
  });
});

describe('hours', () => {
  it('of two are those in which both are open', () => {
    const week = [
      { weekday: 1, opens: '07:00', closes: '18:00' },
      { weekday: 2, opens: '07:00', closes: '12:00' },
    ];
    const room = [
      { weekday: 1, opens: '08:00', closes: '24:00' },
      { weekday: 2, opens: '12:00', closes: '16:00' },
      { weekday: 3, opens: '08:00', closes: '16:00' },
    ];
    expect(bothOpen(week, room)).toEqual([{ weekday: 1, opens: '08:00', closes: '18:00' }]);
  });
});

it('a day without visits is moved at once', () => {
  expect(isComplete({ from: '2026-11-24', to: '2026-11-25', items: [] })).toBe(true);
});

it('every state can be reached', () => {
  const reached = new Set(Object.values(nextStates).flat());
  expect(visitStates.filter((state) => !reached.has(state as never))).toEqual([]);
});
