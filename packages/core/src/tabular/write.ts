import { guardFormula } from './formula-guard.ts';
import type { Delimiter } from './records.ts';

export interface WriteOptions {
  /** A semicolon by default, which Danish spreadsheets expect. */
  readonly delimiter?: Delimiter;
  /** A byte order mark, by default: without it Excel reads UTF-8 as Windows-1252. */
  readonly bom?: boolean;
}

const pieceLength = 16_384;

/**
 * A table as CSV (RFC 4180 with CRLF) in UTF-8, in pieces. Cells that a spreadsheet would run are made harmless in a
 * way that reading undoes, so what is written can be imported again. Empty cells stand for null. Windows-1252 is not
 * written, because it cannot hold every name.
 */
export async function* writeCsv(
  headings: readonly string[],
  rows: AsyncIterable<readonly (string | null)[]> | Iterable<readonly (string | null)[]>,
  { delimiter = ';', bom = true }: WriteOptions = {},
): AsyncGenerator<string> {
  let piece = (bom ? '\ufeff' : '') + csvLine(headings, delimiter);
  for await (const row of rows) {
    if (row.length !== headings.length)
      throw new Error(`A row has ${row.length} cells for ${headings.length} headings.`);
    piece += csvLine(row, delimiter);
    if (piece.length >= pieceLength) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

function csvLine(cells: readonly (string | null)[], delimiter: Delimiter): string {
  return `${cells.map((cell) => csvCell(cell ?? '', delimiter)).join(delimiter)}\r\n`;
}

function csvCell(cell: string, delimiter: Delimiter): string {
  const guarded = guardFormula(cell);
  const quoted = guarded.includes(delimiter) || /["\r\n]|^\s|\s$/.test(guarded);
  return quoted ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
