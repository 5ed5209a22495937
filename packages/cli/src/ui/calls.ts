import {
  callerWords,
  callStateWords,
  encryptionWords,
  goneWords,
  seatStateWords,
  speakAgainWords,
  testOutcomeWords,
  testStepWords,
  troubleWords,
} from '@naer/core/contract/call-words';
import type { Call, Seat, Waiting } from '@naer/core/contract/calls';
import { Args } from '@oclif/core';
import { clockText } from '../actions/days.ts';
import { whoText } from '../actions/seats.ts';
import { shortId } from '../actions/short-ids.ts';
import { minutesBetween } from '../actions/times.ts';
import { counted, say } from '../language.ts';
import { type Column, column, renderCard, renderTable } from './table.ts';
import { tableWidth } from './terminal.ts';
import { span } from './time.ts';
import { word } from './words.ts';

const minutesText = (n: number): string => counted(n, ['minut', 'minutter'], ['minute', 'minutes']);

/** What somebody's test before the call found: that all is well, or what is not. */
export function testsText(tests: Seat['tests']): string {
  if (tests.length === 0) return '';
  const faults = tests.filter(({ outcome }) => outcome !== 'good');
  if (faults.length === 0) return say('alt virker', 'all works');
  return faults
    .map(({ step, outcome }) => `${word(testStepWords, step)} ${word(testOutcomeWords, outcome)}`)
    .join(', ');
}

function stateText(seat: Seat): string {
  if (seat.byPhone && seat.state !== 'left')
    return seat.state === 'waiting'
      ? say('venter i telefonen', 'waits on the phone')
      : say('i telefonen', 'on the phone');
  if (seat.state === 'left' && seat.gone !== null) return word(goneWords, seat.gone);
  if (seat.state === 'admitted')
    return seat.present ? say('med i samtalen', 'in the call') : word(seatStateWords, 'admitted');
  return word(seatStateWords, seat.state);
}

const seatColumns = (): Column<Seat>[] => [
  column(say('Hvem', 'Who'), 'who', whoText),
  column(say('Stand', 'State'), 'state', stateText, ({ state }) => state),
  column(
    say('Siden', 'Since'),
    'since',
    ({ since }) => clockText(since),
    ({ since }) => since,
  ),
  column(
    say('Nr.', 'No.'),
    'id',
    ({ id }) => shortId(id),
    ({ id }) => id,
  ),
  { ...column(say('Prøvet før', 'Tested'), 'tests', ({ tests }: Seat) => testsText(tests)), wraps: true },
];

/** The call, and below it who is there. */
export function callCard(call: Call): string {
  const { failure } = call;
  const pairs: readonly (readonly [string, string])[] = [
    [
      say('Borger', 'Citizen'),
      say(`${call.citizen} med ${call.worker}`, `${call.citizen} with ${call.worker}`),
    ],
    [say('Samtalen', 'The call'), word(callStateWords, call.state)],
    [say('Åben', 'Open'), span(call.opensAt, call.closesAt)],
    [say('Fortrolighed', 'Secrecy'), call.encryption === null ? '' : word(encryptionWords, call.encryption)],
    [
      say('Alene i rummet', 'Alone in room'),
      call.aloneSince === null
        ? ''
        : say(`sagt kl. ${clockText(call.aloneSince)}`, `said at ${clockText(call.aloneSince)}`),
    ],
    [say('Sammen i', 'Together for'), call.minutes === 0 ? '' : minutesText(call.minutes)],
    [
      say('Svigtede', 'Failed'),
      failure === null
        ? ''
        : say(
            `kl. ${clockText(failure.at)}: ${word(troubleWords, failure.step)}`,
            `at ${clockText(failure.at)}: ${word(troubleWords, failure.step)}`,
          ),
    ],
    [
      say('Aftalen', 'Agreed'),
      failure === null
        ? ''
        : say(
            `${word(callerWords, failure.caller)} senest kl. ${clockText(failure.phonesBy)}; I taler videre ${word(speakAgainWords, failure.speakAgain)}`,
            `${word(callerWords, failure.caller)} by ${clockText(failure.phonesBy)}; you speak again ${word(speakAgainWords, failure.speakAgain)}`,
          ),
    ],
    [say('Nr.', 'No.'), shortId(call.visit)],
  ];
  const card = renderCard(pairs.filter(([, value]) => value !== ''));
  return `${card}\n\n${renderTable(call.seats, seatColumns(), tableWidth())}`;
}

export const waitingColumns = (now: Date): Column<Waiting>[] => [
  column(say('Borger', 'Citizen'), 'citizen', ({ citizen }: Waiting) => citizen),
  column(say('Hvem', 'Who'), 'who', waitingWho),
  column(
    say('Siden', 'Since'),
    'since',
    ({ since }) => clockText(since),
    ({ since }) => since,
  ),
  {
    ...column(
      'Min',
      'minutes',
      ({ since }: Waiting) => String(waitedMinutes(since, now)),
      ({ since }: Waiting) => waitedMinutes(since, now),
    ),
    align: 'right',
  },
  column(
    say('Aftalt', 'Agreed'),
    'plannedStartsAt',
    ({ plannedStartsAt }) => (plannedStartsAt === null ? '' : clockText(plannedStartsAt)),
    ({ plannedStartsAt }) => plannedStartsAt,
  ),
  column(
    say('Besøg', 'Visit'),
    'visit',
    ({ visit }) => shortId(visit),
    ({ visit }) => visit,
  ),
  // Somebody who waits is named by what they are; their number is asked for only where two are the same.
  { ...column('', 'seat', ({ seat }: Waiting) => seat), csvOnly: true },
];

const waitedMinutes = (since: string, now: Date): number =>
  Math.max(0, minutesBetween(since, now.toISOString()));

const waitingWho = (one: Waiting): string => {
  const who = whoText({ ...one, initials: null });
  return one.byPhone ? say(`${who}, i telefonen`, `${who}, on the phone`) : who;
};

/** One who came or went, as a line of its own. */
export function waitingLine(one: Waiting, did: 'came' | 'went', now: Date): string {
  const how = one.byPhone ? say('venter i telefonen', 'waits on the phone') : say('venter', 'waits');
  const what = did === 'came' ? how : say('venter ikke mere', 'waits no more');
  return `${clockText(now)}  ${one.citizen}  ${whoText({ ...one, initials: null })} ${what}`;
}

export const whoArg = Args.string({
  description: say(
    'Hvem: borger, tolk …, initialer eller nummer',
    'Who: citizen, interpreter …, initials or number',
  ),
});
