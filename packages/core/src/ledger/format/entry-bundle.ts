/** The longest entry that a bundle can hold: its length is written in two bytes. */
export const maxEntryLength = 0xffff;

/**
 * Entries one after another, each after its length as a big-endian uint16 (C2SP tlog-tiles).
 *
 * @throws RangeError when an entry is longer than 65,535 bytes
 */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Buffer {
  const bundle = Buffer.allocUnsafe(entries.reduce((length, entry) => length + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > maxEntryLength) throw new RangeError(`an entry of ${entry.length} bytes is too long`);
    at = bundle.writeUInt16BE(entry.length, at);
    bundle.set(entry, at);
    at += entry.length;
  }
  return bundle;
}

/** The entries of a bundle, as views of it; null when it ends within one. */
export function decodeEntryBundle(bundle: Buffer): readonly Buffer[] | null {
  const entries: Buffer[] = [];
  let at = 0;
  while (at < bundle.length) {
    if (at + 2 > bundle.length) return null;
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) return null;
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
