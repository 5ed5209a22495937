import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocate } from './allocation.ts';
import { DownlinkEstimator } from './bandwidth.ts';
import { type LinkConditions, type Moment, SimulatedLink } from './simulated-link.ts';

const SEEDS = [1, 2, 3];
/** All the link is thought to bear goes out, audio and headers included. */
const greedy = (estimate: number | null) => (estimate === null ? 800_000 : Math.max(0, estimate - 60_000));

function mean(moments: readonly Moment[]): number {
  return moments.reduce((sum, { estimate }) => sum + (estimate ?? 0), 0) / moments.length;
}

function afterSeconds(seconds: number, conditions: LinkConditions, seed: number, probing = true) {
  const link = new SimulatedLink(seed, conditions, greedy);
  link.probing = probing;
  link.run(seconds);
  return link;
}

describe('what a link bears is found', () => {
  for (const bitsPerSecond of [500_000, 1_000_000, 3_000_000]) {
    test(`within ten seconds: 60 to 100 % of ${bitsPerSecond / 1000} kbit/s`, () => {
      for (const seed of SEEDS) {
        const found = mean(afterSeconds(10, { bitsPerSecond }, seed).last(2));
        expect(found / bitsPerSecond).toBeGreaterThan(0.6);
        expect(found / bitsPerSecond).toBeLessThanOrEqual(1);
      }
    });
  }

  test('also over 150 ms one way, with feedback seldom or often; with a queue of 50 ms only, some loss is taken for the line’s own', () => {
    for (const extra of [
      { propagationMs: 150 },
      { feedbackMs: 250 },
      { feedbackMs: 50 },
      { longestQueueMs: 50 },
    ]) {
      for (const seed of SEEDS) {
        const found = mean(afterSeconds(15, { bitsPerSecond: 1_000_000, ...extra }, seed).last(4));
        expect(found).toBeGreaterThan(600_000);
        expect(found).toBeLessThan(1_250_000);
      }
    }
  });

  test('loss of 5 % without a queue does not hold it down', () => {
    for (const bitsPerSecond of [1_000_000, 3_000_000]) {
      for (const seed of SEEDS) {
        const link = afterSeconds(30, { bitsPerSecond, loss: 0.05 }, seed);
        expect(mean(link.last(20)) / bitsPerSecond).toBeGreaterThan(0.6);
        expect(link.estimator.estimate(link.nowMs).loss).toBeLessThan(0.2);
      }
    }
  });

  test('a line that always loses 15 % is told from one that is full', () => {
    for (const seed of SEEDS) {
      const link = afterSeconds(40, { bitsPerSecond: 2_000_000, loss: 0.15 }, seed);
      expect(mean(link.last(20))).toBeGreaterThan(800_000);
    }
  });

  test('200 ms of jitter with packets overtaking each other do not hold it down', () => {
    for (const bitsPerSecond of [1_000_000, 3_000_000]) {
      for (const seed of SEEDS) {
        const link = afterSeconds(40, { bitsPerSecond, jitterMs: 200 }, seed);
        expect(mean(link.last(20)) / bitsPerSecond).toBeGreaterThan(0.6);
      }
    }
  });

  test('nor do 200 ms of jitter that come in bursts, whatever is sent', () => {
    for (const seed of SEEDS) {
      const layer = (estimate: number | null) =>
        estimate === null || estimate > 350_000 ? 270_000 : estimate > 190_000 ? 140_000 : 0;
      const link = new SimulatedLink(seed, { bitsPerSecond: 3_000_000, jitterMs: 200, inOrder: true }, layer);
      link.run(40);
      const given = link.last(30).map(({ videoBitsPerSecond }) => videoBitsPerSecond);
      expect(given.filter((bits) => bits > 0).length / given.length).toBeGreaterThan(0.9);
    }
  });

  test('a receiver that sleeps now and then does not make it more', () => {
    for (const sleepMs of [100, 200, 300]) {
      for (const seed of SEEDS) {
        const conditions = { bitsPerSecond: 600_000, sleepMs, sleepEveryMs: 1_370 };
        const found = mean(afterSeconds(30, conditions, seed).last(20));
        expect(found).toBeGreaterThan(330_000);
        expect(found).toBeLessThan(620_000);
      }
    }
  });

  test('after more packets than transport-wide numbers there are, too', () => {
    const link = afterSeconds(200, { bitsPerSecond: 3_000_000 }, 1);
    expect(mean(link.last(20))).toBeGreaterThan(2_000_000);
  });
});

describe('a link that changes', () => {
  for (const jitterMs of [0, 200]) {
    test(`to a third, with ${jitterMs} ms of jitter: less is sent within 1.5 s, the queue is gone within 5 s`, () => {
      for (const bitsPerSecond of [1_000_000, 3_000_000]) {
        for (const seed of SEEDS) {
          const link = afterSeconds(20, { bitsPerSecond, jitterMs }, seed);
          link.change({ bitsPerSecond: bitsPerSecond / 3, jitterMs });
          link.run(1.5);
          const { bitsPerSecond: now, congested } = link.estimator.estimate(link.nowMs);
          expect(now).toBeLessThan(bitsPerSecond / 3);
          expect(congested).toBe(true);
          expect(link.estimator.estimate(link.nowMs).queueMs).toBeGreaterThan(100);
          link.run(3.5);
          expect(Math.min(...link.last(0.5).map(({ queueMs }) => queueMs))).toBeLessThan(60);
          link.run(10);
          expect(mean(link.last(5)) / (bitsPerSecond / 3)).toBeGreaterThan(0.6);
        }
      }
    });
  }

  test('and comes back: 60 % are found again within 15 s, with probing within 10', () => {
    for (const probing of [true, false]) {
      for (const bitsPerSecond of [1_000_000, 3_000_000]) {
        for (const seed of SEEDS) {
          const link = afterSeconds(20, { bitsPerSecond }, seed, probing);
          link.change({ bitsPerSecond: bitsPerSecond / 3 });
          link.run(15);
          link.change({ bitsPerSecond });
          link.run(probing ? 10 : 15);
          expect(
            Math.max(...link.last(3).map(({ estimate }) => estimate ?? 0)) / bitsPerSecond,
          ).toBeGreaterThan(0.6);
        }
      }
    }
  });

  test('to one that is 150 ms longer: no queue, so no collapse', () => {
    for (const seed of SEEDS) {
      const link = afterSeconds(20, { bitsPerSecond: 2_000_000 }, seed);
      link.change({ bitsPerSecond: 2_000_000, propagationMs: 175 });
      link.run(20);
      expect(mean(link.last(5))).toBeGreaterThan(1_000_000);
    }
  });
});

describe('what comes through without a queue', () => {
  test('is borne, whatever was thought before', () => {
    for (const seed of SEEDS) {
      const link = new SimulatedLink(seed, { bitsPerSecond: 400_000 }, () => 200_000);
      link.run(10);
      link.probing = false;
      // Half a minute of a receiver that hardly runs, then one that does.
      link.change({ bitsPerSecond: 400_000, sleepMs: 700, sleepEveryMs: 1_000, loss: 0.2 });
      link.run(20);
      link.change({ bitsPerSecond: 400_000 });
      link.run(4);
      expect(link.estimator.estimate(link.nowMs).bitsPerSecond).toBeGreaterThan(200_000);
    }
  });
});

describe('at steady state', () => {
  test('the queue stays short and steps down are few', () => {
    for (const bitsPerSecond of [500_000, 1_000_000, 3_000_000]) {
      for (const seed of SEEDS) {
        const link = afterSeconds(10, { bitsPerSecond }, seed);
        link.run(60);
        const moments = link.last(60);
        const queues = moments.map(({ queueMs }) => queueMs).sort((a, b) => a - b);
        expect(queues[Math.floor(queues.length * 0.95)]).toBeLessThan(150);
        expect(queues.at(-1)).toBeLessThan(300);
        let stepsDown = 0;
        let before = 0;
        for (const { estimate } of moments) {
          if ((estimate ?? 0) < before * 0.95) stepsDown += 1;
          before = estimate ?? 0;
        }
        expect(stepsDown).toBeLessThan(16);
      }
    }
  });

  test('padding for probing takes less than 5 % of what the link bears', () => {
    for (const bitsPerSecond of [500_000, 3_000_000]) {
      const link = afterSeconds(60, { bitsPerSecond }, 1);
      expect((link.paddingBytes * 8) / 60).toBeLessThan(bitsPerSecond * 0.05);
    }
  });

  /** A camera with three layers on a link between the second and the third: what the page sees. */
  function camera(bitsPerSecond: number, seed: number) {
    const layers = [
      { quality: 0 as const, bitsPerSecond: 150_000, active: true },
      { quality: 1 as const, bitsPerSecond: 500_000, active: true },
      { quality: 2 as const, bitsPerSecond: 1_700_000, active: true },
    ];
    let current: 0 | 1 | 2 | 'paused' | null = null;
    let sinceMs = 0;
    let askedMs = 0;
    const changes: { readonly ms: number; readonly to: 0 | 1 | 2 | 'paused' }[] = [];
    const link = new SimulatedLink(seed, { bitsPerSecond }, () => 0);
    link.choose = (estimate, nowMs) => {
      if (nowMs - askedMs >= 100) {
        askedMs = nowMs;
        const answer = allocate({
          availableBitsPerSecond: estimate === null ? null : estimate - 50_000,
          streams: [
            {
              key: 'c',
              kind: 'video',
              wantedQuality: 2,
              priority: 0,
              screenShare: false,
              layers,
              current,
              currentSinceMs: sinceMs,
            },
          ],
          nowMs,
        }).get('c');
        if (answer !== undefined && answer !== current) {
          changes.push({ ms: nowMs, to: answer });
          current = answer;
          sinceMs = nowMs;
        }
        link.probing = current !== 2;
      }
      return typeof current === 'number' ? (layers[current]?.bitsPerSecond ?? 0) : 0;
    };
    return { link, changes };
  }

  test('a camera ends on the best layer that fits and stays there', () => {
    for (const seed of SEEDS) {
      for (const [bitsPerSecond, best] of [
        [300_000, 0],
        [1_000_000, 1],
        [3_000_000, 2],
      ] as const) {
        const { link, changes } = camera(bitsPerSecond, seed);
        link.run(20);
        expect(changes.at(-1)?.to).toBe(best);
        const before = changes.length;
        link.run(30);
        expect(changes.length - before).toBeLessThanOrEqual(2);
      }
    }
  });

  test('a camera steps down with the link and up again when it recovers', () => {
    for (const seed of SEEDS) {
      const { link, changes } = camera(3_000_000, seed);
      link.run(20);
      link.change({ bitsPerSecond: 1_000_000 });
      link.run(2);
      expect(changes.at(-1)?.to).not.toBe(2);
      link.run(15);
      expect(changes.at(-1)?.to).toBe(1);
      link.change({ bitsPerSecond: 3_000_000 });
      link.run(15);
      expect(changes.at(-1)?.to).toBe(2);
    }
  });

  test('where not even the lowest layer fits, video waits and audio comes through without a queue', () => {
    for (const seed of SEEDS) {
      const { link, changes } = camera(2_000_000, seed);
      link.run(15);
      link.change({ bitsPerSecond: 120_000 });
      link.run(12);
      expect(changes.at(-1)?.to).toBe('paused');
      link.run(10);
      const queues = link.last(5).map(({ queueMs }) => queueMs);
      expect(queues.reduce((sum, ms) => sum + ms, 0) / queues.length).toBeLessThan(100);
    }
  });

  test('video that waits is tried again even where nothing can carry padding', () => {
    const { link, changes } = camera(2_000_000, 1);
    link.run(15);
    link.change({ bitsPerSecond: 120_000 });
    link.run(20);
    link.change({ bitsPerSecond: 2_000_000 });
    link.estimator.probeSize = () => 0;
    link.run(40);
    expect(changes.at(-1)?.to).not.toBe('paused');
  });
});

describe('without transport feedback', () => {
  test('nothing is known before anything is told', () => {
    const estimator = new DownlinkEstimator();
    for (let ms = 0; ms < 3_000; ms += 10) estimator.sent(estimator.nextTransportSequence(), 1_000, ms);
    expect(estimator.estimate(3_000)).toEqual({
      bitsPerSecond: null,
      congested: false,
      loss: 0,
      roundTripMs: null,
      queueMs: 0,
    });
    expect(estimator.probeSize(3_000)).toBe(0);
  });

  test('receiver reports step it down by loss and slowly up again', () => {
    const estimator = new DownlinkEstimator();
    let ms = 0;
    const second = (loss: number) => {
      for (const end = ms + 1_000; ms < end; ms += 10)
        estimator.sent(estimator.nextTransportSequence(), 1_250, ms);
      estimator.onReceiverReport(loss, 80, ms);
      return estimator.estimate(ms).bitsPerSecond ?? 0;
    };
    second(0);
    const before = second(0);
    expect(before).toBeGreaterThan(1_000_000);
    const lossy = second(0.4);
    expect(lossy).toBeLessThan(850_000);
    expect(second(0.05)).toBe(lossy);
    expect(second(0)).toBeGreaterThan(lossy);
    expect(estimator.estimate(ms).roundTripMs).toBe(80);
  });

  test("a receiver's own estimate is taken as it is", () => {
    const estimator = new DownlinkEstimator();
    estimator.onRemb(777_000, 1_000);
    expect(estimator.estimate(1_000).bitsPerSecond).toBe(777_000);
  });

  test('both are left alone where there is transport feedback', () => {
    const link = afterSeconds(10, { bitsPerSecond: 1_000_000 }, 1);
    const before = link.estimator.estimate(link.nowMs);
    link.estimator.onRemb(10_000, link.nowMs);
    link.estimator.onReceiverReport(0.9, null, link.nowMs);
    expect(link.estimator.estimate(link.nowMs)).toEqual(before);
  });

  test('feedback that stops halves the estimate, once', () => {
    const { estimator, nowMs } = afterSeconds(10, { bitsPerSecond: 1_000_000 }, 1);
    const before = estimator.estimate(nowMs).bitsPerSecond ?? 0;
    for (let ms = nowMs; ms < nowMs + 20_000; ms += 20)
      estimator.sent(estimator.nextTransportSequence(), 100, ms);
    expect(estimator.estimate(nowMs + 20_000).bitsPerSecond).toBe(Math.round(before / 2));
  });
});

test('a packet sent again under its own number counts once, and not as late', () => {
  const loss = (isSentAgain: boolean): number => {
    const estimator = new DownlinkEstimator();
    let ms = 0;
    for (let round = 0; round < 40; round += 1) {
      const arrivalsMs: (number | null)[] = [];
      const base = estimator.nextTransportSequence();
      for (let n = 0; n < 10; n += 1) {
        const sequence = n === 0 ? base : estimator.nextTransportSequence();
        ms += 10;
        estimator.sent(sequence, 500, ms);
        const isLate = n === 4;
        if (isLate && isSentAgain) estimator.sentAgain(sequence);
        arrivalsMs.push(isLate && !isSentAgain ? null : ms + (isLate ? 230 : 30));
      }
      const feedback = { senderSsrc: 1, mediaSsrc: 2, feedbackCount: round, baseSequenceNumber: base };
      estimator.onTransportFeedback({ ...feedback, arrivalsMs }, ms + 60);
    }
    expect(estimator.estimate(ms).congested).toBe(false);
    return estimator.estimate(ms).loss;
  };
  expect(loss(false)).toBeCloseTo(0.1);
  expect(loss(true)).toBe(0);
});

test('no feedback, however made up, throws or leads out of bounds', () => {
  const feedback = fc.record({
    senderSsrc: fc.constant(1),
    mediaSsrc: fc.constant(2),
    baseSequenceNumber: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 0xffff })),
    feedbackCount: fc.integer({ min: 0, max: 255 }),
    arrivalsMs: fc.array(fc.option(fc.double({ min: -5e9, max: 5e9, noNaN: true })), { maxLength: 60 }),
  });
  fc.assert(
    fc.property(fc.array(feedback, { maxLength: 30 }), (feedbacks) => {
      const estimator = new DownlinkEstimator();
      let ms = 0;
      for (const one of feedbacks) {
        for (let i = 0; i < 10; i += 1) {
          ms += 10;
          estimator.sent(estimator.nextTransportSequence(), 1_200, ms);
        }
        estimator.onTransportFeedback(one, ms);
        const { bitsPerSecond, loss } = estimator.estimate(ms);
        if (bitsPerSecond !== null)
          expect(bitsPerSecond).toSatisfy((bits) => bits >= 50_000 && bits <= 100_000_000);
        expect(loss).toSatisfy((fraction) => fraction >= 0 && fraction <= 1);
        expect(estimator.probeSize(ms)).toSatisfy((bytes) => bytes >= 0 && bytes <= 16_000);
      }
    }),
    { numRuns: 100 },
  );
});
