import { randomBytes } from 'node:crypto';
import { DisconnectReason, ParticipantInfo, Room as RoomInfo } from '@livekit/protocol';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { MediaError } from '../media-error.ts';
import type { Access, RoomSettings } from '../protocol/access.ts';
import type { ClientMessage, JoinWish } from '../protocol/client-messages.ts';
import { newSid } from '../protocol/ids.ts';
import { type ClientRequestHost, handleClientMessage, syncState } from './client-requests.ts';
import { DataRelay, type ServerData } from './data-relay.ts';
import { isDependent, isRecorder } from './grants.ts';
import { joinResponse, publishCodecs, reconnectResponse, type ServerFacts } from './join-response.ts';
import type { MediaLinks } from './link.ts';
import { News } from './news.ts';
import { Participant, type ParticipantHost } from './participant.ts';
import { Pulse } from './pulse.ts';
import type { RoomEvent, SignalSink } from './rooms.ts';
import { Simulations } from './simulations.ts';
import { type Timer, Timers } from './timers.ts';
import type { TokenRefresh } from './token-refresh.ts';
import type { Track } from './track.ts';
import { TrackDirectory } from './track-directory.ts';

/** What a room needs of the server it is on. */
export interface RoomHost extends ServerFacts {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly links: MediaLinks;
  readonly log: Log;
  readonly tokens: TokenRefresh;
  readonly defaults: { readonly emptyTimeoutSeconds: number; readonly departureTimeoutSeconds: number };
  onEvent(event: RoomEvent): void;
  /** Somebody left. */
  onParticipantClosed(): void;
  /** Called once, when nobody is in it any more. */
  onClosed(room: Room): void;
}

/** One room: who is in it, what they publish, and what each is told of the others. */
export class Room implements ParticipantHost, ClientRequestHost {
  readonly sid = newSid('RM');
  readonly name: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly links: MediaLinks;
  readonly log: Log;
  readonly #host: RoomHost;
  readonly #createdAtMs: number;
  readonly #emptyTimeoutSeconds: number;
  readonly #departureTimeoutSeconds: number;
  readonly #maxParticipants: number;
  readonly #sifTrailer = new Uint8Array(randomBytes(16));
  readonly #timers: Timers;
  readonly #pulse: Pulse;
  readonly #simulations: Simulations;
  readonly #data: DataRelay;
  readonly #news: News;
  readonly #participants = new Map<string, Participant>();
  readonly #tracks = new TrackDirectory(() => this.participants);
  #metadata: string;
  #hadParticipants = false;
  #closed = false;
  #idle: Timer | null = null;

  private constructor(host: RoomHost, name: string, settings: RoomSettings | null) {
    this.#host = host;
    this.name = name;
    this.clock = host.clock;
    this.limits = host.limits;
    this.links = host.links;
    this.log = host.log;
    this.#createdAtMs = host.clock.wallMs();
    this.#emptyTimeoutSeconds = settings?.emptyTimeoutSeconds || host.defaults.emptyTimeoutSeconds;
    this.#departureTimeoutSeconds =
      settings?.departureTimeoutSeconds || host.defaults.departureTimeoutSeconds;
    this.#maxParticipants = settings?.maxParticipants ?? 0;
    this.#metadata = settings?.metadata ?? '';
    this.#timers = new Timers((error) => this.#onError(error));
    this.#news = new News(
      this.#timers,
      host.clock.mediaMs,
      () => this.participants,
      () => this.info,
    );
    this.#pulse = new Pulse(this.#timers, () => [...this.#participants.values()]);
    this.#simulations = new Simulations(this.#pulse, host.clock.mediaMs);
    this.#data = new DataRelay(host.limits, host.clock);
    this.#watchIdle();
  }

  static create(host: RoomHost, name: string, settings: RoomSettings | null): Room {
    const room = new Room(host, name, settings);
    host.log.info({ room: room.sid }, 'room started');
    host.onEvent({ event: 'room_started', room: room.info });
    return room;
  }

  get info(): RoomInfo {
    const participants = [...this.#participants.values()];
    return new RoomInfo({
      sid: this.sid,
      name: this.name,
      emptyTimeout: this.#emptyTimeoutSeconds,
      departureTimeout: this.#departureTimeoutSeconds,
      maxParticipants: this.#maxParticipants,
      creationTime: BigInt(Math.floor(this.#createdAtMs / 1000)),
      creationTimeMs: BigInt(Math.floor(this.#createdAtMs)),
      enabledCodecs: publishCodecs.map((mime) => ({ mime, fmtpLine: '' })),
      metadata: this.#metadata,
      numParticipants: participants.filter(({ dependent }) => !dependent).length,
      numPublishers: participants.filter(({ isPublisher }) => isPublisher).length,
      activeRecording: participants.some(({ access }) => isRecorder(access)),
    });
  }

  get participants(): Participant[] {
    return [...this.#participants.values()];
  }

  get counts(): { participants: number; publishedTracks: number; subscriptions: number } {
    let subscriptions = 0;
    for (const participant of this.#participants.values()) {
      subscriptions += participant.subscriptions.liveCount;
    }
    return { participants: this.#participants.size, publishedTracks: this.#tracks.count, subscriptions };
  }

  find(identity: string): Participant | undefined {
    return this.#participants.get(identity);
  }

  /** Whoever has the identity already leaves for the new one. Throws `resource_exhausted` where the room is full. */
  join(access: Access, wish: JoinWish, sink: SignalSink): Participant {
    const older = this.#participants.get(access.identity);
    this.#assertSeat(access, older);
    const participant = Participant.create(this, access, wish, sink);
    older?.close(DisconnectReason.DUPLICATE_IDENTITY);
    this.#participants.set(participant.identity, participant);
    this.#hadParticipants ||= !participant.dependent;
    this.#watchIdle();
    this.log.info({ room: this.sid, participant: participant.sid, mode: wish.mode }, 'participant joined');
    participant.guard(() => this.#welcome(participant, older));
    return participant;
  }

  /** The participant's client is back on another socket, and what it may have missed is said again. */
  resume(participant: Participant, wish: JoinWish, sink: SignalSink): void {
    const lastHeardMs = participant.lastHeardMs;
    participant.takeUp(sink);
    if (this.#simulations.takesSilentDrop(participant)) {
      participant.dropSignal();
      return;
    }
    participant.guard(() => {
      participant.send({ case: 'reconnect', value: reconnectResponse(this.#host, participant) });
      this.#news.repeatTo(participant, lastHeardMs);
      participant.link.resume();
      if (wish.publisherOffer !== null) {
        participant.link.receive({ kind: 'offer', description: wish.publisherOffer });
      }
      if (wish.syncState !== null) syncState(participant, wish.syncState);
      this.#host.tokens.refresh(participant);
    });
    if (this.#simulations.takesDrop(participant)) participant.dropSignal();
  }

  receive(participant: Participant, message: ClientMessage): void {
    participant.guard(() => handleClientMessage(this, participant, message));
  }

  sendData(message: ServerData): void {
    this.#data.fromServer(this.participants, message);
  }

  setMetadata(metadata: string): void {
    this.#metadata = metadata;
    this.#news.tellRoom();
  }

  close(reason: DisconnectReason): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const participant of this.participants) participant.close(reason);
    this.#timers.close();
    this.log.info({ room: this.sid }, 'room finished');
    this.#host.onEvent({ event: 'room_finished', room: this.info });
    this.#host.onClosed(this);
  }

  // What participants tell: each is called inside the guard of the one that does.

  resolveTrack(subscriber: Participant, trackSid: string): { track: Track; permitted: boolean } | null {
    return this.#tracks.resolve(subscriber, trackSid);
  }

  onActive(participant: Participant): void {
    this.log.info({ room: this.sid, participant: participant.sid }, 'participant active');
    this.#news.tellOf(participant, { immediate: false, toSelf: false });
    this.#host.onEvent({ event: 'participant_joined', room: this.info, participant: participant.info });
  }

  onTrackPublished(participant: Participant, track: Track): void {
    this.log.info({ participant: participant.sid, track: track.sid }, 'track published');
    this.#news.tellOf(participant, { immediate: true, toSelf: false });
    this.#tracks.add(participant, track);
    this.#news.tellRoomSoon();
    this.#host.onEvent({ event: 'track_published', ...this.#trackEvent(participant, track) });
  }

  onTrackUnpublished(participant: Participant, track: Track): void {
    this.#tracks.remove(track);
    if (!participant.closed) this.#news.tellOf(participant, { immediate: true, toSelf: false });
    this.#host.onEvent({ event: 'track_unpublished', ...this.#trackEvent(participant, track) });
  }

  onChanged(participant: Participant): void {
    const wasVisible = participant.visible;
    this.#news.tellOf(participant, { immediate: true, toSelf: true });
    if (wasVisible !== participant.visible) this.#tracks.offer(participant);
    this.#news.tellRoomSoon();
  }

  onClaimsChanged(participant: Participant): void {
    this.#host.tokens.refresh(participant);
  }

  onListening(participant: Participant, publisherSid: string, listening: boolean): void {
    this.#pulse.tellListener(participant, publisherSid, listening);
  }

  onSubscribed(_participant: Participant, trackSid: string): void {
    const found = this.#tracks.find(trackSid);
    found?.owner.tellSubscribed(found.track);
  }

  onData(participant: Participant, kind: 'reliable' | 'lossy', bytes: Buffer): void {
    this.#data.fromParticipant(this.participants, participant, kind, bytes);
  }

  onSubscriptionPermission(
    participant: Participant,
    message: Extract<ClientMessage, { kind: 'subscriptionPermission' }>,
  ): void {
    const identityOf = (sid: string): string | null => {
      for (const other of this.#participants.values()) if (other.sid === sid) return other.identity;
      return null;
    };
    participant.permissions.replace(message.allParticipants, message.trackPermissions, identityOf);
    this.#tracks.reconsider(participant);
  }

  onSimulate(participant: Participant, message: Extract<ClientMessage, { kind: 'simulate' }>): void {
    this.#simulations.run(participant, message.scenario);
  }

  onClosed(participant: Participant): void {
    const { state } = participant;
    if (state.kind !== 'disconnected') throw new Error('a participant closed that is not disconnected');
    this.log.info(
      { room: this.sid, participant: participant.sid, reason: DisconnectReason[state.reason] },
      'participant left',
    );
    // Whoever comes under the same identity is announced at once, which tells the others that this one is gone.
    const isReplaced = state.reason === DisconnectReason.DUPLICATE_IDENTITY;
    if (this.#participants.get(participant.identity) === participant) {
      this.#participants.delete(participant.identity);
    }
    this.#simulations.forget(participant);
    this.#data.forget(participant);
    this.#news.left(participant);
    if (!isReplaced) this.#news.tellOf(participant, { immediate: true, toSelf: false });
    this.#news.tellRoomSoon();
    this.#watchIdle();
    this.#host.onEvent({
      event: state.wasActive ? 'participant_left' : 'participant_connection_aborted',
      room: this.info,
      participant: participant.info,
    });
    this.#host.onParticipantClosed();
  }

  /** The join response, and all that follows it. */
  #welcome(participant: Participant, older: Participant | undefined): void {
    const { wish } = participant;
    const others = this.#news.othersOf(participant);
    const value = joinResponse(this.#host, this.info, participant, others, this.#sifTrailer);
    participant.send({ case: 'join', value });
    participant.joined();
    this.#news.tellOf(participant, { immediate: older !== undefined, toSelf: false });
    if (older?.visible === true && !participant.visible) this.#news.tellOthers(participant, older.info);
    this.#news.tellRoomSoon();
    this.#host.tokens.start(participant);
    this.#tracks.welcome(participant);
    participant.link.start();
    for (const request of wish.addTrackRequests) participant.publications.add(request);
    if (wish.publisherOffer !== null) {
      participant.link.receive({ kind: 'offer', description: wish.publisherOffer });
    }
  }

  #assertSeat(access: Access, older: Participant | undefined): void {
    if (this.#closed) throw new MediaError('unavailable', 'room is closed');
    const present = this.participants.filter((participant) => participant !== older);
    if (present.length >= this.limits.maxParticipantsPerRoom) {
      throw new MediaError('resource_exhausted', 'too many participants in one room');
    }
    const seats = present.filter(({ dependent }) => !dependent).length;
    if (this.#maxParticipants > 0 && !isDependent(access) && seats >= this.#maxParticipants) {
      throw new MediaError('resource_exhausted', 'room has exceeded its max participants');
    }
  }

  /** A room that nobody (who counts) is in ends: soon after the last one left, later where nobody came. */
  #watchIdle(): void {
    const isIdle = this.participants.every(({ dependent }) => dependent);
    if (!isIdle || this.#closed) {
      this.#idle?.cancel();
      this.#idle = null;
      return;
    }
    const seconds = this.#hadParticipants ? this.#departureTimeoutSeconds : this.#emptyTimeoutSeconds;
    this.#idle ??= this.#timers.after(seconds * 1000, () => this.close(DisconnectReason.ROOM_CLOSED));
  }

  /** As LiveKit: of room and publisher only what names them. */
  #trackEvent(participant: Participant, track: Track) {
    return {
      room: new RoomInfo({ sid: this.sid, name: this.name }),
      participant: new ParticipantInfo({ sid: participant.sid, identity: participant.identity }),
      track: track.info,
    };
  }

  #onError(error: unknown): void {
    const name = error instanceof Error ? error.name : typeof error;
    this.log.error({ room: this.sid, error: name }, 'room timer failed');
  }
}
