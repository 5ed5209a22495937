import { createHash, createPublicKey, verify } from 'node:crypto';

// What an outsider needs to know of the formats (C2SP signed-note and tlog-checkpoint, RFC 9162), written from these pages alone.

export interface SignedHead {
  readonly origin: string;
  readonly size: number;
  /** Base 64. */
  readonly root: string;
}

/** A checkpoint, checked with the keys that the log publishes. @throws Error when none of them signed it */
export function openHead(note: string, verifierKeys: readonly string[]): SignedHead {
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  const [origin = '', size = '', root = ''] = text.split('\n');
  const known = new Map(
    verifierKeys.map((key) => {
      // Base 64 may hold a plus of its own.
      const [name, keyId, ...encoded] = key.split('+');
      return [`${name} ${keyId}`, Buffer.from(encoded.join('+'), 'base64')] as const;
    }),
  );
  const good = note
    .slice(end + 1)
    .trimEnd()
    .split('\n')
    .some((line) => {
      const [, name, encoded = ''] = line.split(' ');
      const bytes = Buffer.from(encoded, 'base64');
      const key = known.get(`${name} ${bytes.toString('hex', 0, 4)}`);
      return key?.[0] === 1 && name === origin && isSigned(key.subarray(1), text, bytes.subarray(4));
    });
  if (!good) throw new Error(`nobody known signed this:\n${note}`);
  return { origin, size: Number(size), root };
}

const isSigned = (publicKey: Buffer, text: string, signature: Buffer): boolean =>
  verify(
    null,
    Buffer.from(text),
    createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
      format: 'jwk',
    }),
    signature,
  );

/** RFC 9162, section 2.1.4.2, step by step. */
export function extendsHead(earlier: SignedHead, later: SignedHead, proof: readonly string[]): boolean {
  const [first, second] = [earlier.size, later.size];
  if (first === second) return earlier.root === later.root && proof.length === 0;
  if (first < 1 || first > second) return false;
  const path = proof.map((hash) => Buffer.from(hash, 'base64'));
  if (Number.isInteger(Math.log2(first))) path.unshift(Buffer.from(earlier.root, 'base64'));
  let [fn, sn] = [first - 1, second - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  let [fr, sr]: (Buffer | undefined)[] = [path[0], path[0]];
  for (const c of path.slice(1)) {
    if (sn === 0 || fr === undefined || sr === undefined) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [hashOf(1, c, fr), hashOf(1, c, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      sr = hashOf(1, sr, c);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && fr?.toString('base64') === earlier.root && sr?.toString('base64') === later.root;
}

/** RFC 9162, section 2.1.1: the root over entries as they stand. */
export function rootOfEntries(entries: readonly string[]): string {
  const over = (hashes: readonly Buffer[]): Buffer => {
    const [first] = hashes;
    if (first === undefined) return createHash('sha256').digest();
    if (hashes.length === 1) return first;
    let half = 1;
    while (half * 2 < hashes.length) half *= 2;
    return hashOf(1, over(hashes.slice(0, half)), over(hashes.slice(half)));
  };
  return over(entries.map((entry) => hashOf(0, Buffer.from(entry)))).toString('base64');
}

const hashOf = (prefix: 0 | 1, ...parts: readonly Buffer[]): Buffer =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.of(prefix), ...parts]))
    .digest();
