import { crc32 } from 'node:zlib';
import { assertPictureSize } from './picture-size.ts';
import { fileRefusal } from './refusal.ts';

/** What is needed to show the picture in its colours; text, times and EXIF are not. PNG, third edition, section 11. */
const kept = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'sBIT',
  'bKGD',
  'pHYs',
]);
const signatureLength = 8;

/**
 * A PNG without what it says besides the picture, and without what follows it.
 *
 * @throws DomainError file_not_usable
 */
export function cleanPng(file: Buffer): Buffer {
  const pieces = [file.subarray(0, signatureLength)];
  let hasData = false;
  for (let at = signatureLength; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > file.length) break;
    const chunk = file.subarray(at, end);
    const type = chunk.toString('latin1', 4, 8);
    const isFirst = at === signatureLength;
    if (isFirst !== (type === 'IHDR') || (type === 'IHDR' && length !== 13)) break;
    if (kept.has(type)) {
      if (crc32(chunk.subarray(4, 8 + length)) !== chunk.readUInt32BE(8 + length)) break;
      pieces.push(chunk);
    }
    if (type === 'IHDR') assertPictureSize(chunk.readUInt32BE(8), chunk.readUInt32BE(12));
    if (type === 'IDAT') hasData = true;
    if (type === 'IEND') {
      if (!hasData) break;
      return Buffer.concat(pieces);
    }
    at = end;
  }
  throw fileRefusal('broken');
}
