import { assertPictureSize } from './picture-size.ts';
import { fileRefusal } from './refusal.ts';

const start = 0xd8;
const end = 0xd9;
const scan = 0xda;
const comment = 0xfe;
/** SOF0 to SOF15 but for DHT, JPG and DAC, which lie among them (ITU-T T.81, table B.1). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;
/** Of the application's own segments only JFIF (APP0) and Adobe's transform of colours (APP14) are needed to show the picture. */
const isTold = (marker: number): boolean =>
  (marker >= 0xe1 && marker <= 0xef && marker !== 0xee) || marker === comment;

/**
 * A JPEG without what it says besides the picture: EXIF with the place where it was taken, comments, small previews, and
 * whatever follows the end, such as the film that some telephones hide there.
 *
 * @throws DomainError file_not_usable
 */
export function cleanJpeg(file: Buffer): Buffer {
  const pieces: Buffer[] = [Buffer.of(0xff, start)];
  let [hasFrame, hasScan] = [false, false];
  let at = 2;
  for (;;) {
    if (file[at] !== 0xff) break;
    // Any number of fill bytes may stand before a marker (section B.1.1.2).
    while (file[at + 1] === 0xff) at += 1;
    const marker = file[at + 1];
    if (marker === undefined) break;
    if (marker === end) {
      if (!hasFrame || !hasScan) break;
      pieces.push(Buffer.of(0xff, end));
      return Buffer.concat(pieces);
    }
    if (marker === 0 || marker === 1 || marker === start || isRestart(marker) || at + 4 > file.length) break;
    const after = at + 2 + file.readUInt16BE(at + 2);
    if (after < at + 4 || after > file.length) break;
    if (isFrame(marker)) {
      if (hasFrame || after < at + 10) break;
      hasFrame = true;
      assertPictureSize(file.readUInt16BE(at + 7), file.readUInt16BE(at + 5));
    }
    if (!isTold(marker)) pieces.push(file.subarray(at, after));
    at = after;
    if (marker !== scan) continue;
    if (!hasFrame) break;
    hasScan = true;
    const data = endOfScan(file, at);
    pieces.push(file.subarray(at, data));
    at = data;
  }
  throw fileRefusal('broken');
}

/** Where the next marker is that is no part of the coded data. */
function endOfScan(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at !== -1; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  return file.length;
}
