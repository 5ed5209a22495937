import type { ChangeEvents, Tx } from '../../storage/index.ts';
import { nextVersion } from './store.ts';

/** Tells pages and listeners that a call is no longer what it was. */
export type BumpCall = (tx: Tx, callId: string) => Promise<void>;

/** Counts the call's version and appends `call.changed`, which wakes the pages that wait, in whatever process they wait. */
export const createBump =
  (changes: ChangeEvents): BumpCall =>
  async (tx, callId) => {
    const state = await nextVersion(tx, callId);
    await changes.append(tx, { type: 'call.changed', entity: { kind: 'call', id: callId }, data: { state } });
  };
