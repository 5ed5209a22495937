import * as crypto from 'node:crypto';

/** Bytes of a SHA-256 hash. */
export const hashLength = 32;

// One-shot hashing (Node 20.12 and newer) is several times as fast as a hash object, and fastest when the digest comes as a
// string of bytes: no object is made for each of the millions of hashes of a tree.
const oneShot: typeof crypto.hash | undefined = crypto.hash;

export function sha256(bytes: Uint8Array): Buffer {
  return oneShot === undefined
    ? crypto.createHash('sha256').update(bytes).digest()
    : Buffer.from(oneShot('sha256', bytes, 'binary'), 'latin1');
}

/** Writes the hash of `bytes` into `target` at `offset`; `bytes` may be a part of `target`. */
export function sha256Into(bytes: Uint8Array, target: Buffer, offset: number): void {
  if (oneShot === undefined) crypto.createHash('sha256').update(bytes).digest().copy(target, offset);
  else target.write(oneShot('sha256', bytes, 'binary'), offset, 'latin1');
}
