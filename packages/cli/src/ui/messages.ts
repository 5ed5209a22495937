import { messageChannelWords, messageKindWords, messageStateWords } from '@naer/core/contract/call-words';
import type { Mail, Message } from '@naer/core/contract/messages';
import { shortId } from '../actions/short-ids.ts';
import { say } from '../language.ts';
import { type Column, column, oneLine, renderCard } from './table.ts';
import { moment, shortMoment } from './time.ts';
import { word } from './words.ts';

/** When it came there, was sent, or is to be sent. */
const whenOf = ({ deliveredAt, sentAt, sendAt }: Message): string => deliveredAt ?? sentAt ?? sendAt;

export const messageColumns = (): Column<Message>[] => {
  const csv = (key: string, value: (message: Message) => string | number | null): Column<Message> => ({
    ...column('', key, (message: Message) => String(value(message) ?? ''), value),
    csvOnly: true,
  });
  const cells: Column<Message>[] = [
    column(say('Hvornår', 'When'), 'at', (message) => shortMoment(whenOf(message)), whenOf),
    csv('sendAt', ({ sendAt }) => sendAt),
    csv('sentAt', ({ sentAt }) => sentAt),
    csv('deliveredAt', ({ deliveredAt }) => deliveredAt),
    column(
      say('Borger', 'Citizen'),
      'citizen',
      ({ citizen }) => citizen ?? say('gæst', 'guest'),
      ({ citizen }) => citizen,
    ),
    column(
      say('Hvad', 'What'),
      'kind',
      ({ kind }) => word(messageKindWords, kind),
      ({ kind }) => kind,
    ),
    column(
      say('Vej', 'Way'),
      'channel',
      ({ channel }) => word(messageChannelWords, channel),
      ({ channel }) => channel,
    ),
    column(
      say('Stand', 'State'),
      'state',
      ({ state }) => word(messageStateWords, state),
      ({ state }) => state,
    ),
    csv('attempts', ({ attempts }) => attempts),
    csv('visit', ({ visit }) => visit),
    column(
      say('Nr.', 'No.'),
      'id',
      ({ id }) => shortId(id),
      ({ id }) => id,
    ),
  ];
  return cells.map((cell) => ({
    ...cell,
    paint: ({ state }) =>
      state === 'failed' ? 'yellow' : state === 'withdrawn' || state === 'delivered' ? 'dim' : null,
  }));
};

export const messageCard = (message: Message): string =>
  renderCard([
    [say('Borger', 'Citizen'), message.citizen ?? say('gæst', 'guest')],
    [say('Hvad', 'What'), word(messageKindWords, message.kind)],
    [say('Vej', 'Way'), word(messageChannelWords, message.channel)],
    [say('Stand', 'State'), word(messageStateWords, message.state)],
    [say('Sendes', 'To be sent'), moment(message.sendAt)],
    [say('Nr.', 'No.'), shortId(message.id)],
  ]);

/** A message of the mailbox as it would have gone out. */
export function mailText(mail: Mail): string {
  const calendar =
    mail.calendar === null ? '' : say('ja; se den med --calendar', 'yes; see it with --calendar');
  const pairs: readonly (readonly [string, string])[] = [
    [say('Til', 'To'), mail.to],
    [say('Hvornår', 'When'), moment(mail.at)],
    [say('Hvad', 'What'), `${word(messageKindWords, mail.kind)}, ${word(messageChannelWords, mail.channel)}`],
    [say('Emne', 'Subject'), mail.subject ?? ''],
    [say('Kalender', 'Calendar'), calendar],
  ];
  // Line by line, so that nothing in it can steer the terminal; lines themselves stay whole, for links to be copied.
  const text = mail.text.trimEnd().split(/\r?\n/).map(oneLine).join('\n');
  return `${renderCard(pairs.filter(([, value]) => value !== ''))}\n\n${text}`;
}
