import type { Tx } from '../../storage/index.ts';
import { endStays } from './presence-store.ts';
import type { RoomOrders } from './room-client-orders.ts';
import { type CallRow, forgetAddresses } from './store.ts';

/** What holds however a call ends: nobody is in any more, and where guests can be reached is forgotten. The call MUST be held. */
export async function emptyRoom(
  tx: Tx,
  orders: Pick<RoomOrders, 'end'>,
  { id, roomName }: Pick<CallRow, 'id' | 'roomName'>,
  now: Date,
): Promise<void> {
  await forgetAddresses(tx, id);
  await endStays(tx, id, now);
  await orders.end(tx, roomName);
}
