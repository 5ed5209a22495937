import type { CallPage } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Database } from '../../storage/index.ts';
import type { Guest } from '../identity/index.ts';
import type { CallDesk } from './call-desk.ts';
import type { CallShow } from './call-show.ts';
import { freshSeat } from './call-visits.ts';
import { assertHolds, assertMayOpen, hashDevice, mostWrongPins } from './device-lock.ts';
import { findLink, updateLink } from './link-store.ts';
import { isPin } from './pin.ts';
import type { BumpCall } from './record.ts';
import type { RoomOrders } from './room-client-orders.ts';
import { getSeats, lockCall, updateSeat } from './store.ts';

export interface CallOpenDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly desk: Pick<CallDesk, 'sit'>;
  readonly show: CallShow;
  readonly orders: Pick<RoomOrders, 'remove'>;
  readonly bump: BumpCall;
}

export interface OpenBody {
  readonly device: string;
  readonly pin?: string | undefined;
  readonly takeOver: boolean;
}

/** Opens a link: the first browser keeps it for itself. */
export function createCallOpen({ clock, database, desk, show, orders, bump }: CallOpenDeps) {
  /** Comparing a code takes long on purpose, so it is done before anything is held: whether it fits which kept one. */
  const tryPin = async ({ municipalityId, linkId }: Guest, pin: string) => {
    const link = await database.read(municipalityId, (tx) => findLink(tx, linkId));
    const pinHash = link?.pinHash ?? null;
    return { pinHash, fits: pinHash !== null && (await isPin(pin, pinHash)) };
  };

  /** @throws DomainError link_not_valid, link_pin, link_in_use */
  return async (guest: Guest, { device, pin, takeOver }: OpenBody): Promise<CallPage> => {
    const tried = pin === undefined ? null : await tryPin(guest, pin);
    // What a wrong code counts must be kept although the answer is a refusal, so it is thrown after commit.
    const opened = await database.write(guest.municipalityId, async (tx): Promise<CallPage | DomainError> => {
      const call = await lockCall(tx, guest.callId);
      const [link, now] = [await findLink(tx, guest.linkId), clock.now()];
      assertHolds(link, call, now);
      const seats = await getSeats(tx, call.id);
      const taken = desk.sit({ call, seats, now }, guest);
      const hash = hashDevice(device);
      const how = assertMayOpen(link, taken.me, hash, takeOver, now);
      if (how !== 'same' && link.pinHash !== null) {
        // Also where the code was changed in this moment: the page asks for it anew.
        if (tried === null || tried.pinHash?.equals(link.pinHash) !== true)
          return new DomainError('link_pin');
        if (!tried.fits) {
          const wrongPins = link.wrongPins + 1;
          const isLast = wrongPins >= mostWrongPins;
          await updateLink(tx, { ...link, wrongPins, revokedAt: isLast ? now : null });
          return new DomainError(isLast ? 'link_not_valid' : 'link_pin');
        }
      }
      await updateLink(tx, {
        ...link,
        deviceHash: hash,
        deviceSeenAt: now,
        // A worker's link was good for two minutes; once it is open it is as good as the call.
        expiresAt: link.singleUse ? call.closesAt : link.expiresAt,
        wrongPins: 0,
      });
      // Another device than the one that was let in: the host is asked again.
      const { me } = taken;
      if (how === 'over' && (me.state === 'waiting' || me.state === 'admitted')) {
        if (me.state === 'admitted') await orders.remove(tx, call.roomName, me.id, now.toISOString());
        await updateSeat(tx, me.id, { ...freshSeat, since: now });
        await bump(tx, call.id);
      }
      return show.page(tx, taken);
    });
    if (opened instanceof DomainError) throw opened;
    return opened;
  };
}
