import { z } from 'zod';
import type { Mail, MessageState } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import type { CitizenContacts } from '../citizens/index.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import { messagingPolicy } from './policy.ts';
import { findMailboxItem, findMessage, type ListedMessage, lockMessage, scheduleAgain } from './store.ts';

export interface MessagesDeps {
  readonly clock: Clock;
  readonly contacts: Pick<CitizenContacts, 'identities' | 'logReading'>;
  readonly onScheduled: () => void;
}

export type MessagesService = ReturnType<typeof createMessages>;

const sealedItem = z.object({
  channel: z.enum(['sms', 'mail']),
  to: z.string(),
  subject: z.string().nullable(),
  text: z.string(),
  calendar: z.string().nullable(),
});

const stateWords: Readonly<Record<MessageState, { readonly da: string; readonly en: string }>> = {
  scheduled: { da: 'planlagt', en: 'scheduled' },
  sending: { da: 'på vej', en: 'being sent' },
  sent: { da: 'sendt', en: 'sent' },
  delivered: { da: 'leveret', en: 'delivered' },
  failed: { da: 'opgivet', en: 'given up' },
  withdrawn: { da: 'trukket tilbage', en: 'withdrawn' },
  'held-back': { da: 'holdt tilbage', en: 'held back' },
};

/** What staff do with messages. */
export function createMessages({ clock, contacts, onScheduled }: MessagesDeps) {
  return {
    /** @throws DomainError not_found, also for one that is out of reach */
    get: async (tx: ReadTx, actor: Actor, id: string): Promise<ListedMessage> => {
      const row = await findMessage(tx, actor, id);
      if (row === null) throw new DomainError('not_found', { kind: 'message' });
      return row;
    },

    /**
     * A message of the mailbox, as it would have gone out; the reading is logged.
     *
     * @throws DomainError not_allowed, not_found, citizen_erased
     */
    readMail: async (tx: Tx, actor: Actor, id: string): Promise<Mail> => {
      assertAllowed(messagingPolicy, actor, 'messages:read-mailbox');
      const row = await findMessage(tx, actor, id);
      const item = row === null ? null : await findMailboxItem(tx, id);
      if (row === null || item === null || row.ownerId === null || row.citizen === null)
        throw new DomainError('not_found', { kind: 'message' });
      const { municipalityId } = actor;
      const of = { municipalityId, citizenId: row.ownerId, what: 'mailbox', id } as const;
      const text = await contacts.identities.openForCall(tx, of, item.sealedMail);
      await contacts.logReading(tx, actor, { id: row.ownerId, code: row.citizen }, 'read', 'contact');
      return { id, kind: row.kind, ...sealedItem.parse(JSON.parse(text)), at: item.at.toISOString() };
    },

    /** One that was given up is tried again at once. @throws DomainError not_allowed, not_found, message_state */
    retry: async (tx: Tx, actor: Actor, id: string): Promise<string> => {
      assertAllowed(messagingPolicy, actor, 'messages:retry');
      const row = await lockMessage(tx, actor, id);
      if (row === null) throw new DomainError('not_found', { kind: 'message' });
      if (row.state !== 'failed') {
        const { da, en } = stateWords[row.state];
        throw new DomainError('message_state', { state_da: da, state_en: en });
      }
      await scheduleAgain(tx, id, clock.now());
      onScheduled();
      return id;
    },
  };
}
