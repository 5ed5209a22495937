import type { Outbox, Tx } from '../../../storage/index.ts';
import type { HandOffRow } from './store.ts';

/** The kind of the messages of the outbox that are calls of the case system. */
export const handOffKind = 'hand-off';

type Called = Pick<HandOffRow, 'id' | 'visitId' | 'revision'>;

const keyOf = ({ visitId, revision }: Called): string => `hand-off:${visitId}:${revision}`;

/** Enqueues a call about a hand-off. The message holds ids and a number only. */
export const enqueueCall = (tx: Tx, outbox: Outbox, called: Called): Promise<void> =>
  outbox.append(tx, {
    kind: handOffKind,
    payload: { handOff: called.id, visit: called.visitId, revision: called.revision },
    idempotencyKey: keyOf(called),
  });

/** The same for one that was given up; the sweep may have forgotten its message. */
export async function enqueueAgain(tx: Tx, outbox: Outbox, called: Called, now: Date): Promise<void> {
  // Also one that is just being settled: with its attempts counted anew, the settling does not find it any more.
  await tx.$executeRaw`
    UPDATE outbox_message SET state = 'pending', attempts = 0, next_attempt_at = ${now}, leased_until = NULL, last_error = NULL
    WHERE idempotency_key = ${keyOf(called)}`;
  await enqueueCall(tx, outbox, called);
}
