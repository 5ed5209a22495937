import { randomBytes } from 'node:crypto';
import type { FindingKind } from '../../contract/ledger.ts';
import { keyLength, keyPairOf, signatureLength, verifySignature } from './ed25519.ts';
import { sha256 } from './sha256.ts';
import { decodeBase64 } from './text-lines.ts';

// Texts with signatures (C2SP signed-note), by a log (Ed25519) or by a witness (C2SP tlog-cosignature, Ed25519 with a time).

export type NoteFault = Extract<
  FindingKind,
  'unreadable' | 'signature-broken' | 'wrong-key' | 'origin-mismatch'
>;

/** A note that cannot be trusted, or a text that is none. */
export class NoteBroken extends Error {
  readonly code: NoteFault;
  constructor(code: NoteFault, message: string) {
    super(message);
    this.name = 'NoteBroken';
    this.code = code;
  }
}

/** More bytes than 16 post-quantum signatures would need; what is longer is no note of a log. */
const maxNoteLength = 100_000;
const maxSignatures = 100;

const algorithms = [
  { algorithm: 'ed25519', type: 0x01 },
  { algorithm: 'cosignature/v1', type: 0x04 },
] as const;
export type NoteAlgorithm = (typeof algorithms)[number]['algorithm'];

export interface Verifier {
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly keyId: string;
  /** `<name>+<key ID>+<base 64>`. */
  readonly verifierKey: string;
  readonly algorithm: NoteAlgorithm;
  /** 32 bytes (RFC 8032). */
  readonly publicKey: Buffer;
}

export interface Signer {
  readonly verifier: Verifier;
  /**
   * A whole signature line over a note's text, its newline included.
   *
   * @param at the time that a witness states, whole seconds; a log's signature has none
   */
  sign(text: string, at?: Date): string;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  /** What follows the key ID. */
  readonly signature: Buffer;
  /** As it stands in the note, without its newline. */
  readonly line: string;
}

export interface Note {
  /** With its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface Verified {
  readonly verifier: Verifier;
  /** When a witness says that it saw it; null for a log. */
  readonly at: Date | null;
}

/** A name that a key can have: not empty, without spaces and without plus. */
export const isKeyName = (name: string): boolean => /^[^\p{White_Space}\p{Cc}+]+$/u.test(name);

/** The verifier of a public key, its ID and its text. */
export function verifierOf(name: string, algorithm: NoteAlgorithm, publicKey: Buffer): Verifier {
  if (!isKeyName(name)) throw new NoteBroken('unreadable', 'a key name has no spaces and no plus');
  if (publicKey.length !== keyLength) throw new NoteBroken('unreadable', 'a public key has 32 bytes');
  const type = algorithms.find((each) => each.algorithm === algorithm)?.type ?? 0;
  const typed = Buffer.concat([Buffer.of(type), publicKey]);
  const keyId = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed])).toString('hex', 0, 4);
  return { name, keyId, verifierKey: `${name}+${keyId}+${typed.toString('base64')}`, algorithm, publicKey };
}

/** @throws NoteBroken (`unreadable`) for what is no key, and for a key of a kind that we do not know */
export function parseVerifierKey(text: string): Verifier {
  const [, name, keyId, key] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim()) ?? [];
  const typed = key === undefined ? null : decodeBase64(key);
  const algorithm = algorithms.find(({ type }) => type === typed?.[0])?.algorithm;
  if (name === undefined || typed === null || algorithm === undefined) {
    throw new NoteBroken('unreadable', 'not a verifier key');
  }
  const verifier = verifierOf(name, algorithm, typed.subarray(1));
  if (verifier.keyId !== keyId) throw new NoteBroken('unreadable', 'the key has another ID');
  return verifier;
}

export const formatVerifierKey = (verifier: Verifier): string => verifier.verifierKey;

/** 32 random bytes: a new private key (RFC 8032, section 5.1.5). */
export const makeSeed = (): Buffer => randomBytes(keyLength);

/** Signs for a log, as Ed25519 over the text. */
export function createLogSigner(name: string, seed: Uint8Array): Signer {
  const pair = keyPairOf(seed);
  const verifier = verifierOf(name, 'ed25519', pair.publicKey);
  return {
    verifier,
    sign: (text) => signatureLine(verifier, pair.sign(Buffer.from(checkText(text)))),
  };
}

/** Cosigns for a witness: Ed25519 over the text and the time at which it was seen. */
export function createWitnessSigner(name: string, seed: Uint8Array): Signer {
  const pair = keyPairOf(seed);
  const verifier = verifierOf(name, 'cosignature/v1', pair.publicKey);
  return {
    verifier,
    sign: (text, at) => {
      if (at === undefined) throw new Error('a witness states the time');
      const seconds = BigInt(Math.floor(at.getTime() / 1000));
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(seconds);
      const signature = pair.sign(cosignedMessage(checkText(text), seconds));
      return signatureLine(verifier, Buffer.concat([time, signature]));
    },
  };
}

/**
 * The text of a note and its signatures, none of them checked.
 *
 * @throws NoteBroken (`unreadable`)
 */
export function parseNote(bytes: Uint8Array | string): Note {
  const whole = decodeText(bytes);
  const end = whole.lastIndexOf('\n\n');
  const text = whole.slice(0, end + 1);
  const lines = whole.slice(end + 2).split('\n');
  if (end < 1 || lines.pop() !== '' || lines.length === 0 || lines.length > maxSignatures) {
    throw new NoteBroken('unreadable', 'not a signed note');
  }
  return { text, signatures: lines.map(parseSignatureLine) };
}

/** One line of a note's end. @throws NoteBroken (`unreadable`) */
export function parseSignatureLine(line: string): NoteSignature {
  const [, name, encoded] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = encoded === undefined ? null : decodeBase64(encoded);
  if (name === undefined || !isKeyName(name) || bytes === null || bytes.length < 5) {
    throw new NoteBroken('unreadable', 'not a line of a signature');
  }
  return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4), line };
}

/**
 * A note's text, once it is signed by at least one of those who are trusted. Signatures of others are passed over.
 *
 * @throws NoteBroken `unreadable`; `signature-broken` when a signature that bears a trusted key's name and ID is wrong;
 * `wrong-key` when none of them signed it
 */
export function verifyNote(
  bytes: Uint8Array | string,
  verifiers: readonly Verifier[],
): { readonly text: string; readonly verified: readonly Verified[] } {
  const note = parseNote(bytes);
  const verified: Verified[] = [];
  for (const signature of note.signatures) {
    const verifier = verifiers.find(
      ({ name, keyId }) => name === signature.name && keyId === signature.keyId,
    );
    if (verifier === undefined) continue;
    const seen = verifySigned(note.text, signature, verifier);
    if (seen === null) {
      throw new NoteBroken('signature-broken', `the signature of ${verifier.name} does not fit the text`);
    }
    if (!verified.some((each) => each.verifier === verifier)) verified.push(seen);
  }
  if (verified.length === 0) throw new NoteBroken('wrong-key', 'signed by none of the keys given');
  return { text: note.text, verified };
}

/** Null when the signature does not fit. */
function verifySigned(text: string, { signature }: NoteSignature, verifier: Verifier): Verified | null {
  if (verifier.algorithm === 'ed25519') {
    const fits = verifySignature(verifier.publicKey, Buffer.from(text), signature);
    return fits ? { verifier, at: null } : null;
  }
  if (signature.length !== 8 + signatureLength) return null;
  const seconds = signature.readBigUInt64BE(0);
  const at = new Date(Number(seconds) * 1000);
  const message = cosignedMessage(text, seconds);
  const fits = verifySignature(verifier.publicKey, message, signature.subarray(8));
  return fits && !Number.isNaN(at.getTime()) ? { verifier, at } : null;
}

const cosignedMessage = (text: string, seconds: bigint): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

function signatureLine(verifier: Verifier, signature: Buffer): string {
  const bytes = Buffer.concat([Buffer.from(verifier.keyId, 'hex'), signature]);
  return `— ${verifier.name} ${bytes.toString('base64')}\n`;
}

/** What may be signed: lines of text that nothing hides in. */
function checkText(text: string): string {
  if (!text.endsWith('\n') || hasControls(text)) throw new Error('a note is text in lines');
  return text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a note may not hold.
const hasControls = (text: string): boolean => /[\u0000-\u0009\u000b-\u001f]/.test(text);

function decodeText(bytes: Uint8Array | string): string {
  if (bytes.length > maxNoteLength) throw new NoteBroken('unreadable', 'too long for a note');
  try {
    const text =
      typeof bytes === 'string'
        ? bytes
        : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!hasControls(text) && text.isWellFormed()) return text;
  } catch {
    // Not UTF-8.
  }
  throw new NoteBroken('unreadable', 'not a text in lines');
}
