import type { CallPage } from '@naer/core/contract/call-page';
import type { Seat } from '@naer/core/contract/calls';
import { participantWords } from '@naer/core/contract/visit-words';
import { type Language, startUp } from '../../texts/format.ts';
import type { Texts } from '../../texts/index.ts';

/** What somebody is called on the page: the worker by first name, a colleague by initials, others by what they are. */
export function nameOf(seat: Seat | undefined, page: CallPage, texts: Texts, language: Language): string {
  if (seat === undefined) return texts.seats.guest;
  if (seat.kind === 'worker') return page.visit.worker;
  if (seat.initials !== null) return `${texts.seats[seat.kind]} ${seat.initials}`;
  if (seat.role !== null && seat.role !== 'other')
    return startUp(participantWords[seat.role][language === 'da' ? 0 : 1]);
  return texts.seats[seat.kind];
}

/** The same by the id of a seat. */
export const nameIn =
  (page: CallPage, texts: Texts, language: Language) =>
  (id: string): string =>
    nameOf(
      page.seats.find((seat) => seat.id === id),
      page,
      texts,
      language,
    );
