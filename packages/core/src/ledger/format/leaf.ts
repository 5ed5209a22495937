import canonicalize from 'canonicalize';
import type { Leaf } from './entries.ts';
import { sha256, sha256Into } from './sha256.ts';

/** The exact bytes of a leaf: RFC 8785 canonical JSON in UTF-8. */
export function encodeLeaf(leaf: Leaf): Buffer {
  const json = canonicalize(leaf);
  if (json === undefined) throw new Error('a leaf must be JSON');
  return Buffer.from(json, 'utf8');
}

/** RFC 6962, section 2.1: the hash of a leaf is SHA-256 over 0x00 and its bytes. */
export function hashLeaf(bytes: Uint8Array): Buffer {
  const prefixed = Buffer.allocUnsafe(bytes.length + 1);
  prefixed[0] = 0x00;
  prefixed.set(bytes, 1);
  return sha256(prefixed);
}

// 0x00, then a leaf: one buffer for all, since hashing is synchronous.
let prefixedLeaf = Buffer.alloc(4096);

/** Writes the hash of a leaf into `target` at `offset`, for those who hash millions. */
export function hashLeafInto(bytes: Uint8Array, target: Buffer, offset: number): void {
  if (bytes.length >= prefixedLeaf.length) prefixedLeaf = Buffer.alloc(2 * bytes.length);
  prefixedLeaf.set(bytes, 1);
  sha256Into(prefixedLeaf.subarray(0, bytes.length + 1), target, offset);
}
