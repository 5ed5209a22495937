import { AudioTrackFeature, type TrackInfo } from '@livekit/protocol';
import type { TrackRequest } from '../protocol/client-messages.ts';
import type { MediaSource } from './link.ts';

export type TrackState =
  /** Announced, and told its sid; no media yet, and nobody else knows of it. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'published'; readonly source: MediaSource }
  | { readonly kind: 'closed' };

/** Whose a track is, as far as its subscribers have to know. */
export interface TrackOwner {
  readonly sid: string;
  readonly identity: string;
}

/** One track of one participant, from its announcement until it is unpublished. */
export class Track {
  readonly sid: string;
  readonly cid: string;
  readonly request: TrackRequest;
  readonly owner: TrackOwner;
  /** Somebody has subscribed to it: the publisher is told once. */
  everSubscribed = false;
  #state: TrackState = { kind: 'pending' };
  readonly #info: TrackInfo;

  private constructor(owner: TrackOwner, request: TrackRequest, info: TrackInfo) {
    this.owner = owner;
    this.request = request;
    this.sid = info.sid;
    this.cid = request.cid;
    this.#info = info;
  }

  static create(owner: TrackOwner, request: TrackRequest, info: TrackInfo): Track {
    return new Track(owner, request, info.clone());
  }

  get state(): TrackState {
    return this.#state;
  }

  /** A copy: what was sent once never changes afterwards. */
  get info(): TrackInfo {
    return this.#info.clone();
  }

  get muted(): boolean {
    return this.#info.muted;
  }

  get source(): MediaSource | null {
    return this.#state.kind === 'published' ? this.#state.source : null;
  }

  /** Media came. Only a pending track can be published. */
  publish(source: MediaSource, mid: string): void {
    if (this.#state.kind !== 'pending') throw new Error(`a ${this.#state.kind} track cannot be published`);
    this.#state = { kind: 'published', source };
    this.#info.mimeType = source.mimeType;
    this.#info.mid = mid;
    for (const codec of this.#info.codecs) {
      if (codec.mimeType === '' || codec.mimeType.toLowerCase() === source.mimeType.toLowerCase()) {
        codec.mimeType = source.mimeType;
        codec.mid = mid;
      }
    }
    source.setMuted(this.#info.muted);
  }

  /** True where that changed something. */
  setMuted(muted: boolean): boolean {
    if (this.#info.muted === muted) return false;
    this.#info.muted = muted;
    this.source?.setMuted(muted);
    return true;
  }

  setAudioFeatures(features: readonly number[]): void {
    const known = [...new Set(features)].filter((feature) => AudioTrackFeature[feature] !== undefined);
    this.#info.audioFeatures = known;
    this.#info.stereo = known.includes(AudioTrackFeature.TF_STEREO);
    this.#info.disableDtx = known.includes(AudioTrackFeature.TF_NO_DTX);
  }

  setVideoSize(width: number, height: number): void {
    this.#info.width = width;
    this.#info.height = height;
  }

  close(): void {
    this.#state = { kind: 'closed' };
  }
}
