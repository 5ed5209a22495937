import { type OpenCheckpoint, openCheckpoint, parseCheckpoint, type TreeHead } from '../format/checkpoint.ts';
import { NoteBroken, parseNote, type Verifier } from '../format/note.ts';
import type { Findings } from './findings.ts';

/** A checkpoint that is signed by a key of the log, or null: then it is told what is wrong with it. */
export function trustCheckpoint(
  note: Uint8Array | string,
  verifiers: readonly Verifier[],
  where: string,
  findings: Findings,
): OpenCheckpoint | null {
  try {
    return openCheckpoint(note, verifiers);
  } catch (error) {
    if (!(error instanceof NoteBroken)) throw error;
    findings.add(error.code, { where });
    return null;
  }
}

/** What a checkpoint says whoever signed it: enough to know what to look for, nothing to rely on. */
export function claimOf(note: Uint8Array): TreeHead | null {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (error instanceof NoteBroken) return null;
    throw error;
  }
}
