import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { masterKeyId } from './master-key-file.ts';
import { decodePaperKey, encodePaperKey, renderPaperBackup } from './paper-key.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const linesOf = (key: Buffer) => encodePaperKey(masterKeyId(key), key);

describe('a key on paper', () => {
  it('is five lines of five groups of four', () => {
    for (const line of linesOf(randomBytes(32))) expect(line).toMatch(/^[1-5][0-9A-Z]{3}( [0-9A-Z]{4}){4}$/);
  });

  it('reads back to the same key, however it was typed', () => {
    const typed = fc.record({
      key: anyKey,
      lower: fc.boolean(),
      space: fc.constantFrom(' ', '', '-', ' – ', '  '),
      zero: fc.constantFrom('0', 'O', 'o'),
      one: fc.constantFrom('1', 'I', 'l'),
      ending: fc.constantFrom('\n', '\r\n', '\n\n'),
      reversed: fc.boolean(),
    });
    fc.assert(
      fc.property(typed, ({ key, lower, space, zero, one, ending, reversed }) => {
        const lines = reversed ? linesOf(key).reverse() : linesOf(key);
        const text = lines.join(ending).replaceAll(' ', space).replaceAll('0', zero).replaceAll('1', one);
        const read = decodePaperKey(lower ? text.toLowerCase() : text);
        expect(read).toEqual({ ok: true, keyId: masterKeyId(key), key });
      }),
    );
  });

  it('tells the line of every single wrong character', () => {
    const lines = linesOf(randomBytes(32)).map((line) => line.replaceAll(' ', ''));
    for (const [index, line] of lines.entries()) {
      for (let at = 1; at < line.length; at += 1) {
        for (const char of `${alphabet}U*`) {
          if (char === line[at]) continue;
          const wrong = lines.with(index, line.slice(0, at) + char + line.slice(at + 1)).join('\n');
          expect(decodePaperKey(wrong), `line ${index + 1}, character ${at + 1}: ${char}`).toMatchObject({
            ok: false,
            line: index + 1,
          });
        }
      }
    }
  });

  it('notices a wrong number before a line', () => {
    const lines = linesOf(randomBytes(32));
    for (const [index, line] of lines.entries()) {
      for (const char of alphabet) {
        if (char === line[0]) continue;
        expect(decodePaperKey(lines.with(index, char + line.slice(1)).join('\n'))).toMatchObject({
          ok: false,
        });
      }
    }
  });

  it('tells the line of up to four wrong characters, and of swapped neighbours', () => {
    const errors = fc.uniqueArray(
      fc.record({ at: fc.integer({ min: 1, max: 19 }), shift: fc.integer({ min: 1, max: 31 }) }),
      {
        minLength: 1,
        maxLength: 4,
        selector: (error) => error.at,
      },
    );
    fc.assert(
      fc.property(anyKey, fc.integer({ min: 0, max: 4 }), errors, (key, index, wrong) => {
        const lines = linesOf(key).map((line) => [...line.replaceAll(' ', '')]);
        for (const { at, shift } of wrong) {
          const line = lines[index] ?? [];
          line[at] = alphabet[(alphabet.indexOf(line[at] ?? '') + shift) % 32] ?? '';
        }
        expect(decodePaperKey(lines.map((line) => line.join('')).join('\n'))).toMatchObject({
          ok: false,
          line: index + 1,
        });
      }),
      { numRuns: 500 },
    );
    const lines = linesOf(randomBytes(32)).map((line) => line.replaceAll(' ', ''));
    const [first = ''] = lines;
    for (let at = 1; at < first.length - 1; at += 1) {
      if (first[at] === first[at + 1]) continue;
      const swapped = first.slice(0, at) + first[at + 1] + first[at] + first.slice(at + 2);
      expect(decodePaperKey(lines.with(0, swapped).join('\n'))).toMatchObject({
        ok: false,
        line: 1,
        problem: 'check',
      });
    }
  });

  it('says which line is missing, too short, or there twice', () => {
    const lines = linesOf(randomBytes(32));
    expect(decodePaperKey(lines.toSpliced(2, 1).join('\n'))).toEqual({
      ok: false,
      line: 3,
      problem: 'missing',
    });
    expect(decodePaperKey(lines.with(1, lines[1]?.slice(0, -1) ?? '').join('\n'))).toEqual({
      ok: false,
      line: 2,
      problem: 'length',
    });
    const other = linesOf(randomBytes(32));
    expect(decodePaperKey([...lines, other[3]].join('\n'))).toEqual({ ok: false, line: 4, problem: 'twice' });
    expect(decodePaperKey('')).toEqual({ ok: false, line: 1, problem: 'missing' });
  });

  it('refuses lines that are right but of two keys', () => {
    const lines = linesOf(randomBytes(32)).with(3, linesOf(randomBytes(32))[3] ?? '');
    expect(decodePaperKey(lines.join('\n'))).toEqual({ ok: false, line: null, problem: 'mixed' });
  });

  it('never reads a text into a key by chance, and never throws', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400, unit: 'binary' }), (text) => !decodePaperKey(text).ok));
  });

  it('refuses to print a key under the name of another', () => {
    expect(() => encodePaperKey('00000000', randomBytes(32))).toThrow();
  });
});

describe('the page of a key', () => {
  it.each(['da', 'en'] as const)('fits 80 columns and reads back as a whole (%s)', (language) => {
    for (let run = 0; run < 200; run += 1) {
      const key = randomBytes(32);
      const page = renderPaperBackup({
        keyId: masterKeyId(key),
        key,
        language,
        printedOn: '22. november 2026',
      });
      expect(Math.max(...page.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(page).toContain(masterKeyId(key));
      expect(decodePaperKey(page)).toEqual({ ok: true, keyId: masterKeyId(key), key });
    }
  });
});
