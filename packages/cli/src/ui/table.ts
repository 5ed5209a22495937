import { stripVTControlCharacters, styleText } from 'node:util';

export interface Column<Row> {
  /** The heading people read. */
  readonly title: string;
  /** What people read in the cell. */
  readonly cell: (row: Row) => string;
  /** The heading and value in `--csv`: a stable English name, and the value as the API gives it. */
  readonly key: string;
  readonly value: (row: Row) => string | number | boolean | null;
  readonly align?: 'right';
}

const gap = '  ';
const narrowestColumn = 6;

/**
 * Rows under their headings. On a terminal of `width` columns the widest columns give way, cut with an ellipsis;
 * without a terminal (`width` null) nothing is cut.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number | null,
): string {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const widths = columns.map((column, at) =>
    cells.reduce((widest, row) => Math.max(widest, textWidth(row[at] ?? '')), textWidth(column.title)),
  );
  if (width !== null) squeeze(widths, width - gap.length * (columns.length - 1));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => fit(text, widths[at] ?? 0, columns[at]?.align, at === texts.length - 1))
      .join(gap)
      .trimEnd();
  const heading = styleText('bold', line(columns.map((column) => column.title)), { stream: process.stdout });
  return [heading, ...cells.map(line)].join('\n');
}

/** Pairs of name and value, names aligned: the picture of one thing. */
export function renderCard(pairs: readonly (readonly [name: string, value: string])[]): string {
  const widest = Math.max(...pairs.map(([name]) => textWidth(name)));
  return pairs
    .map(
      ([name, value]) =>
        `${styleText('bold', name.padEnd(widest), { stream: process.stdout })}${gap}${value}`,
    )
    .join('\n');
}

function squeeze(widths: number[], available: number): void {
  let total = widths.reduce((sum, width) => sum + width, 0);
  while (total > available) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= narrowestColumn) return;
    widths[widest] = width - 1;
    total -= 1;
  }
}

function fit(text: string, width: number, align: 'right' | undefined, last: boolean): string {
  const cut = textWidth(text) > width ? `${[...text].slice(0, Math.max(0, width - 1)).join('')}…` : text;
  const padding = ' '.repeat(Math.max(0, width - textWidth(cut)));
  if (align === 'right') return padding + cut;
  return last ? cut : cut + padding;
}

/** Text from a database may hold line breaks or escape sequences; a terminal must not obey them. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

const textWidth = (text: string): number => [...text].length;
