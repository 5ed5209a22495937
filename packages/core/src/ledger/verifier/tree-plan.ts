import {
  entriesPath,
  parseEntriesPath,
  parseTilePath,
  tilePath,
  tileWidth,
  widthAt,
} from '../format/tiles.ts';

/** A file of the tree. */
export interface TreeFile {
  readonly kind: 'entries' | 'tile';
  readonly level: number;
  readonly index: bigint;
  /** How many entries or hashes it must hold; 0 for one that no tree of this size has. */
  readonly width: number;
  /** Its place in the order of files; null for one that no tree of this size has. */
  readonly rank: bigint | null;
  readonly name: string;
}

/** Which files a tree of a size has, in which order (see `format/export-file.ts`). */
export class TreePlan {
  readonly size: bigint;
  /** How many bundles there are, and as many tiles of level 0. */
  readonly bundles: bigint;
  readonly files: bigint;

  constructor(size: bigint) {
    this.size = size;
    this.bundles = tilesOf(size);
    let files = this.bundles;
    for (let nodes = size; nodes > 0n; nodes >>= 8n) files += tilesOf(nodes);
    this.files = files;
  }

  /** The file of a name; null for a name that belongs to no tree. */
  fileOf(name: string): TreeFile | null {
    const entries = parseEntriesPath(name);
    if (entries !== null) return this.#file('entries', 0, entries.index);
    const tile = parseTilePath(name);
    return tile === null ? null : this.#file('tile', tile.level, tile.index);
  }

  fileAt(rank: bigint): TreeFile | null {
    if (rank >= this.files) return null;
    if (rank < 2n * this.bundles) return this.#file(rank % 2n === 0n ? 'entries' : 'tile', 0, rank / 2n);
    let index = rank - 2n * this.bundles;
    for (let level = 1; ; level += 1) {
      const tiles = tilesOf(this.size >> BigInt(8 * level));
      if (index < tiles) return this.#file('tile', level, index);
      index -= tiles;
    }
  }

  #file(kind: TreeFile['kind'], level: number, index: bigint): TreeFile {
    const width = widthAt(level, index, this.size);
    const name = kind === 'entries' ? entriesPath(index, width) : tilePath(level, index, width);
    return { kind, level, index, width, name, rank: width === 0 ? null : this.#rank(kind, level, index) };
  }

  #rank(kind: TreeFile['kind'], level: number, index: bigint): bigint {
    if (level === 0) return 2n * index + (kind === 'entries' ? 0n : 1n);
    let before = 2n * this.bundles;
    for (let below = 1; below < level; below += 1) before += tilesOf(this.size >> BigInt(8 * below));
    return before + index;
  }
}

const tilesOf = (nodes: bigint): bigint => (nodes + BigInt(tileWidth) - 1n) / BigInt(tileWidth);
