import type { PlanFormat } from '../../../contract/index.ts';
import { cleanJpeg } from './jpeg.ts';
import { countPages } from './pdf.ts';
import { cleanPng } from './png.ts';
import { fileRefusal } from './refusal.ts';

/** A file that may be kept, without what a picture tells besides (where and with what it was taken). */
export interface CheckedPlan {
  readonly format: PlanFormat;
  readonly pages: number;
  readonly file: Uint8Array;
}

/**
 * Looks at what a file is, whatever it is called. It is neither drawn nor run here.
 *
 * @throws DomainError file_not_usable
 */
export function checkPlan(file: Buffer): CheckedPlan {
  if (file.length === 0) throw fileRefusal('empty');
  // Readers take a PDF that begins within the first kilobyte.
  if (file.subarray(0, 1024).includes('%PDF-', 0, 'latin1'))
    return { format: 'pdf', pages: countPages(file), file };
  if (begins(file, [0x89, 0x50, 0x4e, 0x47])) return { format: 'png', pages: 1, file: cleanPng(file) };
  if (begins(file, [0xff, 0xd8, 0xff])) return { format: 'jpeg', pages: 1, file: cleanJpeg(file) };
  // A zip, as Word and Excel have been since 2007 and LibreOffice is; a compound file, as they were before; rich text.
  if (
    begins(file, [0x50, 0x4b, 0x03, 0x04]) ||
    begins(file, [0xd0, 0xcf, 0x11, 0xe0]) ||
    isText(file, 0, '{\\rtf')
  )
    throw fileRefusal('office');
  if (isText(file, 4, 'ftyp') && heifBrands.some((brand) => isText(file, 8, brand)))
    throw fileRefusal('heic');
  throw fileRefusal('other');
}

const heifBrands = ['heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1', 'avif'];
const begins = (file: Buffer, bytes: readonly number[]): boolean =>
  bytes.every((byte, at) => file[at] === byte);
const isText = (file: Buffer, at: number, text: string): boolean =>
  file.toString('latin1', at, at + text.length) === text;
