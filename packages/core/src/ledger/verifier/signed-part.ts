import {
  formatFile,
  headFile,
  keysFile,
  maxEarlierCheckpoints,
  parseCheckpointPath,
  parseFormat,
  parseKeys,
} from '../format/export-file.ts';
import type { Findings } from './findings.ts';
import type { SignedHead } from './grown-tree.ts';
import { claimOf, trustCheckpoint } from './kept-heads.ts';
import type { NextFile, TarFiles } from './tar-files.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/** Far more than a checkpoint with its cosignatures or a list of keys needs. */
const longestFile = 20_000;

/** What an export says before its tree. */
export interface SignedPart {
  readonly origin: string | null;
  readonly size: bigint;
  /** Checkpoints that a given key signed, ascending by size; the head, where it is one of them, is the last. */
  readonly heads: readonly SignedHead[];
  readonly head: SignedHead | null;
  readonly cosignedBy: readonly string[];
  /** The first file of the tree; null when nothing more can be read, which is told. */
  readonly next: NextFile | null;
}

/** Reads the files before the tree; what is wrong with them is told, and the rest is read all the same. */
export async function readSignedPart(
  files: TarFiles,
  keys: TrustedKeys,
  findings: Findings,
): Promise<SignedPart> {
  const { contents, next } = await collect(files, findings);
  const missing = (name: string) => contents.get(name) === undefined && next !== null;

  const format = parseFormat(contents.get(formatFile) ?? Buffer.alloc(0));
  if (format === null && next !== null) findings.add('unreadable', { where: formatFile });
  if (missing(keysFile) || parseKeys(contents.get(keysFile) ?? Buffer.alloc(0)) === null) {
    findings.add('unreadable', { where: keysFile });
  }
  if (missing(headFile)) findings.add('unsigned-root', { where: headFile });
  const note = contents.get(headFile);
  const head = note === undefined ? null : trustCheckpoint(note, keys, headFile, findings);
  const claim = head ?? format ?? (note === undefined ? null : claimOf(note));
  if (head !== null && format !== null) {
    // What nobody signed must agree with what was.
    if (format.origin !== head.origin) findings.add('origin-mismatch', { where: formatFile });
    if (format.size !== head.size) findings.add('unreadable', { where: formatFile });
  }

  const heads: SignedHead[] = [];
  for (const [name, bytes] of contents) {
    const size = parseCheckpointPath(name);
    if (size === null) continue;
    const earlier = trustCheckpoint(bytes, keys, name, findings);
    if (earlier === null) continue;
    if (claim !== null && earlier.origin !== claim.origin) findings.add('origin-mismatch', { where: name });
    else if (earlier.size !== size || (claim !== null && size >= claim.size)) {
      findings.add('unreadable', { where: name });
    } else heads.push({ size, root: earlier.root, where: name });
  }
  const signedHead = head === null ? null : { size: head.size, root: head.root, where: headFile };
  if (signedHead !== null) heads.push(signedHead);
  return {
    origin: claim?.origin ?? null,
    size: claim?.size ?? 0n,
    heads,
    head: signedHead,
    cosignedBy: head?.cosigned.map(({ verifier }) => verifier.name) ?? [],
    next: claim === null ? null : next,
  };
}

/** The files before the tree, each once and in their order; others are told of and passed over. */
async function collect(
  files: TarFiles,
  findings: Findings,
): Promise<{ readonly contents: ReadonlyMap<string, Buffer>; readonly next: NextFile | null }> {
  const contents = new Map<string, Buffer>();
  let last = -1n;
  for (;;) {
    const next = await files.next();
    if (next.kind === 'file' && next.name.startsWith('tile/')) return { contents, next };
    if (next.kind === 'end') return { contents, next };
    if (next.kind !== 'file') {
      findings.add(next.kind);
      return { contents, next: null };
    }
    const { name, length } = next;
    const place = placeOf(name);
    const wanted =
      place !== null && place > last && length <= longestFile && contents.size < 3 + maxEarlierCheckpoints;
    if (!wanted) {
      findings.add('oversized', { where: shown(name) });
      if (await files.skip(length)) continue;
    }
    const content = wanted ? await files.content(length) : null;
    if (place === null || content === null) {
      findings.add('truncated', { where: shown(name) });
      return { contents, next: null };
    }
    if (!content.tidy) findings.add('oversized', { where: name });
    contents.set(name, Buffer.from(content.bytes));
    last = place;
  }
}

function placeOf(name: string): bigint | null {
  const place = [formatFile, keysFile, headFile].indexOf(name);
  const size = parseCheckpointPath(name);
  return place >= 0 ? BigInt(place) : size === null ? null : 3n + size;
}

/** A name that anybody can have written, as it can be shown. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away.
export const shown = (name: string): string => name.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');
