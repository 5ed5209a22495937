import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attack, attack, cellName, type Published } from './attacker.ts';
import { addCounts, type Counts, countPaths } from './counts.ts';
import { type CountedMonth, createGuard } from './suppression.ts';

/** What a month brings a unit, each a small number. */
interface Step {
  readonly offers: number;
  readonly begins: number;
  readonly again: number;
}
interface Member {
  readonly workers: number;
  readonly head: number;
  readonly steps: readonly Step[];
}

const bucketOf = (sessions: number) =>
  sessions === 1 ? '1' : sessions < 4 ? '2-3' : sessions < 8 ? '4-7' : 'over-7';
const shareOf = (nth: number) =>
  ['0-24', '0-24', '0-24', '25-49', '50-74', '0-24', '75-100'][nth % 7] ?? '0-24';

/** A course that keeps to what measures mean: citizens come in, call, and call again. */
function courseOf({ workers, head, steps }: Member): Counts[] {
  let [offered, accepted, declined, introduced] = [head, head, 0, head];
  const sessions: number[] = Array.from({ length: head }, (_, nth) => 1 + (nth % 9));
  const everRegular = new Set<number>();
  return steps.map(({ offers, begins, again }) => {
    offered += offers + begins;
    accepted += begins + (offers > 2 ? 1 : 0);
    declined += offers > 2 ? offers - 2 : 0;
    let held = begins;
    for (let nth = 0; nth < begins; nth += 1) sessions.push(1);
    const regular = new Set<number>();
    sessions.forEach((before, nth) => {
      if (again === 0 || nth % 4 >= again) return;
      sessions[nth] = before + 2;
      held += 2;
      regular.add(nth);
      everRegular.add(nth);
    });
    introduced = Math.max(introduced, Math.min(accepted, sessions.length + offers));
    const counts: Record<string, number> = Object.fromEntries(countPaths.map((path) => [path, 0]));
    const put = (path: string, count: number) => {
      counts[path] = (counts[path] ?? 0) + count;
    };
    put('hasReceived', sessions.length);
    put('receivesRegularly', regular.size);
    sessions.forEach((count, nth) => {
      put(`sessions.${bucketOf(count)}`, 1);
      put(`onlineShare.${shareOf(nth)}`, 1);
    });
    put('funnel.offered', offered);
    put('funnel.accepted', accepted);
    put('funnel.declined', declined);
    put('funnel.introduced', introduced);
    put('funnel.firstCall', sessions.length);
    put('funnel.regular', everRegular.size);
    put('workers.employed', workers);
    put('workers.active', Math.min(workers, held));
    put('workers.trained', Math.max(0, workers - 1));
    put('workers.informed', workers);
    put('channels.video.held', held);
    put('channels.video.failed', offers);
    put('channels.physical.held', 20 + 3 * workers);
    put('channels.phone.held', again);
    return counts;
  });
}

const step = fc.record({ offers: fc.nat(4), begins: fc.nat(3), again: fc.nat(3) });
const history = (members: { min: number; max: number }, months: { min: number; max: number }) =>
  fc.integer(months).chain((length) =>
    fc.array(
      fc.record({
        workers: fc.integer({ min: 1, max: 9 }),
        head: fc.oneof(fc.nat(3), fc.nat(25)),
        steps: fc.array(step, { minLength: length, maxLength: length }),
      }),
      { minLength: members.min, maxLength: members.max },
    ),
  );

function monthsOf(members: readonly Member[]): CountedMonth[] {
  const courses = members.map(courseOf);
  return (courses[0] ?? []).map((_, nth) => {
    const parts = courses.map((course, place) => ({ id: `part ${place}`, counts: course[nth] ?? {} }));
    const month = `2015-${String(nth + 1).padStart(2, '0')}`;
    return { month, units: [{ id: null, counts: addCounts(parts.map(({ counts }) => counts)) }, ...parts] };
  });
}

const give = (
  months: readonly CountedMonth[],
  readersKnowOne = false,
  more: { patience?: number } = {},
): Published[] => {
  const guard = createGuard({ readersKnowOne, ...more });
  return months.map((month) => {
    const shown = guard.decide(month);
    return {
      month: month.month,
      shown: Object.fromEntries(month.units.map(({ id }, nth) => [id ?? '', shown[nth] ?? {}])),
    };
  });
};

/** The names of counts below five that the attacker knows for certain. */
function foundOut(months: readonly CountedMonth[], given: readonly Published[], by?: Attack): string[] {
  const bounds = attack(given, by);
  return months.flatMap(({ month, units }) =>
    units.flatMap(({ id, counts }) =>
      countPaths.flatMap((path) => {
        const name = cellName(month, id ?? '', path);
        if ((counts[path] ?? 0) >= 5) return [];
        const seen = bounds.get(name);
        return seen === undefined || seen.low >= seen.high ? [name] : [];
      }),
    ),
  );
}

const example = (counts: Record<string, number>): Counts => ({
  ...Object.fromEntries(countPaths.map((path) => [path, 0])),
  ...counts,
});

describe('what is given out of month-ends', () => {
  it('never lets a count below five be found out, whatever is added, subtracted and compared over all months', () => {
    fc.assert(
      fc.property(history({ min: 1, max: 5 }, { min: 1, max: 4 }), (members) => {
        const months = monthsOf(members);
        expect(foundOut(months, give(months))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('does so for a joint programme, whose readers know one member themselves', () => {
    fc.assert(
      fc.property(history({ min: 3, max: 6 }, { min: 1, max: 3 }), (members) => {
        const months = monthsOf(members);
        expect(foundOut(months, give(months, true))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  }, 60_000);

  it('hides more where a search is given up, rather than show what nobody has proved', () => {
    fc.assert(
      fc.property(
        history({ min: 1, max: 5 }, { min: 1, max: 3 }),
        fc.constantFrom(0, 1, 2, 5),
        (members, patience) => {
          const months = monthsOf(members);
          const given = give(months, false, { patience });
          expect(foundOut(months, given, { supposes: false })).toEqual([]);
          expect(given.map(({ shown }) => shown['']?.hasReceived)).toEqual(
            months.map(({ units }) => {
              const exact = units[0]?.counts.hasReceived ?? 0;
              return exact < 5 ? 'hidden' : exact;
            }),
          );
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);

  it('withstands running totals that fall, and parts that come and go: corrections, moves to another team, new teams', () => {
    const fallen = history({ min: 2, max: 5 }, { min: 3, max: 4 }).chain((members) => {
      const months = monthsOf(members);
      const order = fc.shuffledSubarray(
        months.map((_, nth) => nth),
        { minLength: months.length },
      );
      const gone = fc.array(fc.tuple(fc.nat(3), fc.nat(4)), { maxLength: 3 });
      return fc.tuple(order, gone).map(([places, absent]) =>
        places.map((place, nth): CountedMonth => {
          const parts = (months[place]?.units ?? []).filter(
            ({ id }) => id !== null && !absent.some(([when, part]) => when === nth && id === `part ${part}`),
          );
          const whole = { id: null, counts: addCounts(parts.map(({ counts }) => counts)) };
          return { month: `2015-${String(nth + 1).padStart(2, '0')}`, units: [whole, ...parts] };
        }),
      );
    });
    fc.assert(
      fc.property(fallen, fc.boolean(), (months, readersKnowOne) => {
        expect(foundOut(months, give(months, readersKnowOne), { supposes: false })).toEqual([]);
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  it('keeps a member from finding the others by subtracting itself, where the others are not all nothing', () => {
    const few = (hasReceived: number) =>
      example({
        hasReceived,
        'sessions.1': hasReceived,
        'onlineShare.0-24': hasReceived,
        'funnel.offered': hasReceived,
        'funnel.accepted': hasReceived,
        'funnel.introduced': hasReceived,
        'funnel.firstCall': hasReceived,
      });
    const parts = [0, 0, 1, 50].map((count, nth) => ({ id: `part ${nth}`, counts: few(count) }));
    const months = [
      {
        month: '2015-01',
        units: [{ id: null, counts: addCounts(parts.map((p) => p.counts)) }, ...parts],
      },
    ];
    const given = give(months, true);
    const known = Object.fromEntries(
      countPaths.map((path) => [cellName('2015-01', 'part 2', path), parts[2]?.counts[path] ?? 0]),
    );
    const found = foundOut(months, given, { supposes: true, own: known }).filter(
      (name) => name.endsWith(' hasReceived') && !name.includes('part 2'),
    );
    expect(found).toEqual([]);
  });

  it('lets others have their turn while it looks', async () => {
    const members = Array.from({ length: 9 }, (_, nth) => ({
      workers: 1 + nth,
      head: nth % 3 === 0 ? 2 : 20 + nth,
      steps: Array.from({ length: 6 }, (_, at) => ({ offers: 1, begins: at % 3, again: nth % 3 })),
    }));
    const months = monthsOf(members);
    const guard = createGuard({ readersKnowOne: true });
    let [turns, longest, since] = [0, 0, performance.now()];
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - since);
      [turns, since] = [turns + 1, performance.now()];
    }, 1);
    const shown = [];
    for (const month of months) shown.push(await guard.decideInTurns(month));
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(3);
    const atOnce = createGuard({ readersKnowOne: true });
    expect(shown).toEqual(months.map((month) => atOnce.decide(month)));
    // A thousand at once, before; each pause is a search, and a busy machine takes its time.
    expect(longest).toBeLessThan(1000);
  });

  it('stops in the middle of a month when it is asked to', async () => {
    const members = Array.from({ length: 9 }, (_, nth) => ({
      workers: 1 + nth,
      head: nth % 3 === 0 ? 2 : 20 + nth,
      steps: Array.from({ length: 6 }, (_, at) => ({ offers: 1, begins: at % 3, again: nth % 3 })),
    }));
    const guard = createGuard({ readersKnowOne: true });
    const stop = new AbortController();
    const deciding = (async () => {
      for (const month of monthsOf(members)) await guard.decideInTurns(month, stop.signal);
    })();
    stop.abort(new Error('the service stops'));
    await expect(deciding).rejects.toThrow('the service stops');
  });

  it('gives the totals of the whole as they are, unless they are below five themselves', () => {
    fc.assert(
      fc.property(history({ min: 1, max: 5 }, { min: 1, max: 4 }), (members) => {
        const months = monthsOf(members);
        for (const [nth, { shown }] of give(months).entries()) {
          for (const path of ['hasReceived', 'receivesRegularly', 'funnel.offered', 'workers.employed']) {
            const exact = months[nth]?.units[0]?.counts[path] ?? 0;
            expect(shown['']?.[path]).toBe(exact < 5 ? 'hidden' : exact);
          }
        }
      }),
      { numRuns: 50 },
    );
  }, 60_000);

  it('goes on where another process left off: what was given out is known and final', () => {
    fc.assert(
      fc.property(history({ min: 2, max: 4 }, { min: 2, max: 4 }), (members) => {
        const months = monthsOf(members);
        const given = give(months);
        const guard = createGuard({ readersKnowOne: false });
        const last = months.at(-1);
        if (last === undefined) return;
        for (const [nth, month] of months.slice(0, -1).entries())
          guard.remember(
            month,
            month.units.map(({ id }) => given[nth]?.shown[id ?? ''] ?? {}),
          );
        const shown = guard.decide(last);
        const again = last.units.map(({ id }, nth) => [id ?? '', shown[nth]] as const);
        const lastly = {
          month: last.month,
          shown: Object.fromEntries(again.map(([id, of]) => [id, of ?? {}])),
        };
        expect(foundOut(months, [...given.slice(0, -1), lastly])).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('hides a second team where one of two is small, and the whole stays', () => {
    const north = example({
      hasReceived: 12,
      'sessions.1': 12,
      'onlineShare.0-24': 12,
      'funnel.firstCall': 12,
    });
    const south = example({ hasReceived: 3, 'sessions.1': 3, 'onlineShare.0-24': 3, 'funnel.firstCall': 3 });
    const units = [
      { id: null, counts: addCounts([north, south]) },
      { id: 'north', counts: north },
      { id: 'south', counts: south },
    ];
    const [whole, first, second] = createGuard({ readersKnowOne: false }).decide({ month: '2015-01', units });
    expect(whole?.hasReceived).toBe(15);
    expect(first?.hasReceived).toBe('hidden');
    expect(second?.hasReceived).toBe('hidden');
  });

  it('hides nothing for the sake of another count where every count is five or more', () => {
    const big = example(Object.fromEntries(countPaths.map((path) => [path, 20])));
    const units = [
      { id: null, counts: addCounts([big, big]) },
      { id: 'one', counts: big },
      { id: 'two', counts: big },
    ];
    const shown = createGuard({ readersKnowOne: true }).decide({ month: '2015-01', units });
    expect(shown.flatMap((figures) => Object.values(figures))).not.toContain('hidden');
  });

  it('finds what is hidden too little: the attacker of these tests is no straw man', () => {
    const counts = example({ hasReceived: 8, 'sessions.1': 5, 'sessions.2-3': 3, 'onlineShare.0-24': 8 });
    const naive = Object.fromEntries(
      Object.entries(counts).map(([path, count]) => [path, count < 5 ? ('hidden' as const) : count]),
    );
    const units = [{ id: null, counts }];
    // The other buckets of onlineShare can only be 0, since one bucket holds all.
    expect(foundOut([{ month: '2015-01', units }], [{ month: '2015-01', shown: { '': naive } }])).toContain(
      cellName('2015-01', '', 'onlineShare.25-49'),
    );
  });
});
