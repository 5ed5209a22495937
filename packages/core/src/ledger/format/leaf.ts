import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Leaf } from './entries.ts';

/** The exact bytes of a leaf: RFC 8785 canonical JSON in UTF-8. */
export function encodeLeaf(leaf: Leaf): Buffer {
  const json = canonicalize(leaf);
  if (json === undefined) throw new Error('a leaf must be JSON');
  return Buffer.from(json, 'utf8');
}

/** RFC 6962, section 2.1: the hash of a leaf is SHA-256 over 0x00 and its bytes. */
export function hashLeaf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(0)).update(bytes).digest();
}
