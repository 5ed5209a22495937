import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseCheckpoints,
  encodeFormat,
  encodeKeys,
  filesBeforeTree,
  filesOfTree,
  parseFormat,
  parseKeys,
} from './export-file.ts';
import { createLogSigner } from './note.ts';
import { widthAt } from './tiles.ts';

describe('an export', () => {
  it('has its files in the order in which they can be checked', () => {
    const names = [...filesBeforeTree([1n, 300n]), ...filesOfTree(600n)].map(({ name }) => name);
    expect(names).toEqual([
      'format.json',
      'keys',
      'checkpoint',
      'checkpoints/1',
      'checkpoints/300',
      'tile/entries/000',
      'tile/0/000',
      'tile/entries/001',
      'tile/0/001',
      'tile/entries/002.p/88',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
    ]);
    expect([...filesOfTree(0n)]).toEqual([]);
  });

  it('has every leaf once, and every hash of the higher levels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), (size) => {
        const widths = [0, 0, 0, 0];
        for (const file of filesOfTree(BigInt(size))) {
          if (file.kind !== 'tile') continue;
          widths[file.level] = (widths[file.level] ?? 0) + file.width;
          expect(file.width).toBe(widthAt(file.level, file.index, BigInt(size)));
        }
        expect(widths).toEqual([size, size >> 8, size >> 16, 0]);
      }),
      { numRuns: 30 },
    );
  });

  it('tells of all earlier checkpoints, or of a thousand, the oldest and the newest among them', () => {
    const sizes = (count: number) => Array.from({ length: count }, (_, at) => BigInt(at * 3 + 1));
    expect(chooseCheckpoints(sizes(1_000))).toEqual(sizes(1_000));
    fc.assert(
      fc.property(fc.integer({ min: 1_001, max: 20_000 }), (count) => {
        const chosen = chooseCheckpoints(sizes(count));
        expect(chosen).toHaveLength(1_000);
        expect([chosen[0], chosen.at(-1)]).toEqual([1n, BigInt((count - 1) * 3 + 1)]);
        expect(chosen.every((size, at) => at === 0 || size > (chosen[at - 1] ?? 0n))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('says what it is in one form only', () => {
    const bytes = encodeFormat({ origin: 'naer.example.dk/log', size: 12n });
    expect(bytes.toString()).toBe('{"format":"naer-ledger/1","origin":"naer.example.dk/log","size":"12"}');
    expect(parseFormat(bytes)).toEqual({ origin: 'naer.example.dk/log', size: 12n });
    for (const other of ['', '{}', '[]', 'null', `${bytes} `, bytes.toString().replace('/1', '/2')]) {
      expect(parseFormat(Buffer.from(other)), other).toBeNull();
    }
  });

  it('lists keys that are keys', () => {
    const { verifierKey } = createLogSigner('naer.example.dk/log', Buffer.alloc(32, 1)).verifier;
    const keys = [
      { verifierKey, fromSize: 0n },
      { verifierKey, fromSize: 900n },
    ];
    expect(parseKeys(encodeKeys(keys))).toEqual(keys);
    for (const other of [
      `${verifierKey}\n`,
      `${verifierKey} 01\n`,
      `${verifierKey} 0`,
      `x${verifierKey} 0\n`,
    ]) {
      expect(parseKeys(Buffer.from(other)), other).toBeNull();
    }
  });
});
