import { randomBytes, randomUUID } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import type { Secret } from '../../config/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Database } from '../../storage/index.ts';
import type { Guest } from '../identity/index.ts';
import { assertGoesOn, type CallDesk } from './call-desk.ts';
import type { Entrance } from './call-enter.ts';
import type { RoomClient } from './room-client.ts';

/** Long enough to connect once. */
const tokenSeconds = 30;
/** Who tries again and again has learnt what there is to learn. */
const mostTries = 6;
const withinMs = 5 * 60_000;

/** What lets a page see whether sound and picture could pass: alone in a room of its own, it hears and sends nothing. */
export async function makeTrialToken(
  { apiKey, apiSecret }: { readonly apiKey: string; readonly apiSecret: Secret },
  roomName: string,
): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret.reveal(), { identity: randomUUID(), ttl: tokenSeconds });
  token.addGrant({
    room: roomName,
    roomJoin: true,
    canPublish: false,
    canPublishData: false,
    // What a connection is opened for by the server; there is nobody to hear.
    canSubscribe: true,
    canUpdateOwnMetadata: false,
    hidden: true,
  });
  return token.toJwt();
}

/** Counts in this process: several multiply what one may try, and nothing else comes of it. */
function createTries(clock: Clock) {
  const tries = new Map<string, readonly number[]>();
  /** @throws DomainError too_many_requests */
  return (seatId: string): void => {
    const now = clock.now().getTime();
    for (const [id, times] of tries) if (times.every((at) => now - at >= withinMs)) tries.delete(id);
    const own = (tries.get(seatId) ?? []).filter((at) => now - at < withinMs);
    const [first] = own;
    if (first !== undefined && own.length >= mostTries)
      throw new DomainError('too_many_requests', { seconds: Math.ceil((first + withinMs - now) / 1000) });
    tries.set(seatId, [...own, now]);
  };
}

export interface CallTryDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'read'>;
  readonly desk: CallDesk;
  readonly rooms: Pick<RoomClient, 'createTrialRoom'>;
  /** Null where calls run nowhere. */
  readonly entrance: Entrance | null;
}

/**
 * A room to try the network in, before anybody is let in anywhere: unguessable, for one, and gone a moment after. What the
 * media server tells of it is about no call and counts as nobody's presence.
 */
export function createCallTry({ clock, database, desk, rooms, entrance }: CallTryDeps) {
  const count = createTries(clock);
  /** @throws DomainError link_not_valid, link_in_use, no_call, too_many_requests, media_unavailable */
  return async (
    guest: Guest,
    { device }: { readonly device: string },
  ): Promise<{ readonly url: string; readonly token: string }> => {
    const { call } = await database.read(guest.municipalityId, (tx) => desk.look(tx, guest, device));
    assertGoesOn(call);
    if (entrance === null) throw new DomainError('media_unavailable');
    count(guest.seatId);
    const roomName = `t${randomBytes(15).toString('base64url')}`;
    await rooms.createTrialRoom(roomName);
    return { url: entrance.url(), token: await makeTrialToken(entrance, roomName) };
  };
}
