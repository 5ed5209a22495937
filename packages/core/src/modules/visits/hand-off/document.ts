import type {
  Channel,
  EndReason,
  HandOffOutcome,
  ParticipantKind,
  PartKind,
  VisitPurpose,
  VisitTopic,
} from '../../../contract/index.ts';
import { channelWords, participantWords, purposeWords, topicWords } from '../../../contract/visit-words.ts';
import { formatClock, monthNames, weekdayNames } from '../../../kernel/time-format.ts';
import { localDay, toLocal } from '../../../kernel/time-zone.ts';

export interface DocumentedPart {
  readonly kind: PartKind;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Whole minutes, actual ones. */
  readonly minutes: number;
}

/** What a document is made of. */
export interface DocumentedVisit {
  readonly channel: Channel;
  readonly origin: 'planned' | 'unplanned';
  readonly outcome: HandOffOutcome;
  /** When it was, or should have been. */
  readonly happensAt: Date;
  readonly plannedStartsAt: Date | null;
  /** In the order they happened. */
  readonly parts: readonly DocumentedPart[];
  readonly purposes: readonly VisitPurpose[];
  readonly topics: readonly VisitTopic[];
  readonly participants: readonly { readonly kind: ParticipantKind; readonly initials: string | null }[];
  /** Why it was futile, or at which step it failed. */
  readonly endedReason: EndReason | null;
  /** From the second on it is a correction of the one before. */
  readonly revision: number;
}

/**
 * A recorded visit in plain Danish, ready to paste: "Skærmbesøg tirsdag den 24. november 2026 kl. 10.00–10.20
 * (20 minutter). Formål: støtte i mindre bidder." Pure; it names nobody but colleagues, by their initials.
 */
export function writeDocument(visit: DocumentedVisit): string {
  const { revision, outcome, purposes, topics, participants } = visit;
  const others = nameParticipants(participants);
  return [
    revision > 1 ? `Rettelse (erstatter udgave ${revision - 1}).` : '',
    ...{ held: writeHeld, futile: writeFutile, 'followed-up': writeFollowedUp }[outcome](visit),
    total('Vejtid', 'travel', visit),
    total('Ventetid', 'waiting', visit),
    purposes.length === 0 ? '' : `Formål: ${asList(purposes.map((code) => purposeWords[code][0]))}.`,
    topics.length === 0 ? '' : `Emner: ${asList(topics.map((code) => topicWords[code][0]))}.`,
    others.length === 0 ? '' : `Til stede ud over borger og medarbejder: ${asList(others)}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** When contact began and ended; where there was none, the whole of what was recorded, or the time agreed on. */
export function spanOf({ parts, happensAt, plannedStartsAt }: DocumentedVisit): {
  readonly startsAt: Date;
  readonly endsAt: Date;
} {
  const contact = parts.filter(isContact);
  const counted = contact.length > 0 ? contact : parts;
  const at = plannedStartsAt ?? happensAt;
  return { startsAt: counted[0]?.startsAt ?? at, endsAt: counted.at(-1)?.endsAt ?? at };
}

export function minutesByKind(parts: readonly DocumentedPart[]): Record<PartKind, number> {
  const minutes = { video: 0, physical: 0, phone: 0, travel: 0, waiting: 0 };
  for (const part of parts) minutes[part.kind] += part.minutes;
  return minutes;
}

/** Those who took part besides citizen and worker; several of a kind are counted: "to pårørende". */
export function nameParticipants(participants: DocumentedVisit['participants']): string[] {
  const byKind = Map.groupBy(participants, ({ kind }) => kind);
  return [...byKind].map(([kind, some]) => {
    const initials = some.flatMap((one) => (one.initials === null ? [] : [one.initials]));
    if (initials.length > 0) return `${initials.length === 1 ? 'kollega' : 'kolleger'} (${asList(initials)})`;
    const many = severalOf[kind];
    return some.length === 1 || many === null
      ? participantWords[kind][0]
      : `${numbers[some.length] ?? some.length} ${many}`;
  });
}

/** Null: the word stands for one and for many. */
const severalOf: Readonly<Record<ParticipantKind, string | null>> = {
  colleague: 'kolleger',
  relative: 'pårørende',
  caseworker: 'sagsbehandlere',
  interpreter: 'tolke',
  'health-care': null,
  'residence-staff': null,
  other: 'andre',
};
const numbers = ['nul', 'en', 'to', 'tre', 'fire', 'fem', 'seks', 'syv', 'otte'];

/** What went wrong, as a half sentence after a colon. */
const reasonClauses: Readonly<Partial<Record<EndReason, string>>> = {
  'nobody-home': 'der var ingen hjemme',
  'no-answer': 'der var intet svar',
  refused: 'borgeren ønskede det ikke',
  forgotten: 'aftalen var glemt',
  'wrong-time': 'tidspunktet var forkert',
  'not-started': 'det kom ikke i gang',
  'no-sound': 'der var ingen lyd',
  'no-picture': 'der var intet billede',
  dropped: 'forbindelsen røg',
  'does-not-work': 'teknikken virkede ikke',
};

function writeHeld({ channel, origin, parts, happensAt }: DocumentedVisit): string[] {
  const stretches = stretchesOf(parts);
  const say = saidOnce();
  const unplanned = (what: string) => capital(origin === 'unplanned' ? `uplanlagt ${what}` : what);
  const [first, ...others] = stretches;
  if (first === undefined) return [`${unplanned(channelWords[channel][0])} ${say.at(happensAt)}.`];
  if (others.length === 0) return [`${unplanned(channelWords[first.kind][0])} ${say.stretch(first)}.`];
  const told = stretches.map((stretch, n) => {
    const words = [
      n === 0
        ? 'begyndte som'
        : n < others.length
          ? 'fortsatte som'
          : stretches.length > 2
            ? 'sluttede som'
            : 'blev til et',
      channelWords[stretch.kind][0],
      say.stretch(stretch),
    ];
    return words.join(' ');
  });
  const minutes = stretches.reduce((sum, stretch) => sum + stretch.minutes, 0);
  return [`${unplanned('besøg')}, der ${asList(told)}.`, `I alt ${countMinutes(minutes)}.`];
}

function writeFutile({ channel, happensAt, plannedStartsAt, endedReason }: DocumentedVisit): string[] {
  const when = saidOnce().at(plannedStartsAt ?? happensAt);
  return [`Forgæves ${channelWords[channel][0]} ${when}${because(endedReason)}.`];
}

/** The last talk by phone is what made it good; what was before it is what failed. */
function writeFollowedUp(visit: DocumentedVisit): string[] {
  const { channel, plannedStartsAt, happensAt, endedReason } = visit;
  const contact = visit.parts.filter(isContact);
  const call = contact.findLast(({ kind }) => kind === 'phone');
  const tried = stretchesOf(contact.filter((part) => part !== call));
  const say = saidOnce();
  const when = tried.length > 0 ? asList(tried.map(say.stretch)) : say.at(plannedStartsAt ?? happensAt);
  return [
    `${capital(channelWords[tried[0]?.kind ?? channel][0])} ${when} mislykkedes${because(endedReason)}.`,
    call === undefined ? '' : `Fulgt op med opkald ${say.stretch({ ...call, spans: [call] })}.`,
  ];
}

const because = (reason: EndReason | null): string => {
  const clause = reason === null ? undefined : reasonClauses[reason];
  return clause === undefined ? '' : `: ${clause}`;
};

type ContactPart = DocumentedPart & { readonly kind: Channel };
const isContact = (part: DocumentedPart): part is ContactPart =>
  part.kind !== 'travel' && part.kind !== 'waiting';

/** Contact in one channel, with its breaks. */
interface Stretch {
  readonly kind: Channel;
  readonly spans: readonly { readonly startsAt: Date; readonly endsAt: Date }[];
  readonly minutes: number;
}

function stretchesOf(parts: readonly DocumentedPart[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const part of parts.filter(isContact)) {
    const last = stretches.at(-1);
    if (last?.kind !== part.kind) stretches.push({ kind: part.kind, spans: [part], minutes: part.minutes });
    else
      stretches[stretches.length - 1] = {
        ...last,
        spans: [...last.spans, part],
        minutes: last.minutes + part.minutes,
      };
  }
  return stretches;
}

/** Writes times one after another; the day is written with the first, and again only where it changes. */
function saidOnce() {
  let said = '';
  const at = (instant: Date): string => {
    const day = localDay(instant);
    const clock = `kl. ${formatClock(instant, 'da')}`;
    if (day === said) return clock;
    said = day;
    return `${longDay(instant)} ${clock}`;
  };
  const span = ({ startsAt, endsAt }: Stretch['spans'][number]): string => {
    const start = at(startsAt);
    if (formatMinute(startsAt) === formatMinute(endsAt)) return start;
    return localDay(endsAt) === localDay(startsAt)
      ? `${start}–${formatClock(endsAt, 'da')}`
      : `${start} til ${at(endsAt)}`;
  };
  const stretch = ({ spans, minutes }: Stretch): string =>
    `${asList(spans.map(span))} (${countMinutes(minutes)}${spans.length > 1 ? ' i alt' : ''})`;
  return { at, stretch };
}

const formatMinute = (instant: Date): string => toLocal(instant).toString({ smallestUnit: 'minute' });

/** "tirsdag den 24. november 2026" */
function longDay(instant: Date): string {
  const { dayOfWeek, day, month, year } = toLocal(instant);
  return `${weekdayNames.da[dayOfWeek - 1]} den ${day}. ${monthNames.da[month - 1]} ${year}`;
}

function total(heading: string, kind: PartKind, { parts }: DocumentedVisit): string {
  const minutes = minutesByKind(parts)[kind];
  return minutes === 0 ? '' : `${heading}: ${countMinutes(minutes)}.`;
}

const countMinutes = (minutes: number): string =>
  minutes === 0 ? 'under 1 minut' : minutes === 1 ? '1 minut' : `${minutes} minutter`;

const asList = (items: readonly string[]): string => new Intl.ListFormat('da').format(items);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
