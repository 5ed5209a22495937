import { createReadStream } from 'node:fs';
import { unreadable } from './unreadable.ts';

/**
 * The bytes of a file, from their beginning each time it is called: a table is read several times over (what
 * encoding, what headings and dates, what rows), so that no pass needs the whole file in memory.
 */
export type TableSource = () => AsyncIterable<Uint8Array>;

type Decoder = InstanceType<typeof TextDecoder>;

export type Encoding = 'utf-8' | 'windows-1252';

/** A file on disk; it MUST NOT change while it is read. */
export function sourceFromFile(path: string): TableSource {
  return () => createReadStream(path);
}

/** Bytes that are in memory already, handed out in pieces. */
export function sourceFromBytes(bytes: Uint8Array, pieceSize = 65_536): TableSource {
  return async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
  };
}

const packedFiles = [
  [0x50, 0x4b, 0x03, 0x04], // zip, and so .xlsx and .ods
  [0xd0, 0xcf, 0x11, 0xe0], // the older .xls
  [0x1f, 0x8b], // gzip
];

/**
 * UTF-8 when every byte of the file is valid UTF-8 (a byte order mark is not needed), else Windows-1252, which is
 * what Danish systems export. Refuses UTF-16, spreadsheets and what holds NUL with `import_unreadable`.
 */
export async function detectEncoding(source: TableSource): Promise<Encoding> {
  let decoder: Decoder | null = new TextDecoder('utf-8', { fatal: true });
  let start: number[] = [];
  let size = 0;
  for await (const chunk of source()) {
    size += chunk.length;
    if (start.length < 4) {
      start = [...start, ...chunk.subarray(0, 4 - start.length)];
      refuseByStart(start);
    }
    if (chunk.includes(0)) throw unreadable('not_text');
    if (decoder !== null && !accepts(decoder, chunk)) decoder = null;
  }
  if (size === 0) throw unreadable('empty');
  return decoder !== null && accepts(decoder, null) ? 'utf-8' : 'windows-1252';
}

function refuseByStart(start: readonly number[]): void {
  const begins = (bytes: readonly number[]): boolean => bytes.every((byte, index) => start[index] === byte);
  if (begins([0xff, 0xfe]) || begins([0xfe, 0xff])) throw unreadable('utf16');
  if (packedFiles.some(begins)) throw unreadable('spreadsheet');
}

function accepts(decoder: Decoder, chunk: Uint8Array | null): boolean {
  try {
    if (chunk === null) decoder.decode();
    else decoder.decode(chunk, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The text of a file without byte order mark, every line ending (CRLF, LF, CR) as "\n", in pieces. */
export async function* readText(source: TableSource, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let heldReturn = false;
  for await (const chunk of source()) {
    let text: string = (heldReturn ? '\r' : '') + decoder.decode(chunk, { stream: true });
    // Whether a CR at the end of a piece begins a CRLF is known with the next piece.
    heldReturn = text.endsWith('\r');
    if (heldReturn) text = text.slice(0, -1);
    if (text !== '') yield text.replace(/\r\n?/g, '\n');
  }
  const rest = (heldReturn ? '\r' : '') + decoder.decode();
  if (rest !== '') yield rest.replace(/\r\n?/g, '\n');
}
