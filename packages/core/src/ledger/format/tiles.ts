import { TreeRange } from './merkle.ts';
import { hashLength } from './sha256.ts';

// The tree in pieces that never change once they are full (C2SP tlog-tiles): a tile of level l holds up to 256 hashes of
// nodes of height 8·l, those of level 0 being the leaves'.

export const tileHeight = 8;
export const tileWidth = 256;

export interface Tile {
  readonly level: number;
  readonly index: bigint;
  /** 32 bytes for each node, left to right. */
  readonly hashes: Buffer;
}

export interface TilePlace {
  readonly level: number;
  readonly index: bigint;
  /** How many hashes a tree of that size has there, 1 to 256. */
  readonly width: number;
}

/** The tiles that are neither empty nor full at `size`, from level 0 up: with them alone a tree can grow. */
export function edgePlaces(size: bigint): readonly TilePlace[] {
  const places: TilePlace[] = [];
  for (let level = 0, nodes = size; nodes > 0n; level += 1, nodes >>= 8n) {
    const width = Number(nodes & 0xffn);
    if (width > 0) places.push({ level, index: nodes >> 8n, width });
  }
  return places;
}

/** How many hashes the tile at a place holds in a tree of `size`: 0 to 256. */
export function widthAt(level: number, index: bigint, size: bigint): number {
  const nodes = (size >> BigInt(level * tileHeight)) - index * BigInt(tileWidth);
  return nodes <= 0n ? 0 : nodes >= BigInt(tileWidth) ? tileWidth : Number(nodes);
}

/** What an edge holds at one level, cut to the tree's size. */
function hashesAt(edge: readonly Tile[], place: TilePlace): Buffer {
  const tile = edge.find(({ level, index }) => level === place.level && index === place.index);
  const length = place.width * hashLength;
  if (tile === undefined || tile.hashes.length < length) {
    throw new Error(`tile ${tilePath(place.level, place.index, place.width)} is missing or too short`);
  }
  return tile.hashes.subarray(0, length);
}

function resume(
  edge: readonly Tile[],
  size: bigint,
  onNode?: (height: number, hash: Buffer) => void,
): TreeRange {
  const range = new TreeRange(onNode);
  for (const place of edgePlaces(size).toReversed()) {
    const hashes = hashesAt(edge, place);
    for (let at = 0; at < hashes.length; at += hashLength) range.push(place.level * tileHeight, hashes, at);
  }
  return range;
}

/**
 * The root of the tree of `size` leaves.
 *
 * @param edge the tiles of `edgePlaces(size)`; they may have grown since, and others may be among them
 */
export function rootOf(edge: readonly Tile[], size: bigint): Buffer {
  return resume(edge, size).root();
}

/**
 * Grows a tree. Each inner node is hashed once, besides those of the edge (at most 255 for each level).
 *
 * @param edge the tiles of `edgePlaces(size)`, exactly as wide as they are at `size`; full ones may be among them
 * @returns all tiles that are new or grew, whole, by level and index; the new size and its root
 * @throws Error when the edge is not that of a tree of `size`: nothing may be signed over such a tree
 */
export function appendToTiles(
  edge: readonly Tile[],
  size: bigint,
  leafHashes: readonly Buffer[],
): { readonly tiles: readonly Tile[]; readonly size: bigint; readonly root: Buffer } {
  const growing: { index: bigint; hashes: Buffer; width: number; grew: boolean }[] = [];
  const full: Tile[] = [];
  for (const place of edgePlaces(size)) {
    const known = edge.find(({ level, index }) => level === place.level && index === place.index);
    if (known !== undefined && known.hashes.length > place.width * hashLength) {
      throw new Error(`tile ${tilePath(place.level, place.index, place.width)} is longer than the tree`);
    }
  }

  const open = (level: number) => {
    const there = growing[level];
    if (there !== undefined) return there;
    const nodes = size >> BigInt(level * tileHeight);
    const place = { level, index: nodes >> 8n, width: Number(nodes & 0xffn) };
    const tile = {
      index: place.index,
      hashes: Buffer.alloc(tileWidth * hashLength),
      width: place.width,
      grew: false,
    };
    if (place.width > 0) hashesAt(edge, place).copy(tile.hashes);
    growing[level] = tile;
    return tile;
  };
  const put = (level: number, hash: Buffer) => {
    const tile = open(level);
    hash.copy(tile.hashes, tile.width * hashLength);
    tile.width += 1;
    tile.grew = true;
    if (tile.width < tileWidth) return;
    full.push({ level, index: tile.index, hashes: tile.hashes });
    growing[level] = {
      index: tile.index + 1n,
      hashes: Buffer.alloc(tileWidth * hashLength),
      width: 0,
      grew: false,
    };
  };

  const range = resume(edge, size, (height, hash) => put(height / tileHeight, hash));
  for (const hash of leafHashes) {
    if (hash.length !== hashLength) throw new Error('a leaf hash has 32 bytes');
    put(0, hash);
    range.push(0, hash);
  }
  const partial = growing.flatMap(({ index, hashes, width, grew }, level) =>
    grew ? [{ level, index, hashes: hashes.subarray(0, width * hashLength) }] : [],
  );
  const tiles = [...full, ...partial].sort(
    (one, other) => one.level - other.level || Number(one.index - other.index),
  );
  return { tiles, size: size + BigInt(leafHashes.length), root: range.root() };
}

// ---------------------------------------------------------------------------------------------------------------------
// Names
// ---------------------------------------------------------------------------------------------------------------------

/** `1234067` as `x001/x234/067`, and the width of what is not full: `.p/<width>`. */
function placePath(index: bigint, width: number): string {
  const digits = index.toString();
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === tileWidth ? path : `${path}.p/${width}`;
}

const placePattern = String.raw`((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?`;
const tilePattern = new RegExp(`^tile/(0|[1-9]\\d?)/${placePattern}$`);
const entriesPattern = new RegExp(`^tile/entries/${placePattern}$`);

function parsePlace(
  groups: string | undefined,
  width: string | undefined,
): { readonly index: bigint; readonly width: number } | null {
  if (groups === undefined) return null;
  const index = BigInt(groups.replaceAll(/[x/]/g, ''));
  const place = { index, width: width === undefined ? tileWidth : Number(width) };
  // One name for each place: no needless groups of zeros, no width of a full tile.
  const suffix = width === undefined ? '' : `.p/${width}`;
  return place.width <= tileWidth && placePath(place.index, place.width) === groups + suffix ? place : null;
}

/** `tile/<level>/<index>`, with `.p/<width>` while it is not full. */
export function tilePath(level: number, index: bigint, width: number): string {
  return `tile/${level}/${placePath(index, width)}`;
}

/** `tile/entries/<index>`, with `.p/<width>` while it is not full. */
export function entriesPath(index: bigint, width: number): string {
  return `tile/entries/${placePath(index, width)}`;
}

/** Null for what is no path of a tile. */
export function parseTilePath(path: string): TilePlace | null {
  const match = tilePattern.exec(path);
  const place = parsePlace(match?.[2], match?.[3]);
  const level = Number(match?.[1]);
  return place === null || level > 63 ? null : { level, ...place };
}

/** Null for what is no path of a bundle of entries. */
export function parseEntriesPath(path: string): { readonly index: bigint; readonly width: number } | null {
  const match = entriesPattern.exec(path);
  return parsePlace(match?.[1], match?.[2]);
}
