import type { Pool } from 'pg';
import type { MessageKind } from '../contract/index.ts';
import type { Clock } from '../kernel/clock.ts';
import {
  atOnceKinds,
  goesAtOnce,
  isReminder,
  type MessageDelivery,
  type TakenUp,
} from '../modules/messaging/index.ts';
import { type Batches, runBatches } from './batches.ts';
import { maxAttempts, nextDelayMs } from './outbox-dispatch.ts';

export type MessageDispatcher = Batches;

export interface MessageDispatchDeps {
  readonly worker: Pool;
  readonly clock: Clock;
  readonly deliver: MessageDelivery['deliver'];
  readonly onAttempt: (kind: string, outcome: 'sent' | 'retry' | 'dead') => void;
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
  /** Takes nothing up. */
  readonly isHeld?: boolean;
  /** Between 0 and 1; spreads the next attempts of messages that failed together. */
  readonly random?: () => number;
}

/** Longer than any try may take, see the time-outs of mail.ts and sms.ts; what a killed process held is free again after it. */
export const messageLeaseMs = 120_000;
const batch = 20;
/** What has no way out set up goes with the mails. */
const ways = [['sms'], ['mail', 'mailbox']] as const;
/** Two hours of these; hourly after that. */
const longestImpatienceMs = 5 * 60_000;
const impatientAttempts = 26;

type Claimed = Omit<TakenUp, 'isGivenUp'> & { readonly wasSending: boolean };

/**
 * Sends messages when their time has come. Each is taken up by a row that says `sending`, committed before anything leaves:
 * so of a reminder whose sender was killed it is known that it may have gone out, and it is given up; everything else is
 * tried again, under the same id. Several processes share the work (SKIP LOCKED).
 *
 * Each way out has a queue of its own, so that a mail server that takes its time keeps no text message back, and in each what
 * somebody waits for now goes before what was due earlier.
 */
export function createMessageDispatcher(deps: MessageDispatchDeps): MessageDispatcher {
  const {
    worker,
    clock,
    deliver,
    onAttempt,
    onError,
    pollMs = 5_000,
    isHeld = false,
    random = Math.random,
  } = deps;

  const claim = async (channels: readonly string[]): Promise<Claimed[]> => {
    const now = clock.now();
    const { rows } = await worker.query<Claimed>(
      `WITH due AS MATERIALIZED (
         SELECT municipality_id, id, state FROM message
         WHERE channel = ANY ($3) AND ((state = 'scheduled' AND next_attempt_at <= $1) OR (state = 'sending' AND leased_until <= $1))
         ORDER BY kind = ANY ($4) DESC, next_attempt_at LIMIT ${batch} FOR UPDATE SKIP LOCKED)
       UPDATE message AS m SET state = 'sending', leased_until = $2, attempts = m.attempts + 1 FROM due
       WHERE m.municipality_id = due.municipality_id AND m.id = due.id
       RETURNING m.id, m.municipality_id AS "municipalityId", m.kind, m.channel, m.attempts AS attempt, due.state = 'sending' AS "wasSending"`,
      [now, new Date(now.getTime() + messageLeaseMs), channels, atOnceKinds],
    );
    return rows;
  };

  /** Somebody waits for it now: the pauses grow no longer than they can wait, for as long as that is likely to help them. */
  const pauseOf = (kind: MessageKind, attempt: number, asked: number | null): number => {
    const pause = nextDelayMs(attempt, random(), asked);
    const isUrgent = goesAtOnce(kind) && attempt <= impatientAttempts && asked === null;
    return isUrgent ? Math.min(pause, longestImpatienceMs) : pause;
  };

  const send = async ({ wasSending, ...message }: Claimed): Promise<void> => {
    const { kind, attempt } = message;
    const isGivenUp = attempt > maxAttempts || (wasSending && isReminder(kind));
    const outcome = await deliver({ ...message, isGivenUp }, (asked) =>
      attempt >= maxAttempts ? null : new Date(clock.now().getTime() + pauseOf(kind, attempt, asked)),
    );
    if (outcome !== 'dropped') onAttempt(message.channel, outcome);
  };

  const queues = ways.map((channels) =>
    runBatches({ claim: () => claim(channels), handle: send, size: batch, pollMs, onError, isHeld }),
  );
  return {
    wake: () => {
      for (const queue of queues) queue.wake();
    },
    close: async () => {
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}
