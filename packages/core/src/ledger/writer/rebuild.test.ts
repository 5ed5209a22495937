import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashLeaf } from '../format/leaf.ts';
import { hashLength } from '../format/sha256.ts';
import { appendToTiles, tileWidth } from '../format/tiles.ts';
import { Findings } from './findings.ts';
import { type LeafBytes, Rebuild, type SignedRoot } from './rebuild.ts';

interface Stored {
  readonly size: number;
  readonly leaves: LeafBytes[];
  /** The hashes of levels 0 and 1, each in one. */
  readonly level0: Buffer;
  readonly level1: Buffer;
  readonly signed: readonly SignedRoot[];
}

const leafOf = (word: string): LeafBytes => {
  const entry = Buffer.from(word);
  return { entry, leafHash: hashLeaf(entry) };
};

function store(sizes: readonly number[]): Stored {
  const size = sizes.at(-1) ?? 0;
  const leaves = Array.from({ length: size }, (_, n) => leafOf(`entry ${n}`));
  const treeOf = (end: number) =>
    appendToTiles(
      [],
      0n,
      leaves.slice(0, end).map(({ leafHash }) => leafHash),
    );
  const level = (wanted: number) =>
    Buffer.concat(
      treeOf(size)
        .tiles.filter((tile) => tile.level === wanted)
        .map(({ hashes }) => hashes),
    );
  return {
    size,
    leaves,
    level0: level(0),
    level1: level(1),
    signed: sizes.map((end) => ({ size: end, root: treeOf(end).root })),
  };
}

/** What is found of it, block by block as `check.ts` feeds them. */
function findIn({ size, leaves, level0, level1, signed }: Stored): string[] {
  const findings = new Findings();
  const rebuild = new Rebuild(findings);
  const hashIn = (hashes: Buffer, at: number) => {
    const hash = hashes.subarray(at * hashLength, (at + 1) * hashLength);
    return hash.length === hashLength ? hash : null;
  };
  for (let start = 0; start < size; start += tileWidth) {
    const end = Math.min(start + tileWidth, size);
    const nodes = rebuild.add({
      start,
      end,
      leafAt: (index) => leaves[index] ?? null,
      tileHashAt: (place) => hashIn(level0, place),
      tile: level0.subarray(start * hashLength, (start + tileWidth) * hashLength),
      node: end % tileWidth === 0 ? hashIn(level1, start / tileWidth) : null,
      signed: signed.filter((each) => each.size > start && each.size <= end),
    });
    for (const { level, place, candidates } of nodes)
      if (level === 1 && !candidates.some((node) => node.equals(hashIn(level1, place) ?? Buffer.of())))
        findings.add({ kind: 'node-changed', index: place * tileWidth });
  }
  rebuild.finish();
  return findings
    .list()
    .map(({ kind, index, until }) => [kind, index, ...(until === null ? [] : [until])].join(' '));
}

/** Where the log was signed, a place in it and a later one. */
const anyLog = fc
  .uniqueArray(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 })
  .map((sizes) => sizes.toSorted((one, other) => one - other))
  .filter((sizes) => (sizes.at(-1) ?? 0) >= 3)
  .chain((sizes) =>
    fc
      .uniqueArray(fc.integer({ min: 0, max: (sizes.at(-1) ?? 0) - 1 }), { minLength: 2, maxLength: 2 })
      .map((places) => places.toSorted((one, other) => one - other))
      .map(([place = 0, later = 0]) => ({ sizes, place, later })),
  );

const flip = (hashes: Buffer, at: number) => hashes.writeUInt8(hashes.readUInt8(at) ^ 1, at);

type Break = (stored: Stored, place: number, later: number) => string[] | null;
/** One thing that can be done to a log, and what has to be found then; null where it cannot be done there. */
const breaks: Readonly<Record<string, Break>> = {
  nothing: () => [],
  'an entry changes': ({ leaves }, place) => {
    leaves.splice(place, 1, { entry: Buffer.from('x'), leafHash: leaves[place]?.leafHash ?? Buffer.of() });
    return [`leaf-changed ${place}`];
  },
  'the hash beside an entry changes': ({ leaves }, place) => {
    leaves.splice(place, 1, { entry: leaves[place]?.entry ?? Buffer.of(), leafHash: Buffer.alloc(32) });
    return [`leaf-changed ${place}`];
  },
  'an entry changes with its hash': ({ leaves }, place) => {
    leaves.splice(place, 1, leafOf('x'));
    return [`leaf-changed ${place}`];
  },
  'two entries change with their hashes': ({ leaves }, place, later) => {
    leaves.splice(place, 1, leafOf('x'));
    leaves.splice(later, 1, leafOf('y'));
    return [`leaf-changed ${place}`, `leaf-changed ${later}`];
  },
  'two entries change places': ({ leaves }, place, later) => {
    const [one, other] = [leaves[place], leaves[later]];
    if (one === undefined || other === undefined) return null;
    leaves.splice(place, 1, other);
    leaves.splice(later, 1, one);
    return [`leaves-swapped ${place} ${later}`];
  },
  'an entry is dropped and the rest moves up': ({ leaves }, place) => {
    leaves.splice(place, 1);
    return [`leaf-missing ${place}`];
  },
  'an entry is added and the rest moves down': ({ leaves }, place) => {
    leaves.splice(place, 0, leafOf('x'));
    return [`leaf-added ${place}`];
  },
  'a hash of level 0 changes': ({ level0 }, place) => {
    flip(level0, place * hashLength + 7);
    return [`tile-changed ${place}`];
  },
  'a hash of level 1 changes': ({ level1 }, place) => {
    const node = Math.floor(place / tileWidth);
    if (level1.length < (node + 1) * hashLength) return null;
    flip(level1, node * hashLength + 7);
    return [`node-changed ${node * tileWidth}`];
  },
  'an entry and, elsewhere, a hash of level 0 change': ({ leaves, level0, size }, place, later) => {
    // Only a node above them tells them apart where no signature lies between.
    if (Math.floor(place / tileWidth) === Math.floor(later / tileWidth)) return null;
    if (later >= size - (size % tileWidth)) return null;
    leaves.splice(place, 1, leafOf('x'));
    flip(level0, later * hashLength + 7);
    return [`leaf-changed ${place}`, `tile-changed ${later}`];
  },
};

describe('building a tree anew', () => {
  it.each(Object.entries(breaks))('names what broke and where: %s', (_what, apply) => {
    fc.assert(
      fc.property(anyLog, ({ sizes, place, later }) => {
        const stored = store(sizes);
        const wanted = apply(stored, place, later);
        // Logs in which this cannot break are left out, and others drawn for them.
        fc.pre(wanted !== null);
        expect(findIn(stored)).toEqual(wanted);
      }),
      { numRuns: 25 },
    );
  });

  it('finds by its signatures alone what was changed everywhere else', () => {
    fc.assert(
      fc.property(anyLog, ({ sizes, place }) => {
        const stored = store(sizes);
        const leaves = stored.leaves.with(place, leafOf('x'));
        const { tiles } = appendToTiles(
          [],
          0n,
          leaves.map(({ leafHash }) => leafHash),
        );
        const level = (wanted: number) =>
          Buffer.concat(tiles.filter((tile) => tile.level === wanted).map(({ hashes }) => hashes));
        const before = sizes.filter((size) => size <= place).at(-1) ?? 0;
        const after = sizes.find((size) => size > place) ?? 0;
        expect(findIn({ ...stored, leaves, level0: level(0), level1: level(1) })).toEqual([
          `root-mismatch ${before} ${after - 1}`,
        ]);
      }),
      { numRuns: 25 },
    );
  });
});
