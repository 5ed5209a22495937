import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** Bytes of a seed and of a public key (RFC 8032). */
export const keyLength = 32;
export const signatureLength = 64;

// RFC 8410: what stands before the 32 bytes of a key in its DER form.
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface KeyPair {
  readonly publicKey: Buffer;
  sign(message: Uint8Array): Buffer;
}

export function keyPairOf(seed: Uint8Array): KeyPair {
  if (seed.length !== keyLength) throw new Error('a seed has 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' });
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { publicKey: der.subarray(publicPrefix.length), sign: (message) => sign(null, message, key) };
}

const known = new WeakMap<Uint8Array, KeyObject>();

/** False for a wrong signature, and for bytes that are no key or no signature. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key =
      known.get(publicKey) ??
      createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: 'der', type: 'spki' });
    known.set(publicKey, key);
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
}
