import type { RowProblem } from '@naer/core/contract';
import { say } from '../language.ts';
import { renderTable } from './table.ts';
import { tableWidth } from './terminal.ts';

const shownAtMost = 20;

/** The faults of a file as a table; more than twenty are counted by reason unless `all` is wanted. */
export function problemLines(
  problems: readonly RowProblem[],
  wish: { readonly all: boolean; readonly total: number },
): string[] {
  const shown = wish.all ? problems : problems.slice(0, shownAtMost);
  if (shown.length === 0) return [];
  const table = renderTable(
    shown,
    [
      {
        title: say('Linje', 'Line'),
        key: 'line',
        cell: (p) => String(p.line),
        value: (p) => p.line,
        align: 'right',
      },
      {
        title: say('Kolonne', 'Column'),
        key: 'heading',
        cell: (p) => p.heading ?? '',
        value: (p) => p.heading,
      },
      { title: say('Værdi', 'Value'), key: 'shown', cell: (p) => p.shown, value: (p) => p.shown },
      { title: say('Grund', 'Reason'), key: 'reason', cell: (p) => p.reason, value: (p) => p.reason },
    ],
    tableWidth(),
  );
  return table.split('\n');
}
