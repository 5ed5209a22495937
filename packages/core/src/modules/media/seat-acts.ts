import type { Tx } from '../../storage/index.ts';
import { seatOf, type Taken, wrongSeatState } from './call-desk.ts';
import { noExchange } from './key-exchange.ts';
import { revokeLinks } from './link-store.ts';
import type { BumpCall } from './record.ts';
import type { RoomOrders } from './room-client-orders.ts';
import { updateCall, updateSeat } from './store.ts';

/** What the host does with seats, the same from page, terminal and chat. The call is held by the transaction. */
export function createSeatActs({
  bump,
  orders,
}: {
  readonly bump: BumpCall;
  readonly orders: Pick<RoomOrders, 'remove'>;
}) {
  return {
    /** @throws DomainError not_found, seat_state */
    admit: async (tx: Tx, { call, seats, now }: Taken, seatId: string): Promise<void> => {
      const seat = seatOf(seats, seatId);
      if (seat.state === 'admitted') return;
      if (seat.state !== 'waiting') throw wrongSeatState(seat);
      await updateSeat(tx, seat.id, { state: 'admitted', since: now, gone: null });
      if (call.state === 'prepared' && seat.kind !== 'worker')
        await updateCall(tx, call.id, { state: 'on' }, now);
      await bump(tx, call.id);
    },

    /**
     * Turns somebody away, or out; their link no longer holds.
     *
     * @throws DomainError not_found, seat_state for the host's own
     */
    refuse: async (tx: Tx, { call, seats, now }: Taken, seatId: string): Promise<void> => {
      const seat = seatOf(seats, seatId);
      if (seat.kind === 'worker') throw wrongSeatState(seat);
      if (seat.state === 'refused') return;
      await updateSeat(tx, seat.id, {
        ...noExchange,
        state: 'refused',
        since: now,
        waitingSince: null,
        byPhone: false,
        gone: seat.state === 'admitted' ? 'removed' : seat.gone,
      });
      await revokeLinks(tx, [seat.id], now);
      if (seat.state === 'admitted' && !seat.byPhone)
        await orders.remove(tx, call.roomName, seat.id, now.toISOString());
      await bump(tx, call.id);
    },

    /** @throws DomainError not_found, seat_state for the host and for whoever is in already */
    byPhone: async (tx: Tx, { call, seats, now }: Taken, seatId: string): Promise<void> => {
      const seat = seatOf(seats, seatId);
      if (seat.byPhone && seat.state === 'waiting') return;
      if (seat.kind === 'worker' || seat.state === 'admitted' || seat.state === 'refused')
        throw wrongSeatState(seat);
      await updateSeat(tx, seat.id, {
        ...noExchange,
        state: 'waiting',
        since: now,
        // Who has waited on the page until then has not begun to wait now.
        waitingSince: seat.state === 'waiting' ? seat.waitingSince : now,
        byPhone: true,
        gone: null,
      });
      await bump(tx, call.id);
    },
  };
}

export type SeatActs = ReturnType<typeof createSeatActs>;
