import {
  Codec,
  type ICEServer,
  JoinResponse,
  type ParticipantInfo,
  ReconnectResponse,
  type Room as RoomInfo,
  type ServerInfo,
} from '@livekit/protocol';
import type { Participant } from './participant.ts';

/** As LiveKit: a client that hears nothing for so long takes up its connection anew. */
const pingIntervalSeconds = 5;
const pingTimeoutSeconds = 15;

/** What the server forwards, video first and by how widely it is understood (an older Flutter client needs that order). */
export const publishCodecs: readonly string[] = [
  'video/VP8',
  'video/H264',
  'video/VP9',
  'video/AV1',
  'audio/opus',
];

export interface ServerFacts {
  readonly serverInfo: ServerInfo;
  readonly iceServers: () => ICEServer[];
}

export function joinResponse(
  facts: ServerFacts,
  room: RoomInfo,
  participant: Participant,
  others: ParticipantInfo[],
  sifTrailer: Uint8Array<ArrayBuffer>,
): JoinResponse {
  return new JoinResponse({
    room,
    participant: participant.info,
    otherParticipants: others,
    iceServers: facts.iceServers(),
    subscriberPrimary: participant.wish.mode === 'v0',
    pingInterval: pingIntervalSeconds,
    pingTimeout: pingTimeoutSeconds,
    serverInfo: facts.serverInfo,
    serverVersion: facts.serverInfo.version,
    serverRegion: facts.serverInfo.region,
    sifTrailer,
    enabledPublishCodecs: publishCodecs.map((mime) => new Codec({ mime })),
    fastPublish: participant.grants.canPublish,
  });
}

export function reconnectResponse(facts: ServerFacts, participant: Participant): ReconnectResponse {
  return new ReconnectResponse({
    iceServers: facts.iceServers(),
    serverInfo: facts.serverInfo,
    lastMessageSeq: participant.lastReliableSequence,
  });
}
