import { AccessToken, TrackSource } from 'livekit-server-sdk';
import type { Secret } from '../../config/index.ts';
import type { CallEncryption } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Database } from '../../storage/index.ts';
import type { Guest } from '../identity/index.ts';
import { assertGoesOn, type CallDesk, type TakenSeat, wrongSeatState } from './call-desk.ts';
import type { BumpCall } from './record.ts';
import type { RoomClient } from './room-client.ts';
import { updateCall, updateSeat } from './store.ts';

/** Long enough to connect; who drops out asks for another. */
const tokenSeconds = 120;
const sources = [
  TrackSource.CAMERA,
  TrackSource.MICROPHONE,
  TrackSource.SCREEN_SHARE,
  TrackSource.SCREEN_SHARE_AUDIO,
];

export interface Entrance {
  readonly apiKey: string;
  readonly apiSecret: Secret;
  /** Where pages reach signalling, `ws:` or `wss:`. */
  readonly url: () => string;
}

/** What lets a seat into its room: nothing of who they are, no administration, no other room (LiveKit, access tokens). */
export async function makeRoomToken(
  { apiKey, apiSecret }: Pick<Entrance, 'apiKey' | 'apiSecret'>,
  seatId: string,
  roomName: string,
): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret.reveal(), { identity: seatId, ttl: tokenSeconds });
  token.addGrant({
    room: roomName,
    roomJoin: true,
    canPublish: true,
    canPublishSources: sources,
    canSubscribe: true,
    canPublishData: true,
    canUpdateOwnMetadata: false,
    hidden: false,
  });
  return token.toJwt();
}

/**
 * How the call is encrypted once this seat is in. It is in transit as soon as one cannot do better, and never goes back by
 * itself: whoever was told that others could listen must not be told otherwise without starting anew.
 */
export const encryptionWith = (
  before: CallEncryption | null,
  wish: CallEncryption,
  canEncrypt: boolean | null,
): CallEncryption =>
  before === 'in-transit' || wish === 'in-transit' || canEncrypt !== true ? 'in-transit' : 'end-to-end';

export interface CallEnterDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly desk: CallDesk;
  readonly bump: BumpCall;
  readonly rooms: Pick<RoomClient, 'createRoom'>;
  /** Null where calls run nowhere. */
  readonly entrance: Entrance | null;
}

/** Lets those who are admitted into the room, which is made first. */
export function createCallEnter({ database, desk, bump, rooms, entrance }: CallEnterDeps) {
  const assertMay = ({ call, me }: TakenSeat): void => {
    assertGoesOn(call);
    if (me.state !== 'admitted' || me.byPhone) throw wrongSeatState(me);
  };
  /** @throws DomainError link_not_valid, link_in_use, no_call, seat_state, media_unavailable */
  return async (
    guest: Guest,
    { device, encryption }: { readonly device: string; readonly encryption: CallEncryption },
  ): Promise<{ readonly url: string; readonly token: string; readonly identity: string }> => {
    const { municipalityId } = guest;
    const { call } = await database.read(municipalityId, async (tx) => {
      const seen = await desk.look(tx, guest, device);
      assertMay(seen);
      return seen;
    });
    if (entrance === null) throw new DomainError('media_unavailable');
    await rooms.createRoom(call.roomName);
    // Between the two they may have been turned away.
    const taken = await database.write(municipalityId, async (tx) => {
      const held = await desk.take(tx, guest, device);
      assertMay(held);
      const now = encryptionWith(held.call.encryption, encryption, held.me.canEncrypt);
      const isBack = held.me.gone !== null;
      // Who had vanished is given the key in use now, which may be another than they had.
      if (isBack) await updateSeat(tx, held.me.id, { gone: null });
      if (now !== held.call.encryption) await updateCall(tx, held.call.id, { encryption: now }, held.now);
      if (isBack || now !== held.call.encryption) await bump(tx, held.call.id);
      return held;
    });
    const token = await makeRoomToken(entrance, guest.seatId, taken.call.roomName);
    return { url: entrance.url(), token, identity: guest.seatId };
  };
}
