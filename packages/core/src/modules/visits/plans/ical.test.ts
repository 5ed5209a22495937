import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import type { HolidayChoice, Phase, Slot } from '../../../contract/index.ts';
import { expandPlan, type PlanShape, slotKey, type Target } from './occurrences.ts';
import { addWeeks, mondayOf, weekOf, weeksBetween } from './weeks.ts';

// An independent judge: each slot of each phase is written down as an event of a calendar (RFC 5545), and a library that
// knows nothing of us says when it takes place. What we compute never reaches the calendar; the days off are a list of
// their own, and so are the nights in which the clock changes.
const daysOff = new Set([
  ...['2026-01-01', '2026-04-02', '2026-04-03', '2026-04-05', '2026-04-06', '2026-05-14', '2026-05-24'],
  ...['2026-05-25', '2026-12-24', '2026-12-25', '2026-12-26', '2027-01-01', '2027-03-25', '2027-03-26'],
  ...['2027-03-28', '2027-03-29', '2027-05-06', '2027-05-16', '2027-05-17', '2027-12-24', '2027-12-25'],
  ...['2027-12-26', '2028-01-01'],
]);
const [firstWeek, lastWeek, lastDay] = ['2026-W01', '2027-W52', '2028-01-02'];
/** RFC 5545, section 3.3.5: a time that is skipped has the offset from before, one that is repeated is the first. */
const changes: Readonly<Record<string, string>> = {
  '2026-03-29': '+01:00',
  '2026-10-25': '+02:00',
  '2027-03-28': '+01:00',
  '2027-10-31': '+02:00',
};

const zone = `BEGIN:VTIMEZONE
TZID:Europe/Copenhagen
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE`;

const dayMs = 86_400_000;
const later = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
const weekdayOf = (day: string): number => ((Date.parse(day) / dayMs + 3) % 7) + 1;
const compact = (day: string, time: string): string => `${day}T${time}:00`.replaceAll(/[-:]/g, '');
const minuteOf = (day: string, time: string): number => Date.parse(`${day}T${time}Z`) / 60_000;

interface Asked {
  readonly place: number;
  readonly slot: Slot;
  /** Every day on which the slot would be if no day were off. */
  readonly days: readonly string[];
  readonly event: { readonly first: string; readonly count: number } | null;
}

/** The frame of every slot of every phase: its first day and how often it comes, by arithmetic on days. */
function framesOf(plan: PlanShape): Asked[] {
  let monday = later(plan.startsOn, 1 - weekdayOf(plan.startsOn));
  const asked: Asked[] = [];
  for (const { weeks, slots } of plan.phases) {
    const end = weeks === null ? lastDay : later(monday, 7 * weeks - 1);
    const until = [end, plan.endsOn ?? end, lastDay].sort()[0] ?? end;
    for (const [place, slot] of slots.entries()) {
      let first = later(monday, slot.weekday - 1);
      while (first < plan.startsOn) first = later(first, 7 * slot.everyWeeks);
      const step = 7 * slot.everyWeeks;
      const count =
        first > until ? 0 : Math.floor((Date.parse(until) - Date.parse(first)) / (step * dayMs)) + 1;
      const days = Array.from({ length: count }, (_, n) => later(first, n * step));
      asked.push({ place, slot, days, event: count === 0 ? null : { first, count } });
    }
    monday = later(monday, 7 * (weeks ?? 0));
  }
  return asked;
}

/** Where visits go that a day off displaces, by week: a second telling of the rule, on days and minutes only. */
function movesOf(plan: PlanShape, asked: readonly Asked[]): Map<string, string | null> {
  const visits = asked.flatMap((one) => one.days.map((day) => ({ one, day })));
  const mondayBefore = (day: string): string => later(day, 1 - weekdayOf(day));
  const taken = visits
    .filter(({ day }) => !daysOff.has(day))
    .map(({ one, day }) => ({ slot: one.slot, day }));
  const moves = new Map<string, string | null>();
  const displaced = visits
    .filter(({ day }) => daysOff.has(day))
    .sort((a, b) => (a.day + a.one.slot.time < b.day + b.one.slot.time ? -1 : 1));
  for (const { one, day } of displaced) {
    const week = [1, 2, 3, 4, 5].map((weekday) => later(mondayBefore(day), weekday - 1));
    const [after, before] = [week.filter((each) => each > day), week.filter((each) => each < day).reverse()];
    const found = [...after, ...before].find(
      (each) =>
        !daysOff.has(each) &&
        each >= plan.startsOn &&
        (plan.endsOn === null || each <= plan.endsOn) &&
        !taken.some(
          (other) =>
            mondayBefore(other.day) === mondayBefore(each) &&
            minuteOf(other.day, other.slot.time) < minuteOf(each, one.slot.time) + one.slot.minutes &&
            minuteOf(each, one.slot.time) < minuteOf(other.day, other.slot.time) + other.slot.minutes,
        ),
    );
    if (found !== undefined) taken.push({ slot: one.slot, day: found });
    moves.set(`${day} ${one.place}`, found ?? null);
  }
  return moves;
}

function calendarOf(plan: PlanShape): string {
  const asked = framesOf(plan);
  const moves = movesOf(plan, asked);
  const events = asked.flatMap(({ place, slot, days, event }, n) => {
    if (event === null) return [];
    const off = plan.holidays === 'keep' ? [] : days.filter((day) => daysOff.has(day));
    const moved = plan.holidays === 'move' ? off.flatMap((day) => moves.get(`${day} ${place}`) ?? []) : [];
    const list = (name: string, on: readonly string[]): string[] =>
      on.map((day) => `${name};TZID=Europe/Copenhagen:${compact(day, slot.time)}`);
    return [
      'BEGIN:VEVENT',
      `UID:${n}@example.dk`,
      'DTSTAMP:20260101T000000Z',
      ...list('DTSTART', [event.first]),
      `DURATION:PT${slot.minutes}M`,
      `RRULE:FREQ=WEEKLY;INTERVAL=${slot.everyWeeks};COUNT=${event.count}`,
      ...list('EXDATE', off),
      ...list('RDATE', moved),
      'END:VEVENT',
    ];
  });
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test',
    ...zone.split('\n'),
    ...events,
    'END:VCALENDAR',
  ].join('\r\n');
}

/** All the times of all the events, as the library finds them. */
function judge(calendar: string): string[] {
  const parsed = new ICAL.Component(ICAL.parse(calendar));
  const copenhagen = parsed.getFirstSubcomponent('vtimezone');
  if (copenhagen === null) throw new Error('the calendar has its time zone');
  ICAL.TimezoneService.reset();
  ICAL.TimezoneService.register(new ICAL.Timezone(copenhagen));
  const found: string[] = [];
  for (const component of parsed.getAllSubcomponents('vevent')) {
    const event = new ICAL.Event(component);
    const times = event.iterator();
    for (let time = times.next(); time; time = times.next()) {
      const startsAt = instantOf(time);
      found.push(shown(startsAt, new Date(startsAt.getTime() + event.duration.toSeconds() * 1000)));
    }
  }
  return found.sort();
}

/**
 * The library's own instant; but in the hour that a night skips or repeats it takes the other of the two readings, so
 * that there the clock time it found is read by the words of RFC 5545.
 */
function instantOf(time: ICAL.Time): Date {
  const wall = time.toString();
  const offset = changes[wall.slice(0, 10)];
  return offset !== undefined && time.hour === 2 ? new Date(`${wall}${offset}`) : time.toJSDate();
}

const shown = (startsAt: Date, endsAt: Date): string => `${startsAt.toISOString()} ${endsAt.toISOString()}`;

const expand = (plan: PlanShape): Target[] => [
  ...expandPlan(plan, { from: firstWeek, to: lastWeek, closedDays: ['12-24'], notBefore: new Date(0) }),
];

const time = fc
  .integer({ min: 0, max: 95 })
  .map(
    (quarter) =>
      `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`,
  );
const slot: fc.Arbitrary<Slot> = fc.record({
  channel: fc.constantFrom('video', 'physical', 'phone'),
  weekday: fc.integer({ min: 1, max: 7 }),
  time: fc.oneof(time, fc.constantFrom('02:00', '02:30', '02:55', '10:00')),
  minutes: fc.constantFrom(5, 20, 45),
  everyWeeks: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 8 })),
});
const phase = (weeks: fc.Arbitrary<number | null>): fc.Arbitrary<Phase> =>
  fc.record({
    weeks,
    slots: fc.uniqueArray(slot, {
      minLength: 1,
      maxLength: 4,
      selector: (one) => `${one.weekday} ${one.time}`,
    }),
  });
const weeks = fc.integer({ min: 1, max: 30 });
const shape: fc.Arbitrary<PlanShape> = fc.record({
  startsOn: fc.integer({ min: 0, max: 400 }).map((days) => later('2026-01-01', days)),
  endsOn: fc.option(fc.integer({ min: 400, max: 700 }).map((days) => later('2026-01-01', days))),
  holidays: fc.constantFrom<HolidayChoice>('skip', 'move', 'keep'),
  phases: fc
    .tuple(fc.array(phase(weeks), { maxLength: 3 }), phase(fc.option(weeks)))
    .map(([before, last]) => [...before, last]),
  overrides: fc.constant(new Map()),
});

describe('an independent calendar library', () => {
  it('agrees on every occurrence of two years, whatever the plan', () => {
    let judged = 0;
    fc.assert(
      fc.property(shape, (plan) => {
        const ours = expand(plan).flatMap((target) =>
          target.kind === 'visit' ? [shown(target.startsAt, target.endsAt)] : [],
        );
        expect(ours.sort()).toEqual(judge(calendarOf(plan)));
        judged += ours.length;
      }),
      { numRuns: 200 },
    );
    expect(judged).toBeGreaterThan(4_000);
  });

  it('agrees on a night worker and on Easter, and its calendar moves and leaves out what it should', () => {
    const night: Slot = { channel: 'phone', weekday: 7, time: '02:30', minutes: 30, everyWeeks: 1 };
    const plan: PlanShape = {
      startsOn: '2027-03-15',
      endsOn: '2027-04-05',
      holidays: 'move',
      phases: [{ weeks: null, slots: [night] }],
      overrides: new Map(),
    };
    // Easter Sunday 2027 is the night that has no half past two; the visit goes to the Wednesday before.
    expect(judge(calendarOf(plan)).map((line) => line.slice(0, 16))).toEqual([
      '2027-03-21T01:30',
      '2027-03-24T01:30',
      '2027-04-04T00:30',
    ]);
    expect(judge(calendarOf({ ...plan, holidays: 'keep' })).map((line) => line.slice(0, 16))).toEqual([
      '2027-03-21T01:30',
      '2027-03-28T01:30',
      '2027-04-04T00:30',
    ]);
    expect(judge(calendarOf({ ...plan, holidays: 'skip' }))).toHaveLength(2);
  });
});

describe('every plan', () => {
  it('has each slot of a week once, in its week, and neither loses nor invents a time that its phases ask for', () => {
    fc.assert(
      fc.property(shape, (plan) => {
        const targets = expand(plan);
        expect(new Set(targets.map(slotKey)).size).toBe(targets.length);
        for (const target of targets) expect(weekOf(target.startsAt)).toBe(target.week);
        const demanded = framesOf(plan).reduce((sum, { days }) => sum + days.length, 0);
        expect(targets).toHaveLength(demanded);
      }),
      { numRuns: 150 },
    );
  });

  it('comes to the same whether it is made at once or week by week', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 103 }), (plan, cut) => {
        const options = { closedDays: ['12-24'], notBefore: new Date(0) };
        const middle = addWeeks(firstWeek, cut);
        const parts = [
          ...expandPlan(plan, { ...options, from: firstWeek, to: middle }),
          ...expandPlan(plan, { ...options, from: addWeeks(middle, 1), to: lastWeek }),
        ];
        expect(parts).toEqual(expand(plan));
      }),
      { numRuns: 50 },
    );
  });
});

describe('weeks as text', () => {
  it('are counted over years of 52 and of 53 weeks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000 }),
        fc.integer({ min: -300, max: 300 }),
        (days, weeksOn) => {
          const week = weekOf(later('2020-01-01', days));
          expect(weeksBetween(week, addWeeks(week, weeksOn))).toBe(weeksOn);
          expect(weekOf(mondayOf(week))).toBe(week);
        },
      ),
    );
    expect(addWeeks('2026-W53', 1)).toBe('2027-W01');
    expect(addWeeks('2027-W52', 1)).toBe('2028-W01');
  });
});
