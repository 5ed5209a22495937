import { hashLeaf, hashLeafInto } from '../format/leaf.ts';
import { TreeRange } from '../format/merkle.ts';
import { hashLength } from '../format/sha256.ts';
import { tileHeight, tilePath, tileWidth } from '../format/tiles.ts';
import type { Findings } from './findings.ts';

export interface LeafBytes {
  readonly entry: Buffer;
  readonly leafHash: Buffer;
}

/** A size at which the tree was signed. */
export interface SignedRoot {
  readonly size: number;
  /** The root that the signature vouches for; null where there is no good signature. */
  readonly root: Buffer | null;
}

/** Up to 256 places of the tree, from a multiple of 256 on, and what is stored of them. */
export interface Block {
  readonly start: number;
  readonly end: number;
  /** The leaf that is stored under an index, also some way past the block; null where there is none. */
  leafAt(index: number): LeafBytes | null;
  /** The stored hash of level 0 at a place, also some way past the block; null where there is none. */
  tileHashAt(place: number): Buffer | null;
  /** The stored tile of level 0; null where there is none. */
  readonly tile: Buffer | null;
  /** The stored node above the block, where it is full and there is one. */
  readonly node: Buffer | null;
  /** The signed sizes after `start`, up to `end`, ascending. */
  readonly signed: readonly SignedRoot[];
}

/** A node that was completed: as the leaves have it, and as the tiles of level 0 have it. */
export interface BuiltNode {
  readonly level: number;
  /** Among the nodes of its level. */
  readonly place: number;
  readonly candidates: readonly Buffer[];
}

/** A place where the stored leaf and the stored hash of it disagree, until a signed root tells which of them is right. */
interface Disagreement {
  readonly place: number;
  readonly leaf: Buffer;
  readonly tile: Buffer;
  /** That the leaf is broken is certain and told already, since its bytes do not fit its own hash. */
  readonly told: boolean;
}

const mostPending = 1000;

/**
 * Builds a tree anew while its leaves stream by, twice where need be: from the bytes of the leaves and from the stored hashes
 * of level 0. Where these differ, the next signed root says which is broken (or the stored node above them, if that
 * comes first), and both go on from the one that is right.
 */
export class Rebuild {
  readonly #findings: Findings;
  #leafNodes = new Map<number, Buffer>();
  #tileNodes = new Map<number, Buffer>();
  /** Null where a leaf is missing, up to the next signed root. */
  #fromLeaves: TreeRange | null;
  /** The same object while nothing differs. */
  #fromTiles: TreeRange | null;
  #pending: Disagreement[] = [];
  /** Of these it is decided that the leaf is the broken one. */
  readonly #broken: Disagreement[] = [];
  /** How far places are past the indexes of the leaves that belong there: entries were dropped or added, and the rest renumbered. */
  #shift = 0;
  #soundUpTo = 0;
  #isLost = false;
  readonly #hashes = Buffer.alloc(tileWidth * hashLength);

  constructor(findings: Findings) {
    this.#findings = findings;
    this.#fromLeaves = new TreeRange(this.#keepLeafNode);
    this.#fromTiles = this.#fromLeaves;
  }

  get shift(): number {
    return this.#shift;
  }

  /** @returns the nodes of higher levels that the block completed, lowest first */
  add(block: Block): readonly BuiltNode[] {
    this.#leafNodes = new Map();
    this.#tileNodes = new Map();
    const signed = block.signed.values();
    let next = signed.next().value;
    const isAgreed = this.#fromLeaves === this.#fromTiles;
    const isPlain = this.#shift === 0 && isAgreed && this.#hashAll(block);
    for (let place = block.start; place < block.end; place += 1) {
      if (isPlain) this.#fromLeaves?.push(0, this.#hashes, (place - block.start) * hashLength);
      else this.#compare(block, place);
      for (; next !== undefined && next.size === place + 1; next = signed.next().value) this.meet(next);
    }
    if (isAgreed) this.#decideByNode(block.node);
    return this.#builtNodes(block.end);
  }

  /** Compares with a signed root, when everything up to its size was added. */
  meet({ size, root }: SignedRoot): void {
    if (root === null) return;
    const [leaves, tiles] = [this.#fromLeaves, this.#fromTiles];
    if (leaves?.root().equals(root) === true) {
      this.#settle('tiles');
      this.#fromTiles = leaves;
    } else if (tiles !== null && tiles !== leaves && tiles.root().equals(root)) {
      this.#goOnFromTiles(tiles);
    } else {
      this.#settle('leaves');
      // All that follow miss it too; the first one tells between which signatures it happened.
      if (!this.#isLost)
        this.#findings.add({
          kind: 'root-mismatch',
          index: this.#soundUpTo,
          until: Math.max(size - 1, this.#soundUpTo),
          where: `checkpoint ${size}`,
        });
      this.#isLost = true;
      return;
    }
    this.#soundUpTo = size;
    this.#isLost = false;
  }

  /** Tells of the leaves that do not belong where they are: two that belong where the other is have changed places. */
  finish(): void {
    this.#settle('leaves');
    const byTile = new Map(this.#broken.map((each) => [each.tile.toString('latin1'), each]));
    const paired = new Set<Disagreement>();
    for (const each of this.#broken) {
      if (paired.has(each)) continue;
      const other = byTile.get(each.leaf.toString('latin1'));
      if (other !== undefined && other !== each && other.leaf.equals(each.tile)) {
        paired.add(other);
        this.#findings.add({ kind: 'leaves-swapped', index: each.place, until: other.place });
      } else {
        this.#findings.add({ kind: 'leaf-changed', index: each.place });
      }
    }
  }

  readonly #keepLeafNode = (height: number, hash: Buffer): void => {
    this.#leafNodes.set(height / tileHeight, Buffer.from(hash));
  };
  readonly #keepTileNode = (height: number, hash: Buffer): void => {
    this.#tileNodes.set(height / tileHeight, Buffer.from(hash));
  };

  /** Hashes all leaves of a block where they lie; whether that is just what the tile holds, and all of them are there. */
  #hashAll({ start, end, leafAt, tile }: Block): boolean {
    for (let place = start; place < end; place += 1) {
      const leaf = leafAt(place);
      if (leaf === null) return false;
      const at = (place - start) * hashLength;
      hashLeafInto(leaf.entry, this.#hashes, at);
      if (leaf.leafHash.compare(this.#hashes, at, at + hashLength) !== 0) return false;
    }
    const length = (end - start) * hashLength;
    return tile !== null && tile.length >= length && tile.compare(this.#hashes, 0, length, 0, length) === 0;
  }

  #compare(block: Block, place: number): void {
    const hashAt = (index: number): Buffer | null => {
      const leaf = block.leafAt(index);
      return leaf === null ? null : hashLeaf(leaf.entry);
    };
    const tile = block.tileHashAt(place);
    const same = (one: Buffer | null, other: Buffer | null) =>
      one !== null && other !== null && one.equals(other);
    const follows = (hash: Buffer | null, inTree: Buffer | null) => inTree === null || same(hash, inTree);

    let index = place - this.#shift;
    if (block.leafAt(index) === null) {
      this.#findings.add({ kind: 'leaf-missing', index: place });
      this.#push(null, tile);
      return;
    }
    let hash = hashAt(index);
    const isSwapped = same(hash, block.tileHashAt(place + 1)) && same(hashAt(index + 1), tile);
    if (tile !== null && !same(hash, tile) && !isSwapped) {
      if (
        same(hash, block.tileHashAt(place + 1)) &&
        follows(hashAt(index + 1), block.tileHashAt(place + 2))
      ) {
        // Everything after it moved up by one.
        this.#findings.add({ kind: 'leaf-missing', index: place });
        this.#shift += 1;
        this.#push(null, tile);
        return;
      }
      if (same(hashAt(index + 1), tile) && follows(hashAt(index + 2), block.tileHashAt(place + 1))) {
        this.#findings.add({ kind: 'leaf-added', index: place });
        this.#shift -= 1;
        index += 1;
        hash = hashAt(index);
      }
    }
    const stored = block.leafAt(index)?.leafHash ?? null;
    const isBroken = !same(hash, stored);
    if (isBroken) this.#findings.add({ kind: 'leaf-changed', index: place });
    if (hash !== null && tile !== null && !hash.equals(tile) && this.#pending.length < mostPending)
      this.#pending.push({ place, leaf: hash, tile, told: isBroken });
    this.#push(hash, tile);
  }

  /** What began to differ within the block is decided by the stored node above it, where that is one of the two. */
  #decideByNode(node: Buffer | null): void {
    if (node === null || this.#fromLeaves === this.#fromTiles) return;
    if (this.#fromLeaves !== null && this.#leafNodes.get(1)?.equals(node) === true) {
      this.#settle('tiles');
      this.#fromTiles = this.#fromLeaves;
    } else if (this.#fromTiles !== null && this.#tileNodes.get(1)?.equals(node) === true) {
      this.#goOnFromTiles(this.#fromTiles);
    }
  }

  #goOnFromTiles(tiles: TreeRange): void {
    this.#settle('leaves');
    this.#fromLeaves = tiles.copy(this.#keepLeafNode);
    this.#fromTiles = this.#fromLeaves;
  }

  #push(leaf: Buffer | null, tile: Buffer | null): void {
    if (this.#fromLeaves === this.#fromTiles && (leaf === null || tile === null || !leaf.equals(tile)))
      this.#fromTiles = this.#fromLeaves?.copy(this.#keepTileNode) ?? null;
    if (this.#fromLeaves !== this.#fromTiles) {
      if (tile === null) this.#fromTiles = null;
      else this.#fromTiles?.push(0, tile);
    }
    if (leaf === null) this.#fromLeaves = null;
    else this.#fromLeaves?.push(0, leaf);
  }

  /** @param broken which of the two a signed root proved wrong */
  #settle(broken: 'leaves' | 'tiles'): void {
    const pending = this.#pending;
    this.#pending = [];
    if (broken === 'tiles') {
      for (const { place } of pending)
        this.#findings.add({
          kind: 'tile-changed',
          index: place,
          where: tilePath(0, BigInt(Math.floor(place / tileWidth)), tileWidth),
        });
      return;
    }
    const room = mostPending - this.#broken.length;
    this.#broken.push(...pending.filter(({ told }) => !told).slice(0, room));
  }

  #builtNodes(end: number): readonly BuiltNode[] {
    const nodes: BuiltNode[] = [];
    for (let level = 1, span = tileWidth; end % span === 0; level += 1, span *= tileWidth) {
      const all = [this.#leafNodes.get(level), this.#tileNodes.get(level)];
      nodes.push({ level, place: end / span - 1, candidates: all.filter((node) => node !== undefined) });
    }
    return nodes;
  }
}
