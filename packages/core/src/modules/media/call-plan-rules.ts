import { isOver } from './call-desk.ts';
import type { CallRow, SeatRow } from './store.ts';

/**
 * Who may look at the weekly plan now: citizen, host and colleagues, once they are let in and as long as the call goes on.
 * A link alone opens nothing of it: until somebody has been seen and let in, and after they have gone, whoever holds the
 * link might be another. Parties from elsewhere are shown it by sharing a screen, which leaves nothing with them.
 */
export const mayLookAtPlan = (call: Pick<CallRow, 'state'>, { kind, state }: SeatRow): boolean =>
  kind !== 'guest' && state === 'admitted' && !isOver(call);
