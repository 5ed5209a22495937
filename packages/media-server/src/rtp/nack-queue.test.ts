import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './fixture.ts';
import { NackQueue } from './nack-queue.ts';

describe('asking for missing packets', () => {
  it('gives up after a second, and after six times', () => {
    const slow = new NackQueue();
    slow.addGap(1, 2, 0);
    expect(slow.due(1001)).toEqual([]);
    const quick = new NackQueue();
    quick.setRoundTrip(0);
    quick.addGap(1, 2, 0);
    let asked = 0;
    for (let nowMs = 0; nowMs < 3000; nowMs += 1) asked += quick.due(nowMs).length;
    expect(asked).toBe(6);
  });

  it('waits three round trips of a long line before giving up', () => {
    const queue = new NackQueue();
    queue.setRoundTrip(600);
    queue.addGap(1, 2, 0);
    const asked: number[] = [];
    for (let nowMs = 0; nowMs < 5000; nowMs += 10) if (queue.due(nowMs).length > 0) asked.push(nowMs);
    expect(asked).toEqual([10, 620, 1230]);
  });

  it('takes no nonsense for a round trip', () => {
    const queue = new NackQueue();
    for (const nonsense of [Number.NaN, -1]) queue.setRoundTrip(nonsense);
    queue.addGap(1, 2, 0);
    expect([10, 100, 120].map((nowMs) => queue.due(nowMs).length)).toEqual([1, 0, 1]);
    queue.setRoundTrip(1e9);
    expect([300, 1200, 1400].map((nowMs) => queue.due(nowMs).length)).toEqual([1, 0, 1]);
  });

  it('asks of an outage for its last packets only', () => {
    const queue = new NackQueue();
    queue.addGap(0, 3000, 0);
    const due = queue.due(10);
    expect(due).toHaveLength(200);
    expect(due[0]).toBe(2800);
    expect(due.at(-1)).toBe(2999);
  });

  it('forgets the oldest of many gaps', () => {
    const queue = new NackQueue();
    for (const first of [0, 200, 400]) queue.addGap(first, first + 100, 0);
    const due = queue.due(10);
    expect(due).toHaveLength(200);
    expect(due[0]).toBe(200);
  });

  it('asks for nothing that came, nor after it was cleared', () => {
    const queue = new NackQueue();
    queue.addGap(5, 9, 0);
    queue.received(6);
    expect(queue.due(10)).toEqual([5, 7, 8]);
    queue.clear();
    expect(queue.due(500)).toEqual([]);
  });

  it('is never a storm: bounded in each second, in order, spaced and bounded for each packet', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 400 }), (seed, roundTripMs) => {
        const random = seededRandom(seed);
        const queue = new NackQueue();
        queue.setRoundTrip(roundTripMs);
        const askedMs = new Map<number, number[]>();
        const perSecond = new Map<number, number>();
        let unordered = 0;
        let seq = 0;
        for (let nowMs = 0; nowMs < 8000; nowMs += 5) {
          const lost = random() < 0.3 ? Math.floor(random() * 30) : 0;
          if (lost > 0) queue.addGap(seq, seq + lost, nowMs);
          seq += lost + 1;
          const due = queue.due(nowMs);
          if (due.some((one, index) => one <= (due[index - 1] ?? -1))) unordered += 1;
          for (const one of due) {
            askedMs.set(one, [...(askedMs.get(one) ?? []), nowMs]);
            const second = Math.floor(nowMs / 1000);
            perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
          }
        }
        for (const count of perSecond.values()) expect(count).toBeLessThanOrEqual(500);
        let tooOften = 0;
        for (const times of askedMs.values()) {
          if (times.length > 6) tooOften += 1;
          times.forEach((ms, index) => {
            const before = times[index - 1];
            if (before !== undefined && ms - before < roundTripMs) tooOften += 1;
          });
        }
        expect({ unordered, tooOften }).toEqual({ unordered: 0, tooOften: 0 });
        expect(askedMs.size).toBeGreaterThan(200);
      }),
      { numRuns: 20 },
    );
  });
});
