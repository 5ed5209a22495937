import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { DerivedKeys } from '../citizens/index.ts';

/**
 * A link to a seat: version 1 · 4 bytes id of the master key · 16 bytes id of the link · 16 bytes HMAC-SHA-256 of all
 * before (RFC 2104), as base64url without padding (RFC 4648, section 5). It is made anew from its id whenever a message is
 * written, so nothing that opens a call lies in the database; one that is forged costs no query. One that was made before
 * the master key was rotated holds on, and a key that has left makes none that hold (decision 22).
 */
const version = 1;
const keyIdBytes = 4;
const idBytes = 16;
const macBytes = 16;
const signedBytes = 1 + keyIdBytes + idBytes;
const tokenShape = /^[A-Za-z0-9_-]{50}$/;

/** What the keys of links are derived for; see `Vault.derivedKeys`. */
export const linkKeyPurpose = 'naer call link';

/** @param linkId a UUID */
export function makeToken(key: { readonly id: string; readonly key: KeyObject }, linkId: string): string {
  const signed = Buffer.concat([
    Uint8Array.of(version),
    Buffer.from(key.id, 'hex'),
    Buffer.from(linkId.replaceAll('-', ''), 'hex'),
  ]);
  return Buffer.concat([signed, macOf(key.key, signed)]).toString('base64url');
}

/** Of a token that we made. */
export interface ReadLink {
  readonly id: string;
  /** Only a link of before this holds by it: the key has left since. */
  readonly madeBefore: Date | null;
}

/** The link that a token was made for; null for whatever we did not make. */
export async function readToken(keys: Pick<DerivedKeys, 'find'>, token: string): Promise<ReadLink | null> {
  if (!tokenShape.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // The last character holds more bits than the bytes need: one token is written in one way.
  if (bytes.length !== signedBytes + macBytes || bytes.toString('base64url') !== token) return null;
  if (bytes[0] !== version) return null;
  const found = await keys.find(bytes.subarray(1, 1 + keyIdBytes).toString('hex'));
  if (found === null) return null;
  const signed = bytes.subarray(0, signedBytes);
  if (!timingSafeEqual(macOf(found.key, signed), bytes.subarray(signedBytes))) return null;
  const hex = bytes.subarray(1 + keyIdBytes, signedBytes).toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { id, madeBefore: found.leftAt };
}

export interface Links {
  /** The address that a message gives. The token is its fragment, which browsers send to nobody. */
  urlOf(linkId: string): string;
  /** The link, whether it still holds or not; null for whatever we did not make. */
  read(token: string): Promise<ReadLink | null>;
}

export function createLinks({
  keys,
  origin,
}: {
  readonly keys: DerivedKeys;
  /** The public address of this service, without a slash at its end. */
  readonly origin: () => string;
}): Links {
  return {
    urlOf: (linkId) => `${origin()}/s#${makeToken(keys.newest(), linkId)}`,
    read: (token) => readToken(keys, token),
  };
}

const macOf = (key: KeyObject, signed: Uint8Array): Buffer =>
  createHmac('sha256', key).update(signed).digest().subarray(0, macBytes);
