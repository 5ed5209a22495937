import type { MessageKind } from '../../../contract/index.ts';
import { joined, type Letter, type LetterFacts } from './letter.ts';

const phone = ({ helpPhone }: LetterFacts): string | null =>
  helpPhone === null ? null : `Phone ${helpPhone}`;
const press = ({ link }: LetterFacts, words: string): string | null =>
  link === null ? null : `${words}: ${link}`;
const question = ({ helpPhone }: LetterFacts): string[] =>
  helpPhone === null ? [] : [`If you are unsure about anything, phone ${helpPhone}. You are welcome to.`];
const yourLink = 'The link is yours alone, so please do not pass it on.';
const yourChoice = 'You decide when to stop. You can always hang up.';
const byScreen =
  'We talk with sound and picture over the internet. There is nothing to install. Press the link when it is time. You can also press it earlier and try sound and picture at your own pace.';
const otherwise = ({ channel }: LetterFacts): string =>
  channel === 'phone' ? 'We talk on the phone' : 'We meet in person';

export const english: Readonly<Record<MessageKind, (facts: LetterFacts) => Letter>> = {
  invitation: (facts) => ({
    subject: `Appointment ${facts.start}`,
    sms: [
      joined(
        '\n',
        joined(' ', `You have an appointment ${facts.short}.`, press(facts, 'Press here when it is time')),
        phone(facts),
      ),
      joined(
        '\n',
        joined(' ', `Appointment ${facts.short}.`, press(facts, 'Press here when it is time')),
        phone(facts),
      ),
      joined(' ', `Appointment ${facts.short}`, facts.link, phone(facts)),
    ],
    paragraphs: [`You have an appointment ${facts.when}.`, ...(facts.link === null ? [] : [byScreen])],
    button: 'Open the appointment',
    note: yourLink,
    closing: [yourChoice, ...question(facts)],
  }),
  moved: (facts) =>
    facts.channel === 'video'
      ? {
          subject: `New time: ${facts.start}`,
          sms: [
            joined(
              '\n',
              joined(
                ' ',
                `Your appointment is now ${facts.short}.`,
                press(facts, 'Press here when it is time'),
              ),
              phone(facts),
            ),
            joined(' ', `New time: ${facts.short}`, facts.link, phone(facts)),
          ],
          paragraphs: [
            `Your appointment has been moved. The new time is ${facts.when}.`,
            'The old time no longer holds. Press this link when it is time.',
          ],
          button: 'Open the appointment',
          note: yourLink,
          closing: question(facts),
        }
      : {
          subject: `Changed appointment: ${facts.start}`,
          sms: [
            joined(
              '\n',
              `Your appointment has changed. ${otherwise(facts)} ${facts.short}. You need no link.`,
              phone(facts),
            ),
          ],
          paragraphs: [
            `Your appointment has changed. ${otherwise(facts)} ${facts.when}.`,
            'You need no link this time.',
          ],
          button: null,
          closing: question(facts),
        },
  cancelled: (facts) => ({
    subject: `Cancelled: the appointment ${facts.start}`,
    sms: [
      joined(
        '\n',
        `The appointment ${facts.short} is cancelled. There is nothing you need to do.`,
        newTime(facts),
      ),
      joined('\n', `The appointment ${facts.short} is cancelled.`, phone(facts)),
    ],
    paragraphs: [
      `The appointment ${facts.when} is cancelled.`,
      joined(' ', 'There is nothing you need to do.', newTime(facts)),
    ],
    button: null,
    closing: [],
  }),
  proposal: (facts) => ({
    subject: `A time we suggest: ${facts.start}`,
    sms: [
      joined(
        '\n',
        joined(' ', `Does ${facts.short} suit you?`, press(facts, 'Say yes, or suggest another time')),
        phone(facts),
      ),
      joined(' ', `${facts.short}? Answer here:`, facts.link, phone(facts)),
    ],
    paragraphs: [
      `Does ${facts.when} suit you?`,
      'You can say yes, or suggest a time that suits you better. Either is fine.',
    ],
    button: 'Answer here',
    note: yourLink,
    closing: question(facts),
  }),
  'reminder-day': (facts) => ({
    subject: `Your appointment ${facts.start}`,
    sms: [
      joined(
        '\n',
        joined(' ', `Remember ${facts.short}.`, press(facts, 'Press here when it is time')),
        phone(facts),
      ),
      joined(' ', `Remember ${facts.short}`, facts.link, phone(facts)),
    ],
    paragraphs: [
      `This is a reminder of your appointment ${facts.when}.`,
      'Press the link when it is time. You can also press it earlier and try sound and picture at your own pace.',
    ],
    button: 'Open the appointment',
    closing: [yourChoice, ...question(facts)],
  }),
  'reminder-hour': (facts) => ({
    subject: `Soon: your appointment ${facts.start}`,
    sms: [
      joined('\n', joined(' ', `Soon: ${facts.short}.`, press(facts, 'You can press here')), phone(facts)),
      joined(' ', `Soon: ${facts.short}`, facts.link, phone(facts)),
    ],
    paragraphs: [
      `It is soon time for your appointment ${facts.when}.`,
      'Press the link when you are ready. If you are early, you can wait on the page until we let you in.',
    ],
    button: 'Open the appointment',
    closing: question(facts),
  }),
  'new-link': (facts) => ({
    subject: 'Your new link',
    sms: [
      joined(
        '\n',
        joined(' ', press(facts, `Your new link for ${facts.short}`), 'The old one no longer works.'),
        phone(facts),
      ),
      joined(' ', press(facts, `New link for ${facts.short}`), phone(facts)),
    ],
    paragraphs: [
      `Here is a new link to your appointment ${facts.when}.`,
      'The old link no longer works. Please use this one instead.',
    ],
    button: 'Open the appointment',
    note: yourLink,
    closing: question(facts),
  }),
  'talk-asked': (facts) => ({
    subject: 'Thank you, we have your message',
    sms: [joined(' ', 'Thank you, we have your message. We answer as soon as we can.', urgent(facts))],
    paragraphs: [
      'Thank you for writing. We have your message and answer as soon as we can.',
      ...(facts.acutePhone === null ? [] : [urgent(facts) ?? '']),
    ],
    button: null,
    closing: [],
  }),
  'talk-answered': (facts) =>
    facts.answer === 'declined'
      ? {
          subject: 'An answer to your message',
          sms: [
            joined(
              ' ',
              'Sorry, we cannot make the time you wished for.',
              nextTime(facts.short),
              'You are always welcome to ask again.',
              urgent(facts),
            ),
            joined(
              ' ',
              'Sorry, we cannot make the time you wished for.',
              nextTime(facts.short),
              urgent(facts),
            ),
          ],
          paragraphs: [
            'Thank you for asking. Sorry, we cannot make the time you wished for.',
            joined(' ', nextTime(facts.when), 'You are always welcome to ask again.'),
            ...(facts.acutePhone === null ? [] : [urgent(facts) ?? '']),
          ],
          button: null,
          closing: question(facts),
        }
      : {
          subject: 'An answer to your message',
          sms: [
            joined(
              '\n',
              joined(' ', 'Thank you for your message. There is an answer.', press(facts, 'See it here')),
              phone(facts),
            ),
            joined(' ', press(facts, 'An answer for you'), phone(facts)),
          ],
          paragraphs: ['Thank you for your message. We have found a time that we suggest.'],
          button: 'See the answer',
          closing: question(facts),
        },
  'call-failed': (facts) => ({
    subject: 'About your appointment today',
    sms: [`The connection failed, and that is not your fault. ${whatNow(facts)}`],
    paragraphs: ['The connection failed. That is not your fault.', whatNow(facts)],
    button: null,
    closing: [],
  }),
};

const newTime = ({ helpPhone }: LetterFacts): string | null =>
  helpPhone === null ? null : `If you would like a new time, phone ${helpPhone}.`;
/** What is planned already, where something is. */
const nextTime = (when: string): string | null => (when === '' ? null : `Your next appointment is ${when}.`);
const urgent = ({ acutePhone }: LetterFacts): string | null =>
  acutePhone === null ? null : `If it cannot wait, phone ${acutePhone}.`;
const whatNow = ({ caller, helpPhone }: LetterFacts): string => {
  if (caller === 'worker') return 'We phone you in a moment.';
  return helpPhone === null ? 'Phone us, as we agreed.' : `Phone us on ${helpPhone}.`;
};
