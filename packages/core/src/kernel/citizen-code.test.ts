import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCitizenCode, parseCitizenCode } from './citizen-code.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const code = fc
  .infiniteStream(fc.integer({ min: 0, max: 255 }))
  .map((bytes) => makeCitizenCode((n) => Uint8Array.from({ length: n }, () => bytes.next().value ?? 0)));

describe('makeCitizenCode', () => {
  it('writes codes of the plain alphabet that read back as themselves', () => {
    fc.assert(
      fc.property(code, (made) => {
        expect(made).toMatch(/^B-[0-9A-HJKMNP-TV-Z]{5}$/);
        expect(parseCitizenCode(made)).toBe(made);
      }),
    );
  });

  it('hardly repeats itself', () => {
    const made = new Set(Array.from({ length: 500 }, () => makeCitizenCode(randomBytes)));
    expect(made.size).toBeGreaterThan(490);
  });

  it('passes over numbers whose check character would be a symbol', () => {
    // 36 has check value 36; 37 has check value 0.
    const bytes = [new Uint8Array([0, 0, 36]), new Uint8Array([0, 0, 37])];
    expect(makeCitizenCode(() => bytes.shift() ?? new Uint8Array(3))).toBe('B-00150');
  });

  it('stops when the random source is stuck on such a number', () => {
    expect(() => makeCitizenCode(() => new Uint8Array([0, 0, 36]))).toThrow('random');
  });
});

describe('parseCitizenCode', () => {
  it('notices every single wrong character and every swap of neighbours', () => {
    fc.assert(
      fc.property(code, (made) => {
        const chars = [...made.slice(2)];
        for (let at = 0; at < 5; at += 1) {
          for (const other of alphabet) {
            if (other === chars[at]) continue;
            expect(parseCitizenCode(`B-${chars.with(at, other).join('')}`)).toBeNull();
          }
          const next = chars[at + 1];
          const here = chars[at];
          if (next === undefined || here === undefined || next === here) continue;
          expect(
            parseCitizenCode(
              `B-${chars
                .with(at, next)
                .with(at + 1, here)
                .join('')}`,
            ),
          ).toBeNull();
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each(['b-7kq25', 'B7KQ25', ' b 7kq 25 ', 'B–7KQ25', 'b7kq2 5'])('reads %j as B-7KQ25', (text) => {
    expect(parseCitizenCode(text)).toBe('B-7KQ25');
  });

  it('reads I and L as 1, and O as 0', () => {
    expect(parseCitizenCode('B-OOL50')).toBe('B-00150');
    expect(parseCitizenCode('b-oi5o')).toBeNull();
    expect(parseCitizenCode('b-ooi5o')).toBe('B-00150');
  });

  it.each([
    '',
    'B-',
    '7KQ25',
    'A-7KQ25',
    'B-7KQ255',
    'B-7KQ2U',
    'B-7KQ2*',
    'B-7KQ2M',
    `B-${' '.repeat(50)}7KQ25`,
  ])('refuses %j', (text) => {
    expect(parseCitizenCode(text)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseCitizenCode(text)));
  });
});
