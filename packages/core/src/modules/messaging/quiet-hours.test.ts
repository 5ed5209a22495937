import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLocal, toLocal } from '../../kernel/time-zone.ts';
import { afterQuiet, beforeQuiet, findQuietStretch, type QuietHours } from './quiet-hours.ts';
import { planReminders } from './reminders.ts';

const night: QuietHours = { quietFrom: '21:00', quietUntil: '08:00' };
const at = (local: string): Date => fromLocal(local);
const shown = (instant: Date | undefined): string =>
  instant === undefined ? 'none' : toLocal(instant).toPlainDateTime().toString({ smallestUnit: 'minute' });

/** What the clock on the wall says of an instant, apart from how stretches are found. */
const isQuietOnTheWall = (instant: Date, { quietFrom, quietUntil }: QuietHours): boolean => {
  const { hour, minute } = toLocal(instant);
  const clock = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  return quietFrom <= quietUntil
    ? quietFrom <= clock && clock < quietUntil
    : clock >= quietFrom || clock < quietUntil;
};

/** Around the nights on which the clock changes, and any other. */
const instant = fc
  .oneof(
    fc.date({
      min: new Date('2026-10-23T00:00:00Z'),
      max: new Date('2026-10-27T00:00:00Z'),
      noInvalidDate: true,
    }),
    fc.date({
      min: new Date('2027-03-26T00:00:00Z'),
      max: new Date('2027-03-30T00:00:00Z'),
      noInvalidDate: true,
    }),
    fc.date({
      min: new Date('2026-01-01T00:00:00Z'),
      max: new Date('2028-01-01T00:00:00Z'),
      noInvalidDate: true,
    }),
  )
  .map((date) => new Date(Math.floor(date.getTime() / 60_000) * 60_000));
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const anyQuiet = fc.record({ quietFrom: clock, quietUntil: clock });

const isSameNight = (a: Date, b: Date, quiet: QuietHours): boolean => {
  const stretch = findQuietStretch(a, quiet);
  return stretch !== null && stretch.startsAt <= b && b < stretch.endsAt;
};

describe('quiet hours', () => {
  it('last over midnight, from their first minute to before their last', () => {
    for (const [local, isQuiet] of [
      ['2026-11-24T20:59', false],
      ['2026-11-24T21:00', true],
      ['2026-11-25T00:00', true],
      ['2026-11-25T07:59', true],
      ['2026-11-25T08:00', false],
    ] as const)
      expect([local, findQuietStretch(at(local), night) !== null]).toEqual([local, isQuiet]);
  });

  it('are none where both times are the same', () => {
    expect(findQuietStretch(at('2026-11-24T21:00'), { quietFrom: '21:00', quietUntil: '21:00' })).toBeNull();
  });

  it('are eleven hours on most nights, ten when the clock goes forward and twelve when it goes back', () => {
    const hours = (local: string) => {
      const stretch = findQuietStretch(at(local), night);
      return stretch === null ? 0 : (stretch.endsAt.getTime() - stretch.startsAt.getTime()) / 3_600_000;
    };
    expect(hours('2026-11-24T22:00')).toBe(11);
    expect(hours('2027-03-27T22:00')).toBe(10);
    expect(hours('2026-10-24T22:00')).toBe(12);
  });

  it('hold twice where they lie in the hour that October repeats', () => {
    const quiet = { quietFrom: '02:15', quietUntil: '02:45' };
    for (const fold of ['earlier', 'later'] as const)
      expect(findQuietStretch(fromLocal('2026-10-25T02:30', fold), quiet)).not.toBeNull();
    expect(findQuietStretch(at('2026-10-25T03:00'), quiet)).toBeNull();
  });

  it('are told of by every quiet minute of the clock on the wall', () => {
    fc.assert(
      fc.property(instant, anyQuiet, (when, quiet) => {
        if (isQuietOnTheWall(when, quiet)) expect(findQuietStretch(when, quiet)).not.toBeNull();
      }),
    );
  });
});

describe('a notice', () => {
  it('waits until the morning, unless the visit lies in the same night', () => {
    expect(shown(afterQuiet(at('2026-11-24T22:00'), at('2026-11-26T10:00'), night))).toBe('2026-11-25T08:00');
    expect(shown(afterQuiet(at('2026-11-24T22:00'), at('2026-11-26T23:00'), night))).toBe('2026-11-25T08:00');
    expect(shown(afterQuiet(at('2026-11-24T22:00'), at('2026-11-24T23:00'), night))).toBe('2026-11-24T22:00');
    expect(shown(afterQuiet(at('2026-11-24T12:00'), at('2026-11-26T10:00'), night))).toBe('2026-11-24T12:00');
  });

  it('never goes out before its time, in quiet hours of another night, or after the visit', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 30 * 24 * 60 }), anyQuiet, (ready, ahead, quiet) => {
        const visit = new Date(ready.getTime() + ahead * 60_000);
        const sent = afterQuiet(ready, visit, quiet);
        expect(sent >= ready && sent <= visit).toBe(true);
        if (isQuietOnTheWall(sent, quiet)) expect(isSameNight(sent, visit, quiet)).toBe(true);
      }),
    );
  });
});

describe('a reminder', () => {
  it('of a day comes at the same time of day, whatever the clock did in between', () => {
    for (const [visit, reminder] of [
      ['2026-11-25T10:00', '2026-11-24T10:00'],
      ['2026-10-25T10:00', '2026-10-24T10:00'],
      ['2027-03-28T10:00', '2027-03-27T10:00'],
    ] as const) {
      const [day] = planReminders(at(visit), at('2026-10-01T12:00'), night);
      expect([day?.kind, shown(day?.sendAt)]).toEqual(['reminder-day', reminder]);
    }
  });

  it('of an hour is an hour of waiting, also in the night of a clock change', () => {
    const quiet = { quietFrom: '00:00', quietUntil: '00:00' };
    for (const visit of ['2026-10-25T03:00', '2027-03-28T03:30']) {
      const hour = planReminders(at(visit), at('2026-10-01T12:00'), quiet)[1];
      expect(at(visit).getTime() - (hour?.sendAt.getTime() ?? 0)).toBe(3_600_000);
    }
  });

  it('of a call at 23:00 keeps its hour, and its day before comes before that night is quiet', () => {
    const [day, hour] = planReminders(at('2026-11-25T23:00'), at('2026-11-20T12:00'), night);
    expect([shown(day?.sendAt), shown(hour?.sendAt)]).toEqual(['2026-11-24T20:59', '2026-11-25T22:00']);
  });

  it('of a call early in the morning comes on the evening before', () => {
    const [day, hour] = planReminders(at('2026-11-25T08:30'), at('2026-11-20T12:00'), night);
    expect([shown(day?.sendAt), shown(hour?.sendAt)]).toEqual(['2026-11-24T08:30', '2026-11-24T20:59']);
  });

  it('is left out where the visit is planned too late for it', () => {
    const kinds = (visit: string, now: string) =>
      planReminders(at(visit), at(now), night).map(({ kind }) => kind);
    expect(kinds('2026-11-25T10:00', '2026-11-24T10:00')).toEqual(['reminder-hour']);
    expect(kinds('2026-11-25T10:00', '2026-11-25T09:00')).toEqual([]);
    // The evening before is over.
    expect(kinds('2026-11-25T08:30', '2026-11-24T22:00')).toEqual([]);
  });

  it('never comes in quiet hours of another night than the visit, never after it, never in the past', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 30 * 24 * 60 }), anyQuiet, (now, ahead, quiet) => {
        const visit = new Date(now.getTime() + ahead * 60_000);
        for (const { kind, sendAt } of planReminders(visit, now, quiet)) {
          expect(sendAt > now && sendAt < visit).toBe(true);
          if (isQuietOnTheWall(sendAt, quiet)) expect(isSameNight(sendAt, visit, quiet)).toBe(true);
          if (kind === 'reminder-hour' && isSameNight(visit, sendAt, quiet))
            expect(visit.getTime() - sendAt.getTime()).toBe(3_600_000);
        }
      }),
    );
  });

  it('moves to a time that is not quiet, whatever the quiet hours are', () => {
    fc.assert(
      fc.property(instant, anyQuiet, (due, quiet) => {
        const visit = new Date(due.getTime() + 3_600_000);
        const sent = beforeQuiet(due, visit, quiet);
        expect(sent <= due).toBe(true);
        if (sent < due) expect(isQuietOnTheWall(sent, quiet)).toBe(false);
      }),
    );
  });
});
