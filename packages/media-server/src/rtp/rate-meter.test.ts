import { describe, expect, it } from 'vitest';
import { RateMeter } from './rate-meter.ts';

describe('a rate meter', () => {
  it('tells the rate of the last second, hours on', () => {
    const meter = new RateMeter();
    for (let nowMs = 0; nowMs < 10_000_000; nowMs += 100) meter.add(1250, nowMs);
    expect(meter.bitsPerSecond(9_999_950)).toBe(100_000);
    for (let nowMs = 10_000_000; nowMs < 10_000_500; nowMs += 100) meter.add(2500, nowMs);
    expect(meter.bitsPerSecond(10_000_450)).toBe(150_000);
  });

  it('is zero before anything came, and a second after the last', () => {
    const meter = new RateMeter();
    expect(meter.bitsPerSecond(0)).toBe(0);
    meter.add(1000, 500);
    expect(meter.bitsPerSecond(1450)).toBeGreaterThan(0);
    expect(meter.bitsPerSecond(1500)).toBe(0);
  });

  it('tells the rate of a young stream by its age, and takes one packet for no more than a fifth of a second', () => {
    const meter = new RateMeter();
    meter.add(1000, 1000);
    expect(meter.bitsPerSecond(1000)).toBe(40_000);
    for (let nowMs = 1050; nowMs < 1500; nowMs += 50) meter.add(1000, nowMs);
    expect(meter.bitsPerSecond(1500)).toBe(160_000);
  });
});
