// The seam between who is in a room (rooms, participants, grants, messages) and how media reaches them (SDP, transport,
// RTP). Above it nobody sees a packet; below it nobody sees a grant.
import type { ClientMessage, TrackKind, VideoQuality } from '../protocol/client-messages.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';

/** What a participant may send, as the link has to know it: which section of an offer belongs to which track. */
export interface AnnouncedTrack {
  readonly sid: string;
  readonly cid: string;
  readonly kind: TrackKind;
  readonly source: 'unknown' | 'camera' | 'microphone' | 'screen_share' | 'screen_share_audio';
  /** Preferred codec first (`vp8` …), empty where the client leaves it to us; further ones are backups with cids of their own. */
  readonly codecs: readonly { readonly codec: string; readonly cid: string }[];
  /** Announced layers: quality and size of each, for choosing by what the page shows. */
  readonly layers: readonly {
    readonly quality: VideoQuality;
    readonly width: number;
    readonly height: number;
  }[];
  readonly simulcast: boolean;
  readonly stereo: boolean;
  readonly disableDtx: boolean;
  readonly disableRed: boolean;
  /** Frames are end-to-end encrypted: never look for key frames by what is behind the payload descriptor alone. */
  readonly encrypted: boolean;
}

/** A published track as the media path has it. Made by the publisher's link, handed to the subscribers' links. */
export interface MediaSource {
  readonly trackSid: string;
  readonly kind: TrackKind;
  /** As TrackInfo has it: `video/VP8`, `audio/opus`. */
  readonly mimeType: string;
  /** 0 (loud) … 127 (silent) dBov of the last second's packets; 127 where nothing came (RFC 6464). */
  audioLevel(): number;
  /** Muted by the client or the server: nothing is forwarded, layers are not waited for. */
  setMuted(muted: boolean): void;
  readonly stats: SourceStats;
}

export interface SourceStats {
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly jitterMs: number;
  /** Layers that flowed during the last second. */
  readonly activeLayers: number;
  readonly bitsPerSecond: number;
}

/** One participant's view of one track; closed by `MediaLink.unsubscribe` or with the link. */
export interface MediaSink {
  readonly trackSid: string;
  /** What the page shows: the layer is chosen from it and from what the downlink bears. */
  configure(wish: {
    readonly disabled: boolean;
    readonly quality: VideoQuality;
    readonly width: number;
    readonly height: number;
    readonly fps: number;
    readonly priority: number;
  }): void;
  readonly stats: {
    readonly packets: number;
    readonly bytes: number;
    readonly forwardedQuality: VideoQuality | null;
    readonly wantedQuality: VideoQuality | null;
    readonly paused: boolean;
  };
}

/** For the quality told to participants and for the metrics. */
export interface LinkStats {
  readonly roundTripMs: number | null;
  /** Fractions 0…1 of the last seconds, as RTCP tells it. */
  readonly upstreamLoss: number;
  readonly downstreamLoss: number;
  readonly upstreamJitterMs: number;
  readonly downstreamJitterMs: number;
  /** What the downlink is thought to bear; null before anything is known. */
  readonly downlinkBitsPerSecond: number | null;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly nacksIn: number;
  readonly nacksOut: number;
  readonly keyFrameRequestsOut: number;
  /** Packets of SSRCs that no section of the client's offer explains: dropped. */
  readonly strayPackets: number;
}

export interface MediaLinkEvents {
  /** Answers, offers, trickled candidates, section requirements, subscribed qualities, stream states. */
  readonly send: (message: ServerMessage) => void;
  /** ICE and DTLS are through on every transport that the participant needs to be active. Called once. */
  readonly onConnected: () => void;
  /** The transport is lost for good, or what the client offered cannot be used. */
  readonly onFailed: (why: 'transport' | 'description', detail: string) => void;
  /** The client asks for what only a new connection can give (ICE restart): it has to come again from the start. */
  readonly onFullReconnectNeeded: () => void;
  /** The first packet of an announced track came. `mimeType` and `mid` belong into its TrackInfo. */
  readonly onTrackReady: (trackSid: string, source: MediaSource, mid: string) => void;
  /** The client stopped sending it (its section became inactive or was taken over by another track). */
  readonly onTrackGone: (trackSid: string) => void;
  /** A subscription is negotiated and media may flow; told to the publisher as `trackSubscribed`. */
  readonly onSubscribed: (trackSid: string) => void;
  readonly onSubscriptionFailed: (trackSid: string, why: 'codec' | 'limit') => void;
  /** A LiveKit DataPacket, not yet parsed. */
  readonly onData: (kind: 'reliable' | 'lossy', bytes: Buffer) => void;
}

export interface MediaLink {
  /** The first offer of a v0 server; nothing in v1. Call once after the join response is sent. */
  start(): void;
  receive(message: Extract<ClientMessage, { kind: 'offer' | 'answer' | 'trickle' }>): void;
  /** After `addTrack` was allowed; sections of offers before and after are matched to it. */
  announce(track: AnnouncedTrack): void;
  /** Unpublished by the server, or the grant is gone: packets are dropped from now on. */
  withdraw(trackSid: string): void;
  /** `stream` and `publisherSid` go into the msid, by which the client finds the participant. */
  subscribe(wish: {
    readonly source: MediaSource;
    readonly publisherSid: string;
    readonly stream: string;
  }): MediaSink;
  unsubscribe(trackSid: string): void;
  /** False where the channel is not open or, lossy, too full. */
  sendData(kind: 'reliable' | 'lossy', bytes: Uint8Array): boolean;
  /** The signal socket came back: repeats what may have been lost (an offer without its answer, section requirements). */
  resume(): void;
  /** A client that sends sound has not been heard for seconds, in nothing: its way to us is lost, only a new link helps. */
  readonly isSilent: boolean;
  /** What `simulate subscriberBandwidth` asks: as if the downlink bore no more; 0 ends it. */
  limitDownlink(bitsPerSecond: number): void;
  readonly stats: LinkStats;
  /** Once and for all: transports, timers, sources and sinks. */
  close(): void;
}

export interface MediaLinks {
  create(options: {
    readonly mode: 'v1' | 'v0';
    readonly participantSid: string;
    readonly events: MediaLinkEvents;
  }): MediaLink;
  /** Links not yet closed. */
  readonly openCount: number;
  close(): Promise<void>;
}
