import { writeCsv } from '../../../tabular/write.ts';
import type { ReportData } from './data.ts';

const headings = ['month', 'unit', 'path', 'value'] as const;

/** One number a row, `hidden` where it is; for spreadsheets, with formulas made harmless (src/tabular). */
export async function csvOf({ months }: Pick<ReportData, 'months'>): Promise<string> {
  const rows = months.flatMap(({ month, units }) =>
    units.flatMap(({ name, figures }) =>
      Object.entries(figures).map(([path, value]) => [month, name, path, String(value)]),
    ),
  );
  let text = '';
  for await (const piece of writeCsv(headings, rows)) text += piece;
  return text;
}
