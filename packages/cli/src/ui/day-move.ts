import type { DayMoveProposal } from '@naer/core/contract/visits';
import { clockText } from '../actions/days.ts';
import { say } from '../language.ts';
import { column, renderTable } from './table.ts';
import { tableWidth } from './terminal.ts';
import { dayText, shortSpan } from './time.ts';
import { holdPartWords, partWords } from './visit-words.ts';
import { word } from './words.ts';

/** Where each visit of a day would go, or why it cannot. */
export const dayMoveTable = (proposal: DayMoveProposal): string =>
  [
    `${dayText(proposal.from)} → ${dayText(proposal.to)}`,
    renderTable(
      proposal.items,
      [
        column(say('Borger', 'Citizen'), 'citizen', (item) => item.citizen),
        column(say('Hvordan', 'How'), 'channel', (item) => word(partWords, item.channel)),
        column(
          say('Fra', 'From'),
          'from',
          ({ from }) => `${clockText(from.startsAt)}–${clockText(from.endsAt)}`,
        ),
        {
          ...column(say('Til', 'To'), 'to', ({ to, missing }: DayMoveProposal['items'][number]) =>
            to === null
              ? missing.map((part) => word(holdPartWords, part)).join(', ')
              : shortSpan(to.startsAt, to.endsAt),
          ),
          paint: ({ to }) => (to === null ? 'yellow' : null),
          wraps: true,
        },
      ],
      tableWidth(),
    ),
  ].join('\n');
