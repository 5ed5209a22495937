/** One line of the table. A goal stands on the ratio alone: absolute figures tell of the machine. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  readonly baseline: number;
  readonly unit: string;
  readonly ratio: number;
  /** Null where the ratio is only reported. */
  readonly goal: { readonly atMost: number } | { readonly atLeast: number } | null;
  readonly met: boolean | null;
}

export function toRow(
  name: string,
  unit: string,
  { ours, baseline }: { readonly ours: number; readonly baseline: number },
  goal: Row['goal'],
): Row {
  const ratio = ours / baseline;
  const met = goal === null ? null : 'atMost' in goal ? ratio <= goal.atMost : ratio >= goal.atLeast;
  return { name, ours, baseline, unit, ratio, goal, met };
}

export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    `${short(row.ours)} ${row.unit}`,
    `${short(row.baseline)} ${row.unit}`,
    row.ratio.toFixed(2),
    row.goal === null ? '' : 'atMost' in row.goal ? `≤ ${row.goal.atMost}` : `≥ ${row.goal.atLeast}`,
    row.met === null ? '' : row.met ? 'met' : 'not met',
  ]);
  const head = ['name', 'ours', 'baseline', 'ratio', 'goal', ''];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...cells].map((line) => line[column]?.length ?? 0)),
  );
  const line = (parts: readonly string[]) =>
    parts
      .map((part, column) =>
        column === 0 || column > 3 ? part.padEnd(widths[column] ?? 0) : part.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join('\n');
}

const short = (figure: number): string => (figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3));
