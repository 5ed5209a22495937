import type { TopLevelSpec } from 'vega-lite';
import type { Language } from '../../../kernel/errors.ts';
import { monthNames, weekdayNames } from '../../../kernel/time-format.ts';
import { daysBetween } from '../forecast/index.ts';
import type { Bar, CourseChart } from './data.ts';
import { type Label, type Layout, type LineKey, layOut } from './layout.ts';
import { reportWords } from './words.ts';

/** Black, greys and one blue that is dark enough to stay apart when printed without colours. */
const ink = '#1a1a1a';
const soft = '#5f6368';
const rule = '#d9dce0';
const blue = '#0b4f8a';
const fill = '#c9d7e6';

export interface ChartOptions {
  readonly language: Language;
  /** Of the text, as CSS names it. */
  readonly font: string;
  readonly width: number;
  readonly height: number;
}

/** Numbers and dates as they are written in Denmark, or in England. */
const localeOf = (language: Language) => ({
  number:
    language === 'da'
      ? { decimal: ',', thousands: '.', grouping: [3], currency: ['', ' kr.'] as [string, string] }
      : { decimal: '.', thousands: ',', grouping: [3], currency: ['£', ''] as [string, string] },
  time: {
    dateTime: '%A %-d. %B %Y %X',
    date: '%d.%m.%Y',
    time: '%H.%M',
    periods: ['', ''] as [string, string],
    days: seven([...weekdayNames[language].slice(6), ...weekdayNames[language].slice(0, 6)]),
    shortDays: seven([...weekdayNames[language].slice(6), ...weekdayNames[language].slice(0, 6)]),
    months: twelve(monthNames[language]),
    shortMonths: twelve(monthNames[language].map((name) => name.slice(0, 3))),
  },
});

type Seven = [string, string, string, string, string, string, string];
type Twelve = [...Seven, string, string, string, string, string];
const seven = ([a = '', b = '', c = '', d = '', e = '', f = '', g = '']: readonly string[]): Seven => [
  a,
  b,
  c,
  d,
  e,
  f,
  g,
];
const twelve = (names: readonly string[]): Twelve => {
  const [h = '', i = '', j = '', k = '', l = ''] = names.slice(7);
  return [...seven(names), h, i, j, k, l];
};

type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

function configOf({ language, font }: ChartOptions): NonNullable<TopLevelSpec['config']> {
  return {
    locale: localeOf(language),
    font,
    // The page says in words what is drawn; names of fields in English would say nothing.
    aria: false,
    background: 'white',
    view: { stroke: null },
    axis: {
      labelColor: ink,
      titleColor: soft,
      gridColor: rule,
      domainColor: soft,
      tickColor: soft,
      labelFontSize: 13,
      titleFontSize: 13,
      titleFontWeight: 'normal',
    },
    title: {
      color: ink,
      subtitleColor: soft,
      anchor: 'start',
      fontSize: 20,
      subtitleFontSize: 13,
      offset: 18,
    },
  };
}

/** Plan against reality: lines told apart by dash and marker, named where they end, milestones as diamonds. */
export function courseSpec(
  chart: CourseChart,
  options: ChartOptions,
  title?: { readonly text: string; readonly subtitle: readonly string[] },
): TopLevelSpec {
  const words = reportWords[options.language];
  const small = options.width < 700;
  const lines = [
    { key: 'hasReceived', dash: [1, 0], shape: 'circle', color: blue, fill: blue },
    { key: 'receivesRegularly', dash: [7, 4], shape: 'square', color: ink, fill: 'white' },
  ] as const;
  // On a phone the lines are told apart by their numbers, and a line below the picture names them.
  const named = (key: LineKey, count: number): string =>
    `${small ? '' : `${words[key]}: `}${formatCount(count, options.language)}`;
  const layout = layOut(chart, named, small ? 0.1 : 0.22);
  // Noon is the same day on every machine, wherever its clock is set.
  const placed = <Point extends { readonly day: string }>(some: readonly Point[]) =>
    some.map((point) => ({ ...point, day: `${point.day}T12:00:00` }));
  const xDomain: [string, string] = [`${layout.from}T00:00:00`, `${layout.until}T23:00:00`];
  const x = { field: 'day', type: 'temporal', title: null, scale: { domain: xDomain } } as const;
  const yDomain: [number, number] = [0, Math.ceil(layout.top * 1.1)];
  const y = {
    field: 'count',
    type: 'quantitative',
    scale: { domain: yDomain, nice: true },
    axis: { title: words.citizens, tickMinStep: 1, format: ',d', tickCount: 6 },
  } as const;
  const text = ({ side, level, ...label }: Label, size: number, color: string, weight: 400 | 600): Layer[] =>
    // A white rim first, so that a line that passes behind leaves it readable.
    [{ stroke: 'white', strokeWidth: 4 }, {}].map(
      (rim): Layer => ({
        data: { values: placed([label]) },
        mark: {
          type: 'text',
          align: side === 'right' ? 'left' : 'right',
          baseline: level === 'even' ? 'middle' : level === 'up' ? 'bottom' : 'top',
          dx: side === 'right' ? 9 : -9,
          dy: level === 'even' ? 0 : level === 'up' ? -4 : 4,
          fontSize: size,
          fontWeight: weight,
          color,
          ...rim,
        },
        encoding: { x, y, text: { field: 'text', type: 'nominal' } },
      }),
    );
  return {
    width: options.width,
    height: options.height,
    padding: { left: 12, right: small ? 12 : 20, top: 14, bottom: 10 },
    autosize: { type: 'fit', contains: 'padding' },
    config: configOf(options),
    ...(title === undefined ? {} : { title: { text: title.text, subtitle: [...title.subtitle] } }),
    layer: [
      {
        data: { values: placed(chart.plan) },
        mark: { type: 'line', color: soft, strokeDash: [2, 4], strokeWidth: 1.5 },
        encoding: { x: { ...x, axis: monthAxis(layout, small) }, y },
      },
      ...lines.map(({ key, dash, shape, color, fill: inside }): Layer => {
        const values = placed(chart.points).flatMap((point) =>
          point[key] === null ? [] : [{ day: point.day, count: point[key] }],
        );
        const point = { shape, size: small ? 24 : 42, fill: inside, stroke: color, strokeWidth: 2 };
        return {
          data: { values },
          mark: { type: 'line', color, strokeWidth: 2.5, strokeDash: [...dash], point },
          encoding: { x, y },
        };
      }),
      {
        data: { values: placed(chart.targets) },
        mark: {
          type: 'point',
          shape: 'diamond',
          size: small ? 90 : 130,
          fill: 'white',
          stroke: ink,
          strokeWidth: 2,
        },
        encoding: { x, y },
      },
      ...layout.targets.flatMap((label) => text(label, small ? 11 : 13, ink, 400)),
      ...lines.flatMap(({ key, color }) => {
        const label = layout.names[key];
        return label === null ? [] : text(label, small ? 13 : 15, color, 600);
      }),
    ],
  };
}

function monthAxis({ from, until }: Layout, small: boolean) {
  const isLong = daysBetween(from, until) > 600;
  return {
    title: null,
    labelExpr: isLong
      ? "timeFormat(datum.value, '%b %Y')"
      : "month(datum.value) == 0 ? [timeFormat(datum.value, '%b'), timeFormat(datum.value, '%Y')] : timeFormat(datum.value, '%b')",
    grid: false,
    tickCount: small ? 5 : 9,
    labelFlush: false,
  };
}

export function formatCount(count: number, language: Language): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, language === 'da' ? '.' : ',');
}

/** Bars from the left, each with its number; what is hidden has a dash and no bar. */
export function barsSpec(bars: readonly Bar[], options: ChartOptions): TopLevelSpec {
  const values = bars.map(({ name, count }) => ({
    name,
    count: count ?? 0,
    label: count === null ? '–' : formatCount(count, options.language),
  }));
  const y = {
    field: 'name',
    type: 'nominal',
    sort: null,
    axis: { title: null, domain: false, ticks: false, labelLimit: 220, labelPadding: 8 },
  } as const;
  return {
    width: options.width,
    height: bars.length * 34 + 12,
    padding: { left: 4, right: 8, top: 4, bottom: 4 },
    autosize: { type: 'fit', contains: 'padding' },
    config: configOf(options),
    data: { values },
    layer: [
      {
        mark: { type: 'bar', color: fill, stroke: ink, strokeWidth: 1, height: 20 },
        encoding: {
          y,
          x: {
            field: 'count',
            type: 'quantitative',
            axis: null,
            scale: { domain: [0, Math.max(1, ...values.map(({ count }) => count)) * 1.15], nice: false },
          },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 6, fontSize: 13, fontWeight: 600, color: ink },
        encoding: {
          y,
          x: { field: 'count', type: 'quantitative' },
          text: { field: 'label', type: 'nominal' },
        },
      },
    ],
  };
}

/** The drawing itself; the library is loaded when the first one is asked for. */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
