import type { Pool } from 'pg';
import type { Clock } from '../kernel/clock.ts';
import { DeliveryRefused, isFinalRefusal } from '../modules/messaging/index.ts';
import { type Batches, runBatches } from './batches.ts';

export interface OutboxEnvelope {
  readonly id: string;
  readonly municipalityId: string;
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string;
  /** This attempt's number, from 1. */
  readonly attempts: number;
  /** Whether the message is given up if this attempt fails. */
  readonly lastAttempt: boolean;
  /** When the change that it tells of was made. */
  readonly createdAt: Date;
}

type Claimed = Omit<OutboxEnvelope, 'lastAttempt'>;

/** Sends one message; throws when it could not. MUST pass the id on, since a message may be sent twice. */
export type OutboxHandler = (message: OutboxEnvelope) => Promise<void>;

export type OutboxDispatcher = Batches;

export interface OutboxDispatchDeps {
  readonly worker: Pool;
  readonly clock: Clock;
  readonly handlers: Readonly<Record<string, OutboxHandler>>;
  readonly onAttempt: (kind: string, outcome: 'sent' | 'retry' | 'dead') => void;
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
  /** Between 0 and 1; spreads the next attempts of messages that failed together. */
  readonly random?: () => number;
}

/** Doubling from five seconds to at most an hour: given up after a day and a night (26 hours). */
export const maxAttempts = 36;
const firstDelayMs = 5_000;
const longestDelayMs = 3_600_000;
/** Longer than any handler may take; a message of a killed process is free again after it. */
const leaseMs = 20_000;
const batch = 20;

/** The pause before the next attempt, in ms, with ±20 % of spread; the other side may ask for a longer one. */
export function nextDelayMs(attempts: number, random: number, asked: number | null): number {
  const doubled = Math.min(firstDelayMs * 2 ** (attempts - 1), longestDelayMs);
  const spread = doubled * (0.8 + 0.4 * random);
  return Math.round(Math.max(spread, Math.min(asked ?? 0, 6 * longestDelayMs)));
}

/**
 * Sends what the outbox holds: claims a batch with a lease, sends outside any transaction, then marks each as done, due
 * again, or dead. Several processes share the work (SKIP LOCKED). At least once: a process killed between sending and
 * marking sends again, under the same id.
 */
export function createOutboxDispatcher(deps: OutboxDispatchDeps): OutboxDispatcher {
  const { worker, clock, handlers, onAttempt, onError, pollMs = 500, random = Math.random } = deps;
  const kinds = Object.keys(handlers);

  const claim = async (): Promise<Claimed[]> => {
    const now = clock.now();
    const { rows } = await worker.query<Claimed>(
      `UPDATE outbox_message SET leased_until = $2, attempts = attempts + 1
       WHERE id IN (
         SELECT id FROM outbox_message
         WHERE state = 'pending' AND next_attempt_at <= $1 AND (leased_until IS NULL OR leased_until <= $1) AND kind = ANY ($3)
         ORDER BY next_attempt_at LIMIT ${batch} FOR UPDATE SKIP LOCKED)
       RETURNING id, municipality_id AS "municipalityId", kind, payload, idempotency_key AS "idempotencyKey", attempts, created_at AS "createdAt"`,
      [now, new Date(now.getTime() + leaseMs), kinds],
    );
    return rows;
  };

  const settle = (
    message: Claimed,
    state: 'pending' | 'done' | 'dead',
    nextAttemptAt: Date,
    lastError: string | null,
  ) =>
    // The number of attempts tells whether another process has taken the message over since.
    worker.query(
      `UPDATE outbox_message SET state = $2, next_attempt_at = $3, last_error = $4, leased_until = NULL, done_at = CASE WHEN $2 = 'done' THEN $3::timestamptz END
       WHERE id = $1 AND state = 'pending' AND attempts = $5`,
      [message.id, state, nextAttemptAt, lastError, message.attempts],
    );

  const send = async (message: Claimed): Promise<void> => {
    const handler = handlers[message.kind];
    if (handler === undefined) return;
    try {
      await handler({ ...message, lastAttempt: message.attempts >= maxAttempts });
    } catch (error) {
      const dead = isFinalRefusal(error) || message.attempts >= maxAttempts;
      const asked = error instanceof DeliveryRefused ? error.retryAfterMs : null;
      const again = new Date(clock.now().getTime() + nextDelayMs(message.attempts, random(), asked));
      await settle(message, dead ? 'dead' : 'pending', again, describe(error));
      onAttempt(message.kind, dead ? 'dead' : 'retry');
      return;
    }
    await settle(message, 'done', clock.now(), null);
    onAttempt(message.kind, 'sent');
  };

  // Without handlers there is nothing to look for, and looking after every commit is not free.
  return runBatches({ claim, handle: send, size: batch, pollMs, onError, isHeld: kinds.length === 0 });
}

/** Short and free of the other side's words, which could carry anything. */
function describe(error: unknown): string {
  if (error instanceof DeliveryRefused) return `answered ${error.status}`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.name : 'unknown';
}
