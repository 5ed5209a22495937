import { NoteBroken, type Verified, type Verifier, verifyNote } from './note.ts';
import { decodeHash, parseSize } from './text-lines.ts';

/** The head of a log's tree (C2SP tlog-checkpoint). */
export interface TreeHead {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Buffer;
}

export interface OpenCheckpoint extends TreeHead {
  /** The note's text: what is signed. */
  readonly text: string;
  /** The key of the log that signed it. */
  readonly signedBy: Verifier;
  readonly cosigned: readonly Verified[];
}

/** The text to be signed. */
export function encodeCheckpoint({ origin, size, root }: TreeHead): string {
  if (origin === '' || origin.includes('\n')) throw new Error('an origin is one line');
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/**
 * What a note's text says, whoever signed it. Further lines are allowed by the specification and passed over.
 *
 * @throws NoteBroken (`unreadable`)
 */
export function parseCheckpoint(text: string): TreeHead {
  const lines = text.split('\n');
  const [origin = '', sizeLine = '', rootLine = ''] = lines;
  const size = parseSize(sizeLine);
  const root = decodeHash(rootLine);
  if (lines.pop() !== '' || lines.includes('') || size === null || root === null) {
    throw new NoteBroken('unreadable', 'not a checkpoint');
  }
  return { origin, size, root };
}

/**
 * A checkpoint that is signed by a key of its log. Keys of witnesses among `verifiers` are checked where they cosigned.
 *
 * @throws NoteBroken as `verifyNote`; `wrong-key` too when only witnesses signed; `origin-mismatch` when a trusted key signed for
 * another log than the one it is named after
 */
export function openCheckpoint(note: Uint8Array | string, verifiers: readonly Verifier[]): OpenCheckpoint {
  const { text, verified } = verifyNote(note, verifiers);
  const head = parseCheckpoint(text);
  const signed = verified.filter(({ verifier }) => verifier.algorithm === 'ed25519');
  if (signed.length === 0) throw new NoteBroken('wrong-key', 'signed by none of the keys of the log');
  const own = signed.find(({ verifier }) => verifier.name === head.origin);
  if (own === undefined) throw new NoteBroken('origin-mismatch', `a checkpoint of ${head.origin}`);
  const cosigned = verified.filter(({ verifier }) => verifier.algorithm === 'cosignature/v1');
  return { ...head, text, signedBy: own.verifier, cosigned };
}
