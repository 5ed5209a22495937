import { TreeRange } from '../format/merkle.ts';
import { hashLength } from '../format/sha256.ts';
import { tileHeight } from '../format/tiles.ts';

/** A signed head that the tree is held against when it has grown to its size. */
export interface SignedHead {
  readonly size: bigint;
  readonly root: Buffer;
  /** Where it was read. */
  readonly where: string;
}

/** The tree over the leaves so far, with the hash of every full tile and what it says of each signed head that it reached. */
export class GrownTree {
  readonly #range: TreeRange;
  readonly #heads: readonly SignedHead[];
  /** For each level from 1 up: a buffer that doubles, and how much of it is used. */
  readonly #nodes: { bytes: Buffer; used: number }[];
  readonly #fits: Map<SignedHead, boolean>;
  #size: number;
  #nextHead: number;

  /** @param heads ascending by size */
  constructor(heads: readonly SignedHead[], from?: GrownTree) {
    this.#heads = heads;
    const keep = (height: number, hash: Buffer) => this.#keep(height / tileHeight, hash);
    if (from === undefined) {
      this.#range = new TreeRange(keep);
      this.#nodes = [];
      this.#fits = new Map();
      this.#size = 0;
      this.#nextHead = 0;
    } else {
      this.#range = from.#range.fork(keep);
      this.#nodes = from.#nodes.map(({ bytes, used }) => ({ bytes: Buffer.from(bytes), used }));
      this.#fits = new Map(from.#fits);
      this.#size = from.#size;
      this.#nextHead = from.#nextHead;
    }
    this.#compare();
  }

  get size(): number {
    return this.#size;
  }

  /** A tree that has grown alike so far and goes its own way from here. */
  fork(): GrownTree {
    return new GrownTree(this.#heads, this);
  }

  grow(leafHashes: Buffer): void {
    let stop = this.#stop();
    for (let at = 0; at < leafHashes.length; at += hashLength) {
      this.#range.push(0, leafHashes, at);
      this.#size += 1;
      if (this.#size === stop) {
        this.#compare();
        stop = this.#stop();
      }
    }
  }

  root(): Buffer {
    return this.#range.root();
  }

  /** Whether this is the tree that was signed; undefined while it has not grown to that size. */
  fits(head: SignedHead): boolean | undefined {
    return this.#fits.get(head);
  }

  /** The hashes that a tile of level 1 or higher must hold. */
  tile(level: number, index: number, width: number): Buffer {
    const from = index * 256 * hashLength;
    return this.#nodes[level]?.bytes.subarray(from, from + width * hashLength) ?? Buffer.alloc(0);
  }

  #stop(): number {
    const head = this.#heads[this.#nextHead];
    return head === undefined ? -1 : Number(head.size);
  }

  #compare(): void {
    for (
      let head = this.#heads[this.#nextHead];
      head !== undefined && head.size === BigInt(this.#size);
      head = this.#heads[this.#nextHead]
    ) {
      this.#fits.set(head, this.#range.root().equals(head.root));
      this.#nextHead += 1;
    }
  }

  #keep(level: number, hash: Buffer): void {
    this.#nodes[level] ??= { bytes: Buffer.alloc(256 * hashLength), used: 0 };
    const nodes = this.#nodes[level];
    if (nodes.used === nodes.bytes.length) {
      nodes.bytes = Buffer.concat([nodes.bytes, Buffer.alloc(nodes.bytes.length)]);
    }
    hash.copy(nodes.bytes, nodes.used);
    nodes.used += hashLength;
  }
}
