import { stripVTControlCharacters, styleText } from 'node:util';
import { tableWidth } from './terminal.ts';

export interface Column<Row> {
  /** The heading people read. */
  readonly title: string;
  /** What people read in the cell. */
  readonly cell: (row: Row) => string;
  /** The heading and value in `--csv`: a stable English name, and the value as the API gives it. */
  readonly key: string;
  readonly value: (row: Row) => string | number | boolean | null;
  readonly align?: 'right';
  /** Only for the last column: it is never cut but goes on below itself. */
  readonly wraps?: true;
  /** Only in `--csv`; in a table another column says it. */
  readonly csvOnly?: true;
  /** How the cell looks on a terminal beyond its text: bold, dim or a colour. */
  readonly paint?: (row: Row) => Parameters<typeof styleText>[0] | null;
}

/** A column; in CSV it holds what people read unless `value` says otherwise. */
export const column = <Row>(
  title: string,
  key: string,
  cell: (row: Row) => string,
  value: Column<Row>['value'] = cell,
): Column<Row> => ({ title, key, cell, value });

const gap = '  ';
const narrowestColumn = 6;
const narrowestSentence = 20;

export interface TableLayout<Row> {
  readonly heading: string;
  readonly lines: (rows: readonly Row[]) => string;
}

/**
 * Rows under their headings. On a terminal of `width` columns the widest columns give way, cut with an ellipsis;
 * without a terminal (`width` null) nothing is cut.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number | null,
): string {
  const table = layOutTable(rows, columns, width);
  return [table.heading, table.lines(rows)].join('\n');
}

/** A table whose columns are measured on its first rows, so that the rest can follow as it comes. */
export function layOutTable<Row>(
  measured: readonly Row[],
  allColumns: readonly Column<Row>[],
  width: number | null,
): TableLayout<Row> {
  const columns = allColumns.filter((each) => !each.csvOnly);
  const last = columns.length - 1;
  const cellsOf = (row: Row) => columns.map((column) => oneLine(column.cell(row)));
  const cells = measured.map(cellsOf);
  const widths = columns.map((column, at) =>
    cells.reduce((widest, row) => Math.max(widest, textWidth(row[at] ?? '')), textWidth(column.title)),
  );
  const wraps = columns[last]?.wraps === true;
  if (width !== null) squeeze(widths, width - gap.length * last, wraps);
  const fitted = (text: string, at: number) =>
    fit(text, widths[at] ?? 0, { align: columns[at]?.align, cut: width !== null, pad: at < last });
  const painted = (text: string, at: number, row: Row | null) => {
    const style = row === null ? null : (columns[at]?.paint?.(row) ?? null);
    return style === null || text.trim() === '' ? text : styleText(style, text, { stream: process.stdout });
  };
  const line = (texts: readonly string[], row: Row | null = null) =>
    texts
      .map((text, at) => painted(fitted(text, at), at, row))
      .join(gap)
      .trimEnd();
  const indent = widths.slice(0, last).reduce((sum, each) => sum + each + gap.length, 0);
  const wrapped = (texts: readonly string[], row: Row) => {
    const [first = '', ...more] = wrap(texts[last] ?? '', widths[last] ?? 0);
    const below = more.map((part) => ' '.repeat(indent) + painted(part, last, row));
    return [line([...texts.slice(0, last), first], row), ...below].join('\n');
  };
  return {
    heading: styleText('bold', line(columns.map((column) => column.title)), { stream: process.stdout }),
    lines: (rows) =>
      rows.map((row) => (wraps && width !== null ? wrapped : line)(cellsOf(row), row)).join('\n'),
  };
}

/** Pairs of name and value, names aligned: the picture of one thing. What is empty is shown to be so. */
export function renderCard(
  pairs: readonly (readonly [name: string, value: string])[],
  width: number | null = tableWidth(),
): string {
  const widest = Math.max(...pairs.map(([name]) => textWidth(name)));
  const indent = ' '.repeat(widest + gap.length);
  return pairs
    .map(([name, value]) => {
      const text = oneLine(value) || '–';
      const lines = width === null ? [text] : wrap(text, Math.max(narrowestColumn, width - indent.length));
      const label = styleText('bold', name.padEnd(widest), { stream: process.stdout });
      return `${label}${gap}${lines.join(`\n${indent}`)}`;
    })
    .join('\n');
}

/** Lines of at most `width`, broken at blanks. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const piece of text.split(' ')) {
    const current = lines.at(-1);
    if (current !== undefined && textWidth(current) + 1 + textWidth(piece) <= width)
      lines[lines.length - 1] = `${current} ${piece}`;
    else lines.push(piece);
  }
  return lines;
}

function squeeze(widths: number[], available: number, wraps: boolean): void {
  let total = widths.reduce((sum, width) => sum + width, 0);
  const narrow = (at: number, least: number) => {
    const width = widths[at] ?? 0;
    const narrower = Math.max(Math.min(width, least), width - (total - available));
    widths[at] = narrower;
    total -= width - narrower;
  };
  // What goes on below itself gives way first, since nothing of it is lost.
  if (wraps && total > available) narrow(widths.length - 1, narrowestSentence);
  while (total > available) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= narrowestColumn) return;
    narrow(widest, (widths[widest] ?? 0) - 1);
  }
}

function fit(
  text: string,
  width: number,
  style: { readonly align: 'right' | undefined; readonly cut: boolean; readonly pad: boolean },
): string {
  const letters = [...text];
  const cut =
    style.cut && letters.length > width ? `${letters.slice(0, Math.max(0, width - 1)).join('')}…` : text;
  const padding = ' '.repeat(Math.max(0, width - textWidth(cut)));
  if (style.align === 'right') return padding + cut;
  return style.pad ? cut + padding : cut;
}

/** Text from a database may hold line breaks or escape sequences; a terminal must not obey them. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

const textWidth = (text: string): number => [...text].length;
