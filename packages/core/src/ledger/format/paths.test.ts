import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntryBundle, encodeEntryBundle } from './entry-bundle.ts';
import { entriesPath, parseEntriesPath, parseTilePath, tilePath } from './tiles.ts';

const place = {
  index: fc.bigInt({ min: 0n, max: (1n << 56n) - 1n }),
  width: fc.integer({ min: 1, max: 256 }),
};

describe('a path', () => {
  it('is written as tlog-tiles shows it', () => {
    expect(tilePath(0, 1_234_067n, 256)).toBe('tile/0/x001/x234/067');
    expect(tilePath(2, 1_234n, 5)).toBe('tile/2/x001/234.p/5');
    expect(entriesPath(0n, 256)).toBe('tile/entries/000');
    expect(entriesPath(999n, 255)).toBe('tile/entries/999.p/255');
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.record({ level: fc.integer({ min: 0, max: 63 }), ...place }), (tile) => {
        expect(parseTilePath(tilePath(tile.level, tile.index, tile.width))).toEqual(tile);
        const { index, width } = tile;
        expect(parseEntriesPath(entriesPath(index, width))).toEqual({ index, width });
      }),
    );
  });

  it.each([
    'tile/0/1',
    'tile/00/001',
    'tile/64/001',
    'tile/0/x000/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/01',
    'tile/0/001.p/300',
    'tile/0/001/002',
    'tile/0/x001',
    'tile/-1/001',
    '/tile/0/001',
    'tile/0/001\n',
    'tile/entries/001',
  ])('is not read from %j', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });
});

describe('a bundle of entries', () => {
  it('gives its entries back, the empty and the longest too', () => {
    const entries = fc.array(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      {
        maxLength: 256,
      },
    );
    fc.assert(
      fc.property(entries, (list) => {
        expect(decodeEntryBundle(encodeEntryBundle(list))).toEqual(list);
      }),
    );
    const longest = Buffer.alloc(65_535, 7);
    expect(encodeEntryBundle([longest]).subarray(0, 3).toString('hex')).toBe('ffff07');
    expect(decodeEntryBundle(encodeEntryBundle([longest]))).toEqual([longest]);
  });

  it('refuses an entry whose length does not fit in two bytes', () => {
    expect(() => encodeEntryBundle([Buffer.alloc(65_536)])).toThrow(RangeError);
  });

  it('is not read when it ends within an entry', () => {
    const bundle = encodeEntryBundle([Buffer.from('one'), Buffer.from('two')]);
    for (const length of [1, 2, 4, 6, 9]) expect(decodeEntryBundle(bundle.subarray(0, length))).toBeNull();
  });
});
