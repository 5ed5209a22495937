import {
  AddTrackRequest,
  MuteTrackRequest,
  type RequestResponse,
  RequestResponse_Reason,
  type TrackInfo,
  TrackPublishedResponse,
  TrackType,
  TrackUnpublishedResponse,
  UpdateLocalAudioTrack,
  UpdateLocalVideoTrack,
} from '@livekit/protocol';
import type { Grants } from '../protocol/access.ts';
import type { TrackRequest } from '../protocol/client-messages.ts';
import { newTrackSid } from '../protocol/ids.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';
import { trackInfoOf } from '../protocol/track-info.ts';
import { announcedTrackOf } from './announced-track.ts';
import { mayPublishSource, trackSources } from './grants.ts';
import type { MediaLink, MediaSource } from './link.ts';
import { Track } from './track.ts';

/** Announcements under a client id that is still taken, as LiveKit bounds them. */
const maxQueuedPerCid = 3;

/** What the published tracks of one participant need of it and of its room. */
export interface Publisher {
  readonly sid: string;
  readonly identity: string;
  readonly grants: Grants;
  readonly link: Pick<MediaLink, 'announce' | 'withdraw'>;
  readonly maxTracks: number;
  send(message: ServerMessage): void;
  refuse(reason: RequestResponse_Reason, request: RequestResponse['request'], message?: string): void;
  onPublished(track: Track): void;
  onUnpublished(track: Track): void;
  /** Muted, resized, other audio features: everybody is told, the publisher too. */
  onChanged(track: Track): void;
}

/** The tracks of one participant: announced, published, muted, gone. */
export class Publications {
  readonly #publisher: Publisher;
  readonly #tracks = new Map<string, Track>();
  /** Announced again before the track of that client id was gone: they follow it. */
  readonly #queued: TrackRequest[] = [];

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  /** What others know of. */
  get published(): Track[] {
    return [...this.#tracks.values()].filter((track) => track.state.kind === 'published');
  }

  get(sid: string): Track | undefined {
    return this.#tracks.get(sid);
  }

  add(request: TrackRequest): void {
    const publisher = this.#publisher;
    if (!mayPublishSource(publisher.grants, request.source)) {
      this.#refuseTrack(request, RequestResponse_Reason.NOT_ALLOWED);
      return;
    }
    if (request.sid !== '') {
      // A further codec of a track that is published already: the client is told that it has it, and sends no other.
      const known = this.#tracks.get(request.sid);
      if (known === undefined) this.#refuseTrack(request, RequestResponse_Reason.NOT_FOUND);
      else this.#tellPublished(request.cid, known.info);
      return;
    }
    if (this.#tracks.size + this.#queued.length >= publisher.maxTracks) {
      this.#refuseTrack(request, RequestResponse_Reason.LIMIT_EXCEEDED, 'too many tracks');
      return;
    }
    if (this.#byCid(request.cid) !== undefined) {
      if (this.#queued.filter(({ cid }) => cid === request.cid).length >= maxQueuedPerCid) {
        this.#refuseTrack(request, RequestResponse_Reason.LIMIT_EXCEEDED, 'too many queued tracks');
        return;
      }
      this.#queued.push(request);
      this.#refuseTrack(request, RequestResponse_Reason.QUEUED);
      return;
    }
    this.#announce(request);
  }

  ready(sid: string, source: MediaSource, mid: string): void {
    const track = this.#tracks.get(sid);
    if (track?.state.kind !== 'pending') return;
    track.publish(source, mid);
    this.#publisher.onPublished(track);
  }

  /** The client stopped sending it. */
  gone(sid: string): void {
    const track = this.#tracks.get(sid);
    if (track !== undefined) this.#close(track);
  }

  /** By the client, or (`byServer`) by an administrator; null where there is no such track. */
  mute(sid: string, muted: boolean, byServer: boolean): TrackInfo | null {
    const track = this.#tracks.get(sid);
    if (byServer && track !== undefined) {
      this.#publisher.send({ case: 'mute', value: new MuteTrackRequest({ sid, muted }) });
    }
    if (track === undefined) {
      if (!byServer) {
        const value = new MuteTrackRequest({ sid, muted });
        this.#publisher.refuse(RequestResponse_Reason.NOT_FOUND, { case: 'mute', value });
      }
      return null;
    }
    if (track.setMuted(muted)) this.#tellChanged(track);
    return track.info;
  }

  updateAudio(trackSid: string, features: readonly number[]): void {
    const track = this.#tracks.get(trackSid);
    if (track === undefined) {
      const value = new UpdateLocalAudioTrack({ trackSid, features: [...features] });
      this.#publisher.refuse(RequestResponse_Reason.NOT_FOUND, { case: 'updateAudioTrack', value });
      return;
    }
    track.setAudioFeatures(features);
    this.#tellChanged(track);
  }

  updateVideo(trackSid: string, width: number, height: number): void {
    const track = this.#tracks.get(trackSid);
    if (track === undefined) {
      const value = new UpdateLocalVideoTrack({ trackSid, width, height });
      this.#publisher.refuse(RequestResponse_Reason.NOT_FOUND, { case: 'updateVideoTrack', value });
      return;
    }
    track.setVideoSize(width, height);
    this.#tellChanged(track);
  }

  /** After the grants changed: what may not be sent any longer is taken off, and the client told. */
  withdrawForbidden(): void {
    const { grants } = this.#publisher;
    for (const track of [...this.#tracks.values()]) {
      if (mayPublishSource(grants, track.request.source)) continue;
      this.#publisher.link.withdraw(track.sid);
      const value = new TrackUnpublishedResponse({ trackSid: track.sid });
      this.#publisher.send({ case: 'trackUnpublished', value });
      this.#close(track);
    }
  }

  /** The participant leaves: everything is unpublished, nothing queued follows. */
  close(): void {
    this.#queued.length = 0;
    for (const track of [...this.#tracks.values()]) this.#close(track);
  }

  #announce(request: TrackRequest): void {
    const info = trackInfoOf(request, newTrackSid(request.kind, request.source));
    const track = Track.create(this.#publisher, request, info);
    this.#tracks.set(track.sid, track);
    // The link knows the track before its client is told, whose next offer has it.
    this.#publisher.link.announce(announcedTrackOf(request, info));
    this.#tellPublished(track.cid, track.info);
  }

  #close(track: Track): void {
    const wasPublished = track.state.kind === 'published';
    this.#tracks.delete(track.sid);
    track.close();
    if (wasPublished) this.#publisher.onUnpublished(track);
    const next = this.#queued.findIndex(({ cid }) => cid === track.cid);
    const [request] = next < 0 ? [] : this.#queued.splice(next, 1);
    if (request !== undefined && mayPublishSource(this.#publisher.grants, request.source)) {
      this.#announce(request);
    }
  }

  #byCid(cid: string): Track | undefined {
    for (const track of this.#tracks.values()) if (track.cid === cid) return track;
    return undefined;
  }

  #tellPublished(cid: string, track: TrackInfo): void {
    this.#publisher.send({ case: 'trackPublished', value: new TrackPublishedResponse({ cid, track }) });
  }

  #tellChanged(track: Track): void {
    if (track.state.kind === 'published') this.#publisher.onChanged(track);
  }

  #refuseTrack(request: TrackRequest, reason: RequestResponse_Reason, message = ''): void {
    const value = new AddTrackRequest({
      cid: request.cid,
      sid: request.sid,
      name: request.info.name,
      type: request.kind === 'audio' ? TrackType.AUDIO : TrackType.VIDEO,
      source: trackSources[request.source],
    });
    this.#publisher.refuse(reason, { case: 'addTrack', value }, message);
  }
}
