import {
  CreateRoomRequest,
  DataPacket_Kind,
  DeleteRoomRequest,
  DeleteRoomResponse,
  ForwardParticipantRequest,
  ListParticipantsRequest,
  ListParticipantsResponse,
  ListRoomsRequest,
  ListRoomsResponse,
  MoveParticipantRequest,
  MuteRoomTrackRequest,
  MuteRoomTrackResponse,
  type ParticipantPermission,
  PerformRpcRequest,
  RemoveParticipantResponse,
  RoomParticipantIdentity,
  SendDataRequest,
  SendDataResponse,
  TrackSource,
  UpdateParticipantRequest,
  UpdateRoomMetadataRequest,
  UpdateSubscriptionsRequest,
  UpdateSubscriptionsResponse,
} from '@livekit/protocol';
import type { Limits } from '../limits.ts';
import { MediaError } from '../media-error.ts';
import type { Grants } from '../protocol/access.ts';
import type { TrackSourceName } from '../protocol/client-messages.ts';
import type { Rooms } from '../sfu/rooms.ts';
import { requireAdmin, requireCreate, requireDestination, requireList } from './caller.ts';
import { method, type TwirpService } from './twirp.ts';
import { invalidArgument, TwirpError } from './twirp-error.ts';

export const egressNotConnected = 'egress not connected (redis required)';

/** `livekit.RoomService`: each method asks for its grant, checks what it is given, and calls the rooms. */
export function roomService(rooms: Rooms, limits: Limits): TwirpService {
  return {
    CreateRoom: method(CreateRoomRequest, (request, caller) => {
      requireCreate(caller);
      if (request.egress !== undefined) throw new TwirpError('internal', egressNotConnected);
      if (request.name.length > limits.maxNameLength) {
        const max = `max length ${limits.maxNameLength}`;
        throw new TwirpError('invalid_argument', `room name length exceeds limits: ${max}`);
      }
      checkMetadata(request.metadata, limits);
      return rooms.create(request.name, {
        emptyTimeoutSeconds: unlessZero(request.emptyTimeout),
        departureTimeoutSeconds: unlessZero(request.departureTimeout),
        maxParticipants: unlessZero(request.maxParticipants),
        metadata: request.metadata === '' ? null : request.metadata,
        syncStreams: request.syncStreams ? true : null,
      });
    }),

    ListRooms: method(ListRoomsRequest, (request, caller) => {
      requireList(caller);
      return new ListRoomsResponse({ rooms: rooms.list(request.names) });
    }),

    DeleteRoom: method(DeleteRoomRequest, (request, caller) => {
      requireCreate(caller);
      rooms.remove(request.room);
      return new DeleteRoomResponse();
    }),

    ListParticipants: method(ListParticipantsRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      return new ListParticipantsResponse({
        participants: noneWhereMissing(() => rooms.participants(request.room)),
      });
    }),

    GetParticipant: method(RoomParticipantIdentity, (request, caller) => {
      requireAdmin(caller, request.room);
      return rooms.participant(request.room, request.identity);
    }),

    RemoveParticipant: method(RoomParticipantIdentity, (request, caller) => {
      requireAdmin(caller, request.room);
      rooms.removeParticipant(request.room, request.identity);
      return new RemoveParticipantResponse();
    }),

    MutePublishedTrack: method(MuteRoomTrackRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      const { room, identity, trackSid, muted } = request;
      return new MuteRoomTrackResponse({ track: rooms.muteTrack(room, identity, trackSid, muted) });
    }),

    UpdateParticipant: method(UpdateParticipantRequest, (request, caller) => {
      if (request.name.length > limits.maxNameLength) {
        throw invalidArgument('name length exceeds limits', String(limits.maxNameLength));
      }
      checkMetadata(request.metadata, limits);
      checkAttributes(request.attributes, limits);
      requireAdmin(caller, request.room);
      return rooms.updateParticipant(request.room, request.identity, {
        metadata: request.metadata === '' ? null : request.metadata,
        name: request.name === '' ? null : request.name,
        attributes: request.attributes,
        permission: request.permission === undefined ? null : grantsOf(request.permission),
      });
    }),

    UpdateSubscriptions: method(UpdateSubscriptionsRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      const trackSids = [
        ...new Set([
          ...request.trackSids,
          ...request.participantTracks.flatMap((participant) => participant.trackSids),
        ]),
      ];
      rooms.updateSubscriptions(request.room, request.identity, { trackSids, subscribe: request.subscribe });
      return new UpdateSubscriptionsResponse();
    }),

    SendData: method(SendDataRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      if (request.nonce.length !== 0 && request.nonce.length !== 16) {
        const got = `got: ${request.nonce.length} bytes`;
        throw new TwirpError('invalid_argument', `nonce should be 16-bytes or not present, ${got}`);
      }
      if (request.data.length > limits.maxDataBytes) {
        throw invalidArgument('data size exceeds limits', String(limits.maxDataBytes));
      }
      rooms.sendData(request.room, {
        kind: request.kind === DataPacket_Kind.LOSSY ? 'lossy' : 'reliable',
        payload: request.data,
        topic: request.topic ?? null,
        destinationIdentities: request.destinationIdentities,
        destinationSids: request.destinationSids,
        nonce: request.nonce,
      });
      return new SendDataResponse();
    }),

    UpdateRoomMetadata: method(UpdateRoomMetadataRequest, (request, caller) => {
      checkMetadata(request.metadata, limits);
      requireAdmin(caller, request.room);
      return rooms.updateMetadata(request.room, request.metadata);
    }),

    // LiveKit's open server has no implementation behind these two either.
    ForwardParticipant: method(ForwardParticipantRequest, (request, caller) => {
      requireDestination(caller, request.room, request.destinationRoom);
      throw notImplemented(request);
    }),
    MoveParticipant: method(MoveParticipantRequest, (request, caller) => {
      requireDestination(caller, request.room, request.destinationRoom);
      throw notImplemented(request);
    }),
    PerformRpc: method(PerformRpcRequest, (request, caller) => {
      requireAdmin(caller, request.room);
      if (request.destinationIdentity === '') {
        throw new TwirpError('invalid_argument', 'destination identity is required');
      }
      rooms.participant(request.room, request.destinationIdentity);
      throw new TwirpError('unimplemented', 'calling a participant from the server is not supported');
    }),
  };
}

function notImplemented(request: { readonly room: string; readonly destinationRoom: string }): TwirpError {
  return request.room === request.destinationRoom
    ? invalidArgument('destination room cannot be the same as source room', '')
    : new TwirpError('unknown', 'not implemented');
}

const unlessZero = (value: number): number | null => (value === 0 ? null : value);

/** LiveKit lists nobody in a room that does not exist. */
function noneWhereMissing<T>(list: () => T[]): T[] {
  try {
    return list();
  } catch (error) {
    if (error instanceof MediaError && error.code === 'not_found') return [];
    throw error;
  }
}

/** @throws TwirpError invalid_argument, which names the limit */
export function checkMetadata(metadata: string, limits: Limits): void {
  if (Buffer.byteLength(metadata) > limits.maxMetadataBytes) {
    throw invalidArgument('metadata size exceeds limits', String(limits.maxMetadataBytes));
  }
}

/** @throws TwirpError invalid_argument, which names the limit */
export function checkAttributes(attributes: Readonly<Record<string, string>>, limits: Limits): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > limits.maxAttributesBytes) {
    throw invalidArgument('attribute size exceeds limits', String(limits.maxAttributesBytes));
  }
}

const sources: Record<TrackSource, TrackSourceName> = {
  [TrackSource.UNKNOWN]: 'unknown',
  [TrackSource.CAMERA]: 'camera',
  [TrackSource.MICROPHONE]: 'microphone',
  [TrackSource.SCREEN_SHARE]: 'screen_share',
  [TrackSource.SCREEN_SHARE_AUDIO]: 'screen_share_audio',
};

/** A permission replaces the participant's whole set: what it leaves out is false. */
function grantsOf(permission: ParticipantPermission): Partial<Grants> {
  return {
    canSubscribe: permission.canSubscribe,
    canPublish: permission.canPublish,
    canPublishData: permission.canPublishData,
    canPublishSources: permission.canPublishSources.map((source) => sources[source] ?? 'unknown'),
    hidden: permission.hidden,
    canUpdateOwnMetadata: permission.canUpdateMetadata,
    canSubscribeMetrics: permission.canSubscribeMetrics,
  };
}
