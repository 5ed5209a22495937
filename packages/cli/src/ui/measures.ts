import { unitName } from '@naer/core/contract/measure-words';
import type { Figures, FiguresAt, PublishedMonth, ShownCount } from '@naer/core/contract/measures';
import { language, say } from '../language.ts';
import { countText, dateText, monthText, shareText, shownText } from './figures.ts';
import { type Column, column, renderCard } from './table.ts';

/** A whole number for people, right under its like. */
const countColumn = <Row>(title: string, key: string, of: (row: Row) => number): Column<Row> => ({
  ...column(title, key, (row: Row) => countText(of(row)), of),
  align: 'right',
});
const csvColumn = (key: string, of: (figures: Figures) => number | null): Column<FiguresAt> => ({
  ...column(
    '',
    key,
    ({ figures }: FiguresAt) => String(of(figures) ?? ''),
    ({ figures }) => of(figures),
  ),
  csvOnly: true,
});

const channels = ['video', 'physical', 'phone'] as const;
const endings = ['held', 'cancelled', 'futile', 'failed'] as const;

/** Days, weeks or months below each other: what changes from one to the next; CSV holds everything. */
export const figuresColumns = (): Column<FiguresAt>[] => [
  { ...column('', 'from', ({ from }: FiguresAt) => from), csvOnly: true },
  column(
    say('Til og med', 'Until'),
    'to',
    ({ to }) => dateText(to),
    ({ to }) => to,
  ),
  countColumn(say('Modtaget', 'Received'), 'hasReceived', ({ figures }) => figures.hasReceived),
  countColumn(say('Jævnligt', 'Regularly'), 'receivesRegularly', ({ figures }) => figures.receivesRegularly),
  {
    ...column(
      say('Grad', 'Rate'),
      'implementationRate',
      ({ figures }: FiguresAt) => shareText(figures.implementationRate),
      ({ figures }: FiguresAt) => figures.implementationRate,
    ),
    align: 'right',
  },
  countColumn(say('Holdt', 'Held'), 'videoHeld', ({ figures }) => figures.channels.video.held),
  countColumn(
    say('Aflyst', 'Cancelled'),
    'videoCancelled',
    ({ figures }) => figures.channels.video.cancelled,
  ),
  countColumn(say('Forgæves', 'Futile'), 'videoFutile', ({ figures }) => figures.channels.video.futile),
  countColumn(say('Fejl', 'Failed'), 'videoFailed', ({ figures }) => figures.channels.video.failed),
  countColumn(say('Aktive', 'Active'), 'activeWorkers', ({ figures }) => figures.workers.active),
  csvColumn('technicalFailureRate', ({ technicalFailureRate }) => technicalFailureRate),
  ...(['offered', 'accepted', 'declined', 'introduced', 'firstCall', 'regular'] as const).map((step) =>
    csvColumn(step, ({ funnel }) => funnel[step]),
  ),
  ...(['1', '2-3', '4-7', 'over-7'] as const).map((bucket) =>
    csvColumn(`sessions ${bucket}`, ({ sessions }) => sessions[bucket]),
  ),
  ...(['0-24', '25-49', '50-74', '75-100'] as const).map((bucket) =>
    csvColumn(`onlineShare ${bucket}`, ({ onlineShare }) => onlineShare[bucket]),
  ),
  ...channels
    .filter((channel) => channel !== 'video')
    .flatMap((channel) =>
      endings.map((ending) =>
        csvColumn(`${channel} ${ending}`, (figures) => figures.channels[channel][ending]),
      ),
    ),
  ...(['employed', 'trained', 'informed'] as const).map((key) =>
    csvColumn(key, ({ workers }) => workers[key]),
  ),
];

/** All measures of one day. */
export function figuresCard({ from, to, figures }: FiguresAt): string {
  const { funnel, sessions, onlineShare, workers, technicalFailureRate } = figures;
  const list = (parts: readonly (readonly [number, string])[]) =>
    parts.map(([n, text]) => `${countText(n)} ${text}`).join(', ');
  const channelPair = (channel: (typeof channels)[number], name: string) => {
    const { held, cancelled, futile, failed } = figures.channels[channel];
    return [
      name,
      list([
        [held, say('holdt', 'held')],
        [cancelled, say('aflyst', 'cancelled')],
        [futile, say('forgæves', 'futile')],
        [failed, say('mislykket', 'failed')],
      ]),
    ] as const;
  };
  return renderCard([
    [
      say('Til og med', 'Until'),
      `${dateText(to)} (${say('perioden fra', 'the period from')} ${dateText(from)})`,
    ],
    [say('Har modtaget', 'Have received'), countText(figures.hasReceived)],
    [say('Modtager jævnligt', 'Receive regularly'), countText(figures.receivesRegularly)],
    [say('Udbredelsesgrad', 'Implementation rate'), shareText(figures.implementationRate)],
    [
      say('Vejen dertil', 'On the way'),
      list([
        [funnel.offered, say('tilbudt', 'offered')],
        [funnel.accepted, say('takket ja', 'accepted')],
        [funnel.declined, say('takket nej', 'declined')],
        [funnel.introduced, say('introduceret', 'introduced')],
        [funnel.firstCall, say('første opkald', 'first call')],
        [funnel.regular, say('jævnligt', 'regular')],
      ]),
    ],
    [
      say('Skærmbesøg hver', 'Video visits each'),
      list([
        [sessions['1'], say('borgere ét', 'citizens one')],
        [sessions['2-3'], '2–3'],
        [sessions['4-7'], '4–7'],
        [sessions['over-7'], say('flere', 'more')],
      ]),
    ],
    [
      say('Andel på video', 'Share by video'),
      list([
        [onlineShare['0-24'], say('borgere under 25 %', 'citizens below 25%')],
        [onlineShare['25-49'], say('25–49 %', '25–49%')],
        [onlineShare['50-74'], say('50–74 %', '50–74%')],
        [onlineShare['75-100'], say('fra 75 %', 'from 75%')],
      ]),
    ],
    channelPair('video', say('På video', 'By video')),
    channelPair('physical', say('Fysisk', 'In person')),
    channelPair('phone', say('Telefon', 'By phone')),
    [say('Tekniske fejl', 'Technical failures'), shareText(technicalFailureRate)],
    [
      say('Medarbejdere', 'Workers'),
      list([
        [workers.employed, say('ansat', 'employed')],
        [workers.active, say('aktive', 'active')],
        [workers.trained, say('oplært', 'trained')],
        [workers.informed, say('orienteret', 'informed')],
      ]),
    ],
  ]);
}

interface MonthRow {
  readonly month: string;
  readonly unit: PublishedMonth['units'][number];
}

const toldText = (shown: ShownCount | undefined): string => (shown === undefined ? '' : shownText(shown));

export const monthRows = (months: readonly PublishedMonth[]): MonthRow[] =>
  months.flatMap(({ month, units }) => units.map((unit) => ({ month, unit })));

/** Month-ends as they are given out; in CSV every count by its path. */
export function monthColumns(rows: readonly MonthRow[]): Column<MonthRow>[] {
  const shown = (title: string, key: string): Column<MonthRow> => ({
    ...column(
      title,
      key,
      ({ unit }: MonthRow) => toldText(unit.figures[key]),
      ({ unit }: MonthRow) => unit.figures[key] ?? '',
    ),
    align: 'right',
  });
  const inTable: readonly (readonly [string, string])[] = [
    [say('Modtaget', 'Received'), 'hasReceived'],
    [say('Jævnligt', 'Regularly'), 'receivesRegularly'],
    [say('Tilbudt', 'Offered'), 'funnel.offered'],
    [say('Takket ja', 'Accepted'), 'funnel.accepted'],
    [say('Holdt', 'Held'), 'channels.video.held'],
    [say('Aktive', 'Active'), 'workers.active'],
  ];
  const known = inTable.map(([, key]) => key);
  const rest = [...new Set(rows.flatMap(({ unit }) => Object.keys(unit.figures)))].filter(
    (key) => !known.includes(key),
  );
  return [
    column(
      say('Måned', 'Month'),
      'month',
      ({ month }) => monthText(month),
      ({ month }) => month,
    ),
    { ...column('', 'kind', ({ unit }: MonthRow) => unit.kind), csvOnly: true },
    column(say('Hvem', 'Who'), 'unit', ({ unit }) => unitName(unit, language())),
    { ...column('', 'targetGroup', ({ unit }: MonthRow) => String(unit.targetGroup ?? '')), csvOnly: true },
    ...inTable.map(([title, key]) => shown(title, key)),
    ...rest.map((key) => ({ ...shown('', key), csvOnly: true as const })),
  ];
}
