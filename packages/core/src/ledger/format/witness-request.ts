import { NoteBroken } from './note.ts';
import { decodeHash, parseSize } from './text-lines.ts';

// What a witness is asked (the body of C2SP tlog-witness add-checkpoint): a checkpoint, and that it extends what it saw.

const maxHashes = 63;

export interface WitnessRequest {
  /** The size that the witness last cosigned; 0 for none. */
  readonly from: bigint;
  readonly proof: readonly Buffer[];
  /** A signed note. */
  readonly checkpoint: string;
}

export function encodeWitnessRequest({ from, proof, checkpoint }: WitnessRequest): string {
  const lines = [`old ${from}`, ...proof.map((hash) => hash.toString('base64'))];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @throws NoteBroken (`unreadable`); nothing is verified */
export function parseWitnessRequest(text: string): WitnessRequest {
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, Math.max(end, 0)).split('\n');
  const old = lines.shift() ?? '';
  const from = old.startsWith('old ') ? parseSize(old.slice('old '.length)) : null;
  const proof = lines.map(decodeHash);
  const hashes = proof.filter((hash) => hash !== null);
  if (end < 0 || from === null || hashes.length < proof.length || hashes.length > maxHashes) {
    throw new NoteBroken('unreadable', 'not a request to a witness');
  }
  return { from, proof: hashes, checkpoint: text.slice(end + 2) };
}
