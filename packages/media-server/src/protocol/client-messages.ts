// What a client may say over signalling, as a union of our own: the wire's messages are parsed and bounded into it
// before anything uses them (source: livekit_rtc.proto of @livekit/protocol 1.52).
import type { ClientInfo_Capability, DisconnectReason, TrackInfo } from '@livekit/protocol';

export type TrackKind = 'audio' | 'video';
export type TrackSourceName = 'unknown' | 'camera' | 'microphone' | 'screen_share' | 'screen_share_audio';
/** The layer a subscriber asks for at most; LiveKit's VideoQuality without OFF, which is `disabled`. */
export type VideoQuality = 0 | 1 | 2;

export interface SessionDescription {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
  /** Counts offers of one side, so that answers can be matched; 0 where the client does not count. */
  readonly id: number;
  /** v1 offers may carry it: mid to the cid of the local track in it. */
  readonly midToTrackId: Readonly<Record<string, string>>;
}

/** A track the client wants to publish. `info` holds what the client may say of it, bounded; sid, mid, codec are ours. */
export interface TrackRequest {
  readonly cid: string;
  readonly kind: TrackKind;
  readonly source: TrackSourceName;
  /** Set when the client asks to republish under an existing sid (an unmuted replacement); empty otherwise. */
  readonly sid: string;
  /** Codecs with the cid of each, first the preferred one: `vp8`, `h264`, `vp9`, `av1`, `opus`, `red`. */
  readonly simulcastCodecs: readonly { readonly codec: string; readonly cid: string }[];
  /** Name, muted, width, height, layers, stream, encryption, stereo, disableDtx, disableRed, audioFeatures, backupCodecPolicy, … */
  readonly info: TrackInfo;
}

export interface TrackPermission {
  readonly participantSid: string;
  readonly participantIdentity: string;
  readonly allTracks: boolean;
  readonly trackSids: readonly string[];
}

export type ClientMessage =
  | { readonly kind: 'offer' | 'answer'; readonly description: SessionDescription }
  | {
      readonly kind: 'trickle';
      readonly target: 'publisher' | 'subscriber';
      /** `candidate:…`; null where it only says that there are no more. */
      readonly candidate: string | null;
    }
  | { readonly kind: 'addTrack'; readonly request: TrackRequest }
  | { readonly kind: 'mute'; readonly trackSid: string; readonly muted: boolean }
  | { readonly kind: 'subscription'; readonly trackSids: readonly string[]; readonly subscribe: boolean }
  | {
      readonly kind: 'trackSetting';
      readonly trackSids: readonly string[];
      readonly disabled: boolean;
      readonly quality: VideoQuality;
      /** Pixels shown on the page; 0 where it does not say and `quality` counts. */
      readonly width: number;
      readonly height: number;
      /** 0 where any. */
      readonly fps: number;
      /** Higher goes first when the downlink is short; 0 where the client does not say. */
      readonly priority: number;
    }
  | { readonly kind: 'leave'; readonly reason: DisconnectReason }
  | {
      readonly kind: 'subscriptionPermission';
      readonly allParticipants: boolean;
      readonly trackPermissions: readonly TrackPermission[];
    }
  | {
      readonly kind: 'syncState';
      readonly offer: SessionDescription | null;
      readonly answer: SessionDescription | null;
      /** With auto-subscribe the tracks NOT wanted, without it those wanted: `subscribe` tells which. */
      readonly subscription: { readonly trackSids: readonly string[]; readonly subscribe: boolean } | null;
      readonly publishTracks: readonly { readonly cid: string; readonly trackSid: string }[];
      readonly disabledTrackSids: readonly string[];
    }
  | { readonly kind: 'simulate'; readonly scenario: SimulatedScenario }
  | { readonly kind: 'ping'; readonly timestamp: bigint }
  | { readonly kind: 'pingReq'; readonly timestamp: bigint; readonly rtt: bigint }
  | {
      readonly kind: 'updateMetadata';
      readonly requestId: number;
      readonly name: string;
      readonly metadata: string;
      /** An empty value deletes the key. */
      readonly attributes: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'updateAudioTrack'; readonly trackSid: string; readonly features: readonly number[] }
  | {
      readonly kind: 'updateVideoTrack';
      readonly trackSid: string;
      readonly width: number;
      readonly height: number;
    }
  /** Known to the protocol, not to us (data tracks, deprecated layers): answered as LiveKit does, or ignored. */
  | { readonly kind: 'unsupported'; readonly case: string; readonly requestId: number };

/** What `room.simulateScenario` of the client asks the server to act out; `speakers` in seconds. */
export type SimulatedScenario =
  | { readonly kind: 'speakers'; readonly seconds: number }
  | { readonly kind: 'nodeFailure' | 'migration' | 'serverLeave' | 'disconnectSignalOnResume' }
  | { readonly kind: 'disconnectSignalOnResumeNoMessages' | 'leaveRequestFullReconnect' }
  | { readonly kind: 'candidateProtocol'; readonly protocol: 'udp' | 'tcp' | 'tls' }
  | { readonly kind: 'subscriberBandwidth'; readonly bitsPerSecond: number };

/** How the client came in: what the two join paths and their parameters say, in one shape. */
export interface JoinWish {
  /** v1: one peer connection, the client always offers. v0: publisher and subscriber each have their own. */
  readonly mode: 'v1' | 'v0';
  readonly reconnect: boolean;
  /** The sid the client had, when it reconnects; empty otherwise. */
  readonly participantSid: string;
  readonly reconnectReason: number;
  readonly autoSubscribe: boolean;
  readonly autoSubscribeDataTrack: boolean;
  readonly adaptiveStream: boolean;
  /** Client's own metadata and attributes at join: taken only where the token lets it update its own. */
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly client: {
    readonly sdk: string;
    readonly version: string;
    readonly protocol: number;
    readonly os: string;
    readonly browser: string;
    readonly browserVersion: string;
    readonly deviceModel: string;
    /** What it can do with other clients, which are told: larger procedure calls from 1 on, trailers, compression. */
    readonly clientProtocol: number;
    readonly capabilities: readonly ClientInfo_Capability[];
  };
  readonly addTrackRequests: readonly TrackRequest[];
  readonly publisherOffer: SessionDescription | null;
  readonly syncState: Extract<ClientMessage, { kind: 'syncState' }> | null;
}
