import { expect, it } from 'vitest';
import { findTrends, type Sample } from './trend.ts';

const hour = Array.from({ length: 361 }, (_, n) => n * 10);
/** Fills up and is collected every four and a half minutes; what is left then grows by so much a second half. */
const sawtooth = (seconds: number, low: number, rise: number) =>
  low * (1 + (rise * (seconds - 1_800)) / 1_800) + 4e6 * ((seconds % 270) / 270);

const run = (heapRise: number, residentRise: number): Sample[] =>
  hour.map((seconds) => ({
    seconds,
    residentBytes: 130e6 * (1 + (residentRise * (seconds - 1_800)) / 1_800),
    heapBytes: sawtooth(seconds, 25e6, heapRise),
    outsideHeapBytes: sawtooth(seconds, 7e6, 0),
    nativeBytes: 80e6,
    cores: 0.1,
    loopDelayP99Ms: 20,
    transports: 20,
    sockets: 20,
    participants: 20,
    resources: 66,
  }));
const notFlat = (samples: readonly Sample[]) =>
  findTrends(samples)
    .filter(({ flat }) => !flat)
    .map(({ field }) => field);

it('an hour whose memory only fills and is collected is flat', () => {
  expect(notFlat(run(0, 0))).toEqual([]);
});

it('an hour that keeps a little more after every collection is not, nor one whose resident memory grows', () => {
  expect(notFlat(run(0.08, 0))).toEqual(['heapBytes']);
  expect(notFlat(run(0, 0.015))).toEqual(['residentBytes']);
});
