import type { Column } from './table.ts';

/** RFC 4180: commas, CRLF, a heading line, and quotes only where a value needs them. */
export function renderCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [
    columns.map((column) => column.key),
    ...rows.map((row) => columns.map((column) => column.value(row))),
  ];
  return lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

export function csvField(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
