import type { CallEncryption } from '@naer/core/contract/call-codes';
import type { Bytes } from '../keys/bytes.ts';
import type { EndReason, PictureSource, Quality } from './state.ts';

/** A picture or sound as it can be had now. */
export interface TrackView {
  /** Of the track itself; a new one after the connection was made anew. */
  readonly id: string;
  readonly muted: boolean;
  /** The server has paused it, or it has not come yet. */
  readonly live: boolean;
  readonly encrypted: boolean;
}

export interface OtherView {
  readonly identity: string;
  readonly camera: TrackView | null;
  readonly screen: TrackView | null;
  readonly microphone: TrackView | null;
  readonly speaking: boolean;
  readonly quality: Quality;
}

export interface OwnTrackView {
  readonly id: string;
  readonly deviceId: string | null;
  /** Where a camera looks; null where the device does not know, as on a PC. */
  readonly facing: 'user' | 'environment' | null;
  /** The device went away while it was in use. */
  readonly ended: boolean;
}

/** Everything of a room that a page shows, read at one moment. */
export interface RoomView {
  readonly state: 'disconnected' | 'connecting' | 'connected' | 'reconnecting';
  readonly others: readonly OtherView[];
  readonly camera: OwnTrackView | null;
  readonly microphone: OwnTrackView | null;
  readonly screen: OwnTrackView | null;
  readonly quality: Quality;
  readonly encrypting: boolean;
  readonly mayPlay: boolean;
}

export interface RoomEvents {
  /** Something may be different; read again. */
  changed(): void;
  /** The room is left for good: by whom, or `vanished`. */
  ended(reason: EndReason): void;
  text(from: string, text: string): void;
  /** Of the weekly plan; see plan/together.ts. */
  plan(from: string, text: string): void;
  /** Frames of somebody came that the key does not fit. */
  undecodable(identity: string): void;
}

/** The media library as far as a call needs it; livekit.ts is the one over livekit-client. */
export interface MediaRoom {
  read(): RoomView;
  listen(events: RoomEvents): void;
  /** Throws `RoomFailure`. */
  connect(url: string, token: string): Promise<void>;
  /** Goes for a moment; `ended` is not told. */
  disconnect(): Promise<void>;
  /** Each throws what the browser throws. */
  setCamera(
    on: boolean,
    wish: { deviceId?: string | undefined; facing: 'user' | 'environment' },
  ): Promise<void>;
  turnCamera(facing: 'user' | 'environment'): Promise<void>;
  setMicrophone(on: boolean, deviceId?: string): Promise<void>;
  setSharing(on: boolean): Promise<void>;
  chooseDevice(kind: 'camera' | 'microphone' | 'loudspeaker', id: string): Promise<void>;
  /** Only safe while not connected. */
  setEncryption(encryption: CallEncryption): Promise<void>;
  setKey(epoch: number, key: Bytes): Promise<void>;
  sendText(text: string): Promise<void>;
  sendPlan(text: string): Promise<void>;
  startSound(): Promise<void>;
  /** Does nothing where there is no such picture; gives back what ends it. */
  show(element: HTMLVideoElement, identity: string | null, source: PictureSource): () => void;
  /** Of every track that is sent or received. `identity` is null for one's own. */
  stats(): Promise<readonly TrackStats[]>;
  /** Lets go of everything; it cannot be used again. */
  close(): void;
}

export interface TrackStats {
  readonly identity: string | null;
  readonly kind: 'audio' | 'video';
  readonly entries: readonly StatsEntry[];
}

/** One entry of an RTCStatsReport (W3C webrtc-stats), as far as it is read. */
export interface StatsEntry {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** Why one could not come in: `signalling` was not reached, or it was and no media came through (`media`). */
export class RoomFailure extends Error {
  readonly at: 'signalling' | 'media';
  constructor(at: 'signalling' | 'media', cause: unknown) {
    super(`no connection: ${at}`, { cause });
    this.name = 'RoomFailure';
    this.at = at;
  }
}
