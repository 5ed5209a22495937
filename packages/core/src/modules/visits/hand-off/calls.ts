import type { Outbox, Tx } from '../../../storage/index.ts';
import type { HandOffRow } from './store.ts';

/** The kind of the messages of the outbox that are calls of the case system. */
export const handOffKind = 'hand-off';

/** Enqueues a call about a hand-off; one that was given up is made again. The message holds ids and a number only. */
export async function enqueueCall(
  tx: Tx,
  outbox: Outbox,
  { id, visitId, revision }: Pick<HandOffRow, 'id' | 'visitId' | 'revision'>,
  now: Date,
): Promise<void> {
  const idempotencyKey = `hand-off:${visitId}:${revision}`;
  // Also one that is just being settled: with its attempts counted anew, the settling does not find it any more.
  const again = await tx.$executeRaw`
    UPDATE outbox_message SET state = 'pending', attempts = 0, next_attempt_at = ${now}, leased_until = NULL, last_error = NULL
    WHERE idempotency_key = ${idempotencyKey}`;
  if (again > 0) return;
  const payload = { handOff: id, visit: visitId, revision };
  await outbox.append(tx, { kind: handOffKind, payload, idempotencyKey });
}
