import type { Outbox, Tx } from '../../storage/index.ts';
import type { RoomClient } from './room-client.ts';

/** What is ordered of the media server when a change was committed, and not a moment before. */
export const roomOrderKind = 'media-room';

export type RoomOrders = ReturnType<typeof createRoomOrders>;

/** @param cause makes an order another one than the same order before */
export function createRoomOrders({ outbox }: { readonly outbox: Outbox }) {
  return {
    /** The room ends for everybody in it. */
    end: (tx: Tx, roomName: string, cause = ''): Promise<void> =>
      outbox.append(tx, {
        kind: roomOrderKind,
        payload: { room: roomName },
        idempotencyKey: `${roomOrderKind}:end:${roomName}:${cause}`,
      }),

    /** A seat is sent out of the room, such as one that was turned away while it was in. */
    remove: (tx: Tx, roomName: string, seatId: string, cause: string): Promise<void> =>
      outbox.append(tx, {
        kind: roomOrderKind,
        payload: { room: roomName, seat: seatId },
        idempotencyKey: `${roomOrderKind}:remove:${roomName}:${seatId}:${cause}`,
      }),
  };
}

/** Gives the orders of the outbox to the media server. Both are the same done once or twice. */
export const createRoomOrderSender =
  (rooms: Pick<RoomClient, 'deleteRoom' | 'removeParticipant'>) =>
  async ({ payload }: { readonly payload: Readonly<Record<string, unknown>> }): Promise<void> => {
    const { room, seat } = payload;
    if (typeof room !== 'string') return;
    await (typeof seat === 'string' ? rooms.removeParticipant(room, seat) : rooms.deleteRoom(room));
  };
