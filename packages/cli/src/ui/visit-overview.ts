import { styleText } from 'node:util';
import type { Visit, VisitOverview } from '@naer/core/contract/visits';
import { addDays, wallTime, weekdayOf, weekNumber, weekOf } from '../actions/days.ts';
import { isUnrecorded } from '../actions/find-visit.ts';
import { shortId } from '../actions/short-ids.ts';
import { counted, language, say } from '../language.ts';
import { durationText } from './durations.ts';
import { type Column, layOutTable } from './table.ts';
import { tableWidth } from './terminal.ts';
import { dayText } from './time.ts';
import { visitColumns, visitMinutes } from './visits.ts';

/** A worker's day or week on one page: heading, visits by day, and what waits. */
export function overviewText(overview: VisitOverview, now: Date): string {
  const days = Array.from({ length: lengthOf(overview) }, (_, at) => addDays(overview.from, at));
  const lines = days.length === 1 ? dayLines(overview, now) : weekLines(overview, days, now);
  return [bold(heading(overview, days, now)), '', ...lines, '', ...footer(overview, now)].join('\n');
}

const lengthOf = ({ from, to }: VisitOverview): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
const bold = (text: string): string => styleText('bold', text, { stream: process.stdout });
const dim = (text: string): string => styleText('dim', text, { stream: process.stdout });

function heading({ from, worker }: VisitOverview, days: readonly string[], now: Date): string {
  const last = days.at(-1) ?? from;
  if (days.length > 1) {
    const week = weekNumber(weekOf(from));
    return `${say('Uge', 'Week')} ${week} · ${datesText(from, last)} · ${worker}`;
  }
  const today = wallTime(now).day;
  const beside =
    from === today
      ? say('I dag, ', 'Today, ')
      : from === addDays(today, 1)
        ? say('I morgen, ', 'Tomorrow, ')
        : '';
  const text = `${beside}${dayText(from)}`;
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)} · ${worker}`;
}

/** "23.–29. november", or "30. november – 6. december"; weekdays are left out. */
function datesText(from: string, to: string): string {
  const [first, last] = [from, to].map((day) => dayText(day).replace(/^\S+ /, ''));
  const sameMonth = from.slice(0, 7) === to.slice(0, 7);
  return sameMonth ? `${/^\d+\.?/.exec(first ?? '')?.[0]}–${last}` : `${first} – ${last}`;
}

const cancelled = ({ state }: Visit): boolean => state === 'cancelled';

const inOrder = (visits: readonly Visit[]): Visit[] =>
  [...visits].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));

function dayLines(overview: VisitOverview, now: Date): string[] {
  const off = overview.daysOff.map((each) => dim(each[language()]));
  if (overview.visits.length === 0) return [...off, dim(nothing())];
  const columns = visitColumns({ day: false, now, sites: hasSites(overview.visits) });
  const table = layOutTable(inOrder(overview.visits), columns, tableWidth());
  return [...off, table.heading, table.lines(inOrder(overview.visits))];
}

/** Who has no visits of their own, such as a leader, looks at those of others. */
const nothing = (): string =>
  say('Ingen besøg. En kollegas ses med --worker BM13.', 'No visits. Those of a colleague: --worker BM13.');

interface Row {
  readonly label: string;
  readonly visit: Visit;
}

function weekLines(overview: VisitOverview, days: readonly string[], now: Date): string[] {
  const groups = days.map((day) => {
    const visits = inOrder(overview.visits.filter(({ at }) => wallTime(at).day === day));
    const off = overview.daysOff.filter((each) => each.day === day).map((each) => each[language()]);
    return { day, off, rows: visits.map((visit, at) => ({ label: at === 0 ? dayLabel(day) : '', visit })) };
  });
  const rows = groups.flatMap((group) => group.rows);
  if (rows.length === 0) {
    const off = groups.filter((group) => group.off.length > 0);
    const named = off.map((group) => dim(`${dayLabel(group.day).padEnd(6)}  ${group.off.join(', ')}`));
    return [...named, dim(nothing())];
  }
  const table = layOutTable(rows, weekColumns(now, hasSites(overview.visits)), tableWidth());
  return [
    table.heading,
    ...groups.flatMap(({ day, off, rows: own }) => {
      const weekend = weekdayOf(day) > 5;
      const name = off.join(', ');
      if (own.length > 0) return [table.lines(own), ...(name === '' ? [] : [dim(`${' '.repeat(8)}${name}`)])];
      if (weekend && name === '') return [];
      return [dim(`${dayLabel(day).padEnd(6)}  ${name || '–'}`)];
    }),
  ];
}

/** Whether the rooms of the page are in more than one place; otherwise everybody knows where they are. */
const hasSites = (visits: readonly Visit[]): boolean =>
  new Set(visits.flatMap(({ room }) => (room === null ? [] : [room.site]))).size > 1;

const weekColumns = (now: Date, sites: boolean): Column<Row>[] => [
  {
    title: say('Dag', 'Day'),
    key: 'day',
    cell: ({ label }) => label.padEnd(6),
    value: ({ label }) => label,
    paint: ({ visit }) => (wallTime(visit.at).day === wallTime(now).day ? 'bold' : null),
  },
  ...visitColumns({ day: false, now, sites })
    .filter((column) => !column.csvOnly)
    .map(
      (column): Column<Row> => ({
        title: column.title,
        key: column.key,
        cell: ({ visit }) => column.cell(visit),
        value: ({ visit }) => column.value(visit),
        paint: ({ visit }) => column.paint?.(visit) ?? null,
        ...(column.align === undefined ? {} : { align: column.align }),
        ...(column.wraps === undefined ? {} : { wraps: column.wraps }),
      }),
    ),
];

/** "ma 23." or "Mo 23": two letters and the day of the month. */
function dayLabel(day: string): string {
  const names = say('ma ti on to fr lø sø', 'Mo Tu We Th Fr Sa Su').split(' ');
  return `${names[weekdayOf(day) - 1]} ${Number(day.slice(-2))}${say('.', '')}`;
}

function footer(overview: VisitOverview, now: Date): string[] {
  const standing = overview.visits.filter((visit) => !cancelled(visit));
  const minutes = standing.reduce((sum, visit) => sum + visitMinutes(visit), 0);
  const off = overview.visits.length - standing.length;
  const proposed = standing.filter(({ state }) => state === 'proposed').length;
  const futile = standing.filter(({ state }) => state === 'futile').length;
  const sum = [
    `${counted(standing.length, ['besøg', 'besøg'], ['visit', 'visits'])}, ${durationText(minutes)}`,
    ...(off > 0 ? [say(`${off} aflyst`, `${off} cancelled`)] : []),
    ...(futile > 0 ? [say(`${futile} forgæves`, `${futile} futile`)] : []),
    ...(proposed > 0 ? [say(`${proposed} venter på svar`, `${proposed} waiting for an answer`)] : []),
  ].join(' · ');
  return [
    ...(overview.visits.length > 0 ? [sum] : []),
    ...unrecordedLine(overview, now),
    ...failedLine(standing),
    ...reviewLine(overview.reviewsDue),
  ];
}

function unrecordedLine(overview: VisitOverview, now: Date): string[] {
  if (overview.unrecorded === 0) return [];
  const first = inOrder(overview.visits).find((visit) => isUnrecorded(visit, now));
  const what = counted(
    overview.unrecorded,
    ['besøg mangler registrering', 'besøg mangler registrering'],
    ['visit is not recorded', 'visits are not recorded'],
  );
  const text = first === undefined ? `${what}.` : `${what}: naer visits record ${shortId(first.id)}`;
  return [styleText('yellow', text, { stream: process.stdout })];
}

/** A failed call is not over: somebody is waiting to be rung up. */
function failedLine(visits: readonly Visit[]): string[] {
  const failed = inOrder(visits).filter(({ state }) => state === 'failed');
  const [first] = failed;
  if (first === undefined) return [];
  const what = counted(
    failed.length,
    ['mislykket besøg mangler at blive fulgt op', 'mislykkede besøg mangler at blive fulgt op'],
    ['failed visit is not followed up', 'failed visits are not followed up'],
  );
  const text = `${what}: naer visits follow-up ${shortId(first.id)}`;
  return [styleText('yellow', text, { stream: process.stdout })];
}

function reviewLine(citizens: readonly string[]): string[] {
  if (citizens.length === 0) return [];
  const shown = citizens.slice(0, 3).join(', ') + (citizens.length > 3 ? ' …' : '');
  return [
    say(
      `Kun video længe hos ${shown}: naer visits reviews`,
      `By video alone for long with ${shown}: naer visits reviews`,
    ),
  ];
}
