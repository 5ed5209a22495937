import { randomUUID } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from './database.ts';

export interface OutboxDraft {
  /** Which handler sends it; see jobs/outbox-dispatch.ts. */
  readonly kind: string;
  /** Codes, ids, enums, numbers and times; never an identity. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The same key is enqueued once and is sent along, so that the receiver can drop a repetition. */
  readonly idempotencyKey: string;
}

export interface Outbox {
  /** Enqueues a message in the transaction of the state it tells of; it is sent after commit, at least once. */
  append(tx: Tx, draft: OutboxDraft): Promise<void>;
}

export function createOutbox({ clock }: { readonly clock: Clock }): Outbox {
  return {
    append: async (tx, draft) => {
      const now = clock.now();
      await tx.$executeRaw`
        INSERT INTO outbox_message (municipality_id, id, kind, payload, idempotency_key, state, attempts, next_attempt_at, created_at)
        VALUES (app_municipality(), ${randomUUID()}::uuid, ${draft.kind}, ${JSON.stringify(draft.payload)}::jsonb, ${draft.idempotencyKey}, 'pending', 0, ${now}, ${now})
        ON CONFLICT ON CONSTRAINT outbox_message_key_unique DO NOTHING`;
    },
  };
}
