import type { Column } from './table.ts';

/** RFC 4180: commas, CRLF, a heading line, and quotes only where a value needs them. */
export const renderCsv = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string =>
  csvLine(columns.map((column) => column.key)) + csvRows(rows, columns);

/** The rows alone, to follow those that have gone before. */
export const csvRows = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string =>
  rows.map((row) => csvLine(columns.map((column) => column.value(row)))).join('');

const csvLine = (values: readonly CsvValue[]): string => `${values.map(csvField).join(',')}\r\n`;

type CsvValue = string | number | boolean | null;

export function csvField(value: CsvValue): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
