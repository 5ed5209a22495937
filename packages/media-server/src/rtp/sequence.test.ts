import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './fixture.ts';
import { SequenceUnwrapper, sequenceDistance, TimestampUnwrapper, timestampDistance } from './sequence.ts';

describe('unwrapping', () => {
  it('finds the true number over a hundred cycles of 16 bits, with losses and reordering up to 2^15', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 0xffff }), (seed, first) => {
        const random = seededRandom(seed);
        const unwrapper = new SequenceUnwrapper();
        let highest = first;
        expect(unwrapper.unwrap(first)).toBe(first);
        while (highest < 100 * 0x1_0000) {
          highest += 1 + Math.floor(random() * 0x7ffe);
          expect(unwrapper.unwrap(highest & 0xffff)).toBe(highest);
          const late = highest - Math.floor(random() * 0x8000);
          expect(unwrapper.unwrap(late & 0xffff)).toBe(late);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives numbers below zero to what came before the first, which mask back to the right 16 bits', () => {
    const unwrapper = new SequenceUnwrapper();
    unwrapper.unwrap(2);
    expect(unwrapper.unwrap(0xfffe)).toBe(-2);
    expect(-2 & 0xffff).toBe(0xfffe);
    expect(unwrapper.unwrap(3)).toBe(3);
  });

  it('does the same to timestamps of 32 bits', () => {
    const unwrapper = new TimestampUnwrapper();
    let highest = 0xffff_f000;
    expect(unwrapper.unwrap(highest)).toBe(highest);
    for (let step = 0; step < 200; step += 1) {
      highest += 0x7fff_0000;
      expect(unwrapper.unwrap(highest % 2 ** 32)).toBe(highest);
      const late = highest - 0x7000_0000;
      expect(unwrapper.unwrap(late % 2 ** 32)).toBe(late);
    }
  });
});

describe('distances', () => {
  it('are signed, and the same wherever the numbers stand on their circle', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff }),
        fc.integer({ min: -0x8000, max: 0x7fff }),
        (from, distance) => {
          expect(sequenceDistance(from, (from + distance) & 0xffff)).toBe(distance);
        },
      ),
    );
    expect(timestampDistance(0xffff_fff0, 0x10)).toBe(0x20);
    expect(timestampDistance(0x10, 0xffff_fff0)).toBe(-0x20);
  });
});
