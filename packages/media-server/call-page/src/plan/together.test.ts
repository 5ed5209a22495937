import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlanTogether, readWord, type TogetherSnapshot } from './together.ts';

const plan = '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b21';
const next = '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b22';

/** Pages whose words reach each other when the test says so, in whatever order. */
function meeting(...seats: string[]) {
  const onTheWay: { from: string; to: string; text: string }[] = [];
  const shown = new Map<string, TogetherSnapshot>();
  const pages = new Map<string, PlanTogether>();
  const join = (seat: string) => {
    const send = (text: string) => {
      for (const to of pages.keys()) if (to !== seat) onTheWay.push({ from: seat, to, text });
    };
    const page = new PlanTogether({ send, changed: (snapshot) => shown.set(seat, snapshot) });
    pages.set(seat, page);
    for (const [other, each] of pages) each.meet([...pages.keys()].filter((one) => one !== other));
    return page;
  };
  for (const seat of seats) join(seat);
  const arrive = (at = 0) => {
    const [word] = onTheWay.splice(at % Math.max(1, onTheWay.length), 1);
    if (word !== undefined) pages.get(word.to)?.hear(word.from, word.text);
    return onTheWay.length > 0;
  };
  return {
    join,
    page: (seat: string): PlanTogether => {
      const page = pages.get(seat);
      if (page === undefined) throw new Error(seat);
      return page;
    },
    arrive,
    arriveAll: () => {
      while (onTheWay.length > 0) arrive();
    },
    at: (seat: string) => shown.get(seat)?.place?.page,
    lookers: (seat: string) => shown.get(seat)?.lookers,
    onTheWay,
  };
}

describe('looking at the plan together', () => {
  it('turns the page for both, whoever turns it', () => {
    const m = meeting('host', 'citizen');
    m.page('host').look(plan);
    m.arriveAll();
    expect(m.lookers('citizen')).toEqual(['host']);
    m.page('citizen').look(plan);
    m.page('host').turn(2);
    m.arriveAll();
    expect([m.at('host'), m.at('citizen')]).toEqual([2, 2]);
    m.page('citizen').turn(1);
    m.arriveAll();
    expect([m.at('host'), m.at('citizen')]).toEqual([1, 1]);
    m.page('host').leave();
    m.arriveAll();
    expect(m.lookers('citizen')).toEqual([]);
  });

  it('gives whoever comes later the page that the others are at', () => {
    const m = meeting('host');
    m.page('host').look(plan);
    m.page('host').turn(3);
    const citizen = m.join('citizen');
    m.arriveAll();
    citizen.look(plan);
    m.arriveAll();
    expect(m.at('citizen')).toBe(3);
    // Also where the first words were lost.
    const late = m.join('colleague');
    m.onTheWay.length = 0;
    late.look(plan);
    m.arriveAll();
    expect(m.at('colleague')).toBe(3);
  });

  it('begins a new version at its first page, and is drawn back by nobody who still has the old one', () => {
    const m = meeting('host', 'citizen');
    for (const seat of ['host', 'citizen']) m.page(seat).look(plan);
    m.page('host').turn(4);
    m.arriveAll();
    m.page('host').look(next);
    m.page('citizen').turn(5);
    m.arriveAll();
    expect([m.at('host'), m.at('citizen')]).toEqual([1, 5]);
    m.page('host').turn(2);
    m.page('citizen').look(next);
    m.arriveAll();
    expect([m.at('host'), m.at('citizen')]).toEqual([2, 2]);
  });

  it('forgets who has gone', () => {
    const m = meeting('host', 'citizen');
    m.page('host').look(plan);
    m.arriveAll();
    m.page('citizen').meet([]);
    expect(m.lookers('citizen')).toEqual([]);
  });

  it('ends at one page for all, however their turns cross on the way', () => {
    const step = fc.oneof(
      fc.record({ seat: fc.constantFrom('a', 'b', 'c'), page: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ arrives: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const m = meeting('a', 'b', 'c');
        for (const seat of ['a', 'b', 'c']) m.page(seat).look(plan);
        for (const one of steps)
          if ('arrives' in one) m.arrive(one.arrives);
          else m.page(one.seat).turn(one.page);
        m.arriveAll();
        expect(new Set(['a', 'b', 'c'].map(m.at)).size).toBe(1);
      }),
    );
  });

  it('takes from the network only what is such a word', () => {
    const word = { plan, page: 2, turn: 1, looking: true, asks: false };
    expect(readWord(JSON.stringify(word))).toEqual(word);
    for (const wrong of [
      { page: 0 },
      { page: 101 },
      { page: 1.5 },
      { page: '2' },
      { turn: -1 },
      { turn: 1e9 },
      { plan: '../../x' },
      { plan: 7 },
      { looking: 'yes' },
      { asks: null },
    ])
      expect(readWord(JSON.stringify({ ...word, ...wrong }))).toBeNull();
    for (const text of ['', 'null', '[]', '{', '"x"', `${JSON.stringify(word)}${' '.repeat(400)}`])
      expect(readWord(text)).toBeNull();
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = readWord(text);
        expect(read === null || (read.page >= 1 && read.page <= 100)).toBe(true);
      }),
    );
  });
});
