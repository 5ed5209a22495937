// The few lines of tar (POSIX.1-2017 pax, "ustar Interchange Format") that an export needs. Everything that a header could tell
// besides name and length is fixed, so that a file has one form only and nothing can hide in it.

export const tarBlock = 512;
/** Longer names are never needed: no prefix field, no extensions. */
const maxNameLength = 100;
const lengthPlace = 124;
const checksumPlace = 148;
const nul = '\u0000';

/** The block before a file: mode 644, owner 0, time 0, as common tar programs write it for such a file. */
export function tarHeader(name: string, length: number): Buffer {
  if (Buffer.byteLength(name) > maxNameLength) throw new Error(`the name ${name} is too long for a tar`);
  const header = Buffer.alloc(tarBlock);
  header.write(name, 0, 'utf8');
  header.write(`000644 ${nul}000000 ${nul}000000 ${nul}`, 100, 'latin1');
  header.write(`${length.toString(8).padStart(11, '0')} 00000000000 `, lengthPlace, 'latin1');
  header.write(' '.repeat(8), checksumPlace, 'latin1');
  header.write('0', 156, 'latin1');
  header.write(`ustar${nul}00`, 257, 'latin1');
  header.write(`000000 ${nul}000000 ${nul}`, 329, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')} ${nul}`, checksumPlace, 'latin1');
  return header;
}

/** How many zeros follow a file, so that the next begins with a block. */
export const tarPadding = (length: number): number => (tarBlock - (length % tarBlock)) % tarBlock;

/** A file with its header and padding. */
export const encodeTarFile = (name: string, content: Uint8Array): Buffer =>
  Buffer.concat([tarHeader(name, content.length), content, Buffer.alloc(tarPadding(content.length))]);

/** What ends a tar. */
export const tarEnd: Buffer = Buffer.alloc(2 * tarBlock);

/** Name and length of the file whose header this is; null unless it is just what `tarHeader` writes. */
export function parseTarHeader(block: Buffer): { readonly name: string; readonly length: number } | null {
  const end = block.indexOf(0);
  if (end <= 0 || end > maxNameLength) return null;
  const name = block.toString('utf8', 0, end);
  const digits = block.toString('latin1', lengthPlace, lengthPlace + 11);
  if (!/^[0-7]{11}$/.test(digits)) return null;
  const length = Number.parseInt(digits, 8);
  return Buffer.byteLength(name) <= maxNameLength && tarHeader(name, length).equals(block)
    ? { name, length }
    : null;
}
