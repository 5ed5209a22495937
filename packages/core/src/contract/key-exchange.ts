import { z } from 'zod';

/** Bytes as base64url without padding (RFC 4648, section 5). */
export const bytes = (least: number, most = least) => {
  const lengths = [least, most].map((count) => Math.ceil((count * 4) / 3)).join(',');
  return z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${lengths}}$`), 'is base64url of the right length');
};

/** An uncompressed point of P-256 (SEC 1, section 2.3.3), as WebCrypto exports a raw ECDH key. */
export const publicKey = bytes(65);
/** SHA-256 of public key and nonce. */
export const commitment = bytes(32);
export const nonce = bytes(16);
/** The call's key under AES-GCM: 12 bytes of initialisation vector, 32 of key, 16 of tag. */
export const wrappedKey = bytes(60);

/**
 * How host and seat agree on a key without the service learning it. The seat commits itself first, the host answers with a
 * key made for this seat alone, only then the seat shows what it committed to: so nobody in between can search for keys
 * whose comparison code happens to agree (as ZRTP does, RFC 6189 section 4.4.1.1).
 */
export const keyExchange = z.object({
  commitment: commitment.nullable(),
  hostKey: publicKey.nullable(),
  publicKey: publicKey.nullable(),
  nonce: nonce.nullable(),
  /** Which key of the call this is; it changes when somebody leaves a meeting. */
  epoch: z.int(),
  wrappedKey: wrappedKey.nullable(),
});
export type KeyExchange = z.infer<typeof keyExchange>;
