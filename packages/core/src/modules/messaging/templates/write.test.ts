import { describe, expect, it } from 'vitest';
import { type MessageKind, messageKinds } from '../../../contract/index.ts';
import { fromLocal } from '../../../kernel/time-zone.ts';
import { countSeptets, smsSeptets } from './gsm.ts';
import { formatPhone, senderNames, type Telling, writeMessage } from './write.ts';

/** As long as links are at a municipality's own address. */
const link = `https://naer.nordby.dk/s#${'Aa0_-'.repeat(10)}`;
const base = {
  now: fromLocal('2026-11-20T12:00'),
  visit: {
    startsAt: fromLocal('2026-11-26T10:00'),
    endsAt: fromLocal('2026-11-26T10:30'),
    channel: 'video',
  },
  link,
  helpPhone: '+4570000000',
  acutePhone: '+45112',
  municipality: 'Nordby Kommune',
} as const;
const linkless: readonly MessageKind[] = ['cancelled', 'talk-asked', 'call-failed'];

const tellings: readonly Telling[] = messageKinds.flatMap((kind) =>
  (['da', 'en'] as const).flatMap((language) =>
    [base.link, null].flatMap((each) =>
      [base.helpPhone, null].flatMap((helpPhone) =>
        (['video', 'physical', 'phone'] as const).flatMap((channel) =>
          (['proposed', 'declined'] as const).flatMap((answer) =>
            (['worker', 'citizen'] as const).map((caller) => ({
              ...base,
              kind,
              language,
              link: each,
              helpPhone,
              visit: { ...base.visit, channel },
              answer,
              caller,
            })),
          ),
        ),
      ),
    ),
  ),
);

/** Words that tell whoever looks over a shoulder why somebody gets this. */
const revealing = [
  'bostøtte',
  'støtte',
  'psyk',
  'social',
  'sygdom',
  'syg ',
  'patient',
  'diagnose',
  'behandling',
  'terapi',
  'misbrug',
  'handicap',
  'angst',
  'depression',
  'skærmbesøg',
  'besøg',
  'borger',
  'handleplan',
  'sagsbehandler',
  'myndighed',
  'medicin',
  'klient',
  'servicelov',
  'paragraf',
  'SEL',
  '§',
  '85',
  'mental',
  'illness',
  'therapy',
  'treatment',
  'disab',
  'citizen',
  'caseworker',
  'support',
  'visit',
  'care',
];

describe('every message, in both languages', () => {
  it('has no word in sender, subject or text that tells what it is about', () => {
    for (const telling of tellings) {
      const { sms, subject, text, html } = writeMessage({ ...telling, link: null });
      const said = [senderNames[telling.language], sms, subject, text, html.replaceAll(/<[^>]*>/g, ' ')].join(
        '\n',
      );
      const found = revealing.filter((word) =>
        word === word.toUpperCase() && word !== '§' && word !== '85'
          ? said.includes(word)
          : said.toLowerCase().includes(word.toLowerCase()),
      );
      expect([telling.kind, telling.language, found]).toEqual([telling.kind, telling.language, []]);
    }
  });

  it('is one text message in the alphabet of text messages, link and number included', () => {
    for (const telling of tellings) {
      const { sms } = writeMessage(telling);
      const septets = countSeptets(sms);
      expect([sms, septets !== null && septets <= smsSeptets]).toEqual([sms, true]);
    }
  });

  it('fits on the longest date there is, and in the hour that October repeats', () => {
    for (const startsAt of [fromLocal('2026-09-23T22:30'), fromLocal('2026-10-25T02:30', 'later')])
      for (const telling of tellings.filter(({ visit }) => visit?.channel === 'video')) {
        const { sms } = writeMessage({
          ...telling,
          visit: { startsAt, endsAt: new Date(startsAt.getTime() + 1_800_000), channel: 'video' },
        });
        expect([sms, (countSeptets(sms) ?? 999) <= smsSeptets]).toEqual([sms, true]);
      }
  });

  it('gives the link where there is something to come to, and never otherwise', () => {
    for (const telling of tellings.filter(({ visit }) => visit?.channel === 'video')) {
      const { sms, text, html } = writeMessage(telling);
      const wanted =
        telling.link !== null &&
        !linkless.includes(telling.kind) &&
        !(telling.kind === 'talk-answered' && telling.answer === 'declined');
      expect([
        telling.kind,
        sms.includes(link),
        text.includes(link),
        html.includes(`href="${link}"`),
      ]).toEqual([telling.kind, wanted, wanted, wanted]);
    }
  });

  it('has nothing left open: no "null", no "undefined", no two spaces, no colon before nothing', () => {
    for (const telling of tellings) {
      const { sms, subject, text } = writeMessage(telling);
      for (const said of [sms, subject, text]) {
        expect(said).not.toMatch(/null|undefined| {2}|: *$|^\s|:\n\n/);
        expect(said.trim()).not.toBe('');
      }
    }
  });

  it('says which number to ring in a text message about a visit, where there is one', () => {
    for (const telling of tellings.filter(({ kind }) => !kind.startsWith('talk') && kind !== 'call-failed')) {
      const { sms } = writeMessage(telling);
      expect([sms, sms.includes('70 00 00 00')]).toEqual([sms, telling.helpPhone !== null]);
    }
  });
});

describe('a message', () => {
  const write = (more: Partial<Telling> = {}) =>
    writeMessage({ ...base, kind: 'invitation', language: 'da', ...more });

  it('says no to a talk together with when they speak next, where that is planned', () => {
    const no = { kind: 'talk-answered', answer: 'declined', link: null } as const;
    expect(write(no).sms).toContain('Din næste aftale er ');
    expect(write(no).text).toContain('Din næste aftale er ');
    expect(write({ ...no, language: 'en' }).text).toContain('Your next appointment is ');
    expect(write({ ...no, visit: null }).sms).not.toContain('aftale er');
  });

  it('is plain Danish that tells when, how and whom to ring', () => {
    expect(write().sms).toBe(
      `Du har en aftale torsdag 26/11 kl. 10.00. Tryk her, når det er tid: ${link}\nRing 70 00 00 00`,
    );
    expect(write().text).toBe(
      `Hej

Du har en aftale torsdag 26. november kl. 10.00–10.30.

Vi taler sammen med lyd og billede over internettet. Du skal ikke hente eller installere noget. Tryk på linket, når det er tid. Du kan også trykke før og prøve lyd og billede i ro og mag.

Åbn aftalen:
${link}

Linket er kun til dig, så giv det ikke videre.

Du bestemmer selv, hvornår du vil slutte. Du kan altid lægge på.

Er du i tvivl om noget, så ring 70 00 00 00. Det er helt i orden at ringe.

Venlig hilsen
Nordby Kommune
`,
    );
  });

  it('names the day and never says tomorrow, since it may be read late', () => {
    for (const kind of ['reminder-day', 'reminder-hour'] as const) {
      const { sms, subject, text } = write({ kind });
      for (const said of [sms, text]) expect(said).toContain('torsdag 26');
      expect(`${sms}${subject}${text}`).not.toMatch(/i morgen|i dag/);
    }
  });

  it('is escaped where it is HTML', () => {
    expect(write({ municipality: 'A & B <Kommune>' }).html).toContain('A &amp; B &lt;Kommune&gt;');
  });

  it('loads nothing when it is opened', () => {
    expect(write().html).not.toMatch(/src=|url\(|<link|<img/);
  });

  it('writes numbers as they are dialled', () => {
    expect(['+4570000000', '+45112', '+46701234567'].map(formatPhone)).toEqual([
      '70 00 00 00',
      '112',
      '+46701234567',
    ]);
  });
});

describe('the length of a text message', () => {
  it('counts Danish letters once and brackets twice, and knows what is not in the alphabet', () => {
    expect(['æøåÆØÅ', 'a[b]', 'kl. 10–11', '€'].map(countSeptets)).toEqual([6, 6, null, 2]);
  });
});
