import type { Caller, Channel, MessageKind } from '../../../contract/index.ts';
import { formatClock, formatTime, formatTimeRange, weekdayNames } from '../../../kernel/time-format.ts';
import { toLocal } from '../../../kernel/time-zone.ts';
import { danish } from './da.ts';
import { english } from './en.ts';
import { fitIntoSms } from './gsm.ts';
import type { LetterFacts } from './letter.ts';

type Language = 'da' | 'en';

/** What a message tells; nothing in it says who anybody is. */
export interface Telling {
  readonly kind: MessageKind;
  readonly language: Language;
  /** When it is written. */
  readonly now: Date;
  /** Null where it is about no visit. */
  readonly visit: { readonly startsAt: Date; readonly endsAt: Date; readonly channel: Channel } | null;
  readonly link: string | null;
  /** E.164. */
  readonly helpPhone: string | null;
  readonly acutePhone: string | null;
  /** Who it comes from, below a mail. */
  readonly municipality: string;
  readonly answer?: 'proposed' | 'declined';
  readonly caller?: Caller;
}

export interface Written {
  readonly sms: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Who a message seems to come from in a list of messages: nobody who looks over a shoulder learns anything. */
export const senderNames = { da: 'Aftale', en: 'Appointment' } as const satisfies Record<Language, string>;

const frame = {
  da: { greeting: 'Hej', regards: 'Venlig hilsen' },
  en: { greeting: 'Hello', regards: 'Kind regards' },
} as const;

/** A text message and a mail, as plain text and as HTML; which of them goes out is the channel's to say. */
export function writeMessage(telling: Telling): Written {
  const { language, link } = telling;
  const facts = factsOf(telling);
  const letter = (language === 'da' ? danish : english)[telling.kind](facts);
  const { greeting, regards } = frame[language];
  const button = link === null || letter.button === null ? null : { label: letter.button, link };
  const closing = [
    ...(button === null || letter.note === undefined ? [] : [letter.note]),
    ...letter.closing,
    `${regards}\n${telling.municipality}`,
  ];
  const opening = [greeting, ...letter.paragraphs];
  return {
    sms: fitIntoSms(letter.sms),
    subject: letter.subject,
    text: `${[...opening, ...(button === null ? [] : [`${button.label}:\n${button.link}`]), ...closing].join('\n\n')}\n`,
    html: toHtml(language, letter.subject, [
      ...opening.map(paragraph),
      ...(button === null ? [] : [linkParagraph(button.label, button.link)]),
      ...closing.map(paragraph),
    ]),
  };
}

function factsOf({
  language,
  now,
  visit,
  link,
  helpPhone,
  acutePhone,
  answer,
  caller,
}: Telling): LetterFacts {
  const time = (write: (startsAt: Date, endsAt: Date) => string): string =>
    visit === null ? '' : write(visit.startsAt, visit.endsAt);
  return {
    when: time((startsAt, endsAt) => formatTimeRange(startsAt, endsAt, language, { now })),
    start: time((startsAt) => formatTime(startsAt, language, { now })),
    short: time((startsAt) => formatShort(startsAt, language)),
    link,
    helpPhone: helpPhone === null ? null : formatPhone(helpPhone),
    acutePhone: acutePhone === null ? null : formatPhone(acutePhone),
    channel: visit?.channel ?? 'video',
    answer: answer ?? 'proposed',
    caller: caller ?? 'worker',
  };
}

/** "tirsdag 24/11 kl. 10.00" or "Tuesday 24/11, 10:00"; never "tomorrow", which is wrong for whoever reads it late. */
function formatShort(at: Date, language: Language): string {
  const { dayOfWeek, day, month } = toLocal(at);
  const weekday = weekdayNames[language][dayOfWeek - 1] ?? '';
  return `${weekday} ${day}/${month}${language === 'da' ? ' kl. ' : ', '}${formatClock(at, language)}`;
}

/** "+4570000000" as "70 00 00 00", "+45112" as "112"; a foreign number stays as it is. */
export const formatPhone = (phone: string): string => {
  const danishNumber = /^\+45(\d{3}|\d{8})$/.exec(phone)?.[1];
  return danishNumber === undefined
    ? phone
    : danishNumber.replace(/^(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1 $2 $3 $4');
};

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');
const paragraph = (text: string): string => `<p>${escapeHtml(text).replaceAll('\n', '<br>')}</p>`;
const linkParagraph = (button: string, link: string): string =>
  `<p><a href="${escapeHtml(link)}" style="display:inline-block;padding:14px 22px;background:#14532d;color:#ffffff;text-decoration:none;border-radius:8px">${escapeHtml(button)}</a></p>
<p>${escapeHtml(link)}</p>`;

/** Nothing is loaded from anywhere, so that opening the mail tells nobody. */
const toHtml = (language: Language, title: string, body: readonly string[]): string =>
  `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body style="font:18px/1.5 Arial,sans-serif;color:#1a1a1a;background:#ffffff;margin:24px;max-width:34em">
${body.join('\n')}
</body>
</html>
`;
