import { TreeRange } from './merkle.ts';
import { hashLength } from './sha256.ts';
import { tileHeight, tilePath, tileWidth } from './tiles.ts';

/** The hashes of a tile. It may hold more than the tree of a proof does: only what lies within that tree is used. */
export type TileReader = (level: number, index: bigint) => Promise<Buffer>;

/** The root of the tree of `size` leaves. */
export function rootAt(reader: TileReader, size: bigint): Promise<Buffer> {
  return hashOfRange(oncePerTile(reader), 0n, size);
}

/**
 * The hashes that lead from a leaf to the root, its sibling first (RFC 6962, section 2.1.1).
 *
 * @throws RangeError when the tree has no such leaf
 */
export async function proveInclusion(reader: TileReader, index: bigint, size: bigint): Promise<Buffer[]> {
  if (index < 0n || index >= size) throw new RangeError(`a tree of ${size} leaves has no leaf ${index}`);
  const read = oncePerTile(reader);
  const proof: Buffer[] = [];
  let begin = 0n;
  let end = size;
  while (end - begin > 1n) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      proof.push(await hashOfRange(read, middle, end));
      end = middle;
    } else {
      proof.push(await hashOfRange(read, begin, middle));
      begin = middle;
    }
  }
  return proof.reverse();
}

/**
 * The hashes that show that the tree of `size` leaves begins with that of `from` (RFC 6962, section 2.1.2); none when either is
 * empty or they are the same.
 *
 * @throws RangeError when `from` is larger than `size`
 */
export async function proveConsistency(reader: TileReader, from: bigint, size: bigint): Promise<Buffer[]> {
  if (from < 0n || from > size)
    throw new RangeError(`a tree of ${size} leaves does not extend one of ${from}`);
  if (from === 0n || from === size) return [];
  const read = oncePerTile(reader);
  const proof: Buffer[] = [];
  let begin = 0n;
  let end = size;
  while (end !== from) {
    const middle = begin + splitOf(end - begin);
    if (from <= middle) {
      proof.push(await hashOfRange(read, middle, end));
      end = middle;
    } else {
      proof.push(await hashOfRange(read, begin, middle));
      begin = middle;
    }
  }
  // What is left of the smaller tree; its whole is not told, since whoever checks has its root.
  if (begin > 0n) proof.push(await hashOfRange(read, begin, end));
  return proof.reverse();
}

/** The largest power of two below `length`: where RFC 6962 divides a tree. */
function splitOf(length: bigint): bigint {
  return 1n << BigInt((length - 1n).toString(2).length - 1);
}

function oncePerTile(reader: TileReader): TileReader {
  const known = new Map<string, Promise<Buffer>>();
  return (level, index) => {
    const name = `${level}/${index}`;
    const there = known.get(name) ?? reader(level, index);
    known.set(name, there);
    return there;
  };
}

/** The hash of the leaves from `begin` to before `end`, a subtree as RFC 6962 divides a tree. */
async function hashOfRange(read: TileReader, begin: bigint, end: bigint): Promise<Buffer> {
  const range = new TreeRange();
  for (let at = begin; at < end; ) {
    const height = (end - at).toString(2).length - 1;
    const level = Math.floor(height / tileHeight);
    const first = at >> BigInt(level * tileHeight);
    const index = first >> 8n;
    const hashes = await read(level, index);
    const from = Number(first & 0xffn);
    const to = from + 2 ** (height % tileHeight);
    if (hashes.length < to * hashLength) {
      throw new Error(`${tilePath(level, index, tileWidth)} has fewer than ${to} hashes`);
    }
    for (let each = from; each < to; each += 1) range.push(level * tileHeight, hashes, each * hashLength);
    at += 1n << BigInt(height);
  }
  return range.root();
}
