import { seatKindWords } from '@naer/core/contract/call-words';
import type { Seat } from '@naer/core/contract/calls';
import { participantWords } from '@naer/core/contract/visit-words';
import { CliError } from '../errors/cli-error.ts';
import { word } from '../ui/words.ts';
import { shortId } from './short-ids.ts';

type Who = Pick<Seat, 'kind' | 'role' | 'initials'>;

/** Who somebody in a call is, without a name: "borgeren", "kollega BM07", "tolk". */
export const whoText = ({ kind, role, initials }: Who): string => {
  const what = role === null || kind === 'citizen' ? word(seatKindWords, kind) : word(participantWords, role);
  return [what, initials].filter((part) => part !== null).join(' ');
};

/** Whether a seat is what somebody wrote: its number, initials, or what they are, in either language. */
function isMeant(seat: Seat, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const names = [
    seat.kind,
    ...seatKindWords[seat.kind].map((name) => name.replace(/^the /, '')),
    ...(seat.role === null ? [] : [seat.role, ...participantWords[seat.role]]),
    seat.initials ?? '',
    whoText(seat),
  ].map((name) => name.toLowerCase());
  if (seat.kind === 'citizen') names.push('borger');
  return names.includes(wanted) || (wanted.length >= 4 && seat.id.startsWith(wanted));
}

/**
 * The seat that somebody means, by what they wrote or else by what is at hand: the only one that fits, or for acts on a
 * link the citizen's.
 *
 * @throws CliError nobody_waits, seat_unknown, seat_ambiguous
 */
export function pickSeat(
  seats: readonly Seat[],
  text: string | undefined,
  usual: 'who waits' | 'the citizen',
): Seat {
  const here = seats.filter(({ kind }) => kind !== 'worker');
  const fitting =
    text !== undefined
      ? here.filter((seat) => isMeant(seat, text))
      : here.filter(({ kind, state }) => (usual === 'who waits' ? state === 'waiting' : kind === 'citizen'));
  const [only, ...more] = fitting;
  if (only === undefined) {
    if (text === undefined && usual === 'who waits') throw new CliError('nobody_waits');
    throw new CliError('seat_unknown', { who: text ?? '', known: here.map(whoText).join(', ') });
  }
  if (more.length > 0) {
    // Two of a kind are told apart by their numbers.
    const choices = fitting.map((seat) => `${whoText(seat)} (${shortId(seat.id)})`).join(', ');
    throw new CliError('seat_ambiguous', { choices, first: shortId(only.id) });
  }
  return only;
}
