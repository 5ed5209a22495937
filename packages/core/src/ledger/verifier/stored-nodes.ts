import { TreeRange } from '../format/merkle.ts';
import { hashLength } from '../format/sha256.ts';
import { tileWidth } from '../format/tiles.ts';
import type { StoredTree } from './stored-tree.ts';
import type { TreeFile } from './tree-plan.ts';

/** A stored hash of an inner node that is not the one its leaves make. */
export interface NodeFault {
  readonly kind: 'node-changed' | 'tile-missing';
  /** The leaves under it. */
  readonly index: bigint;
  readonly until: bigint;
  readonly where: string;
}

/** Holds the tiles of level 1 and higher against the tree that the leaves make. */
export class StoredNodes {
  readonly faults: NodeFault[] = [];
  readonly #tree: StoredTree;
  readonly #size: bigint;
  /** Tiles of level 1, kept only when leaves are in doubt. */
  readonly #firstLevel = new Map<number, Buffer>();
  /** The tree that level 1 tells of, whatever the leaves are. */
  readonly #told = new TreeRange();

  constructor(tree: StoredTree, size: bigint) {
    this.#tree = tree;
    this.#size = size;
  }

  compare({ level, index, width, name }: TreeFile, bytes: Buffer): void {
    if (!this.#tree.whole) return;
    if (level === 1) {
      if (this.#tree.isDisputed) this.#firstLevel.set(Number(index), Buffer.from(bytes));
      for (let at = 0; at + hashLength <= bytes.length; at += hashLength) this.#told.push(8, bytes, at);
    }
    const forms = this.#tree.tiles(level, Number(index), width);
    if (forms.some((right) => right.equals(bytes))) return;
    let place = 0;
    const fits = (at: number): boolean => {
      const told = bytes.subarray(at, at + hashLength);
      return forms.some((right) => right.subarray(at, at + hashLength).equals(told));
    };
    while (place < width && fits(place * hashLength)) place += 1;
    this.#tell('node-changed', level, index * BigInt(tileWidth) + BigInt(place), 0, name);
  }

  miss({ level, index, name }: TreeFile): void {
    this.#tell('tile-missing', level, index * BigInt(tileWidth), 8, name);
  }

  /** The root that level 1 leads to, with the leaves after its last node: if that is what was signed, level 1 is right. */
  rootByFirstLevel(): Buffer {
    const told = this.#told.fork();
    const rest = this.#tree.rest;
    for (let at = 0; at < rest.length; at += hashLength) told.push(0, rest, at);
    return told.root();
  }

  /** The stored hash of a full tile of level 0; null where it is not known. */
  ofTile(index: number): Buffer | null {
    const at = (index % tileWidth) * hashLength;
    const hash = this.#firstLevel.get(Math.floor(index / tileWidth))?.subarray(at, at + hashLength);
    return hash?.length === hashLength ? hash : null;
  }

  /** @param more how much higher than a node of the level the subtree is whose leaves are concerned */
  #tell(kind: NodeFault['kind'], level: number, node: bigint, more: number, where: string): void {
    const height = BigInt(8 * level);
    const end = ((node + (1n << BigInt(more))) << height) - 1n;
    const last = this.#size - 1n;
    const index = node << height;
    this.faults.push({ kind, index: index < last ? index : last, until: end < last ? end : last, where });
  }
}
