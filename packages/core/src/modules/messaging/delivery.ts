import type { Channel, MessageKind } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { ChangeEvents, Database, Tx } from '../../storage/index.ts';
import { type CitizenContacts, readCallDefaults, readGroundRules } from '../citizens/index.ts';
import { writeCalendar } from './calendar.ts';
import { type MailDraft, type MailSender, SendingFailed } from './mail.ts';
import { goesAtOnce, wasAskedFor } from './messenger.ts';
import { afterQuiet } from './quiet-hours.ts';
import { dayReminderEndsMs, isReminder } from './reminders.ts';
import type { SmsDraft, SmsSender } from './sms.ts';
import {
  insertMailboxItem,
  type ListedMessage,
  lockTakenUp,
  markRead,
  readMunicipalityName,
  type Settled,
  settle,
  turnTo,
} from './store.ts';
import { senderNames, writeMessage } from './templates/index.ts';

/** A message that a dispatcher has taken up; its row says `sending`, and that is committed. */
export interface TakenUp {
  readonly id: string;
  readonly municipalityId: string;
  readonly kind: MessageKind;
  readonly channel: 'sms' | 'mail' | 'mailbox';
  /** This attempt's number, from 1. */
  readonly attempt: number;
  /** Not to be tried any more: a reminder whose sender was killed and may have sent it, or one tried too often. */
  readonly isGivenUp: boolean;
}

export type DeliveryOutcome = 'sent' | 'retry' | 'dead' | 'dropped';

export interface MessageDelivery {
  /** Sends one message and marks what became of it. @param retryAt when to try again, and null where that was the last */
  deliver(message: TakenUp, retryAt: (asked: number | null) => Date | null): Promise<DeliveryOutcome>;
}

export interface MessageDeliveryDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'write'>;
  readonly changes: ChangeEvents;
  readonly contacts: Pick<CitizenContacts, 'identities' | 'logReading'>;
  /** Null: what would go out that way lands in the mailbox. */
  readonly mail: MailSender | null;
  readonly sms: SmsSender | null;
  /** Made anew for each message and kept nowhere; null where there is no call to come to. */
  readonly linkFor: (tx: Tx, message: LinkWish) => Promise<string | null>;
  /** Where an external guest was invited; null once that is forgotten. */
  readonly addressOfSeat: (
    tx: Tx,
    guest: {
      readonly municipalityId: string;
      readonly citizenId: string;
      readonly seatId: string;
      /** Where the call has forgotten it. */
      readonly sealed: Uint8Array | null;
    },
  ) => Promise<string | null>;
}

export interface LinkWish {
  readonly visitId: string;
  /** Null: the citizen's own seat. */
  readonly seatId: string | null;
}

type Ready =
  | { readonly way: 'sms'; readonly draft: SmsDraft }
  | { readonly way: 'mail'; readonly draft: MailDraft };
type Prepared = Ready | { readonly way: null; readonly outcome: DeliveryOutcome };

/** By then whoever was to phone has phoned. */
const callFailedEndsMs = 2 * 3_600_000;
/** The domain of an address that nobody has (RFC 2606), for what stays in the mailbox. */
const nowhere = 'aftale@naer.invalid';

/**
 * Writes a message at the moment it is sent, from a template, the vault and a link that is made anew; what it says is kept
 * nowhere but in the mailbox, where no way out is set up.
 */
export function createMessageDelivery(deps: MessageDeliveryDeps): MessageDelivery {
  const { clock, database, changes, contacts, mail, sms, linkFor, addressOfSeat } = deps;
  const from = mail?.from ?? nowhere;

  const finish = async (tx: Tx, message: TakenUp, outcome: Settled): Promise<void> => {
    if (!(await settle(tx, message.id, message.attempt, outcome))) return;
    if (outcome.state !== 'failed') return;
    const { kind, channel } = message;
    await changes.append(tx, {
      type: 'message.failed',
      entity: { kind: 'message', id: message.id },
      data: { kind, channel },
    });
  };

  /** The address in the vault; the reading is written down once per message, however often it is tried. */
  const readAddress = async (
    tx: Tx,
    municipalityId: string,
    row: ListedMessage,
    way: 'sms' | 'mail',
  ): Promise<string | null> => {
    const { seatId, ownerId, citizenId, citizen, facts } = row;
    try {
      if (seatId !== null)
        return ownerId === null
          ? null
          : await addressOfSeat(tx, {
              municipalityId,
              citizenId: ownerId,
              seatId,
              sealed: facts.sealedTo === undefined ? null : Buffer.from(facts.sealedTo, 'base64'),
            });
      if (citizenId === null || citizen === null) return null;
      const { identity } = await contacts.identities.read(tx, municipalityId, citizenId);
      if (facts.read !== true) {
        await contacts.logReading(
          tx,
          { municipalityId, staffId: null },
          { id: citizenId, code: citizen },
          'read',
          'contact',
        );
        await markRead(tx, row.id);
      }
      return way === 'sms' ? identity.phone : identity.email;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'citizen_erased') return null;
      throw error;
    }
  };

  const prepare = async (tx: Tx, message: TakenUp): Promise<Prepared> => {
    const { id, municipalityId, attempt } = message;
    const row = await lockTakenUp(tx, id, attempt);
    const end = async (outcome: Settled): Promise<Prepared> => {
      await finish(tx, message, outcome);
      return { way: null, outcome: outcome.state === 'failed' ? 'dead' : 'dropped' };
    };
    if (row === null) return { way: null, outcome: 'dropped' };
    const now = clock.now();
    const visit = visitOf(row);
    if (message.isGivenUp) return end({ state: 'failed' });
    if (visit !== null && isStale(row, visit, now)) return end({ state: 'withdrawn' });
    // "We phone you in a moment" is not said hours later.
    if (row.kind === 'call-failed' && now.getTime() - row.sendAt.getTime() > callFailedEndsMs)
      return end({ state: 'withdrawn' });
    const defaults = await readCallDefaults(tx);
    const sendAt = goesAtOnce(row.kind) ? now : afterQuiet(now, visit?.startsAt ?? null, defaults);
    if (sendAt > now) return end({ state: 'scheduled', nextAttemptAt: sendAt, uncounted: true });

    const rules = row.citizenId === null ? null : await readGroundRules(tx, row.citizenId);
    if (rules?.contact === 'none' && !wasAskedFor(row.kind)) return end({ state: 'held-back' });
    const language = rules?.language ?? row.facts.language ?? 'da';
    const planned = row.channel === 'mailbox' ? (row.facts.way ?? 'mail') : row.channel;
    const chosen = rules?.contact;
    const way = chosen === 'sms' || chosen === 'mail' ? chosen : planned;
    // Who has chosen another way since hears by that one, and once.
    if (way !== planned && !(await turnTo(tx, row.id, way))) return end({ state: 'held-back' });
    const to = await readAddress(tx, municipalityId, row, way);
    if (to === null) return end({ state: 'held-back' });
    const link =
      row.visitId === null || visit === null || visit.channel !== 'video'
        ? null
        : await linkFor(tx, { visitId: row.visitId, seatId: row.seatId });
    // A link that was taken back since, or that opens nothing any more, is not announced.
    if (isAboutLink(row, visit) && link === null) return end({ state: 'withdrawn' });
    const { answer, caller, sequence } = row.facts;
    const written = writeMessage({
      kind: row.kind,
      language,
      now,
      visit,
      link,
      helpPhone: defaults.helpPhone,
      acutePhone: defaults.acutePhone,
      municipality: await readMunicipalityName(tx),
      ...(answer === undefined ? {} : { answer }),
      ...(caller === undefined ? {} : { caller }),
    });
    const isCancelled = row.kind === 'cancelled';
    const calendar =
      way === 'sms' || sequence === undefined || visit === null || row.visitId === null
        ? null
        : {
            method: isCancelled ? ('CANCEL' as const) : ('REQUEST' as const),
            content: writeCalendar({
              isCancelled,
              uid: row.visitId,
              sequence,
              startsAt: visit.startsAt,
              endsAt: visit.endsAt,
              language,
              link,
              from,
              to,
              now,
            }),
          };
    const goesOut = way === 'sms' ? sms !== null : mail !== null;
    if (!goesOut) {
      if (row.ownerId === null) return end({ state: 'held-back' });
      const item = {
        channel: way,
        to,
        subject: way === 'mail' ? written.subject : null,
        text: way === 'mail' ? written.text : written.sms,
        calendar: calendar?.content ?? null,
      };
      const of = { municipalityId, citizenId: row.ownerId, what: 'mailbox', id } as const;
      const sealed = await contacts.identities.sealForCall(tx, of, JSON.stringify(item));
      await insertMailboxItem(tx, id, sealed, now);
      await finish(tx, message, { state: 'sent', sentAt: now, channel: 'mailbox' });
      return { way: null, outcome: 'sent' };
    }
    if (way === 'sms') return { way, draft: { id, to, text: written.sms } };
    return {
      way,
      draft: {
        messageId: `<${id}@${from.split('@')[1] ?? 'naer.invalid'}>`,
        fromName: senderNames[language],
        to,
        subject: written.subject,
        text: written.text,
        html: written.html,
        language,
        calendar,
        sentAt: now,
      },
    };
  };

  const send = async (ready: Ready): Promise<string | null> => {
    if (ready.way === 'sms') return (await sms?.send(ready.draft)) ?? null;
    await mail?.send(ready.draft);
    return null;
  };

  return {
    deliver: async (message, retryAt) => {
      const { municipalityId } = message;
      const ready = await database.write(municipalityId, (tx) => prepare(tx, message));
      if (ready.way === null) return ready.outcome;
      let receipt: string | null;
      try {
        receipt = await send(ready);
      } catch (error) {
        if (!(error instanceof SendingFailed)) throw error;
        // A reminder that may have gone out is not sent again.
        const mayAgain = !error.isFinal && (!isReminder(message.kind) || error.isCertain);
        const nextAttemptAt = mayAgain ? retryAt(error.retryAfterMs) : null;
        await database.write(municipalityId, (tx) =>
          finish(
            tx,
            message,
            nextAttemptAt === null ? { state: 'failed' } : { state: 'scheduled', nextAttemptAt },
          ),
        );
        return nextAttemptAt === null ? 'dead' : 'retry';
      }
      await database.write(municipalityId, (tx) =>
        finish(tx, message, { state: 'sent', sentAt: clock.now(), receipt }),
      );
      return 'sent';
    },
  };
}

function visitOf({ facts }: ListedMessage) {
  const { startsAt, endsAt, channel = 'video' } = facts;
  return startsAt === undefined || endsAt === undefined
    ? null
    : { startsAt: new Date(startsAt), endsAt: new Date(endsAt), channel };
}

/** There is nothing to say without the link, and as long as there is one somebody may wait for them: a call can last longer than planned. */
const isAboutLink = ({ kind, seatId }: ListedMessage, visit: { readonly channel: Channel } | null): boolean =>
  kind === 'new-link' || (kind === 'invitation' && seatId !== null && visit?.channel === 'video');

/** Of a visit that began nobody is reminded, and of one that is over nobody needs to hear; a day's reminder yields to the hour's. */
function isStale(
  row: ListedMessage,
  visit: { readonly startsAt: Date; readonly endsAt: Date; readonly channel: Channel },
  now: Date,
): boolean {
  const { kind } = row;
  if (isAboutLink(row, visit)) return false;
  if (kind === 'reminder-day') return visit.startsAt.getTime() - dayReminderEndsMs <= now.getTime();
  if (kind === 'reminder-hour' || kind === 'proposal') return visit.startsAt <= now;
  if (kind === 'call-failed' || kind === 'talk-asked' || kind === 'talk-answered') return false;
  return visit.endsAt <= now;
}
