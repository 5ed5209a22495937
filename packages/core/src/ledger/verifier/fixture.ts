import { encodeCheckpoint } from '../format/checkpoint.ts';
import { encodeEntryBundle } from '../format/entry-bundle.ts';
import {
  checkpointPath,
  encodeFormat,
  encodeKeys,
  filesOfTree,
  formatFile,
  headFile,
  keysFile,
} from '../format/export-file.ts';
import { hashLeaf } from '../format/leaf.ts';
import { createLogSigner, createWitnessSigner, type Signer } from '../format/note.ts';
import type { TileReader } from '../format/proofs.ts';
import { encodeTarFile, tarEnd } from '../format/tar.ts';
import { appendToTiles, rootOf, type Tile } from '../format/tiles.ts';

export const origin = 'naer.example.dk/log';
export const logSigner = createLogSigner(origin, Buffer.alloc(32, 1));
export const witnessSigner = createWitnessSigner('auditor.example.dk', Buffer.alloc(32, 2));
export const verifierKeys = [logSigner.verifier.verifierKey, witnessSigner.verifier.verifierKey];

/** A log as a municipality holds it. */
export interface MadeLog {
  readonly entries: readonly Buffer[];
  readonly tiles: ReadonlyMap<string, Tile>;
  readonly size: bigint;
  readonly reader: TileReader;
  rootAt(size: number): Buffer;
  note(size: number, signer?: Signer): string;
}

export const entryOf = (at: number): Buffer => Buffer.from(`{"entry":"number ${at}","of":"a log"}`);

export function makeLog(entries: readonly Buffer[]): MadeLog {
  const { tiles: list, size } = appendToTiles([], 0n, entries.map(hashLeaf));
  const tiles = new Map(list.map((tile) => [`${tile.level}/${tile.index}`, tile]));
  const rootAt = (at: number): Buffer => rootOf(list, BigInt(at));
  return {
    entries,
    tiles,
    size,
    reader: async (level, index) => tiles.get(`${level}/${index}`)?.hashes ?? Buffer.alloc(0),
    rootAt,
    note: (at, signer = logSigner) => {
      const text = encodeCheckpoint({ origin: signer.verifier.name, size: BigInt(at), root: rootAt(at) });
      return `${text}\n${signer.sign(text)}`;
    },
  };
}

export const someEntries = (count: number): Buffer[] => Array.from({ length: count }, (_, at) => entryOf(at));

/** The files of an export by name, in their order. */
export type Files = Map<string, Buffer>;

export function filesOf(log: MadeLog, earlier: readonly number[] = [], signer: Signer = logSigner): Files {
  const { size } = log;
  const head = log.note(Number(size), signer);
  const text = head.slice(0, head.indexOf('\n\n') + 1);
  const files: Files = new Map([
    [formatFile, encodeFormat({ origin: signer.verifier.name, size })],
    [keysFile, encodeKeys([{ verifierKey: signer.verifier.verifierKey, fromSize: 0n }])],
    [headFile, Buffer.from(head + witnessSigner.sign(text, new Date('2026-05-04T10:00:00Z')))],
  ]);
  for (const at of earlier) files.set(checkpointPath(BigInt(at)), Buffer.from(log.note(at, signer)));
  for (const file of filesOfTree(size)) {
    if (file.kind === 'entries') {
      const from = Number(file.index) * 256;
      files.set(file.name, encodeEntryBundle(log.entries.slice(from, from + file.width)));
    } else if (file.kind === 'tile') {
      const { hashes = Buffer.alloc(0) } = log.tiles.get(`${file.level}/${file.index}`) ?? {};
      files.set(file.name, hashes);
    }
  }
  return files;
}

/** All bundles of a log that has other entries than its tiles tell of; the last bundle is as long as it becomes. */
export function withEntries(files: Files, other: readonly Buffer[]): void {
  const names = [...files.keys()].filter((name) => name.startsWith('tile/entries/'));
  names.forEach((name, at) => {
    const end = at === names.length - 1 ? other.length : (at + 1) * 256;
    files.set(name, encodeEntryBundle(other.slice(at * 256, end)));
  });
}

export const pack = (files: Iterable<readonly [string, Buffer]>): Buffer =>
  Buffer.concat([...Array.from(files, ([name, content]) => encodeTarFile(name, content)), tarEnd]);

/** Bytes in chunks of uneven length, as a network gives them. */
export async function* inChunks(bytes: Uint8Array, length = 50_001): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
