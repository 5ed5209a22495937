import { hashLength, sha256, sha256Into } from './sha256.ts';

/** RFC 6962, section 2.1: the root of a tree without leaves is the hash of nothing. */
export const emptyRoot: Buffer = sha256(new Uint8Array());

// 0x01, then the two children: one buffer for all nodes, since hashing is synchronous.
const node = Buffer.alloc(1 + 2 * hashLength, 0x01);

/** RFC 6962, section 2.1: the hash of an inner node is SHA-256 over 0x01 and its two children. */
export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + hashLength);
  return sha256(node);
}

/**
 * The left edge of a growing tree: the roots of its largest complete subtrees, left to right. Hashes every inner node once,
 * and holds 32 bytes for each bit of the tree's size.
 */
export class TreeRange {
  readonly #roots = Buffer.alloc(64 * hashLength);
  readonly #heights: number[] = [];
  readonly #onNode: ((height: number, hash: Buffer) => void) | undefined;

  /** @param onNode is told of every complete tile (a node of height 8, 16, …); it must copy the hash if it keeps it. */
  constructor(onNode?: (height: number, hash: Buffer) => void) {
    this.#onNode = onNode;
  }

  /** The same range, to grow on its own from here. */
  copy(onNode?: (height: number, hash: Buffer) => void): TreeRange {
    const other = new TreeRange(onNode);
    this.#roots.copy(other.#roots);
    other.#heights.push(...this.#heights);
    return other;
  }

  /** Adds the complete subtree that follows; only safe when its height is at most that of the last one added before. */
  push(height: number, hashes: Buffer, offset = 0): void {
    const heights = this.#heights;
    hashes.copy(this.#roots, heights.length * hashLength, offset, offset + hashLength);
    let grown = height;
    while (heights.length > 0 && heights[heights.length - 1] === grown) {
      const left = (heights.length - 1) * hashLength;
      this.#roots.copy(node, 1, left, left + 2 * hashLength);
      sha256Into(node, this.#roots, left);
      heights.pop();
      grown += 1;
      if (grown % 8 === 0) this.#onNode?.(grown, this.#roots.subarray(left, left + hashLength));
    }
    heights.push(grown);
  }

  /** A range that goes on from here by itself. */
  fork(onNode?: (height: number, hash: Buffer) => void): TreeRange {
    const range = new TreeRange(onNode);
    this.#roots.copy(range.#roots);
    range.#heights.push(...this.#heights);
    return range;
  }

  /** The root of the tree over everything added so far. */
  root(): Buffer {
    let at = (this.#heights.length - 1) * hashLength;
    if (at < 0) return emptyRoot;
    let root: Buffer = Buffer.from(this.#roots.subarray(at, at + hashLength));
    for (at -= hashLength; at >= 0; at -= hashLength) {
      root = hashNode(this.#roots.subarray(at, at + hashLength), root);
    }
    return root;
  }
}

const areHashes = (proof: readonly Buffer[]): boolean => proof.every((hash) => hash.length === hashLength);

/** Whether `proof` leads from a leaf to the root of a tree of `size` leaves (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(claim: {
  readonly leafHash: Buffer;
  readonly index: bigint;
  readonly size: bigint;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Buffer[];
  readonly root: Buffer;
}): boolean {
  if (claim.index < 0n || claim.index >= claim.size || !areHashes(claim.proof)) return false;
  let place = claim.index;
  let last = claim.size - 1n;
  let hash = claim.leafHash;
  for (const sibling of claim.proof) {
    if (last === 0n) return false;
    if (place % 2n === 1n || place === last) {
      hash = hashNode(sibling, hash);
      // A node without a sibling rises until it is a right child.
      while (place % 2n === 0n && place !== 0n) {
        place /= 2n;
        last /= 2n;
      }
    } else {
      hash = hashNode(hash, sibling);
    }
    place /= 2n;
    last /= 2n;
  }
  return last === 0n && hash.equals(claim.root);
}

/**
 * Whether `proof` shows that the tree of `size` leaves begins with that of `from` leaves (RFC 9162, section 2.1.4.2). Everything
 * extends the empty tree, and a tree extends itself, both with an empty proof.
 */
export function verifyConsistency(claim: {
  readonly from: bigint;
  readonly fromRoot: Buffer;
  readonly size: bigint;
  readonly root: Buffer;
  readonly proof: readonly Buffer[];
}): boolean {
  const { from, size, fromRoot, root } = claim;
  if (from < 0n || from > size || !areHashes(claim.proof)) return false;
  if (size === 0n && !root.equals(emptyRoot)) return false;
  if (from === 0n) return claim.proof.length === 0 && fromRoot.equals(emptyRoot);
  if (from === size) return claim.proof.length === 0 && fromRoot.equals(root);
  // Where the smaller tree is complete, its root is a node of the larger one and is left out of the proof.
  const path = (from & (from - 1n)) === 0n ? [fromRoot, ...claim.proof] : claim.proof;
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let place = from - 1n;
  let last = size - 1n;
  while (place % 2n === 1n) {
    place /= 2n;
    last /= 2n;
  }
  let smaller = first;
  let larger = first;
  for (const sibling of rest) {
    if (last === 0n) return false;
    if (place % 2n === 1n || place === last) {
      smaller = hashNode(sibling, smaller);
      larger = hashNode(sibling, larger);
      while (place % 2n === 0n && place !== 0n) {
        place /= 2n;
        last /= 2n;
      }
    } else {
      larger = hashNode(larger, sibling);
    }
    place /= 2n;
    last /= 2n;
  }
  return last === 0n && smaller.equals(fromRoot) && larger.equals(root);
}
