import { hash, randomBytes } from 'node:crypto';
import type { ReasonParams, RowReason } from '../contract/import-reasons.ts';
import { findCprLike, isCleanText, mask, tidyText } from '../kernel/text.ts';
import { DateEvidence } from './date-cells.ts';
import { type Dialect, detectDelimiter, readRecords, type TableRecord } from './records.ts';
import {
  type Columns,
  type DateOrder,
  type FieldOf,
  type FoundColumn,
  type Mapping,
  mapHeadings,
  type Parsed,
  type RowValues,
  type TableShape,
} from './shape.ts';
import { detectEncoding, type TableSource } from './source.ts';
import { unreadable } from './unreadable.ts';

/** One fault: where a person finds it in the file, what stands there (masked where personal), and why it is refused. */
export interface RowProblem {
  /** Physical line at which the row starts, from 1. */
  readonly line: number;
  /** Column number from 1; null where the whole row is meant. */
  readonly column: number | null;
  readonly heading: string | null;
  readonly shown: string;
  readonly reason: RowReason;
  readonly params: ReasonParams;
}

export type TableRow<C extends Columns> =
  | {
      readonly ok: true;
      readonly line: number;
      readonly values: RowValues<C>;
      /** Reports what is found wrong with a field later on, for example in the database, as the reader itself would. */
      problem(field: FieldOf<C>, reason: RowReason, params?: ReasonParams): RowProblem;
    }
  | { readonly ok: false; readonly line: number; readonly problems: readonly RowProblem[] };

export interface Table<C extends Columns> extends Dialect {
  /** Rows below the headings, good or bad; blank ones are not counted. */
  readonly rowCount: number;
  readonly columns: readonly FoundColumn[];
  readonly ignoredHeadings: readonly string[];
  /** How the dates of each date field are read. */
  readonly dateOrders: Readonly<Record<string, DateOrder>>;
  /** Reads the file again, row by row; memory does not grow with it but for 60 bytes a row per `unique` rule. */
  rows(): AsyncGenerator<TableRow<C>>;
}

export interface TableOptions {
  /** Heading in the file → field. */
  readonly map?: Readonly<Record<string, string>>;
  /** Settles the order of slashed dates instead of the evidence in the file. */
  readonly dates?: DateOrder;
  readonly maxRows?: number;
}

const maxColumns = 200;
const maxCell = 10_000;
const defaultMaxRows = 200_000;

/**
 * Reads a file through once: what it is, which columns it has, how its dates go, how many rows there are. Throws
 * `import_unreadable` (see `tableReasons`) for what makes the file unfit as a whole; faults of rows come from `rows()`.
 */
export async function openTable<C extends Columns>(
  source: TableSource,
  shape: TableShape<C>,
  options: TableOptions = {},
): Promise<Table<C>> {
  const encoding = await detectEncoding(source);
  const dialect = { encoding, delimiter: await detectDelimiter(source, encoding) };
  const maxRows = options.maxRows ?? defaultMaxRows;
  const evidence = new Map<FoundColumn, DateEvidence>();
  let mapping: Mapping | null = null;
  let width = 0;
  let rowCount = 0;
  for await (const { line, cells } of readRecords(source, dialect)) {
    if (mapping === null) {
      const headings = withoutBlankEnd(cells);
      width = headings.length;
      if (width > maxColumns) throw unreadable('too_many_columns', { count: width, max: maxColumns });
      mapping = mapHeadings(shape, headings, options.map);
      for (const found of mapping.found) {
        if (shape.columns[found.field]?.cell.dates) evidence.set(found, new DateEvidence());
      }
      continue;
    }
    rowCount += 1;
    if (rowCount > maxRows) throw unreadable('too_many_rows', { max: maxRows });
    for (const [found, seen] of evidence) seen.see(tidyText((cells[found.index] ?? '').slice(0, 60)), line);
  }
  if (mapping === null) throw unreadable('empty');
  if (rowCount === 0) throw unreadable('no_rows');
  const { found, ignored } = mapping;
  const dateOrders = Object.fromEntries(
    [...evidence].map(([column, seen]) => [column.field, options.dates ?? seen.order(column.heading)]),
  );
  const reader = new RowReader(shape, found, width, dateOrders);
  return {
    ...dialect,
    rowCount,
    columns: found,
    ignoredHeadings: ignored,
    dateOrders,
    rows: () => readRows(source, dialect, reader, new Repeats(shape.unique ?? [])),
  };
}

async function* readRows<C extends Columns>(
  source: TableSource,
  dialect: Dialect,
  reader: RowReader<C>,
  repeats: Repeats<C>,
): AsyncGenerator<TableRow<C>> {
  let headings = true;
  for await (const record of readRecords(source, dialect)) {
    if (!headings) yield reader.read(record, repeats);
    headings = false;
  }
}

// A delimiter after the last cell, which some systems write on every line, makes no column.
function withoutBlankEnd(cells: readonly string[]): readonly string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
}

class RowReader<C extends Columns> {
  readonly #shape: TableShape<C>;
  readonly #found: readonly FoundColumn[];
  readonly #width: number;
  readonly #dateOrders: Readonly<Record<string, DateOrder>>;

  constructor(
    shape: TableShape<C>,
    found: readonly FoundColumn[],
    width: number,
    dateOrders: Readonly<Record<string, DateOrder>>,
  ) {
    this.#shape = shape;
    this.#found = found;
    this.#width = width;
    this.#dateOrders = dateOrders;
  }

  read(record: TableRecord, repeats: Repeats<C>): TableRow<C> {
    const { line, cells } = record;
    const wrongWidth = this.#widthProblem(record);
    if (wrongWidth !== null) return { ok: false, line, problems: [wrongWidth] };
    const values: Record<string, unknown> = {};
    const problems: RowProblem[] = [];
    for (const found of this.#found) {
      const text = cells[found.index] ?? '';
      const parsed = this.#readCell(found.field, text);
      if (parsed.ok) values[found.field] = parsed.value;
      else problems.push(this.#problem(line, found, text, parsed.reason, parsed.params));
    }
    for (const repeat of repeats.find(values, line)) {
      const found = this.#found.find((column) => column.field === repeat.field);
      if (found === undefined) continue;
      const params = { firstLine: repeat.firstLine };
      problems.push(this.#problem(line, found, cells[found.index] ?? '', 'duplicate_in_file', params));
    }
    if (problems.length > 0) return { ok: false, line, problems };
    return {
      ok: true,
      line,
      // Every field was read by its own parser just above.
      values: values as RowValues<C>,
      problem: (field, reason, params) => {
        const found = this.#found.find((column) => column.field === field);
        const text = found === undefined ? '' : (cells[found.index] ?? '');
        return this.#problem(line, found ?? null, text, reason, params);
      },
    };
  }

  #widthProblem({ line, cells }: TableRecord): RowProblem | null {
    const got = Math.max(withoutBlankEnd(cells).length, Math.min(cells.length, this.#width));
    if (got === this.#width) return null;
    const reason = got < this.#width ? 'too_few_cells' : 'too_many_cells';
    return { line, column: null, heading: null, shown: '', reason, params: { got, expected: this.#width } };
  }

  #readCell(field: string, text: string): Parsed<unknown> {
    const column = this.#shape.columns[field];
    if (column === undefined) return { ok: true, value: null };
    if (text.length > maxCell) return { ok: false, reason: 'too_long', params: { max: maxCell } };
    if (!isCleanText(text)) return { ok: false, reason: 'unreadable_characters' };
    const tidy = tidyText(text);
    if (tidy === '') return column.required ? { ok: false, reason: 'missing' } : { ok: true, value: null };
    if (findCprLike(tidy) !== null) return { ok: false, reason: 'cpr_number' };
    return column.cell.parse(tidy, { dateOrder: this.#dateOrders[field] ?? 'danish' });
  }

  #problem(
    line: number,
    found: FoundColumn | null,
    text: string,
    reason: RowReason,
    params: ReasonParams = {},
  ): RowProblem {
    const personal = found === null || (this.#shape.columns[found.field]?.personal ?? true);
    const misplaced = this.#shape.aboutCitizens === true && !cannotBePersonal(text);
    const hidden =
      personal || misplaced || reason === 'cpr_number' || findCprLike(text.slice(0, maxCell)) !== null;
    const shown = hidden ? mask(text) : clip(tidyText(text));
    return {
      line,
      column: found === null ? null : found.index + 1,
      heading: found?.heading ?? null,
      shown,
      reason,
      params,
    };
  }
}

/** Short numbers, dates, paragraphs of a law, initials with a digit: neither a name nor an address nor a telephone number. */
function cannotBePersonal(text: string): boolean {
  const tidy = tidyText(text.slice(0, 60));
  return (
    /^-?\d{1,5}(?:[.,]\d{1,3})?$/.test(tidy) ||
    /^\d{1,4}([-./])\d{1,2}\1\d{1,4}$/.test(tidy) ||
    /^\p{L}{0,4} ?§ ?\d{1,4} ?\p{L}?$/u.test(tidy) ||
    /^\p{Lu}{1,4}\d{1,3}$/u.test(tidy)
  );
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text;
}

/** Remembers the values of unique fields by keyed hash, so that no reference or number rests in memory in the clear. */
class Repeats<C extends Columns> {
  readonly #rules: readonly (readonly FieldOf<C>[])[];
  readonly #key = randomBytes(32).toString('hex');
  readonly #seen: readonly Map<string, number>[];

  constructor(rules: readonly (readonly FieldOf<C>[])[]) {
    this.#rules = rules;
    this.#seen = rules.map(() => new Map());
  }

  find(values: Readonly<Record<string, unknown>>, line: number): { field: string; firstLine: number }[] {
    return this.#rules.flatMap((fields, index) => {
      const field = fields[0];
      if (field === undefined || fields.some((name) => values[name] === undefined || values[name] === null))
        return [];
      const text = JSON.stringify(fields.map((name) => values[name])).toLowerCase();
      // The key before the text is enough here: nobody ever sees a hash to lengthen it. An HMAC costs four times as much.
      const digest = hash('sha256', this.#key + text, 'base64').slice(0, 22);
      const firstLine = this.#seen[index]?.get(digest);
      if (firstLine !== undefined) return [{ field, firstLine }];
      this.#seen[index]?.set(digest, line);
      return [];
    });
  }
}
