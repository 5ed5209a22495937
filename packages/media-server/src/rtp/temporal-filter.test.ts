import { describe, expect, test } from 'vitest';
import type { FrameFacts } from './frames.ts';
import { highestTemporalLayer, TemporalFilter } from './temporal-filter.ts';

function frame(temporalLayer: number | null, more: Partial<FrameFacts> = {}): FrameFacts {
  return { keyFrame: false, start: true, temporalLayer, spatialLayer: null, ...more };
}

describe('upper temporal layers', () => {
  test('all pass until fewer are wished, and streams without layers always', () => {
    const filter = new TemporalFilter();
    expect([0, 2, 1, 2].map((layer, i) => filter.takes(frame(layer), i))).toEqual([true, true, true, true]);
    filter.setHighest(0);
    expect(filter.takes(frame(null), 9)).toBe(true);
  });

  test('are left out from the next frame on, never within one', () => {
    const filter = new TemporalFilter();
    expect(filter.takes(frame(2), 1)).toBe(true);
    filter.setHighest(1);
    expect(filter.takes(frame(2, { start: false }), 1)).toBe(true);
    expect([2, 1, 0].map((layer, i) => filter.takes(frame(layer), 10 + i))).toEqual([false, true, true]);
  });

  test('come back one by one, where the stream can be joined', () => {
    const filter = new TemporalFilter();
    filter.setHighest(0);
    filter.takes(frame(0), 0);
    filter.setHighest(null);
    expect(filter.takes(frame(1), 1)).toBe(false);
    expect(filter.takes(frame(2, { switchUp: true }), 2)).toBe(false);
    expect(filter.takes(frame(1, { switchUp: true, start: false }), 3)).toBe(false);
    expect(filter.takes(frame(1, { switchUp: true }), 4)).toBe(true);
    expect(filter.takes(frame(2), 5)).toBe(false);
    expect(filter.takes(frame(2, { switchUp: true }), 6)).toBe(true);
    expect(filter.takes(frame(2), 7)).toBe(true);
  });

  test('come back at once with a key frame', () => {
    const filter = new TemporalFilter();
    filter.setHighest(0);
    filter.takes(frame(0), 0);
    filter.setHighest(2);
    filter.takes(frame(0, { keyFrame: true }), 1);
    expect(filter.takes(frame(2), 2)).toBe(true);
  });
});

test('as many layers as the wished frames a second need', () => {
  expect([0, 30, 24, 15, 14, 8, 7, 1].map((fps) => highestTemporalLayer(fps, 30, 3))).toEqual([
    null,
    null,
    null,
    1,
    1,
    0,
    0,
    0,
  ]);
  expect(highestTemporalLayer(15, 30, 1)).toBeNull();
  expect(highestTemporalLayer(15, 0, 3)).toBeNull();
});
