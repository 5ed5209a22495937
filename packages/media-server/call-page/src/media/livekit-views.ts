import {
  ConnectionQuality,
  ConnectionState,
  DisconnectReason,
  type LocalTrackPublication,
  type RemoteTrackPublication,
  Track,
} from 'livekit-client';
import type { OwnTrackView, RoomView, TrackView } from './room.ts';
import type { EndReason, Quality } from './state.ts';

export const qualities: Record<ConnectionQuality, Quality> = {
  [ConnectionQuality.Excellent]: 'good',
  [ConnectionQuality.Good]: 'good',
  [ConnectionQuality.Poor]: 'poor',
  [ConnectionQuality.Lost]: 'lost',
  // Nobody has measured yet.
  [ConnectionQuality.Unknown]: 'good',
};

export const ends: Partial<Record<DisconnectReason, EndReason>> = {
  [DisconnectReason.CLIENT_INITIATED]: 'hung-up',
  [DisconnectReason.DUPLICATE_IDENTITY]: 'elsewhere',
  [DisconnectReason.PARTICIPANT_REMOVED]: 'removed',
  [DisconnectReason.ROOM_DELETED]: 'call-ended',
  [DisconnectReason.ROOM_CLOSED]: 'call-ended',
};

export function stateOf(state: ConnectionState): RoomView['state'] {
  switch (state) {
    case ConnectionState.Connected:
      return 'connected';
    case ConnectionState.Connecting:
      return 'connecting';
    case ConnectionState.Disconnected:
      return 'disconnected';
    default:
      return 'reconnecting';
  }
}

export function trackView(publication: RemoteTrackPublication | undefined): TrackView | null {
  const track = publication?.track;
  if (publication === undefined || track === undefined) return null;
  return {
    id: track.mediaStreamTrack.id,
    muted: publication.isMuted,
    live: !publication.isMuted && track.streamState === Track.StreamState.Active,
    encrypted: publication.isEncrypted,
  };
}

export function ownView(publication: LocalTrackPublication | undefined): OwnTrackView | null {
  const track = publication?.track?.mediaStreamTrack;
  if (publication === undefined || track === undefined || publication.isMuted) return null;
  const { deviceId, facingMode } = track.getSettings();
  return {
    id: track.id,
    deviceId: deviceId ?? null,
    facing: facingMode === 'user' || facingMode === 'environment' ? facingMode : null,
    ended: track.readyState === 'ended',
  };
}
