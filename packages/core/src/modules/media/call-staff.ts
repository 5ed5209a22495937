import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { api } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../storage/index.ts';
import type { Identities } from '../citizens/index.ts';
import type { Actor } from '../identity/index.ts';
import type { Messenger } from '../messaging/index.ts';
import { type CallDesk, seatOf, type Taken } from './call-desk.ts';
import { type CallVisits, mostSeats } from './call-visits.ts';
import { noExchange } from './key-exchange.ts';
import { tellLink } from './link-message.ts';
import { insertLink, revokeLinks } from './link-store.ts';
import { hashPin } from './pin.ts';
import type { BumpCall } from './record.ts';
import type { RoomOrders } from './room-client-orders.ts';
import type { SeatActs } from './seat-acts.ts';
import { type CallRow, insertSeat, type SeatRow, setAgenda, updateSeat } from './store.ts';

/** A worker's link is opened at once, by whoever asked for it. */
const openWithinMs = 2 * 60_000;

export type GuestWish = z.output<typeof api.calls.inviteGuest.body>;

export interface CallStaffDeps {
  readonly desk: CallDesk;
  readonly acts: SeatActs;
  readonly visits: CallVisits;
  readonly bump: BumpCall;
  readonly orders: Pick<RoomOrders, 'remove'>;
  readonly identities: Pick<Identities, 'sealForCall'>;
  readonly messenger: Pick<Messenger, 'send'>;
}

export type CallStaff = ReturnType<typeof createCallStaff>;

/** What staff do with calls, from the terminal and from chats; by visit, as they know it. */
export function createCallStaff({ desk, acts, visits, bump, orders, identities, messenger }: CallStaffDeps) {
  const onSeat =
    (act: (tx: Tx, taken: Taken, seatId: string) => Promise<unknown>) =>
    async (tx: Tx, actor: Actor, visitId: string, seatId: string): Promise<void> => {
      await act(tx, await desk.takeForStaff(tx, actor, visitId), seatId);
    };
  const addressOf = (actor: Actor, call: CallRow, id: string) =>
    ({ municipalityId: actor.municipalityId, citizenId: call.citizenId, what: 'guest-address', id }) as const;
  const send = async (
    tx: Tx,
    taken: Awaited<ReturnType<CallDesk['takeForStaff']>>,
    seat: Pick<SeatRow, 'id' | 'kind' | 'language'>,
    kind: 'invitation' | 'new-link',
  ): Promise<void> => {
    if (!(await tellLink(tx, messenger, taken, seat, kind)))
      throw new DomainError('not_found', { kind: 'seat' });
  };

  return {
    admit: onSeat(acts.admit),
    refuse: onSeat(acts.refuse),
    byPhone: onSeat(acts.byPhone),

    /**
     * A link to one's own page.
     *
     * @returns the link
     * @throws DomainError not_found, no_call; not_allowed for whoever has no seat
     */
    start: async (
      tx: Tx,
      actor: Actor,
      visitId: string,
      agenda: string | null | undefined,
    ): Promise<{ readonly id: string; readonly expiresAt: Date }> => {
      const { call, seats, now } = await desk.takeForStaff(tx, actor, visitId);
      const own = seats.find(({ staffId, state }) => staffId === actor.staffId && state !== 'refused');
      if (own === undefined) throw new DomainError('not_allowed', { permission: 'calls:host' });
      if (agenda !== undefined) {
        const of = {
          municipalityId: actor.municipalityId,
          citizenId: call.citizenId,
          what: 'agenda',
          id: call.id,
        } as const;
        await setAgenda(tx, call.id, agenda === null ? null : await identities.sealForCall(tx, of, agenda));
        await bump(tx, call.id);
      }
      await revokeLinks(tx, [own.id], now);
      const link = {
        id: randomUUID(),
        seatId: own.id,
        singleUse: true,
        expiresAt: new Date(now.getTime() + openWithinMs),
        pinHash: null,
      };
      await insertLink(tx, link, now);
      return link;
    },

    /** @throws DomainError call_full */
    inviteGuest: async (tx: Tx, actor: Actor, visitId: string, wish: GuestWish): Promise<void> => {
      const taken = await desk.takeForStaff(tx, actor, visitId);
      const { call, seats, now } = taken;
      if (seats.filter(({ state }) => state !== 'refused').length >= mostSeats)
        throw new DomainError('call_full', { seats: mostSeats });
      const [id, address] = [randomUUID(), wish.email ?? wish.phone ?? ''];
      const seat = {
        id,
        callId: call.id,
        kind: 'guest',
        role: wish.role,
        staffId: null,
        language: wish.language,
      } as const;
      await insertSeat(
        tx,
        { ...seat, sealedAddress: await identities.sealForCall(tx, addressOf(actor, call, id), address) },
        now,
      );
      await visits.issueLink(tx, id, call.closesAt, now);
      await send(tx, taken, seat, 'invitation');
      await bump(tx, call.id);
    },

    /** @throws DomainError not_found for staff, who ask for a link themselves */
    sendLink: async (
      tx: Tx,
      actor: Actor,
      visitId: string,
      { seat: seatId, pin }: { readonly seat: string; readonly pin?: string | null | undefined },
    ): Promise<void> => {
      // It takes its time, and nobody at the call has to wait for it.
      const pinHash = typeof pin === 'string' ? await hashPin(pin) : pin;
      const taken = await desk.takeForStaff(tx, actor, visitId);
      const { call, seats, now } = taken;
      const seat = seatOf(seats, seatId);
      if (seat.staffId !== null) throw new DomainError('not_found', { kind: 'seat' });
      await visits.issueLink(tx, seat.id, call.closesAt, now, pinHash);
      if (seat.state === 'refused')
        await updateSeat(tx, seat.id, { state: 'invited', since: now, gone: null });
      await send(tx, taken, seat, 'new-link');
      await bump(tx, call.id);
    },

    revokeLink: async (tx: Tx, actor: Actor, visitId: string, seatId: string): Promise<void> => {
      const { call, seats, now } = await desk.takeForStaff(tx, actor, visitId);
      const seat = seatOf(seats, seatId);
      await revokeLinks(tx, [seat.id], now);
      // Who is on the telephone needs none.
      if (!seat.byPhone && (seat.state === 'waiting' || seat.state === 'admitted')) {
        if (seat.state === 'admitted') await orders.remove(tx, call.roomName, seat.id, now.toISOString());
        const gone = seat.state === 'admitted' ? 'removed' : seat.gone;
        await updateSeat(tx, seat.id, {
          ...noExchange,
          state: 'invited',
          since: now,
          waitingSince: null,
          gone,
        });
      }
      await bump(tx, call.id);
    },
  };
}
