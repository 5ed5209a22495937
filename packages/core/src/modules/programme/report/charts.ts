import type { TopLevelSpec } from 'vega-lite';
import type { Language } from '../../../kernel/errors.ts';
import { monthNames, weekdayNames } from '../../../kernel/time-format.ts';
import type { Bar, CourseChart } from './data.ts';
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
  const { points } = chart;
  const small = options.width < 700;
  const lines = [
    { key: 'hasReceived', name: words.hasReceived, dash: [1, 0], shape: 'circle', color: blue },
    { key: 'receivesRegularly', name: words.receivesRegularly, dash: [7, 4], shape: 'square', color: ink },
  ] as const;
  const time = { field: 'day', type: 'temporal', title: null } as const;
  // Noon is the same day on every machine, wherever its clock is set.
  const placed = <Point extends { readonly day: string }>(some: readonly Point[]) =>
    some.map((point) => ({ ...point, day: `${point.day}T12:00:00` }));
  const top = Math.max(
    5,
    ...points.map(({ hasReceived }) => hasReceived ?? 0),
    ...chart.targets.map(({ count }) => count),
  );
  const domain: [number, number] = [0, Math.ceil(top * 1.12)];
  const y = {
    type: 'quantitative',
    scale: { domain, nice: true },
    axis: { title: words.citizens, tickMinStep: 1, format: ',d', tickCount: 6 },
  } as const;
  const planned = placed(chart.plan);
  return {
    width: options.width,
    height: options.height,
    padding: { left: 12, right: small ? 12 : 20, top: 14, bottom: 10 },
    autosize: { type: 'fit', contains: 'padding' },
    config: configOf(options),
    ...(title === undefined ? {} : { title: { text: title.text, subtitle: [...title.subtitle] } }),
    layer: [
      {
        data: { values: planned },
        mark: { type: 'line', color: soft, strokeDash: [2, 4], strokeWidth: 1.5 },
        encoding: { x: monthAxis(chart, time, small), y: { ...y, field: 'count' } },
      },
      ...lines.flatMap(({ key, name, dash, shape, color }): Layer[] => {
        const values = placed(points).flatMap((point) =>
          point[key] === null ? [] : [{ day: point.day, count: point[key] }],
        );
        const last = values.at(-1);
        // Two names one above the other want a tenth of the picture between them.
        const below =
          key === 'receivesRegularly' && (points.at(-1)?.hasReceived ?? top) - (last?.count ?? 0) < top / 8;
        return [
          {
            data: { values },
            mark: {
              type: 'line' as const,
              color,
              strokeWidth: 2.5,
              strokeDash: [...dash],
              point: {
                shape,
                size: small ? 24 : 42,
                filled: shape === 'circle',
                color,
                fill: shape === 'circle' ? color : 'white',
              },
            },
            encoding: { x: time, y: { ...y, field: 'count' } },
          },
          {
            data: {
              values:
                last === undefined
                  ? []
                  : [{ ...last, label: `${name}: ${formatCount(last.count, options.language)}` }],
            },
            mark: {
              type: 'text',
              align: 'right' as const,
              baseline: below ? ('top' as const) : ('bottom' as const),
              dx: 4,
              dy: below ? 10 : -10,
              fontSize: small ? 12 : 15,
              fontWeight: 600,
              color,
              stroke: null,
            },
            encoding: {
              x: time,
              y: { ...y, field: 'count' },
              text: { field: 'label', type: 'nominal' as const },
            },
          },
        ];
      }),
      {
        data: { values: placed(chart.targets) },
        mark: {
          type: 'point',
          shape: 'diamond',
          size: small ? 90 : 130,
          filled: true,
          color: ink,
          fill: 'white',
          stroke: ink,
          strokeWidth: 2,
        },
        encoding: { x: time, y: { ...y, field: 'count' } },
      },
      {
        data: { values: placed(chart.targets) },
        mark: {
          type: 'text',
          align: 'right',
          baseline: 'bottom',
          dx: -8,
          dy: -6,
          fontSize: small ? 11 : 13,
          color: ink,
        },
        encoding: { x: time, y: { ...y, field: 'count' }, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}

function monthAxis(
  chart: CourseChart,
  time: { readonly field: 'day'; readonly type: 'temporal'; readonly title: null },
  small: boolean,
) {
  const months = new Set(chart.points.map(({ day }) => day.slice(0, 7))).size;
  const years = months > 20;
  return {
    ...time,
    axis: {
      title: null,
      format: years ? '%b %Y' : '%b',
      labelExpr: years
        ? "timeFormat(datum.value, '%b %Y')"
        : "month(datum.value) == 0 ? [timeFormat(datum.value, '%b'), timeFormat(datum.value, '%Y')] : timeFormat(datum.value, '%b')",
      grid: false,
      tickCount: small ? 5 : 9,
      labelFlush: false,
    },
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
