import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { unguardFormula } from './formula-guard.ts';
import { type Encoding, readText, type TableSource } from './source.ts';
import { unreadable } from './unreadable.ts';

export type Delimiter = ',' | ';' | '\t';

/** One row of a file: the physical line it starts at, from 1, and its cells as they stand there. */
export interface TableRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Dialect {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
}

const delimiters: readonly Delimiter[] = [';', ',', '\t'];
const longestHeadingLine = 100_000;
/** 200 columns of 10,000 characters: more than that is a quote that was never closed. */
const largestRecord = 2_000_000;

/**
 * The delimiter that stands most often in the heading line, outside quotes; a semicolon when none does. Excel's own
 * first line "sep=;" is believed.
 */
export async function detectDelimiter(source: TableSource, encoding: Encoding): Promise<Delimiter> {
  let start = '';
  for await (const text of readText(source, encoding)) {
    start += text;
    const line = firstLine(start);
    if (line !== null) return delimiterOf(line);
    if (start.length > longestHeadingLine) throw unreadable('heading_too_long');
  }
  if (start.trim() === '') throw unreadable('empty');
  return delimiterOf(start.trimStart());
}

/** The first line with anything in it, line breaks within quotes included; null while it is not complete. */
function firstLine(start: string): string | null {
  const text = start.replace(/^(?:[ \u00a0]*\n)+/, '');
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    if (text[at] === '\n' && !quoted) return text.slice(0, at);
  }
  return null;
}

const separatorLine = /^"?sep=([,;\t])"?$/i;

function delimiterOf(line: string): Delimiter {
  const declared = separatorLine.exec(line)?.[1];
  const outsideQuotes = line.replace(/"(?:[^"]|"")*"?/g, '');
  const counts = delimiters.map((delimiter) => outsideQuotes.split(delimiter).length);
  const most = counts.indexOf(Math.max(...counts));
  return delimiters.find((delimiter) => delimiter === declared) ?? delimiters[most] ?? ';';
}

/**
 * The rows of a file, headings first, one at a time. Blank lines are passed over. Throws `import_unreadable` for a
 * quote that is never closed; what else is odd about quotes is read as it stands.
 */
export async function* readRecords(source: TableSource, dialect: Dialect): AsyncGenerator<TableRecord> {
  const parser = parse({
    delimiter: dialect.delimiter,
    record_delimiter: '\n',
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: largestRecord,
  });
  const reading = pipeline(Readable.from(boundedLines(readText(source, dialect.encoding))), parser);
  // The loop below meets the same error; leaving the loop early ends the pipeline with one nobody needs.
  reading.catch(() => undefined);
  let lastLine = 0;
  let headingSeen = false;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      lastLine = info.lines;
      const filled = record.filter((cell) => cell.trim() !== '');
      if (filled.length === 0) continue;
      if (!headingSeen && filled.length === 1 && /^sep=[,;\t]?$/i.test(filled[0] ?? '')) continue;
      headingSeen = true;
      const breaks = record.reduce((count, cell) => count + cell.split('\n').length - 1, 0);
      yield { line: info.lines - breaks, cells: record.map(unguardFormula) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') throw unreadable('quote_not_closed', { line: lastLine });
    if (error.code === 'CSV_MAX_RECORD_SIZE') throw unreadable('row_too_large', { line: lastLine });
    throw error;
  }
}

// The parser bounds the text of a row but not its empty cells: a line of delimiters alone would fill the memory.
async function* boundedLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let line = 1;
  let length = 0;
  for await (const piece of pieces) {
    const parts = piece.split('\n');
    for (const [index, part] of parts.entries()) {
      length = index === 0 ? length + part.length : part.length;
      if (length > largestRecord) throw unreadable('row_too_large', { line: line + index - 1 });
    }
    line += parts.length - 1;
    yield piece;
  }
}
