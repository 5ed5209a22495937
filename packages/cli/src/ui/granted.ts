import { styleText } from 'node:util';
import type { GrantedSummary, GrantedWeek, grantedRoutes } from '@naer/core/contract/granted';
import type { z } from 'zod';
import { mondayOf, wallTime, weekNumber, weekOf } from '../actions/days.ts';
import { say } from '../language.ts';
import { durationText } from './durations.ts';
import { type Column, column, renderCard, renderTable } from './table.ts';
import { tableWidth } from './terminal.ts';
import { periodWords, word } from './words.ts';

type Granted = z.infer<typeof grantedRoutes.show.reply>;

/** Whole minutes, to the right; zero steps back as a dot, so that a table is read at a glance. */
const minutes = <Row>(title: string, key: string, value: (row: Row) => number): Column<Row> => ({
  ...column(title, key, (row: Row) => amount(value(row)), value),
  align: 'right',
});
const amount = (n: number): string => (n === 0 ? '·' : n < 0 ? `−${-n}` : String(n));

/** One row for each citizen; the worker stands in CSV only, since this is never a comparison of workers. */
export const grantedColumns = (): Column<GrantedSummary>[] => [
  column(say('Borger', 'Citizen'), 'citizen', (row) => row.citizen),
  { ...column('', 'worker', (row: GrantedSummary) => row.worker ?? ''), csvOnly: true },
  { ...column('', 'from', (row: GrantedSummary) => row.from), csvOnly: true },
  { ...column('', 'to', (row: GrantedSummary) => row.to), csvOnly: true },
  minutes(say('Bevilget', 'Granted'), 'granted', (row) => row.granted),
  minutes(say('Overført', 'Carried'), 'carriedIn', (row) => row.carriedIn),
  minutes('Video', 'deliveredVideo', (row) => row.delivered.video),
  minutes(say('Fysisk', 'In person'), 'deliveredPhysical', (row) => row.delivered.physical),
  minutes(say('Tlf.', 'Phone'), 'deliveredPhone', (row) => row.delivered.phone),
  minutes(say('Planlagt', 'Planned'), 'planned', (row) => row.plannedTotal),
  minutes(say('Tilbage', 'Left'), 'left', (row) => row.left),
  {
    ...column(
      '',
      'shortfall',
      ({ shortfall }: GrantedSummary) =>
        shortfall === null ? '' : say(`mangler ${shortfall.minutes}`, `${shortfall.minutes} short`),
      ({ shortfall }: GrantedSummary) => shortfall?.minutes ?? 0,
    ),
    paint: () => 'yellow',
  },
  {
    ...column('', 'shortfallKinds', ({ shortfall }: GrantedSummary) => shortfall?.kinds.join(';') ?? ''),
    csvOnly: true,
  },
];

export const grantedWeekColumns = (now: Date): Column<GrantedWeek>[] => {
  const current = mondayOf(weekOf(wallTime(now).day));
  const paint = ({ from }: GrantedWeek) => (from === current ? 'bold' : null);
  const columns: Column<GrantedWeek>[] = [
    column(
      say('Uge', 'Week'),
      'from',
      ({ from }) => String(weekNumber(weekOf(from))).padStart(2),
      (row) => row.from,
    ),
    minutes(say('Bevilget', 'Granted'), 'granted', (row) => row.granted),
    minutes(say('Overført', 'Carried'), 'carriedIn', (row) => row.carriedIn),
    minutes('Video', 'deliveredVideo', (row) => row.delivered.video),
    minutes(say('Fysisk', 'In person'), 'deliveredPhysical', (row) => row.delivered.physical),
    minutes(say('Tlf.', 'Phone'), 'deliveredPhone', (row) => row.delivered.phone),
    minutes(say('Leveret', 'Delivered'), 'delivered', ({ delivered }) => total(delivered)),
    minutes(say('Planlagt', 'Planned'), 'planned', ({ planned }) => total(planned)),
    minutes(say('Videre', 'Onward'), 'carriedOut', (row) => row.carriedOut),
  ];
  return columns.map((each) => ({ ...each, paint }));
};

const total = (by: GrantedWeek['delivered']): number => by.video + by.physical + by.phone;

/** One citizen's time: what it came to in words, week by week in minutes, and a warning where there is one. */
export function grantedText({ summary, weeks, grants }: Granted, now: Date): string {
  const { delivered, onlinePercent } = summary;
  const grantText = ({ minutes: n, per }: { minutes: number; per: keyof typeof periodWords }) =>
    `${durationText(n)} ${word(periodWords, per)}`;
  const changes = grants.slice(1).map((grant) => {
    const week = weekNumber(weekOf(grant.from));
    return say(`fra uge ${week}: ${grantText(grant)}`, `from week ${week}: ${grantText(grant)}`);
  });
  const online =
    onlinePercent === null ? '' : say(` · ${onlinePercent} % på video`, ` · ${onlinePercent}% by video`);
  const card = renderCard([
    [
      say('Borger', 'Citizen'),
      summary.worker === null
        ? summary.citizen
        : say(`${summary.citizen} med ${summary.worker}`, `${summary.citizen} with ${summary.worker}`),
    ],
    [say('Bevilget', 'Granted'), [grantText(grants[0] ?? summary.grant), ...changes].join('; ')],
    [say('Leveret', 'Delivered'), `${durationText(total(delivered))}${online}`],
    [say('Planlagt', 'Planned'), durationText(summary.plannedTotal)],
    [
      summary.left < 0 ? say('For meget', 'Too much') : say('Tilbage', 'Left'),
      durationText(Math.abs(summary.left)),
    ],
  ]);
  const table = renderTable(sinceBeginning(weeks), grantedWeekColumns(now), tableWidth());
  const warning = shortfallText(summary);
  const painted = warning === null ? [] : ['', styleText('yellow', warning, { stream: process.stdout })];
  return [card, '', table, ...painted].join('\n');
}

/** Without the weeks before anything was granted or given; the last one always stays. */
function sinceBeginning(weeks: readonly GrantedWeek[]): readonly GrantedWeek[] {
  const first = weeks.findIndex(
    ({ granted, delivered, planned }) => granted + total(delivered) + total(planned) > 0,
  );
  return weeks.slice(first);
}

/** The warning in two sentences, what is missing and why, or null. */
export function shortfallText({ citizen, shortfall }: GrantedSummary): string | null {
  if (shortfall === null) return null;
  const missing = durationText(shortfall.minutes);
  const behind = shortfall.kinds.includes('behind');
  const unplanned = shortfall.kinds.includes('unplanned');
  const why = [
    ...(behind ? [say('de sidste uger gav for lidt', 'the last weeks gave too little')] : []),
    ...(unplanned ? [say('der er planlagt for lidt i ugen', 'too little is planned in the week')] : []),
  ].join(say(', og ', ', and '));
  return say(
    `${citizen} får for lidt: ${missing} mangler.\n${capital(why)}.`,
    `${citizen} gets too little: ${missing} missing.\n${capital(why)}.`,
  );
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
