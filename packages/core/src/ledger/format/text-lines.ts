import { hashLength } from './sha256.ts';

/** Standard base 64 (RFC 4648, section 4) in its one right form; null for anything else. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** A hash in base 64, on a line of its own; null for anything else. */
export function decodeHash(line: string): Buffer | null {
  const bytes = decodeBase64(line);
  return bytes?.length === hashLength ? bytes : null;
}

/** A size or place in decimal without leading zeros, below 2^63; null for anything else. */
export function parseSize(text: string): bigint | null {
  if (!/^(0|[1-9]\d{0,18})$/.test(text)) return null;
  const size = BigInt(text);
  return size < 1n << 63n ? size : null;
}
