import canonicalize from 'canonicalize';
import type { Leaf } from './entries.ts';
import { sha256 } from './sha256.ts';

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
