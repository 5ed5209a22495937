import { randomUUID } from 'node:crypto';
import type { Caller, Channel, MessageChannel, MessageKind, VisitState } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Tx } from '../../storage/index.ts';
import { type Identities, readCallDefaults, readGroundRules } from '../citizens/index.ts';
import { afterQuiet } from './quiet-hours.ts';
import { planReminders } from './reminders.ts';
import {
  insertMessages,
  listOfVisit,
  type MessageRow,
  type NewMessage,
  readMunicipalityId,
  withdrawOfVisit,
} from './store.ts';

/** What messages need to know of a visit. */
export interface VisitNews {
  readonly id: string;
  readonly citizenId: string;
  readonly state: VisitState;
  readonly channel: Channel;
  readonly plannedStartsAt: Date | null;
  readonly plannedEndsAt: Date | null;
  readonly proposedBy: 'citizen' | 'worker' | null;
  /** Of one that was called off. */
  readonly endedBy?: string | null;
  /** One of many that a plan made at once. */
  readonly planId?: string | null;
}

export type Announcement = 'invitation' | 'moved' | 'cancelled' | 'proposal';

export type Recipient =
  | { readonly citizenId: string }
  /** An external guest; the address is sealed by `Identities.sealForCall`. */
  | { readonly seatId: string; readonly sealedAddress: Uint8Array; readonly language: 'da' | 'en' };

/** What a message is about. Times are ISO 8601; the link is looked up when it is sent. */
export interface SendFacts {
  /** With its times, where it is about a visit. */
  readonly visitId?: string;
  readonly startsAt?: string;
  readonly endsAt?: string;
  /** Whose visit; needed for a guest. */
  readonly citizenId?: string;
  /** Of `talk-answered`. */
  readonly answer?: 'proposed' | 'declined';
  /** Of `call-failed`: who phones whom. */
  readonly caller?: Caller;
  /** Of what may be sent again after half of it was done: one message of each; without it, one each time. */
  readonly oncePer?: string;
}

export interface Messenger {
  /**
   * A visit was made or changed: works out by itself whether and what somebody is to be told, and when. To be called before
   * the call of the visit follows, which forgets where guests are once it is called off.
   */
  visitRecorded(tx: Tx, visit: VisitNews): Promise<void>;
  /**
   * Tells those who know of a visit, or are to. What waits to be told of it until now is withdrawn; reminders follow the
   * new time. Nothing is told of what is past.
   */
  visitChanged(tx: Tx, visit: VisitNews, what: Announcement): Promise<void>;
  /** One message by each way that somebody chose, or that a guest was invited by. */
  send(tx: Tx, to: Recipient, kind: MessageKind, facts: SendFacts): Promise<void>;
}

export interface MessengerDeps {
  readonly clock: Clock;
  readonly identities: Pick<Identities, 'readWays' | 'openForCall'>;
  /** Where a guest was invited; null once that is forgotten. */
  readonly sealedAddressOf: (tx: Tx, seatId: string) => Promise<Uint8Array | null>;
  /** Told with each message that is made; it is there once the transaction is committed. */
  readonly onScheduled: () => void;
}

/** What somebody waits for now, or what is happening now: quiet hours do not keep it back. */
export const atOnceKinds: readonly MessageKind[] = ['new-link', 'talk-asked', 'call-failed'];
/** What a citizen asked for themselves: nor does an opt-out, which keeps back everything else, whatever is happening. */
const askedForKinds: readonly MessageKind[] = ['new-link', 'talk-asked', 'talk-answered'];
/** What carries a calendar entry. */
const calendarKinds: readonly MessageKind[] = ['invitation', 'moved', 'new-link'];
const noticeKinds: readonly MessageKind[] = ['invitation', 'moved', 'cancelled', 'proposal'];
const overtaken: readonly MessageKind[] = [
  'invitation',
  'moved',
  'cancelled',
  'proposal',
  'new-link',
  'reminder-day',
  'reminder-hour',
];

/** A plan makes visits for months: each is told of in the week before it. */
const planNoticeMs = 7 * 86_400_000;

export const goesAtOnce = (kind: MessageKind): boolean => atOnceKinds.includes(kind);
export const wasAskedFor = (kind: MessageKind): boolean => askedForKinds.includes(kind);

/** It went out, or may have. */
const mayBeKnown = ({ state, attempts }: MessageRow): boolean =>
  attempts > 0 || ['sending', 'sent', 'delivered'].includes(state);
const isCurrent = (row: MessageRow): boolean => row.state === 'scheduled' || mayBeKnown(row);

/** Writes messages as rows in the transaction of what they tell of; jobs/message-dispatch.ts sends them afterwards. */
export function createMessenger(deps: MessengerDeps): Messenger {
  const { clock, identities, sealedAddressOf, onScheduled } = deps;
  const channelsOf = async (
    tx: Tx,
    citizenId: string,
    kind: MessageKind,
  ): Promise<{ readonly isHeldBack: boolean; readonly channels: readonly ('sms' | 'mail')[] }> => {
    const { contact } = await readGroundRules(tx, citizenId);
    if (contact === 'sms' || contact === 'mail') return { isHeldBack: false, channels: [contact] };
    const { hasPhone, hasEmail } = await identities.readWays(tx, await readMunicipalityId(tx), citizenId);
    const isHeldBack = contact === 'none' && !wasAskedFor(kind);
    const channels = [...(hasPhone ? ['sms' as const] : []), ...(hasEmail ? ['mail' as const] : [])];
    // Where there is no way yet, there may be one by the time it is sent.
    return { isHeldBack, channels: channels.length === 0 || isHeldBack ? [channels[0] ?? 'sms'] : channels };
  };

  const insert = async (tx: Tx, messages: readonly NewMessage[]): Promise<void> => {
    await insertMessages(tx, messages, clock.now());
    if (messages.some(({ state }) => state === 'scheduled')) onScheduled();
  };

  const visitChanged: Messenger['visitChanged'] = async (tx, visit, what) => {
    const { id: visitId, citizenId, channel, plannedStartsAt: startsAt, plannedEndsAt: endsAt } = visit;
    const now = clock.now();
    const before = await listOfVisit(tx, visitId);
    const guests = guestsOf(before);
    // What a guest was told, or is about to be told, and what still holds.
    const upToDate =
      what === 'cancelled'
        ? []
        : guests.filter(({ last }) => isToldOf(last, visit)).map(({ seatId }) => seatId);
    if (before.some(({ state }) => state === 'scheduled' || state === 'sending'))
      await withdrawOfVisit(tx, visitId, overtaken, upToDate);
    if (startsAt === null || endsAt === null || startsAt <= now) return;

    const known = before.filter(mayBeKnown);
    const toCitizen = known.filter(({ seatId, kind }) => seatId === null && noticeKinds.includes(kind));
    const isCitizenTold = toCitizen.length > 0 && toCitizen.at(-1)?.kind !== 'cancelled';
    const sequence = nextSequence(before);
    const quiet = await readCallDefaults(tx);
    const nth = before.length;
    const facts = { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), channel, nth };
    const base = { visitId, facts, state: 'scheduled' } as const;
    const readyAt =
      visit.planId != null && !isCitizenTold && startsAt.getTime() - planNoticeMs > now.getTime()
        ? new Date(startsAt.getTime() - planNoticeMs)
        : now;
    const noticeAt = afterQuiet(readyAt, startsAt, quiet);
    const messages: NewMessage[] = [];

    if (what !== 'cancelled' || isCitizenTold) {
      const kind = what === 'moved' && !isCitizenTold ? 'invitation' : what;
      const { isHeldBack, channels } = await channelsOf(tx, citizenId, kind);
      const state = isHeldBack ? 'held-back' : 'scheduled';
      const to = { citizenId, seatId: null, state } as const;
      for (const way of channels) {
        const hasCalendar =
          calendarKinds.includes(kind) || (kind === 'cancelled' && hasEntry(known, null, way));
        messages.push({
          ...base,
          ...to,
          kind,
          channel: way,
          facts: hasCalendar ? { ...facts, sequence } : facts,
          sendAt: noticeAt,
          oncePer: [kind, visitId, nth, way].join(':'),
        });
        if (visit.state !== 'planned' || channel !== 'video' || isHeldBack) continue;
        for (const reminder of planReminders(startsAt, now, quiet))
          messages.push({
            ...base,
            ...to,
            kind: reminder.kind,
            channel: way,
            sendAt: reminder.sendAt,
            oncePer: [reminder.kind, visitId, facts.startsAt, way].join(':'),
          });
      }
    }
    // Who was invited hears of the same changes, and who was about to be is invited to what holds now.
    for (const { seatId, last, isKnown } of guests) {
      if (upToDate.includes(seatId) || (isKnown && what === 'proposal') || (!isKnown && what === 'cancelled'))
        continue;
      const kind = what === 'cancelled' ? what : isKnown ? 'moved' : 'invitation';
      const way = last.channel === 'mailbox' ? (last.facts.way ?? 'mail') : last.channel;
      const hasCalendar = kind !== 'cancelled' || hasEntry(known, seatId, way);
      const sealed = kind === 'cancelled' ? await sealedAddressOf(tx, seatId) : null;
      messages.push({
        ...base,
        citizenId: null,
        seatId,
        kind,
        channel: way,
        facts: {
          ...facts,
          ...(last.facts.language === undefined ? {} : { language: last.facts.language }),
          ...(hasCalendar ? { sequence } : {}),
          ...(sealed === null ? {} : { sealedTo: Buffer.from(sealed).toString('base64') }),
        },
        sendAt: afterQuiet(now, startsAt, quiet),
        oncePer: [kind, visitId, nth, seatId].join(':'),
      });
    }
    await insert(tx, messages);
  };

  return {
    visitChanged,

    visitRecorded: async (tx, visit) => {
      const before = (await listOfVisit(tx, visit.id)).filter(isCurrent);
      const last = before.findLast(({ seatId, kind }) => seatId === null && noticeKinds.includes(kind));
      const what = announcementOf(visit, last);
      if (what !== null) return visitChanged(tx, visit, what);
      if (visit.state === 'planned' || visit.state === 'proposed') return;
      if (!before.some(({ state }) => state === 'scheduled')) return;
      // Of what has begun a citizen needs no reminder any more; who asked for a link, and a guest who is missing, still need it.
      if (visit.state === 'open')
        await withdrawOfVisit(
          tx,
          visit.id,
          overtaken.filter((kind) => kind !== 'new-link'),
          guestsOf(before).map(({ seatId }) => seatId),
        );
      else await withdrawOfVisit(tx, visit.id, overtaken);
    },

    send: async (tx, to, kind, { visitId, startsAt, endsAt, citizenId, answer, caller, ...more }) => {
      const now = clock.now();
      const earlier = visitId === undefined ? [] : await listOfVisit(tx, visitId);
      const sendAt = goesAtOnce(kind)
        ? now
        : afterQuiet(now, startsAt === undefined ? null : new Date(startsAt), await readCallDefaults(tx));
      const facts = {
        ...(startsAt === undefined || endsAt === undefined ? {} : { startsAt, endsAt }),
        ...(calendarKinds.includes(kind) ? { sequence: nextSequence(earlier) } : {}),
        ...(answer === undefined ? {} : { answer }),
        ...(caller === undefined ? {} : { caller }),
        ...('seatId' in to ? { language: to.language } : {}),
      };
      const channelOfGuest = async (seatId: string, sealed: Uint8Array): Promise<'sms' | 'mail'> => {
        const of = {
          municipalityId: await readMunicipalityId(tx),
          citizenId: citizenId ?? '',
          what: 'guest-address',
          id: seatId,
        } as const;
        return (await identities.openForCall(tx, of, sealed)).includes('@') ? 'mail' : 'sms';
      };
      const { isHeldBack, channels } =
        'citizenId' in to
          ? await channelsOf(tx, to.citizenId, kind)
          : { isHeldBack: false, channels: [await channelOfGuest(to.seatId, to.sealedAddress)] };
      const { oncePer = randomUUID() } = more;
      await insert(
        tx,
        channels.map((channel) => ({
          kind,
          citizenId: 'citizenId' in to ? to.citizenId : null,
          seatId: 'seatId' in to ? to.seatId : null,
          visitId: visitId ?? null,
          channel,
          state: isHeldBack ? 'held-back' : 'scheduled',
          facts,
          sendAt,
          oncePer: [kind, oncePer, channel].join(':'),
        })),
      );
    },
  };
}

/** One more than any calendar has seen of a visit. */
const nextSequence = (earlier: readonly MessageRow[]): number =>
  1 + Math.max(-1, ...earlier.map(({ facts }) => facts.sequence ?? -1));

/** Whether somebody has the visit in their calendar because of us. */
const hasEntry = (known: readonly MessageRow[], seatId: string | null, way: MessageChannel): boolean =>
  known.some(
    (row) =>
      row.seatId === seatId &&
      calendarKinds.includes(row.kind) &&
      (row.channel === way || row.channel === 'mailbox'),
  );

/** Guests who were told of a visit, or are about to be: what each was told last, and whether any of it may have reached them. */
function guestsOf(
  before: readonly MessageRow[],
): readonly { readonly seatId: string; readonly last: MessageRow; readonly isKnown: boolean }[] {
  const rows = Map.groupBy(before.filter(isCurrent), ({ seatId }) => seatId);
  return [...rows].flatMap(([seatId, ofSeat]) => {
    const last = ofSeat.at(-1);
    if (seatId === null || last === undefined) return [];
    return [{ seatId, last, isKnown: ofSeat.some(mayBeKnown) }];
  });
}

/** Whether a message says of a visit what holds now. */
const isToldOf = (
  { kind, facts }: MessageRow,
  {
    channel,
    plannedStartsAt,
    plannedEndsAt,
  }: Pick<VisitNews, 'channel' | 'plannedStartsAt' | 'plannedEndsAt'>,
): boolean =>
  kind !== 'cancelled' &&
  facts.startsAt === plannedStartsAt?.toISOString() &&
  facts.endsAt === plannedEndsAt?.toISOString() &&
  (facts.channel ?? 'video') === channel;

/**
 * What a citizen is to be told, given what they were told last or are about to be; null where that is still so. A visit in
 * person or by phone is their worker's to arrange, unless they were told that it is by video.
 */
function announcementOf(visit: VisitNews, last: MessageRow | undefined): Announcement | null {
  const { state, channel, plannedStartsAt, proposedBy } = visit;
  const told = last === undefined || last.kind === 'cancelled' ? null : last;
  // Who said no to a proposal knows.
  const saidNo = told?.kind === 'proposal' && visit.endedBy === 'citizen';
  if (state === 'cancelled') return told === null || saidNo ? null : 'cancelled';
  if ((state !== 'planned' && state !== 'proposed') || plannedStartsAt === null) return null;
  if (channel !== 'video' && told === null) return null;
  const isSame = told !== null && isToldOf(told, visit);
  if (state === 'proposed') {
    if (proposedBy !== 'worker') return null;
    return told?.kind === 'proposal' && isSame ? null : 'proposal';
  }
  if (told === null || told.kind === 'proposal') return 'invitation';
  return isSame ? null : 'moved';
}

/** Longer than a transaction may take to commit, with room for one that is run again. */
const commitMs = 60_000;

/**
 * Whether a commit in this process may have brought a message: looking after every commit is not free, and most bring none.
 * Counted in the time of the machine, since it is about transactions and not about when anything is to be sent.
 */
export function createMessagesDue(): { readonly onScheduled: () => void; readonly isDue: () => boolean } {
  let until = 0;
  return {
    onScheduled: () => {
      until = performance.now() + commitMs;
    },
    isDue: () => performance.now() < until,
  };
}
