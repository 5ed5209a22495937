import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VideoQuality } from '../protocol/client-messages.ts';
import {
  type AllocationQuestion,
  type AllocationStream,
  allocate,
  STEP_UP_HOLD_MS,
  STEP_UP_MARGIN,
} from './allocation.ts';

const qualities = [0, 1, 2] as const;

function video(key: string, more: Partial<AllocationStream> = {}): AllocationStream {
  return {
    key,
    kind: 'video',
    wantedQuality: 2,
    priority: 0,
    screenShare: false,
    layers: [layer(0, 150_000), layer(1, 500_000), layer(2, 1_700_000)],
    current: null,
    currentSinceMs: 0,
    ...more,
  };
}

function audio(key: string, bitsPerSecond = 40_000): AllocationStream {
  return video(key, { kind: 'audio', layers: [layer(0, bitsPerSecond)] });
}

function layer(quality: VideoQuality, bitsPerSecond: number, active = true) {
  return { quality, bitsPerSecond, active };
}

function share(availableBitsPerSecond: number | null, streams: readonly AllocationStream[], nowMs = 100_000) {
  return Object.fromEntries(allocate({ availableBitsPerSecond, streams, nowMs }));
}

describe('layers are given', () => {
  test('as the page wants them while nothing is known of the downlink', () => {
    expect(share(null, [video('a'), video('b', { wantedQuality: 1 })])).toEqual({ a: 2, b: 1 });
  });

  test('the lowest to all before a better one to some', () => {
    const three = [video('a'), video('b'), video('c')];
    expect(share(460_000, three)).toEqual({ a: 0, b: 0, c: 0 });
    expect(share(810_000, three)).toEqual({ a: 1, b: 0, c: 0 });
    expect(share(1_510_000, three)).toEqual({ a: 1, b: 1, c: 1 });
    expect(share(2_710_000, three)).toEqual({ a: 2, b: 1, c: 1 });
  });

  test('to audio first: it is never paused, and its bits are set aside', () => {
    expect(share(180_000, [video('v'), audio('a')])).toEqual({ v: 'paused', a: 2 });
    expect(share(190_000, [video('v'), audio('a')])).toEqual({ v: 0, a: 2 });
    expect(share(0, [audio('a'), audio('b')])).toEqual({ a: 2, b: 2 });
  });

  test('to a screen share before cameras, and by priority before either', () => {
    const screen = video('screen', { screenShare: true, layers: [layer(2, 1_000_000)] });
    expect(share(1_100_000, [video('a'), screen])).toEqual({ a: 'paused', screen: 2 });
    expect(share(1_100_000, [video('a', { priority: 1 }), screen])).toEqual({ a: 1, screen: 'paused' });
  });

  test('to those that fit where a more important one does not', () => {
    const screen = video('screen', { screenShare: true, layers: [layer(2, 2_000_000)] });
    expect(share(310_000, [screen, video('a'), video('b')])).toEqual({ screen: 'paused', a: 0, b: 0 });
  });

  test('only where they flow', () => {
    const layers = [layer(0, 150_000), layer(1, 500_000, false), layer(2, 900_000, false)];
    expect(share(5_000_000, [video('a', { layers })])).toEqual({ a: 0 });
  });

  test('above what is wanted only where nothing lower flows', () => {
    expect(share(5_000_000, [video('a', { wantedQuality: 0, layers: [layer(2, 900_000)] })])).toEqual({
      a: 2,
    });
  });

  test('and kept where nothing flows: muted is not paused', () => {
    const layers = [layer(0, 0, false)];
    expect(share(0, [video('a', { layers, current: 1 }), video('b', { layers })])).toEqual({ a: 1, b: 2 });
  });
});

describe('a step', () => {
  test('down never waits', () => {
    expect(share(600_000, [video('a', { current: 2, currentSinceMs: 99_999 })])).toEqual({ a: 1 });
  });

  test('up waits after the last change', () => {
    const at = (sinceMs: number) => [video('a', { current: 0, currentSinceMs: 100_000 - sinceMs })];
    expect(share(5_000_000, at(STEP_UP_HOLD_MS - 1))).toEqual({ a: 0 });
    expect(share(5_000_000, at(STEP_UP_HOLD_MS))).toEqual({ a: 2 });
  });

  test('up needs more room than staying', () => {
    const needed = 500_000 * STEP_UP_MARGIN;
    expect(share(needed - 1, [video('a', { current: 0 })])).toEqual({ a: 0 });
    expect(share(needed + 1, [video('a', { current: 0 })])).toEqual({ a: 1 });
    expect(share(500_000, [video('a', { current: 1 })])).toEqual({ a: 1 });
    expect(share(151_000, [video('a', { current: 'paused' })])).toEqual({ a: 'paused' });
  });

  test('up that waits keeps its room free of the others', () => {
    const waiting = video('a', { current: 0, currentSinceMs: 99_999 });
    expect(share(900_000, [waiting, video('b', { current: 0 })])).toEqual({ a: 0, b: 0 });
  });
});

const anyLayers = fc
  .tuple(
    fc.integer({ min: 20, max: 400 }),
    fc.integer({ min: 0, max: 900 }),
    fc.integer({ min: 0, max: 3_000 }),
  )
  .chain(([low, more, most]) =>
    fc
      .tuple(fc.boolean(), fc.boolean(), fc.boolean())
      .map(([a, b, c]) => [
        layer(0, low * 1_000, a),
        layer(1, (low + more) * 1_000, b),
        layer(2, (low + more + most) * 1_000, c),
      ]),
  );

const anyStreams = fc
  .array(
    fc.record({
      kind: fc.constantFrom('video' as const, 'video' as const, 'audio' as const),
      wantedQuality: fc.constantFrom(...qualities),
      priority: fc.integer({ min: 0, max: 2 }),
      screenShare: fc.boolean(),
      layers: anyLayers,
      current: fc.constantFrom(null, 'paused' as const, ...qualities),
      currentSinceMs: fc.constantFrom(0, 99_000),
    }),
    { maxLength: 10 },
  )
  .map((all) => all.map((each, i): AllocationStream => ({ ...each, key: `${i}` })));

const budget = fc.integer({ min: 0, max: 12_000_000 });

function bits(stream: AllocationStream, quality: VideoQuality | 'paused' | undefined): number {
  if (stream.kind === 'audio') {
    return stream.layers.reduce((sum, each) => sum + (each.active ? each.bitsPerSecond : 0), 0);
  }
  return stream.layers.find((each) => each.quality === quality && each.active)?.bitsPerSecond ?? 0;
}

/** Answers as the rules rank them: lowest layers first, and within a round the more important stream. */
function rank({ streams }: AllocationQuestion, answer: ReturnType<typeof allocate>): number[] {
  const order = [...streams]
    .filter(({ kind }) => kind === 'video')
    .sort((a, b) => {
      const flowing = (stream: AllocationStream) => {
        const active = stream.layers.filter((each) => each.active);
        return (active.find((each) => each.quality <= stream.wantedQuality) ?? active[0])?.bitsPerSecond ?? 0;
      };
      return (
        b.priority - a.priority ||
        Number(b.screenShare) - Number(a.screenShare) ||
        flowing(a) - flowing(b) ||
        (a.key < b.key ? -1 : 1)
      );
    });
  return [0, 1, 2].flatMap((round) =>
    order.map((stream) => {
      const given = answer.get(stream.key);
      const below = stream.layers.filter(
        ({ quality, active }) => active && given !== 'paused' && quality <= (given ?? -1),
      );
      return below.length > round ? 1 : 0;
    }),
  );
}

describe('for any streams', () => {
  test('audio is never paused and every stream has an answer', () => {
    fc.assert(
      fc.property(anyStreams, fc.option(budget), (streams, availableBitsPerSecond) => {
        const answer = allocate({ availableBitsPerSecond, streams, nowMs: 100_000 });
        expect(answer.size).toBe(streams.length);
        for (const { key, kind } of streams) if (kind === 'audio') expect(answer.get(key)).not.toBe('paused');
      }),
    );
  });

  test('video never takes more than audio leaves', () => {
    fc.assert(
      fc.property(anyStreams, budget, (streams, availableBitsPerSecond) => {
        const answer = allocate({ availableBitsPerSecond, streams, nowMs: 100_000 });
        const total = (kind: string) =>
          streams.reduce((sum, each) => sum + (each.kind === kind ? bits(each, answer.get(each.key)) : 0), 0);
        expect(total('video')).toBeLessThanOrEqual(Math.max(0, availableBitsPerSecond - total('audio')));
      }),
    );
  });

  test('asking again with the answer changes nothing, in whatever order the streams are told', () => {
    fc.assert(
      fc.property(anyStreams, budget, (streams, availableBitsPerSecond) => {
        const first = allocate({ availableBitsPerSecond, streams, nowMs: 100_000 });
        const again = streams.map((stream): AllocationStream => {
          const current = first.get(stream.key) ?? null;
          return current === stream.current ? stream : { ...stream, current, currentSinceMs: 100_000 };
        });
        const second = allocate({ availableBitsPerSecond, streams: again.reverse(), nowMs: 100_000 });
        for (const { key, kind } of streams)
          if (kind === 'video') expect(second.get(key)).toBe(first.get(key));
      }),
    );
  });

  // While one waits for a better layer that would fit, its bits are kept from those after it, who may have had them in less room.
  test('more room never makes the answer worse, once nobody waits', () => {
    fc.assert(
      fc.property(anyStreams, budget, budget, (all, one, other) => {
        const streams = all.map((stream) => ({ ...stream, currentSinceMs: 0 }));
        const ask = (availableBitsPerSecond: number) => {
          const question = { availableBitsPerSecond, streams, nowMs: 100_000 };
          return rank(question, allocate(question));
        };
        const [less, more] = [ask(Math.min(one, other)), ask(Math.max(one, other))];
        const differs = less.findIndex((given, i) => given !== more[i]);
        if (differs >= 0) expect(more[differs]).toBe(1);
      }),
    );
  });

  test('alike in weight and size, none gets worse with more room', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), budget, budget, (count, one, other) => {
        const streams = Array.from({ length: count }, (_, i) => video(`${i}`));
        const less = allocate({ availableBitsPerSecond: Math.min(one, other), streams, nowMs: 0 });
        const more = allocate({ availableBitsPerSecond: Math.max(one, other), streams, nowMs: 0 });
        const value = (given: VideoQuality | 'paused' | undefined) =>
          typeof given === 'number' ? given : -1;
        for (const { key } of streams)
          expect(value(more.get(key))).toBeGreaterThanOrEqual(value(less.get(key)));
      }),
    );
  });
});
