import type { MessageKind } from '../../../contract/index.ts';
import { joined, type Letter, type LetterFacts } from './letter.ts';

const ring = ({ helpPhone }: LetterFacts): string | null => (helpPhone === null ? null : `Ring ${helpPhone}`);
const press = ({ link }: LetterFacts, words: string): string | null =>
  link === null ? null : `${words}: ${link}`;
const question = ({ helpPhone }: LetterFacts): string[] =>
  helpPhone === null ? [] : [`Er du i tvivl om noget, så ring ${helpPhone}. Det er helt i orden at ringe.`];
const yourLink = 'Linket er kun til dig, så giv det ikke videre.';
const yourChoice = 'Du bestemmer selv, hvornår du vil slutte. Du kan altid lægge på.';
const byScreen =
  'Vi taler sammen med lyd og billede over internettet. Du skal ikke hente eller installere noget. Tryk på linket, når det er tid. Du kan også trykke før og prøve lyd og billede i ro og mag.';
const otherwise = ({ channel }: LetterFacts): string =>
  channel === 'phone' ? 'Vi taler i telefon' : 'Vi mødes personligt';

export const danish: Readonly<Record<MessageKind, (facts: LetterFacts) => Letter>> = {
  invitation: (facts) => ({
    subject: `Aftale ${facts.start}`,
    sms: [
      joined(
        '\n',
        joined(' ', `Du har en aftale ${facts.short}.`, press(facts, 'Tryk her, når det er tid')),
        ring(facts),
      ),
      joined(
        '\n',
        joined(' ', `Aftale ${facts.short}.`, press(facts, 'Tryk her, når det er tid')),
        ring(facts),
      ),
      joined(' ', `Aftale ${facts.short}`, facts.link, ring(facts)),
    ],
    paragraphs: [`Du har en aftale ${facts.when}.`, ...(facts.link === null ? [] : [byScreen])],
    button: 'Åbn aftalen',
    note: yourLink,
    closing: [yourChoice, ...question(facts)],
  }),
  moved: (facts) =>
    facts.channel === 'video'
      ? {
          subject: `Ny tid: ${facts.start}`,
          sms: [
            joined(
              '\n',
              joined(
                ' ',
                `Din aftale er flyttet til ${facts.short}.`,
                press(facts, 'Tryk her, når det er tid'),
              ),
              ring(facts),
            ),
            joined(' ', `Ny tid: ${facts.short}`, facts.link, ring(facts)),
          ],
          paragraphs: [
            `Din aftale er flyttet. Den nye tid er ${facts.when}.`,
            'Den gamle tid gælder ikke mere. Tryk på linket her, når det er tid.',
          ],
          button: 'Åbn aftalen',
          note: yourLink,
          closing: question(facts),
        }
      : {
          subject: `Ændret aftale: ${facts.start}`,
          sms: [
            joined(
              '\n',
              `Din aftale er ændret. ${otherwise(facts)} ${facts.short}. Du skal ikke bruge noget link.`,
              ring(facts),
            ),
          ],
          paragraphs: [
            `Din aftale er ændret. ${otherwise(facts)} ${facts.when}.`,
            'Du skal ikke bruge noget link denne gang.',
          ],
          button: null,
          closing: question(facts),
        },
  cancelled: (facts) => ({
    subject: `Aflyst: aftalen ${facts.start}`,
    sms: [
      joined('\n', `Aftalen ${facts.short} er aflyst. Du skal ikke gøre noget.`, newTime(facts)),
      joined('\n', `Aftalen ${facts.short} er aflyst.`, ring(facts)),
    ],
    paragraphs: [`Aftalen ${facts.when} er aflyst.`, joined(' ', 'Du skal ikke gøre noget.', newTime(facts))],
    button: null,
    closing: [],
  }),
  proposal: (facts) => ({
    subject: `Forslag til en tid: ${facts.start}`,
    sms: [
      joined(
        '\n',
        joined(' ', `Passer det dig ${facts.short}?`, press(facts, 'Sig ja, eller foreslå en anden tid')),
        ring(facts),
      ),
      joined(' ', `Passer ${facts.short}? Svar her:`, facts.link, ring(facts)),
    ],
    paragraphs: [
      `Passer det dig ${facts.when}?`,
      'Du kan sige ja, eller du kan foreslå en tid, der passer dig bedre. Begge dele er helt i orden.',
    ],
    button: 'Svar her',
    note: yourLink,
    closing: question(facts),
  }),
  'reminder-day': (facts) => ({
    subject: `Husk din aftale ${facts.start}`,
    sms: [
      joined(
        '\n',
        joined(' ', `Husk din aftale ${facts.short}.`, press(facts, 'Tryk her, når det er tid')),
        ring(facts),
      ),
      joined(' ', `Husk ${facts.short}`, facts.link, ring(facts)),
    ],
    paragraphs: [
      `Vi minder dig lige om din aftale ${facts.when}.`,
      'Tryk på linket, når det er tid. Du kan også trykke før og prøve lyd og billede i ro og mag.',
    ],
    button: 'Åbn aftalen',
    closing: [yourChoice, ...question(facts)],
  }),
  'reminder-hour': (facts) => ({
    subject: `Snart: din aftale ${facts.start}`,
    sms: [
      joined(
        '\n',
        joined(' ', `Snart er det tid: ${facts.short}.`, press(facts, 'Du kan trykke her')),
        ring(facts),
      ),
      joined(' ', `Snart: ${facts.short}`, facts.link, ring(facts)),
    ],
    paragraphs: [
      `Snart er det tid til din aftale ${facts.when}.`,
      'Tryk på linket, når du er klar. Kommer du lidt før, kan du vente på siden, til vi lukker dig ind.',
    ],
    button: 'Åbn aftalen',
    closing: question(facts),
  }),
  'new-link': (facts) => ({
    subject: 'Dit nye link',
    sms: [
      joined(
        '\n',
        joined(' ', press(facts, `Her er dit nye link til ${facts.short}`), 'Det gamle virker ikke mere.'),
        ring(facts),
      ),
      joined(' ', press(facts, `Nyt link til ${facts.short}`), ring(facts)),
    ],
    paragraphs: [
      `Her er et nyt link til din aftale ${facts.when}.`,
      'Det gamle link virker ikke mere. Brug det her i stedet.',
    ],
    button: 'Åbn aftalen',
    note: yourLink,
    closing: question(facts),
  }),
  'talk-asked': (facts) => ({
    subject: 'Tak, vi har fået din besked',
    sms: [joined(' ', 'Tak, vi har fået din besked. Vi svarer, så snart vi kan.', urgent(facts))],
    paragraphs: [
      'Tak, fordi du skrev. Vi har fået din besked og svarer, så snart vi kan.',
      ...(facts.acutePhone === null ? [] : [urgent(facts) ?? '']),
    ],
    button: null,
    closing: [],
  }),
  'talk-answered': (facts) =>
    facts.answer === 'declined'
      ? {
          subject: 'Svar på din besked',
          sms: [
            joined(
              ' ',
              'Vi kan desværre ikke på den tid, du ønskede.',
              nextTime(facts.short),
              'Du er altid velkommen til at spørge igen.',
              urgent(facts),
            ),
            joined(' ', 'Vi kan desværre ikke på den tid, du ønskede.', nextTime(facts.short), urgent(facts)),
          ],
          paragraphs: [
            'Tak, fordi du spurgte. Vi kan desværre ikke på den tid, du ønskede.',
            joined(' ', nextTime(facts.when), 'Du er altid velkommen til at spørge igen.'),
            ...(facts.acutePhone === null ? [] : [urgent(facts) ?? '']),
          ],
          button: null,
          closing: question(facts),
        }
      : {
          subject: 'Svar på din besked',
          sms: [
            joined(
              '\n',
              joined(' ', 'Tak for din besked. Du har fået svar.', press(facts, 'Se det her')),
              ring(facts),
            ),
            joined(' ', press(facts, 'Svar til dig'), ring(facts)),
          ],
          paragraphs: ['Tak for din besked. Vi har fundet en tid, som vi foreslår dig.'],
          button: 'Se svaret',
          closing: question(facts),
        },
  'call-failed': (facts) => ({
    subject: 'Om din aftale i dag',
    sms: [`Forbindelsen drillede, og det er ikke din skyld. ${whatNow(facts)}`],
    paragraphs: ['Forbindelsen drillede. Det er ikke din skyld.', whatNow(facts)],
    button: null,
    closing: [],
  }),
};

const newTime = ({ helpPhone }: LetterFacts): string | null =>
  helpPhone === null ? null : `Vil du have en ny tid, så ring ${helpPhone}.`;
/** What is planned already, where something is. */
const nextTime = (when: string): string | null => (when === '' ? null : `Din næste aftale er ${when}.`);
const urgent = ({ acutePhone }: LetterFacts): string | null =>
  acutePhone === null ? null : `Kan det ikke vente, så ring ${acutePhone}.`;
const whatNow = ({ caller, helpPhone }: LetterFacts): string => {
  if (caller === 'worker') return 'Vi ringer til dig om lidt.';
  return helpPhone === null ? 'Ring til os, som vi har aftalt.' : `Ring til os på ${helpPhone}.`;
};
