import type { HandOff } from '@naer/core/contract/hand-off';
import { clockText, wallTime } from '../actions/days.ts';
import { shortId } from '../actions/short-ids.ts';
import { say } from '../language.ts';
import { type Column, column } from './table.ts';
import { shortDay } from './time.ts';
import { handOffWayWords, handOffWords, partWords } from './visit-words.ts';
import { word } from './words.ts';

/** The number is the visit's: that is what the other commands take. */
export const handOffColumns = (): Column<HandOff>[] => [
  column(
    say('Nr.', 'No.'),
    'visit',
    (row) => shortId(row.visit),
    (row) => row.visit,
  ),
  { ...column('', 'id', (row: HandOff) => row.id), csvOnly: true },
  column(
    say('Hvornår', 'When'),
    'at',
    (row) => `${shortDay(wallTime(row.at).day)} ${clockText(row.at)}`,
    (row) => row.at,
  ),
  column(say('Borger', 'Citizen'), 'citizen', (row) => row.citizen),
  column(say('Støtte', 'Worker'), 'worker', (row) => row.worker),
  column(
    say('Hvordan', 'How'),
    'channel',
    (row) => word(partWords, row.channel),
    (row) => row.channel,
  ),
  {
    ...column(
      say('Udgave', 'Revision'),
      'revision',
      (row: HandOff) => String(row.revision),
      (row: HandOff) => row.revision,
    ),
    align: 'right',
  },
  {
    ...column(say('Stand', 'State'), 'state', stateText, (row: HandOff) => row.state),
    wraps: true,
  },
  { ...column('', 'way', (row: HandOff) => row.way ?? ''), csvOnly: true },
  { ...column('', 'receipt', (row: HandOff) => row.receipt ?? ''), csvOnly: true },
];

export function stateText({ state, way, receipt }: HandOff): string {
  const how = [way === null ? null : word(handOffWayWords, way), receipt].filter((part) => part !== null);
  return `${word(handOffWords, state)}${how.length === 0 ? '' : ` (${how.join(', ')})`}`;
}
