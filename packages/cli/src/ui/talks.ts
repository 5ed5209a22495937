import { talkStateWords } from '@naer/core/contract/call-words';
import type { Talk, Talks } from '@naer/core/contract/talks';
import { shortId } from '../actions/short-ids.ts';
import { say } from '../language.ts';
import { type Column, column, renderCard } from './table.ts';
import { moment, shortMoment, shortSpan } from './time.ts';
import { word } from './words.ts';

export const talkColumns = (): Column<Talk>[] => [
  column(say('Borger', 'Citizen'), 'citizen', ({ citizen }) => citizen),
  column(
    say('Ønsker', 'Wishes'),
    'wishedAt',
    ({ wishedAt }) => shortMoment(wishedAt),
    ({ wishedAt }) => wishedAt,
  ),
  column(
    say('Bedt om', 'Asked'),
    'askedAt',
    ({ askedAt }) => shortMoment(askedAt),
    ({ askedAt }) => askedAt,
  ),
  column(
    say('Nr.', 'No.'),
    'id',
    ({ id }) => shortId(id),
    ({ id }) => id,
  ),
];

export const counterColumns = (): Column<Talks['proposed'][number]>[] => [
  column(say('Borger', 'Citizen'), 'citizen', ({ citizen }) => citizen),
  column(say('Foreslår', 'Proposes'), 'startsAt', ({ startsAt, endsAt }) => shortSpan(startsAt, endsAt)),
  column(
    say('Besøg', 'Visit'),
    'visit',
    ({ visit }) => shortId(visit),
    ({ visit }) => visit,
  ),
];

export const talkCard = (talk: Talk): string =>
  renderCard([
    [say('Borger', 'Citizen'), talk.citizen],
    [say('Ønsket', 'The wish'), `${moment(talk.wishedAt)}, ${word(talkStateWords, talk.state)}`],
    [say('Nr.', 'No.'), shortId(talk.id)],
  ]);
