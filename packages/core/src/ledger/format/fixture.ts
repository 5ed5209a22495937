import { emptyRoot, hashNode } from './merkle.ts';
import type { TileReader } from './proofs.ts';
import { sha256 } from './sha256.ts';
import { appendToTiles, type Tile } from './tiles.ts';

/** RFC 6962, section 2.1, word by word: slow, and right. */
export function naiveRoot(leafHashes: readonly Buffer[]): Buffer {
  const [first] = leafHashes;
  if (first === undefined) return emptyRoot;
  if (leafHashes.length === 1) return first;
  let middle = 1;
  while (middle * 2 < leafHashes.length) middle *= 2;
  return hashNode(naiveRoot(leafHashes.slice(0, middle)), naiveRoot(leafHashes.slice(middle)));
}

/** Hashes of leaves that differ from one another. */
export const someHashes = (count: number, from = 0): Buffer[] =>
  Array.from({ length: count }, (_, at) => sha256(Buffer.from(`leaf ${from + at}`)));

/** A log that keeps its tiles, as a sequencer would. */
export interface KeptTree {
  readonly tiles: ReadonlyMap<string, Tile>;
  readonly reader: TileReader;
  readonly size: bigint;
  readonly root: Buffer;
  append(leafHashes: readonly Buffer[]): void;
}

export function keepTree(): KeptTree {
  const tiles = new Map<string, Tile>();
  let size = 0n;
  let root = emptyRoot;
  return {
    tiles,
    reader: async (level, index) => tiles.get(`${level}/${index}`)?.hashes ?? Buffer.alloc(0),
    get size() {
      return size;
    },
    get root() {
      return root;
    },
    append: (leafHashes) => {
      const grown = appendToTiles([...tiles.values()], size, leafHashes);
      for (const tile of grown.tiles) tiles.set(`${tile.level}/${tile.index}`, tile);
      ({ size, root } = grown);
    },
  };
}
