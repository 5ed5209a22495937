import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultVisitRules } from '../contract/index.ts';
import { type DemoMunicipality, inventMunicipality } from './municipality.ts';
import { published } from './published.ts';
import { allot, createRandom, deal, keysOf } from './random.ts';

describe('chance with a seed', () => {
  it('is the same for the same seed, and another for another', () => {
    const draw = (seed: string) => {
      const random = createRandom(seed);
      return [random.uuid(), random.below(1000), random.shuffle([1, 2, 3, 4, 5, 6, 7, 8]).join('')];
    };
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    expect(createRandom('a').uuid()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('draws every number about equally often', () => {
    const random = createRandom('fair');
    const drawn = Map.groupBy(
      Array.from({ length: 40_000 }, () => random.below(20)),
      (n) => n,
    );
    expect(drawn.size).toBe(20);
    // Two thousand of each on average; six standard deviations are 260.
    for (const list of drawn.values()) expect(Math.abs(list.length - 2000)).toBeLessThan(260);
  });

  it('shares out every one, each part less than one from its share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }),
        (total, list) => {
          const shares = Object.fromEntries(list.map((share, nth) => [`s${nth}`, share]));
          const sum = list.reduce((so, share) => so + share, 0);
          const parts = allot(total, shares);
          expect(Object.values(parts).reduce((so, part) => so + part, 0)).toBe(total);
          for (const [key, share] of Object.entries(shares))
            expect(Math.abs((parts[key] ?? 0) - (total * share) / sum)).toBeLessThan(1);
        },
      ),
    );
  });

  it('gives everybody an answer, none of them twice, and each answer to as many as its percentage', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const answers = deal(60, published.topics, createRandom(seed));
        expect(answers.every((list) => list.length > 0 && new Set(list).size === list.length)).toBe(true);
        for (const key of keysOf(published.topics))
          expect(answers.filter((list) => list.includes(key))).toHaveLength(
            Math.round(0.6 * published.topics[key]),
          );
      }),
    );
  });
});

describe('an invented municipality', () => {
  const midday = 'T11:20:00Z';
  // A Sunday, the week after Christmas, Easter and both nights in which the clock changes, and the middle of summer.
  it.each(['2026-11-22', '2027-01-02', '2027-03-28', '2027-10-31', '2028-07-12'])(
    'holds together whenever it is made: %s',
    (day) => {
      const now = new Date(`${day}${midday}`);
      const demo = inventMunicipality(now, defaultVisitRules);
      const { visits, agendas, courses, plans, bookings, calendar } = demo;
      expect(visits.length).toBeGreaterThan(30_000);
      expect(new Set(visits.map(({ id }) => id)).size).toBe(visits.length);

      const calls = Map.groupBy(
        visits.filter(({ channel, state }) => channel === 'video' && state === 'held'),
        ({ citizen }) => citizen,
      );
      const sessions = [...calls.values()].map((list) => list.length);
      const having = (least: number, most: number) => sessions.filter((n) => n >= least && n <= most).length;
      expect([having(1, 1), having(2, 3), having(4, 7), having(8, 99)]).toEqual([20, 20, 10, 10]);
      const since = calendar.asOf.getTime() - 28 * 86_400_000;
      const regular = [...calls.values()].filter(
        (list) => list.filter(({ happensAt }) => happensAt.getTime() >= since).length >= 2,
      );
      expect(regular.length).toBeGreaterThan(22);
      expect(regular.length).toBeLessThan(37);

      // Nothing is told of what has not been, and nothing was made or changed after now.
      for (const { state, happensAt, createdAt, updatedAt, parts } of visits) {
        const over = !['planned', 'proposed', 'cancelled'].includes(state);
        if (over) expect(happensAt <= calendar.asOf).toBe(true);
        expect(createdAt <= updatedAt && updatedAt <= calendar.asOf).toBe(true);
        expect(parts.every(({ endsAt }) => endsAt === null || endsAt <= calendar.asOf)).toBe(true);
      }
      const waiting = visits.filter(
        ({ state, happensAt }) => state === 'planned' && happensAt < calendar.asOf,
      );
      expect(waiting.length).toBeLessThan(60);
      expect(plans.every(({ startsOn }) => startsOn <= calendar.today)).toBe(true);
      expect(bookings.every(({ createdAt, updatedAt }) => createdAt <= updatedAt)).toBe(true);

      for (const { citizen } of agendas) {
        const course = courses.get(citizen.id);
        const days = course?.steps.map(({ on }) => on) ?? [];
        expect(days).toEqual([...days].sort((a, b) => a - b));
        expect(days.at(-1)).toBeLessThanOrEqual(calendar.today);
      }
      expectFittingProgramme(demo);
    },
  );

  it('is the same within an hour, and knows the same people on another day', () => {
    const make = (now: string) => inventMunicipality(new Date(now), defaultVisitRules);
    const [one, same, later] = [
      make('2026-11-24T09:00:00Z'),
      make('2026-11-24T09:59:59Z'),
      make('2027-02-03T13:00:00Z'),
    ];
    const told = ({ visits }: typeof one) =>
      visits.map(({ id, state, happensAt, updatedAt, citizen }) =>
        [id, state, happensAt, updatedAt, citizen.code].join(),
      );
    expect(told(one)).toEqual(told(same));
    expect(later.agendas.map(({ citizen }) => citizen.identity)).toEqual(
      one.agendas.map(({ citizen }) => citizen.identity),
    );
    expect(later.town).toEqual(one.town);
  });
});

/** A programme that is on its way, told on days that fit, by numbers that the visits bear out. */
function expectFittingProgramme({ programme, visits, courses, calendar, town }: DemoMunicipality): void {
  const { today } = calendar;
  const held = visits.filter(
    ({ state, parts }) => state === 'held' && parts.some(({ kind }) => kind === 'video'),
  );
  const received = (by: number) =>
    new Set(held.filter((one) => one.day <= by).map(({ citizen }) => citizen.id)).size;
  const regularly = (by: number): number => {
    const lately = Map.groupBy(
      held.filter((one) => one.day <= by && one.day > by - 28),
      ({ citizen }) => citizen.id,
    );
    return [...lately.values()].filter((calls) => calls.length >= 2).length;
  };
  const due = (code: string) => programme.milestones.find((one) => one.code === code)?.due ?? 0;
  // One is reached late, one in time, and the next is some weeks away and not reached.
  expect(received(due('M3'))).toBeLessThan(25);
  expect(received(today - 14)).toBeGreaterThanOrEqual(25);
  expect(received(due('M5'))).toBeGreaterThanOrEqual(45);
  expect(due('M5')).toBeLessThan(today);
  expect(due('M6') - today).toBeGreaterThan(35);
  expect(regularly(today - 1)).toBeLessThan(45);
  // The first call comes after the trial has begun.
  expect(Math.min(...held.map((one) => one.day))).toBeGreaterThanOrEqual(programme.trialOn);

  const { activities, decisions, followUps, estimates, preparations, targets } = programme;
  const told = [...decisions, ...followUps, ...estimates, ...preparations].map(({ on }) => on);
  const days = [
    ...told,
    ...activities.flatMap(({ startsOn, doneOn }) => [startsOn, doneOn ?? startsOn]),
    ...targets.map(({ setOn }) => setOn),
  ];
  expect(days.filter((on) => on < calendar.start || on >= today)).toEqual([]);
  for (const { code, startsOn, doneOn } of activities)
    expect([code, (doneOn ?? startsOn) >= startsOn]).toEqual([code, true]);
  const trained = preparations.filter(({ kind }) => kind === 'trained').map(({ staff }) => staff.id);
  expect(new Set(trained).size).toBe(trained.length);
  expect(town.workers.filter((one) => one.inProgramme && !trained.includes(one.id))).toEqual([]);

  const unasked = [...courses.values()].filter(
    ({ status, assessments }) =>
      status === 'candidate' && assessments.some(({ outcome }) => outcome.startsWith('suited')),
  );
  expect(unasked.length).toBeGreaterThan(15);
  expect(unasked.length).toBeLessThan(80);
}
