import type { CurvePoint } from '@naer/core/contract/measures';
import type { Milestone } from '@naer/core/contract/programme';
import { say } from '../language.ts';
import { DotCanvas, type Paint } from './dot-canvas.ts';
import { countText, monthName, monthText } from './figures.ts';

export interface CurveDrawing {
  readonly curve: readonly CurvePoint[];
  readonly milestones: readonly Milestone[];
  /** The first day, YYYY-MM-DD, at which the plan begins with nobody. */
  readonly startsOn: string;
  /** The day asked about: what lies behind it is real. */
  readonly at: string;
  readonly width: number;
  /** Lines, the axis, its labels and the legend included: at least six. */
  readonly height: number;
}

const dayMs = 86_400_000;
const number = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;
const isoDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

const paints = {
  received: 'cyan',
  regular: 'green',
  plan: 'gray',
  reached: 'green',
  coming: 'yellow',
} as const satisfies Record<string, Paint>;

/**
 * The two counts of a programme over time against its plan, in characters. Lines that are not told apart by colour are by
 * where they lie: nobody receives regularly who has not received.
 */
export function curveChart(drawing: CurveDrawing): string[] {
  const { milestones, at, width, height } = drawing;
  const rows = height - 3;
  const curve = [...drawing.curve].sort((a, b) => (a.day < b.day ? -1 : 1));
  const targets = milestones.flatMap((milestone) => {
    const atLeast = targetOf(milestone);
    return atLeast === null ? [] : [{ milestone, atLeast }];
  });
  // Not by what is forecast: an interval that reaches far up would press what was counted to the ground.
  const top = niceTop(
    Math.max(...curve.map(({ hasReceived }) => hasReceived), ...targets.map(({ atLeast }) => atLeast), 1),
  );
  const ends = endLabels(curve.at(-1), width);
  const left = Math.max(...[0, top / 2, top].map((value) => countText(value).length)) + 1;
  const right = Math.max(0, ...ends.map(({ text }) => text.length + 1));
  const canvas = new DotCanvas(Math.max(8, width - left - 1 - right), rows);

  const days = [
    drawing.startsOn,
    at,
    ...curve.map(({ day }) => day),
    ...milestones.map(({ due }) => due),
  ].map(number);
  const first = Math.min(...days);
  const last = Math.max(...days, first + 7);
  const xOf = (day: number) => Math.round(((day - first) / (last - first)) * (canvas.width - 1));
  const yOf = (value: number) => Math.round((value / top) * (canvas.height - 1));
  const columnOf = (day: string) => xOf(number(day)) >> 1;
  const rowOf = (value: number) => rows - 1 - (yOf(value) >> 2);

  const line = (key: 'hasReceived' | 'receivesRegularly', paint: Paint) => {
    // What is hidden is left out: a line at nothing would tell of nobody.
    const dots = curve.flatMap(({ day, [key]: value }) =>
      value === null ? [] : [[xOf(number(day)), yOf(value)] as const],
    );
    for (const [index, dot] of dots.entries()) canvas.line(dots[index - 1] ?? dot, dot, { paint });
  };
  line('hasReceived', paints.received);
  line('receivesRegularly', paints.regular);
  let before: readonly [number, number] = [xOf(number(drawing.startsOn)), 0];
  for (const { milestone, atLeast } of targets) {
    const dot = [xOf(number(milestone.due)), yOf(atLeast)] as const;
    canvas.line(before, dot, { paint: paints.plan, every: 4 });
    before = dot;
    if (milestone.forecast === null || milestone.due <= at) continue;
    const { low, high } = milestone.forecast.onDue;
    canvas.line([dot[0], yOf(Math.max(0, low))], [dot[0], yOf(high)], { paint: paints.coming, every: 2 });
  }

  const axis = new DotCanvas(canvas.columns, 1);
  axis.write(0, 0, '─'.repeat(canvas.columns), paints.plan);
  for (const milestone of milestones) {
    const atLeast = targetOf(milestone);
    const mark = isReached(milestone) ? '◆' : '◇';
    const paint = isReached(milestone) ? paints.reached : paints.coming;
    const [where, row] = atLeast === null ? [axis, 0] : [canvas, rowOf(atLeast)];
    const column = columnOf(milestone.due);
    const text = milestone.code.slice(0, 10);
    const behind = where === canvas && where.isFree(column, row, text.length + 2);
    where.write(column, row, mark, paint);
    if (where === axis) continue;
    if (behind) where.write(column + 1, row, text, paint);
    else if (where.isFree(column - text.length, row, text.length))
      where.write(column - text.length, row, text, paint);
  }
  if (last > number(at)) axis.write(columnOf(at), 0, '▲');
  if (curve.every(({ hasReceived }) => hasReceived === 0)) {
    const text = say(' ingen skærmbesøg endnu ', ' no video visits yet ');
    const column = Math.max(0, (canvas.columns - text.length) >> 1);
    canvas.write(column, rows >> 1, text.slice(0, canvas.columns));
  }

  const ticks = new Map([top, top / 2, 0].map((value) => [rowOf(value), countText(value)]));
  const labels = placeLabels(
    ends.map((end) => ({ ...end, row: rowOf(end.value) })),
    rows,
  );
  const plot = canvas.lines().map((text, row) => {
    const tick = ticks.get(row);
    const edge = `${(tick ?? '').padStart(left - 1)} ${tick === undefined ? '│' : '┤'}`;
    return `${edge}${text}${labels.get(row) ?? ''}`.trimEnd();
  });
  const margin = ' '.repeat(left);
  return [
    ...plot,
    `${margin}└${axis.lines()[0] ?? ''}`,
    `${margin} ${timeLabels(first, last, canvas.columns, (day) => xOf(day) >> 1)}`.trimEnd(),
    legend(margin, width),
  ];
}

/** What a milestone asks of the two counts; null where it asks something else, or asks it of others as well. */
const targetOf = (milestone: Milestone): number | null => {
  if (milestone.state === 'shared') return null;
  const counts = milestone.needs.flatMap(({ need }) =>
    need.kind === 'measure' && (need.measure === 'has-received' || need.measure === 'receives-regularly')
      ? [need.atLeast]
      : [],
  );
  return counts.length === 0 ? null : Math.max(...counts);
};

const isReached = ({ state }: Milestone): boolean => state === 'reached' || state === 'reached-late';

/** The smallest even round number that is at least so much: 2, 4, 10, 20, 40, 50, 100 … */
export function niceTop(least: number): number {
  for (let unit = 1; ; unit *= 10) {
    for (const step of [2, 4, 6, 8, 10]) if (step * unit >= least) return step * unit;
  }
}

/** What the curves come to, behind them; in words where there is room. */
function endLabels(point: CurvePoint | undefined, width: number) {
  if (point === undefined) return [];
  const label = (value: number, words: string) => ({
    value,
    text: width < 60 ? countText(value) : `${countText(value)} ${words}`,
  });
  return [
    label(point.hasReceived, say('har modtaget', 'have received')),
    ...(point.receivesRegularly === null
      ? []
      : [label(point.receivesRegularly, say('jævnligt', 'regularly'))]),
  ];
}

/** Each label on its own row, as near as can be; the order from top to bottom stays. */
function placeLabels(
  labels: readonly { readonly text: string; readonly row: number }[],
  rows: number,
): ReadonlyMap<number, string> {
  const placed = new Map<number, string>();
  const [upper, lower] = labels;
  if (upper === undefined) return placed;
  const clash = lower !== undefined && upper.row >= lower.row;
  const upperRow = clash ? Math.max(0, Math.min(upper.row, rows - 2)) : upper.row;
  placed.set(upperRow, ` ${upper.text}`);
  if (lower !== undefined) placed.set(clash ? upperRow + 1 : lower.row, ` ${lower.text}`);
  return placed;
}

/** Years at their January, months between them as far as there is room. */
function timeLabels(first: number, last: number, columns: number, columnOf: (day: number) => number): string {
  const line = new DotCanvas(columns, 1);
  const months = (last - first) / 30.44;
  const every = [1, 2, 3, 4, 6, 12, 24, 60, 120].find((step) => (columns * step) / months >= 7) ?? 1200;
  const [year = 0, month = 1] = isoDay(first).split('-').map(Number);
  const begins = first === number(`${isoDay(first).slice(0, 7)}-01`) ? 0 : 1;
  const from = year * 12 + month - 1 + begins;
  for (let at = Math.ceil(from / every) * every; ; at += every) {
    const day = Date.UTC(Math.floor(at / 12), at % 12, 1) / dayMs;
    if (day > last) break;
    const text = at % 12 === 0 ? String(at / 12) : monthName((at % 12) + 1);
    const column = columnOf(day);
    if (column + text.length <= columns && line.isFree(column, 0, text.length)) line.write(column, 0, text);
  }
  const [label = ''] = line.lines();
  return label.trim() === '' ? monthText(isoDay(first)) : label;
}

function legend(margin: string, width: number): string {
  const parts = [
    say('⠒⠒ målt (øverst: har modtaget)', '⠒⠒ measured (upper: have received)'),
    say('⠂ ⠂ plan', '⠂ ⠂ plan'),
    say('◇ milepæl', '◇ milestone'),
    say('◆ nået', '◆ reached'),
    say('▲ dagen', '▲ the day'),
  ];
  const fitting = parts.filter(
    (_, at) => margin.length + 1 + parts.slice(0, at + 1).join('  ').length <= width,
  );
  return `${margin} ${fitting.join('  ')}`.trimEnd();
}
