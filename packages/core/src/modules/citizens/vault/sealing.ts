import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/**
 * Sealed bytes, version 1: one byte 0x01 · 12 bytes nonce (random) · ciphertext · 16 bytes tag. AES-256-GCM
 * (NIST SP 800-38D). The version byte is authenticated too, as part of the context.
 *
 * The context says what the bytes are and whose. It is not stored: whoever opens says what they expect, so bytes that
 * were moved to another citizen, municipality or column do not open.
 */
const version = 1;
const nonceLength = 12;
const tagLength = 16;
export const keyLength = 32;

export type Purpose =
  | 'citizen-key'
  | 'identity'
  | 'subject'
  | 'note'
  | 'agenda'
  | 'guest-address'
  | 'mailbox'
  | 'link-ask'
  | 'weekly-plan'
  | 'index-key'
  | 'log-key'
  | 'former-key'
  | 'key-check';

export interface Context {
  readonly purpose: Purpose;
  /** Municipality and citizen, or municipality and key, as far as there are any; ids without line breaks. */
  readonly owner: readonly string[];
}

/** Keys are key objects: they are three times as quick as bytes, and are never printed by accident. */
export const makeKey = (): KeyObject => keyFrom(randomBytes(keyLength));
export const keyFrom = (bytes: Uint8Array): KeyObject => createSecretKey(bytes);

export function seal(key: KeyObject, context: Context, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
  cipher.setAAD(aadOf(context));
  return Buffer.concat([
    Uint8Array.of(version),
    nonce,
    cipher.update(plain),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** @throws SealBroken when the bytes were not sealed with this key in this context, or are not what they were */
export function unseal(key: KeyObject, context: Context, sealed: Uint8Array): Buffer {
  if (sealed.length < 1 + nonceLength + tagLength || sealed[0] !== version)
    throw new SealBroken(context.purpose);
  const body = sealed.length - tagLength;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceLength), {
    authTagLength: tagLength,
  });
  decipher.setAAD(aadOf(context));
  decipher.setAuthTag(sealed.subarray(body));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(1 + nonceLength, body)), decipher.final()]);
  } catch {
    throw new SealBroken(context.purpose);
  }
}

/** Bytes that do not open: damage or tampering, never a caller's mistake. Says nothing of what is in them. */
export class SealBroken extends Error {
  constructor(purpose: Purpose) {
    super(`Sealed bytes (${purpose}) do not open with the key and owner they are said to have.`);
    this.name = 'SealBroken';
  }
}

/**
 * A blind index: equal values give equal bytes within one municipality, and without its index key the bytes say
 * nothing. HMAC-SHA-256 (RFC 2104); a phone and a reference of the same digits give different ones.
 *
 * @param value in its one written form: E.164 for a phone, `tidyText` for a reference
 */
export const blindIndex = (indexKey: KeyObject, purpose: 'phone' | 'reference', value: string): Buffer =>
  createHmac('sha256', indexKey).update(`${purpose}\n${value}`).digest();

const aadOf = ({ purpose, owner }: Context): Buffer =>
  Buffer.from(['naer-vault', String(version), purpose, ...owner].join('\n'));
