import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransportFeedbackRecorder } from './feedback-recorder.ts';
import { seededRandom } from './fixture.ts';
import { parseRtcp, type TransportFeedback } from './rtcp.ts';

function read(feedbacks: readonly Buffer[]): TransportFeedback[] {
  return feedbacks.flatMap(parseRtcp).map((part) => {
    if (part.kind !== 'transportFeedback') throw new Error(`${part.kind} among the feedback`);
    return part.feedback;
  });
}

/** Number (16 bits) → arrival, of the statuses of some feedbacks. */
function arrivals(feedbacks: readonly TransportFeedback[]): Map<number, number | null> {
  const found = new Map<number, number | null>();
  for (const { baseSequenceNumber, arrivalsMs } of feedbacks) {
    arrivalsMs.forEach((arrival, index) => {
      found.set((baseSequenceNumber + index) & 0xffff, arrival);
    });
  }
  return found;
}

/** The resolution is a quarter of a millisecond; the clock told wraps. */
function isToldRight(told: number | null, truth: number | undefined, wrapMs: number): boolean {
  if (told === null || truth === undefined) return told === null && truth === undefined;
  const difference = (((told - truth) % wrapMs) + 1.5 * wrapMs) % wrapMs;
  return Math.abs(difference - wrapMs / 2) <= 0.125;
}

describe('the recorder of transport feedback', () => {
  it('has nothing to tell before anything came, and tells of each packet once', () => {
    const recorder = new TransportFeedbackRecorder();
    expect(recorder.build(1)).toEqual([]);
    recorder.record(10, 1000, 7);
    recorder.record(12, 1010.5, 8);
    expect(read(recorder.build(1))).toEqual([
      {
        senderSsrc: 1,
        mediaSsrc: 8,
        baseSequenceNumber: 10,
        feedbackCount: 0,
        arrivalsMs: [1000, null, 1010.5],
      },
    ]);
    expect(recorder.build(1)).toEqual([]);
  });

  it('tells of what was lost between two feedbacks, and counts the feedbacks modulo 256', () => {
    const recorder = new TransportFeedbackRecorder();
    for (let count = 0; count < 600; count += 1) {
      recorder.record((count * 300) & 0xffff, count * 50, 7);
      const [feedback] = read(recorder.build(1));
      expect(feedback?.feedbackCount).toBe(count & 0xff);
      if (count > 0) {
        expect(feedback?.baseSequenceNumber).toBe(((count - 1) * 300 + 1) & 0xffff);
        expect(feedback?.arrivalsMs).toHaveLength(300);
      }
    }
  });

  it('tells again, with its neighbours, of a packet that came after they were told of', () => {
    const recorder = new TransportFeedbackRecorder();
    for (const [seq, ms] of [
      [0xfffe, 100],
      [0, 102],
      [1, 103],
    ] as const) {
      recorder.record(seq, ms, 7);
    }
    recorder.build(1);
    recorder.record(0xffff, 160, 7);
    recorder.record(2, 161, 7);
    expect(read(recorder.build(1))).toMatchObject([
      { baseSequenceNumber: 0xffff, arrivalsMs: [160, 102, 103, 161] },
    ]);
    expect(recorder.build(1)).toEqual([]);
  });

  it('keeps the first arrival of a duplicate', () => {
    const recorder = new TransportFeedbackRecorder();
    recorder.record(5, 100, 7);
    recorder.record(5, 200, 7);
    expect(read(recorder.build(1))).toMatchObject([{ arrivalsMs: [100] }]);
    recorder.record(5, 300, 7);
    expect(recorder.build(1)).toEqual([]);
  });

  it('splits where arrivals are too far apart for one feedback, and where it would be too long', () => {
    const apart = new TransportFeedbackRecorder();
    apart.record(1, 0, 7);
    apart.record(3, 20_000, 7);
    apart.record(4, 20_001, 7);
    expect(read(apart.build(1))).toMatchObject([
      { baseSequenceNumber: 1, arrivalsMs: [0], feedbackCount: 0 },
      { baseSequenceNumber: 2, arrivalsMs: [null, 20_000, 20_001], feedbackCount: 1 },
    ]);
    const long = new TransportFeedbackRecorder();
    for (let seq = 0; seq < 2000; seq += 1) long.record(seq, seq % 2 === 0 ? seq * 100 : seq * 100 - 90, 7);
    const feedbacks = long.build(1);
    expect(feedbacks.length).toBeGreaterThan(2);
    for (const feedback of feedbacks) expect(feedback.length).toBeLessThanOrEqual(1104);
    const told = arrivals(read(feedbacks));
    for (let seq = 0; seq < 2000; seq += 1)
      expect(told.get(seq)).toBe(seq % 2 === 0 ? seq * 100 : seq * 100 - 90);
  });

  it('forgets the oldest of more than it can remember', () => {
    const recorder = new TransportFeedbackRecorder();
    for (let seq = 0; seq < 5000; seq += 1) recorder.record(seq, seq, 7);
    const told = arrivals(read(recorder.build(1)));
    expect(told.size).toBe(2048);
    expect(told.get(5000 - 2048)).toBe(5000 - 2048);
    expect(told.get(4999)).toBe(4999);
  });

  it('starts anew after a jump longer than it remembers, either way', () => {
    const recorder = new TransportFeedbackRecorder();
    recorder.record(100, 10, 7);
    recorder.record(30_000, 20, 7);
    expect(read(recorder.build(1))).toMatchObject([{ baseSequenceNumber: 30_000, arrivalsMs: [20] }]);
    recorder.record(5, 30, 7);
    expect(recorder.build(1), 'one packet could be a stray').toEqual([]);
    recorder.record(30_001, 31, 7);
    expect(read(recorder.build(1))).toMatchObject([{ baseSequenceNumber: 30_001, arrivalsMs: [31] }]);
    for (const seq of [5, 6, 7]) recorder.record(seq, 40, 7);
    expect(read(recorder.build(1))).toMatchObject([{ baseSequenceNumber: 6, arrivalsMs: [40, 40] }]);
  });

  it('is right in every status, over many cycles of the number and over the wrap of the reference time', () => {
    // The reference time is signed 24 bits of 64 ms: its sign turns here.
    const wrapMs = 2 ** 24 * 64;
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, wrapMs / 2 - 30_000, wrapMs - 30_000), (seed, startMs) => {
        const random = seededRandom(seed);
        const recorder = new TransportFeedbackRecorder();
        const came = new Map<number, number>();
        const delayed: number[] = [];
        const wrong: unknown[] = [];
        let nowMs = startMs;
        let highest = 0;
        const record = (seq: number) => {
          recorder.record(seq & 0xffff, nowMs, 7);
          came.set(seq, nowMs);
          highest = Math.max(highest, seq);
        };
        for (let seq = 65_000; seq < 65_000 + 70_000; seq += 1) {
          nowMs += random() * 3;
          const fate = random();
          if (fate < 0.03) delayed.push(seq);
          else if (fate > 0.12) record(seq);
          if (delayed.length > 0 && random() < 0.05) record(delayed.shift() ?? seq);
          if (seq % 60 !== 0) continue;
          const built = recorder.build(1);
          for (const { baseSequenceNumber, arrivalsMs } of read(built)) {
            const base = highest - ((highest - baseSequenceNumber) & 0xffff);
            arrivalsMs.forEach((arrival, index) => {
              const truth = came.get(base + index);
              if (!isToldRight(arrival, truth, wrapMs)) wrong.push({ seq: base + index, arrival, truth });
            });
          }
        }
        expect(wrong.slice(0, 5)).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });
});
