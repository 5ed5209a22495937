import { seatStateWords } from '../../contract/call-words.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import { type Actor, allows, type Guest } from '../identity/index.ts';
import { getVisit, getVisits, type VisitRow, visitsPolicy } from '../visits/index.ts';
import { assertHolds, hashDevice, isDevice } from './device-lock.ts';
import { findLink, markSeen } from './link-store.ts';
import {
  type CallRow,
  findCallOfVisit,
  getCall,
  getSeats,
  hasOwnSeat,
  lockCall,
  type SeatRow,
} from './store.ts';

/** A call in hand, as whoever acts on it finds it. */
export interface Taken {
  readonly call: CallRow;
  readonly seats: readonly SeatRow[];
  readonly now: Date;
}

/** The same, taken by one who has a seat in it. */
export interface TakenSeat extends Taken {
  readonly guest: Guest;
  readonly me: SeatRow;
}

export type CallDesk = ReturnType<typeof createCallDesk>;

/** A call that was only looked at, with whether its page was said to be there a moment ago. */
export interface LookedAt extends TakenSeat {
  readonly seenLately: boolean;
}

/** Seen is written so often at most: a page that asks every few seconds costs no write each time. */
const seenGrainMs = 5_000;
const isSeenLately = ({ deviceSeenAt }: { readonly deviceSeenAt: Date | null }, now: Date): boolean =>
  deviceSeenAt !== null && now.getTime() - deviceSeenAt.getTime() < seenGrainMs;

export const isOver = ({ state }: Pick<CallRow, 'state'>): boolean => state === 'ended' || state === 'failed';

/** @throws DomainError no_call */
export function assertGoesOn(call: Pick<CallRow, 'state'>): void {
  if (isOver(call)) throw new DomainError('no_call');
}

/** @throws DomainError not_found */
export function seatOf(seats: readonly SeatRow[], id: string): SeatRow {
  const seat = seats.find((one) => one.id === id);
  if (seat === undefined) throw new DomainError('not_found', { kind: 'seat' });
  return seat;
}

export function wrongSeatState({ state }: Pick<SeatRow, 'state'>): DomainError {
  const [da, en] = seatStateWords[state];
  return new DomainError('seat_state', { state_da: da, state_en: en });
}

/** Only the host's page does this; for others it is as if it were not there. @throws DomainError not_allowed */
export function assertHost({ isHost }: Pick<Guest, 'isHost'>): void {
  if (!isHost) throw new DomainError('not_allowed', { permission: 'calls:host' });
}

/** What every act on a call begins with: who may, and holding it. */
export function createCallDesk({ clock }: { readonly clock: Clock }) {
  const sit = (taken: Taken, guest: Guest): TakenSeat => {
    const me = taken.seats.find(({ id }) => id === guest.seatId);
    if (me === undefined) throw new DomainError('link_not_valid');
    return { ...taken, guest, me };
  };

  /** By its own calendar, by somebody who takes part, or by who may plan for others. */
  const findForStaff = async (
    tx: ReadTx,
    actor: Actor,
    visitId: string,
  ): Promise<{ readonly visit: VisitRow; readonly call: CallRow }> => {
    // Who was asked to take part may know of the call, although the citizen is not near them otherwise.
    const [own] = (await hasOwnSeat(tx, visitId, actor.staffId)) ? await getVisits(tx, [visitId]) : [];
    const visit = own ?? (await getVisit(tx, actor, visitId));
    const call = await findCallOfVisit(tx, visitId);
    if (call === null) throw new DomainError('no_call');
    return { visit, call };
  };

  return {
    findForStaff,

    /**
     * For staff, who may see the visit.
     *
     * @throws DomainError not_found, no_call; not_allowed for those who neither take part nor may plan for others
     */
    takeForStaff: async (
      tx: Tx,
      actor: Actor,
      visitId: string,
    ): Promise<Taken & { readonly visit: VisitRow }> => {
      const { visit, call } = await findForStaff(tx, actor, visitId);
      const held = await lockCall(tx, call.id);
      const seats = await getSeats(tx, call.id);
      const takesPart = seats.some(({ staffId, state }) => staffId === actor.staffId && state !== 'refused');
      if (!takesPart && !allows(visitsPolicy, actor, 'visits:write-for-others'))
        throw new DomainError('not_allowed', { permission: 'visits:write-for-others' });
      assertGoesOn(held);
      return { call: held, seats, visit, now: clock.now() };
    },

    /**
     * For a page that has opened its link; says that it was seen.
     *
     * @param device what the browser keeps
     * @throws DomainError link_not_valid, link_in_use
     */
    take: async (tx: Tx, guest: Guest, device: string): Promise<TakenSeat> => {
      const call = await lockCall(tx, guest.callId);
      const [link, now] = [await findLink(tx, guest.linkId), clock.now()];
      assertHolds(link, call, now);
      if (!isDevice(link, hashDevice(device))) throw new DomainError('link_in_use');
      if (!isSeenLately(link, now)) await markSeen(tx, link.id, link.deviceHash, now);
      return sit({ call, seats: await getSeats(tx, call.id), now }, guest);
    },

    /** The same to look only. @throws DomainError link_not_valid, link_in_use */
    look: async (tx: ReadTx, guest: Guest, device: string): Promise<LookedAt> => {
      const [call, link, now] = [
        await getCall(tx, guest.callId),
        await findLink(tx, guest.linkId),
        clock.now(),
      ];
      assertHolds(link, call, now);
      if (!isDevice(link, hashDevice(device))) throw new DomainError('link_in_use');
      const taken = sit({ call, seats: await getSeats(tx, call.id), now }, guest);
      return { ...taken, seenLately: isSeenLately(link, now) };
    },

    /** Says that the page of a link is there, and holds nothing. @throws DomainError link_not_valid, link_in_use */
    markSeen: async (tx: Tx, guest: Guest, device: string): Promise<void> => {
      const [call, link, now] = [
        await getCall(tx, guest.callId),
        await findLink(tx, guest.linkId),
        clock.now(),
      ];
      assertHolds(link, call, now);
      if (!isDevice(link, hashDevice(device))) throw new DomainError('link_in_use');
      if (!isSeenLately(link, now)) await markSeen(tx, link.id, link.deviceHash, now);
    },

    sit,
  };
}
