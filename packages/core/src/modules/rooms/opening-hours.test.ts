import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OpeningHours, officeHours } from '../../contract/index.ts';
import { fromLocal, localDay, startOfLocalDay, toLocal } from '../../kernel/time-zone.ts';
import { clockTimeOn, localDayAt } from './calendar.ts';
import { nearestFreeTimes } from './free-times.ts';
import { describeHours, isOpen, openTimes, type Span } from './opening-hours.ts';

const local = (from: string, to: string): Span => ({ startsAt: fromLocal(from), endsAt: fromLocal(to) });
const utc = (from: string, to: string): Span => ({ startsAt: new Date(from), endsAt: new Date(to) });
const everyDay = (opens: string, closes: string): OpeningHours =>
  [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, opens, closes }));

describe('opening hours', () => {
  it.each([
    ['2026-11-24T08:00', '2026-11-24T08:30', true],
    ['2026-11-24T15:30', '2026-11-24T16:00', true],
    ['2026-11-24T07:59', '2026-11-24T08:30', false],
    ['2026-11-24T15:30', '2026-11-24T16:01', false],
    ['2026-11-28T10:00', '2026-11-28T10:30', false],
    ['2026-11-24T15:00', '2026-11-25T09:00', false],
  ])('of an office let %s to %s be booked: %s', (from, to, open) => {
    expect(isOpen(officeHours, local(from, to))).toBe(open);
  });

  it('go over midnight where one day ends and the next begins open', () => {
    const night = everyDay('00:00', '24:00').filter((day) => day.weekday !== 7);
    expect(isOpen(night, local('2026-11-24T22:00', '2026-11-25T06:00'))).toBe(true);
    expect(isOpen(night, local('2026-11-28T22:00', '2026-11-29T02:00'))).toBe(false);
    expect(isOpen(everyDay('00:00', '23:59'), local('2026-11-24T22:00', '2026-11-25T06:00'))).toBe(false);
  });

  it.each([
    ['2026-03-28T23:00:00Z', '2026-03-29T04:00:00Z'],
    ['2027-03-27T23:00:00Z', '2027-03-28T04:00:00Z'],
    ['2026-10-24T22:00:00Z', '2026-10-25T05:00:00Z'],
    ['2027-10-30T22:00:00Z', '2027-10-31T05:00:00Z'],
  ])('follow the wall clock on the night it changes: from midnight to six is %s to %s', (from, to) => {
    const span = utc(from, to);
    expect(isOpen(everyDay('00:00', '06:00'), span)).toBe(true);
    expect(
      isOpen(everyDay('00:00', '06:00'), { ...span, endsAt: new Date(span.endsAt.getTime() + 60_000) }),
    ).toBe(false);
    expect(isOpen(everyDay('00:01', '06:00'), span)).toBe(false);
  });

  it('are open both times in the hour that October repeats', () => {
    const nightHour = everyDay('02:00', '03:00');
    expect(isOpen(nightHour, utc('2026-10-25T00:00:00Z', '2026-10-25T00:30:00Z'))).toBe(true);
    expect(isOpen(nightHour, utc('2026-10-25T01:30:00Z', '2026-10-25T02:00:00Z'))).toBe(true);
    expect(openTimes(nightHour, utc('2026-03-29T00:00:00Z', '2026-03-29T03:00:00Z'))).toEqual([]);
  });

  it('are said in both languages, both days where it matters', () => {
    expect(describeHours(officeHours, local('2026-11-27T15:00', '2026-11-28T02:00'), 'da')).toBe(
      'fredag 08.00–16.00, lørdag lukket',
    );
    expect(describeHours(officeHours, local('2026-11-24T07:00', '2026-11-24T07:30'), 'en')).toBe(
      'Tuesday 08:00–16:00',
    );
  });

  it('are the same by the days remembered as by the time zone itself', () => {
    const instant = fc.date({
      min: new Date('2026-01-01'),
      max: new Date('2029-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 1439 }), (at, minutes) => {
        const day = localDayAt(at);
        expect(day.day).toBe(localDay(at));
        expect(day.weekday).toBe(toLocal(at).dayOfWeek);
        expect(new Date(day.dawn)).toEqual(startOfLocalDay(at));
        const clock = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        for (const which of ['compatible', 'later'] as const) {
          expect(new Date(clockTimeOn(day, clock, which))).toEqual(fromLocal(`${day.day}T${clock}`, which));
        }
      }),
      {
        numRuns: 400,
        examples: [
          [new Date('2026-10-25T00:30:00Z'), 150],
          [new Date('2027-03-28T10:00:00Z'), 150],
          [new Date('2026-07-01T22:30:00Z'), 600],
        ],
      },
    );
  });
});

describe('the nearest free times', () => {
  const now = fromLocal('2026-11-24T06:00');
  const wish = { openingHours: officeHours, bufferMinutes: 10, workerBusy: [], now };
  const held = local('2026-11-24T10:00', '2026-11-24T10:40');

  it('lie just before and just after what is held, with room for the buffer, and then on the next open day', () => {
    const times = nearestFreeTimes({
      ...wish,
      wanted: local('2026-11-24T10:00', '2026-11-24T10:30'),
      roomBusy: [held],
    });
    expect(times).toEqual([
      local('2026-11-24T09:20', '2026-11-24T09:50'),
      local('2026-11-24T10:40', '2026-11-24T11:10'),
      local('2026-11-25T10:00', '2026-11-25T10:30'),
    ]);
  });

  it('skip a weekend, and a day that is full', () => {
    const friday = local('2026-11-27T08:00', '2026-11-27T16:00');
    const monday = local('2026-11-30T08:00', '2026-11-30T15:30');
    const times = nearestFreeTimes({
      ...wish,
      wanted: local('2026-11-27T10:00', '2026-11-27T10:30'),
      roomBusy: [friday, monday],
    });
    expect(times).toEqual([local('2026-11-30T15:30', '2026-11-30T16:00')]);
  });

  it('keep the clock time of the day over a change of the clock', () => {
    const saturday = local('2026-10-24T00:00', '2026-10-25T00:00');
    const times = nearestFreeTimes({
      ...wish,
      openingHours: everyDay('08:00', '16:00'),
      now: fromLocal('2026-10-20T06:00'),
      wanted: local('2026-10-24T10:00', '2026-10-24T11:00'),
      roomBusy: [saturday],
    });
    expect(times).toEqual([local('2026-10-25T10:00', '2026-10-25T11:00')]);
  });

  it('never meet what is held, never lie in the past, and are always open', () => {
    const quarter = 15 * 60_000;
    const dawn = fromLocal('2026-11-24T00:00').getTime();
    const busySpan = fc
      .tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 1, max: 40 }))
      .map(([at, long]) => ({
        startsAt: new Date(dawn + at * quarter),
        endsAt: new Date(dawn + (at + long) * quarter),
      }));
    fc.assert(
      fc.property(
        fc.array(busySpan, { maxLength: 20 }),
        fc.array(busySpan, { maxLength: 8 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 48 }),
        fc.integer({ min: 0, max: 60 }),
        (roomBusy, workerBusy, at, long, bufferMinutes) => {
          const wanted = {
            startsAt: new Date(dawn + at * quarter),
            endsAt: new Date(dawn + (at + long) * quarter),
          };
          for (const hours of [officeHours, everyDay('00:00', '24:00')]) {
            for (const found of nearestFreeTimes({
              wanted,
              openingHours: hours,
              bufferMinutes,
              roomBusy,
              workerBusy,
              now,
            })) {
              const until = found.endsAt.getTime() + bufferMinutes * 60_000;
              expect(
                roomBusy.some((busy) => busy.startsAt.getTime() < until && busy.endsAt > found.startsAt),
              ).toBe(false);
              expect(
                workerBusy.some((busy) => busy.startsAt < found.endsAt && busy.endsAt > found.startsAt),
              ).toBe(false);
              expect(found.startsAt >= now && isOpen(hours, found)).toBe(true);
              expect(found.endsAt.getTime() - found.startsAt.getTime()).toBe(
                wanted.endsAt.getTime() - wanted.startsAt.getTime(),
              );
            }
          }
        },
      ),
    );
  });
});
