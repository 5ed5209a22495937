import { type OpenCheckpoint, openCheckpoint, parseCheckpoint, type TreeHead } from '../format/checkpoint.ts';
import { NoteBroken, parseNote } from '../format/note.ts';
import type { Findings } from './findings.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/** A checkpoint that is signed by the key of the log whose turn it was, or null: then it is told what is wrong with it. */
export function trustCheckpoint(
  note: Uint8Array | string,
  keys: TrustedKeys,
  where: string,
  findings: Findings,
): OpenCheckpoint | null {
  try {
    const open = openCheckpoint(note, keys.verifiers);
    if (keys.isInTurn(open.signedBy, open.size)) return open;
    findings.add('wrong-key', { where });
    return null;
  } catch (error) {
    if (!(error instanceof NoteBroken)) throw error;
    findings.add(error.code, { where });
    return null;
  }
}

/** What a checkpoint says whoever signed it: enough to know what to look for, nothing to rely on. */
export function claimOf(note: Uint8Array | string): TreeHead | null {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (error instanceof NoteBroken) return null;
    throw error;
  }
}
