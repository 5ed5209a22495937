import type { Tx } from '../../storage/index.ts';
import { readGroundRules } from '../citizens/index.ts';
import type { Messenger } from '../messaging/index.ts';
import type { CallRow } from './store.ts';

/**
 * Tells the citizen that it is not their fault and who phones whom now, wherever they are: their page may be what failed. To be
 * called once, in the transaction in which the call fails.
 */
export async function tellFailed(
  tx: Tx,
  messenger: Pick<Messenger, 'send'>,
  { citizenId, visitId }: Pick<CallRow, 'citizenId' | 'visitId'>,
): Promise<void> {
  const { caller } = await readGroundRules(tx, citizenId);
  await messenger.send(tx, { citizenId }, 'call-failed', { visitId, citizenId, caller });
}
