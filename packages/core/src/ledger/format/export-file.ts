import canonicalize from 'canonicalize';
import { NoteBroken, parseVerifierKey } from './note.ts';
import { parseSize } from './text-lines.ts';
import type { TilePlace } from './tiles.ts';
import { entriesPath, tilePath, widthAt } from './tiles.ts';

// A whole log in one file: a tar (POSIX.1-2017 pax, "ustar Interchange Format") of what C2SP tlog-tiles serves, in an order that
// lets it be checked while it streams by. The same log at the same size is the same file, byte for byte.

const formatName = 'naer-ledger/1';

/** How many earlier checkpoints are told at most; their number bounds what a check has to remember. */
export const maxEarlierCheckpoints = 1_000;

export type ExportFile =
  | { readonly kind: 'format' | 'keys' | 'head'; readonly name: string }
  | { readonly kind: 'checkpoint'; readonly name: string; readonly size: bigint }
  | ({ readonly kind: 'entries' | 'tile'; readonly name: string } & TilePlace);

export const formatFile = 'format.json';
export const keysFile = 'keys';
export const headFile = 'checkpoint';
const checkpointFolder = 'checkpoints/';

/** The files before the tree, in their order. */
export function* filesBeforeTree(earlier: readonly bigint[]): Generator<ExportFile> {
  yield { kind: 'format', name: formatFile };
  yield { kind: 'keys', name: keysFile };
  yield { kind: 'head', name: headFile };
  for (const size of earlier) yield { kind: 'checkpoint', name: checkpointPath(size), size };
}

/** The files of the tree, in their order: each bundle with its tile of level 0, then the higher levels. */
export function* filesOfTree(size: bigint): Generator<ExportFile> {
  for (let index = 0n; ; index += 1n) {
    const width = widthAt(0, index, size);
    if (width === 0) break;
    const place = { level: 0, index, width };
    yield { kind: 'entries', name: entriesPath(index, width), ...place };
    yield { kind: 'tile', name: tilePath(0, index, width), ...place };
  }
  for (let level = 1; size >> BigInt(8 * level) > 0n; level += 1) {
    for (let index = 0n; ; index += 1n) {
      const width = widthAt(level, index, size);
      if (width === 0) break;
      yield { kind: 'tile', name: tilePath(level, index, width), level, index, width };
    }
  }
}

export const checkpointPath = (size: bigint): string => `${checkpointFolder}${size}`;

/** The size that a name of an earlier checkpoint tells; null for any other name. */
export const parseCheckpointPath = (name: string): bigint | null =>
  name.startsWith(checkpointFolder) ? parseSize(name.slice(checkpointFolder.length)) : null;

/**
 * Which of the earlier checkpoints to tell: all, or a thousand evenly chosen, the oldest and the newest always.
 *
 * @param sizes ascending
 */
export function chooseCheckpoints(sizes: readonly bigint[]): readonly bigint[] {
  if (sizes.length <= maxEarlierCheckpoints) return sizes;
  const step = (sizes.length - 1) / (maxEarlierCheckpoints - 1);
  return Array.from({ length: maxEarlierCheckpoints }, (_, at) => sizes[Math.round(at * step)] ?? 0n);
}

export interface ExportFormat {
  readonly origin: string;
  readonly size: bigint;
}

export const encodeFormat = ({ origin, size }: ExportFormat): Buffer =>
  Buffer.from(canonicalize({ format: formatName, origin, size: size.toString() }) ?? '');

/** Null for what is no `format.json` of ours. */
export function parseFormat(bytes: Uint8Array): ExportFormat | null {
  try {
    const told: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof told !== 'object' || told === null || !('origin' in told) || !('size' in told)) return null;
    const size = typeof told.size === 'string' ? parseSize(told.size) : null;
    if (typeof told.origin !== 'string' || size === null) return null;
    const format = { origin: told.origin, size };
    // Only its one canonical form is ours.
    return encodeFormat(format).equals(bytes) ? format : null;
  } catch {
    return null;
  }
}

export interface ToldKey {
  readonly verifierKey: string;
  /** The size of the tree from which on it signs. */
  readonly fromSize: bigint;
}

/** The keys that the log says it had: for whoever reads it, never to be trusted by whoever checks it. */
export const encodeKeys = (keys: readonly ToldKey[]): Buffer =>
  Buffer.from(keys.map(({ verifierKey, fromSize }) => `${verifierKey} ${fromSize}\n`).join(''));

/** Null for what is no list of keys. */
export function parseKeys(bytes: Uint8Array): readonly ToldKey[] | null {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  if (lines.pop() !== '') return null;
  const keys = lines.map((line) => {
    const [verifierKey = '', from, ...more] = line.split(' ');
    const fromSize = parseSize(from ?? '');
    return fromSize === null || more.length > 0 || !isVerifierKey(verifierKey)
      ? null
      : { verifierKey, fromSize };
  });
  const told = keys.filter((key) => key !== null);
  return told.length === keys.length ? told : null;
}

function isVerifierKey(text: string): boolean {
  try {
    return parseVerifierKey(text).verifierKey === text;
  } catch (error) {
    if (error instanceof NoteBroken) return false;
    throw error;
  }
}
