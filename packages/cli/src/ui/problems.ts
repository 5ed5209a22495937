import { describeRowReason } from '@naer/core/contract/import-reasons';
import type { RowProblem } from '@naer/core/contract/imports';
import { language, say } from '../language.ts';
import { oneLine, renderTable } from './table.ts';
import { tableWidth } from './terminal.ts';

const shownAtMost = 20;

/** The faults of a file as a table; of more than twenty the rest is counted, unless `all` is wanted. */
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
      { title: say('Kolonne', 'Column'), key: 'heading', cell: columnOf, value: (p) => p.heading },
      { title: say('Værdi', 'Value'), key: 'shown', cell: (p) => p.shown, value: (p) => p.shown },
      { title: say('Grund', 'Reason'), key: 'reason', cell: reasonOf, value: (p) => p.reason, wraps: true },
    ],
    tableWidth(),
  );
  const hidden = wish.total - shown.length;
  if (hidden === 0) return [table];
  const byReason = new Map<string, number>();
  for (const problem of problems.slice(shown.length)) {
    const reason = oneLine(describeRowReason(problem.reason, {}, language())).replace(/ ?\{?\?\}?/g, ' …');
    byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  }
  const counts = [...byReason]
    .sort((a, b) => b[1] - a[1])
    .map(([reason, count]) => `  ${String(count).padStart(5)} × ${reason}`);
  const uncounted = wish.total - problems.length;
  return [
    table,
    say(`… og ${hidden} mere:`, `… and ${hidden} more:`),
    ...counts,
    ...(uncounted > 0
      ? [
          say(
            `  ${String(uncounted).padStart(5)} × uden for det, tjenesten sender med`,
            `  ${String(uncounted).padStart(5)} × beyond what the service lists`,
          ),
        ]
      : []),
    ...(problems.length > shown.length ? [say('Se dem med --all.', 'See them with --all.')] : []),
  ];
}

const columnOf = ({ heading, column }: RowProblem): string =>
  heading ?? (column === null ? say('hele rækken', 'whole row') : String(column));
const reasonOf = ({ reason, params }: RowProblem): string => describeRowReason(reason, params, language());
