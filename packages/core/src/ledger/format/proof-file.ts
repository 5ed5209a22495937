import { NoteBroken } from './note.ts';
import { decodeBase64, decodeHash, parseSize } from './text-lines.ts';

// A proof that stands for itself (C2SP tlog-proof): place, path and signed checkpoint in one text.

const firstLine = 'c2sp.org/tlog-proof@v1';
/** A tree cannot be higher. */
const maxHashes = 63;

export interface ProofFile {
  /** Anything, which nothing vouches for; null where there is none. */
  readonly extra: Buffer | null;
  readonly index: bigint;
  readonly proof: readonly Buffer[];
  /** A signed note, as the log gave it. */
  readonly checkpoint: string;
}

export function encodeProofFile({
  extra = null,
  index,
  proof,
  checkpoint,
}: Omit<ProofFile, 'extra'> & Partial<Pick<ProofFile, 'extra'>>): string {
  const lines = [
    firstLine,
    ...(extra === null ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...proof.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @throws NoteBroken (`unreadable`); nothing is verified */
export function parseProofFile(bytes: Uint8Array | string): ProofFile {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8');
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, Math.max(end, 0)).split('\n');
  const checkpoint = text.slice(end + 2);
  const first = lines.shift();
  const extraLine = lines[0]?.startsWith('extra ') === true ? lines.shift() : undefined;
  const extra = extraLine === undefined ? null : decodeBase64(extraLine.slice('extra '.length));
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? parseSize(indexLine.slice('index '.length)) : null;
  const proof = lines.map(decodeHash);
  const hashes = proof.filter((hash) => hash !== null);
  if (
    end < 0 ||
    first !== firstLine ||
    (extraLine !== undefined && extra === null) ||
    index === null ||
    hashes.length < proof.length ||
    hashes.length > maxHashes
  ) {
    throw new NoteBroken('unreadable', 'not a tlog-proof');
  }
  return { extra, index, proof: hashes, checkpoint };
}
