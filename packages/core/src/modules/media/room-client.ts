import { ParticipantInfo_State, RoomServiceClient } from 'livekit-server-sdk';
import type { Secret } from '../../config/index.ts';
import { DomainError } from '../../kernel/errors.ts';

/** How core reaches the media server beside it, or a LiveKit elsewhere. */
export interface MediaAccess {
  readonly apiKey: string;
  readonly apiSecret: Secret;
  /** Address of its administration, `http:` or `https:`; null while it is down. */
  readonly url: () => string | null;
}

/** One whom the media server says is in a room. */
export interface Listed {
  readonly seatId: string;
  /** The media server's id of the connection. */
  readonly participant: string;
  /** Sound and picture got through; before that nobody is together with anybody. */
  readonly isActive: boolean;
  /** Null where it was not told. */
  readonly joinedAt: Date | null;
}

/**
 * Rooms on the media server. Each of these is a call over the network: never within a transaction.
 *
 * @throws DomainError media_unavailable when there is no answer in time, or no good one
 */
export interface RoomClient {
  /** Makes a room, or does nothing where it is there already. */
  createRoom(roomName: string): Promise<void>;
  /** Makes a room for one who tries the network; it ends by itself a moment after. */
  createTrialRoom(roomName: string): Promise<void>;
  /** Ends a room for everybody in it; one that is gone is gone. */
  deleteRoom(roomName: string): Promise<void>;
  /** Sends somebody out of a room; who is not there is not there. */
  removeParticipant(roomName: string, identity: string): Promise<void>;
  /** Who is in a room now; nobody is in a room that is not there. */
  listParticipants(roomName: string): Promise<readonly Listed[]>;
}

/** Somebody waits at the page meanwhile. */
const answerSeconds = 4;
/** Who comes first waits at most so long for the other before the room ends. */
const emptySeconds = 300;
/** A room outlives that everybody drops out at once: who comes back finds it as it was. */
const departureSeconds = 300;
const mostParticipants = 8;
/** A try takes seconds; whoever does not come at once does not come. */
const trialSeconds = 30;

/** @param access of our media server as of LiveKit: both speak LiveKit's server API */
export function createRoomClient({ apiKey, apiSecret, url }: MediaAccess): RoomClient {
  const ask = async <Result>(work: (client: RoomServiceClient) => Promise<Result>): Promise<Result> => {
    const host = url();
    if (host === null) throw new DomainError('media_unavailable');
    try {
      const options = { requestTimeout: answerSeconds, failover: false };
      return await work(new RoomServiceClient(host, apiKey, apiSecret.reveal(), options));
    } catch (cause) {
      throw new DomainError('media_unavailable', {}, { cause });
    }
  };
  return {
    createRoom: async (name) => {
      await ask((client) =>
        client.createRoom({
          name,
          emptyTimeout: emptySeconds,
          departureTimeout: departureSeconds,
          maxParticipants: mostParticipants,
        }),
      );
    },
    createTrialRoom: async (name) => {
      await ask((client) =>
        client.createRoom({ name, emptyTimeout: trialSeconds, departureTimeout: 1, maxParticipants: 1 }),
      );
    },
    deleteRoom: (name) => ask((client) => client.deleteRoom(name).catch(unlessMissing(undefined))),
    removeParticipant: (name, identity) =>
      ask((client) => client.removeParticipant(name, identity).catch(unlessMissing(undefined))),
    listParticipants: async (name) => {
      const found = await ask((client) => client.listParticipants(name).catch(unlessMissing([])));
      return found.map(({ identity, sid, state, joinedAt, joinedAtMs }): Listed => {
        const joinedMs = Number(joinedAtMs) || Number(joinedAt) * 1000;
        return {
          seatId: identity,
          participant: sid,
          isActive: state === ParticipantInfo_State.ACTIVE,
          joinedAt: joinedMs === 0 ? null : new Date(joinedMs),
        };
      });
    },
  };
}

const unlessMissing =
  <Instead>(instead: Instead) =>
  (error: unknown): Instead => {
    if (error instanceof Error && 'code' in error && error.code === 'not_found') return instead;
    throw error;
  };
