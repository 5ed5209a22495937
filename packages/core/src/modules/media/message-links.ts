import type { Clock } from '../../kernel/clock.ts';
import type { Tx } from '../../storage/index.ts';
import type { Identities } from '../citizens/index.ts';
import type { Links } from './link.ts';
import { findLinkOfSeat } from './link-store.ts';
import { findCallOfVisit, getSeats, readSealedAddress } from './store.ts';

export interface MessageLinksDeps {
  readonly clock: Clock;
  readonly links: Pick<Links, 'urlOf'>;
  readonly identities: Pick<Identities, 'openForCall'>;
}

/** What a message needs of a call at the moment it is written. */
export function createMessageLinks({ clock, links, identities }: MessageLinksDeps) {
  return {
    /** The link that lets a seat, or the citizen's own where none is named, into the call now; null where none does. */
    linkFor: async (
      tx: Tx,
      { visitId, seatId }: { readonly visitId: string; readonly seatId: string | null },
    ): Promise<string | null> => {
      const call = await findCallOfVisit(tx, visitId);
      if (call === null || call.endedAt !== null) return null;
      const seat = (await getSeats(tx, call.id)).find(({ id, kind }) =>
        seatId === null ? kind === 'citizen' : id === seatId,
      );
      const link = seat === undefined ? null : await findLinkOfSeat(tx, seat.id);
      return link === null || link.expiresAt <= clock.now() ? null : links.urlOf(link.id);
    },

    /** Where a guest was invited; null once that is forgotten. */
    addressOfSeat: async (
      tx: Tx,
      {
        municipalityId,
        citizenId,
        seatId,
        sealed: kept,
      }: {
        readonly municipalityId: string;
        readonly citizenId: string;
        readonly seatId: string;
        readonly sealed: Uint8Array | null;
      },
    ): Promise<string | null> => {
      const sealed = kept ?? (await readSealedAddress(tx, seatId));
      if (sealed === null) return null;
      return identities.openForCall(
        tx,
        { municipalityId, citizenId, what: 'guest-address', id: seatId },
        sealed,
      );
    },
  };
}
