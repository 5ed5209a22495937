import {
  DisconnectReason,
  ParticipantInfo,
  RequestResponse,
  type RequestResponse_Reason,
  TrackSubscribed,
} from '@livekit/protocol';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Access, Grants } from '../protocol/access.ts';
import type { JoinWish } from '../protocol/client-messages.ts';
import { newSid } from '../protocol/ids.ts';
import { type LeaveAction, leave } from '../protocol/leave.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';
import { type ClaimsChange, changeClaims } from './claims.ts';
import { DataOutbox } from './data-outbox.ts';
import { changeGrants, isDependent, participantKind, toPermission } from './grants.ts';
import type { MediaLink, MediaLinks } from './link.ts';
import { type LinkOwner, linkEventsOf } from './link-events.ts';
import { moveTo, type ParticipantState, wireState } from './participant-state.ts';
import { Publications } from './publications.ts';
import { QualityScore } from './quality.ts';
import type { SignalSink } from './rooms.ts';
import { SignalLine } from './signal-line.ts';
import { SubscriptionPermissions } from './subscription-permissions.ts';
import { Subscriptions } from './subscriptions.ts';
import { type Timer, Timers } from './timers.ts';
import type { Track } from './track.ts';

/** What a participant tells its room; each is called inside the guard of that participant. */
export interface ParticipantHost {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly links: MediaLinks;
  readonly log: Log;
  resolveTrack(subscriber: Participant, trackSid: string): { track: Track; permitted: boolean } | null;
  onActive(participant: Participant): void;
  onTrackPublished(participant: Participant, track: Track): void;
  onTrackUnpublished(participant: Participant, track: Track): void;
  /** Name, metadata, attributes, permissions or a track's properties: told to all, itself included. */
  onChanged(participant: Participant): void;
  /** The client's token no longer says what the participant is. */
  onClaimsChanged(participant: Participant): void;
  onListening(participant: Participant, publisherSid: string, listening: boolean): void;
  onSubscribed(participant: Participant, trackSid: string): void;
  onData(participant: Participant, kind: 'reliable' | 'lossy', bytes: Buffer): void;
  /** Its tracks are gone already; called once. */
  onClosed(participant: Participant): void;
}

/** One person, recorder or agent in one room, from its join until it is gone. */
export class Participant implements LinkOwner {
  readonly sid = newSid('PA');
  readonly identity: string;
  readonly wish: JoinWish;
  readonly joinedAtMs: number;
  readonly timers: Timers;
  readonly link: MediaLink;
  readonly publications: Publications;
  readonly subscriptions: Subscriptions;
  readonly permissions = new SubscriptionPermissions();
  readonly outbox: DataOutbox;
  readonly quality = new QualityScore();
  /** The last sequence of reliable data that came from it: after a resume it repeats what followed. */
  lastReliableSequence = 0;
  /** Others know of it; only false while it is hidden. */
  visible = false;
  /** When its client last said anything (Clock.mediaMs): what others did since may have been lost with the socket. */
  lastHeardMs: number;
  readonly #host: ParticipantHost;
  #access: Access;
  #state: ParticipantState = { kind: 'joining' };
  #version = 0;
  #hasPublished = false;
  readonly #line: SignalLine;
  #departure: Timer | null = null;

  private constructor(host: ParticipantHost, access: Access, wish: JoinWish, sink: SignalSink) {
    this.#host = host;
    this.#access = access;
    this.#line = new SignalLine(sink);
    this.identity = access.identity;
    this.wish = wish;
    this.joinedAtMs = host.clock.wallMs();
    this.lastHeardMs = host.clock.mediaMs();
    this.timers = new Timers((error) => this.fail(error));
    // The link says nothing while it is made, so that what its events reach may come to be after it.
    const events = linkEventsOf(this, host.log);
    this.link = host.links.create({ mode: wish.mode, participantSid: this.sid, events });
    this.outbox = new DataOutbox(this.link, this.timers);
    this.publications = new Publications(this.#asPublisher());
    this.subscriptions = new Subscriptions(this.#asSubscriber());
    this.timers.after(host.limits.connectTimeoutMs, () => {
      if (this.#state.kind === 'joined') this.close(DisconnectReason.JOIN_FAILURE);
    });
  }

  static create(host: ParticipantHost, access: Access, wish: JoinWish, sink: SignalSink): Participant {
    return new Participant(host, access, wish, sink);
  }

  get state(): ParticipantState {
    return this.#state;
  }

  get closed(): boolean {
    return this.#state.kind === 'disconnected';
  }

  get wasActive(): boolean {
    return this.#state.kind === 'active';
  }

  get access(): Access {
    return this.#access;
  }

  get grants(): Grants {
    return this.#access.grants;
  }

  get dependent(): boolean {
    return isDependent(this.#access);
  }

  get isPublisher(): boolean {
    return this.#hasPublished && this.grants.canPublish;
  }

  get signalled(): boolean {
    return this.#line.isOpen;
  }

  /** What others are told of it. */
  get info(): ParticipantInfo {
    const state = this.#state;
    return new ParticipantInfo({
      sid: this.sid,
      identity: this.identity,
      name: this.#access.name,
      metadata: this.#access.metadata,
      attributes: { ...this.#access.attributes },
      state: wireState(state),
      joinedAt: BigInt(Math.floor(this.joinedAtMs / 1000)),
      joinedAtMs: BigInt(Math.floor(this.joinedAtMs)),
      version: this.#version,
      permission: toPermission(this.grants),
      isPublisher: this.isPublisher,
      clientProtocol: this.wish.client.clientProtocol,
      capabilities: [...this.wish.client.capabilities],
      kind: participantKind(this.#access),
      disconnectReason: state.kind === 'disconnected' ? state.reason : DisconnectReason.UNKNOWN_REASON,
      tracks: this.publications.published.map((track) => track.info),
    });
  }

  /** Runs what belongs to this participant: a throw ends it and nothing else. */
  guard(run: () => void): void {
    if (this.closed) return;
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    // The message may quote what a client sent; where it happened is enough to find it.
    const where =
      error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4).join('') : typeof error;
    this.#host.log.error({ participant: this.sid, where }, 'participant failed');
    this.close(DisconnectReason.STATE_MISMATCH, 'reconnect');
  }

  send(message: ServerMessage): void {
    if (this.closed) return;
    try {
      this.#line.send(message);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Something of its info changed: the next one that is told is newer. */
  touch(): void {
    this.#version += 1;
  }

  joined(): void {
    this.#state = moveTo(this.#state, { kind: 'joined' });
    this.touch();
  }

  refuse(
    reason: RequestResponse_Reason,
    request: RequestResponse['request'],
    message = '',
    requestId = 0,
  ): void {
    const value = new RequestResponse({ requestId, reason, message, request });
    this.send({ case: 'requestResponse', value });
  }

  changeClaims(change: ClaimsChange): void {
    this.#changeAccess(changeClaims(this.#access, change));
  }

  changeGrants(change: Partial<Grants>): void {
    const grants = changeGrants(this.grants, change);
    if (grants === this.grants) return;
    this.#access = { ...this.#access, grants };
    this.touch();
    this.publications.withdrawForbidden();
    this.subscriptions.reconcileAll();
    this.#host.onChanged(this);
    this.#host.onClaimsChanged(this);
  }

  /** The socket is gone: one that never got through leaves at once, any other waits for a resume. */
  signalLost(sink: SignalSink): void {
    if (this.#line.lost(sink)) this.#awaitResume();
  }

  /** Closes the socket as if the network had. */
  dropSignal(): void {
    this.#line.close();
    this.#awaitResume();
  }

  #awaitResume(): void {
    if (this.closed) return;
    if (this.#state.kind !== 'active') {
      this.close(DisconnectReason.SIGNAL_CLOSE);
      return;
    }
    this.#departure?.cancel();
    this.#departure = this.timers.after(this.#host.limits.departureGraceMs, () =>
      this.close(DisconnectReason.SIGNAL_CLOSE),
    );
  }

  /** The client is back on another socket. */
  takeUp(sink: SignalSink): void {
    this.#departure?.cancel();
    this.#departure = null;
    this.lastHeardMs = this.#host.clock.mediaMs();
    this.#line.takeUp(sink);
  }

  /** Once and for all. `action` tells its client what to do next; null says nothing to it. */
  close(reason: DisconnectReason, action: LeaveAction | null = 'disconnect'): void {
    if (this.closed) return;
    if (action !== null) this.#quietly(() => this.#line.send(leave(reason, action)));
    const wasActive = this.#state.kind === 'active';
    this.#state = moveTo(this.#state, { kind: 'disconnected', reason, wasActive });
    this.touch();
    this.timers.close();
    this.#quietly(() => this.publications.close());
    this.subscriptions.close();
    this.#quietly(() => this.#line.close());
    this.#quietly(() => this.#host.onClosed(this));
    this.#quietly(() => this.link.close());
  }

  #changeAccess(access: Access): void {
    if (access === this.#access) return;
    this.#access = access;
    this.touch();
    this.#host.onChanged(this);
    this.#host.onClaimsChanged(this);
  }

  /** While closing, every step is taken whatever became of the one before. */
  #quietly(run: () => void): void {
    try {
      run();
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      this.#host.log.error({ participant: this.sid, error: name }, 'participant did not close cleanly');
    }
  }

  /** Media is through. */
  activate(): void {
    if (this.#state.kind !== 'joined') return;
    this.#state = moveTo(this.#state, { kind: 'active' });
    this.touch();
    this.#host.onActive(this);
  }

  onSubscribed(trackSid: string): void {
    this.#host.onSubscribed(this, trackSid);
  }

  onData(kind: 'reliable' | 'lossy', bytes: Buffer): void {
    this.#host.onData(this, kind, bytes);
  }

  #asPublisher(): ConstructorParameters<typeof Publications>[0] {
    const self = this;
    return {
      sid: this.sid,
      identity: this.identity,
      link: this.link,
      maxTracks: this.#host.limits.maxTracksPerParticipant,
      get grants() {
        return self.grants;
      },
      send: (message) => this.send(message),
      refuse: (reason, request, message) => this.refuse(reason, request, message),
      onPublished: (track) => {
        this.#hasPublished = true;
        this.touch();
        this.#host.onTrackPublished(this, track);
      },
      onUnpublished: (track) => {
        this.touch();
        this.#host.onTrackUnpublished(this, track);
      },
      onChanged: () => {
        this.touch();
        this.#host.onChanged(this);
      },
    };
  }

  #asSubscriber(): ConstructorParameters<typeof Subscriptions>[0] {
    return {
      sid: this.sid,
      link: this.link,
      timers: this.timers,
      maxSubscriptions: this.#host.limits.maxSubscriptionsPerParticipant,
      canSubscribe: () => this.grants.canSubscribe,
      resolve: (trackSid) => this.#host.resolveTrack(this, trackSid),
      send: (message) => this.send(message),
      onListening: (publisherSid, listening) => this.#host.onListening(this, publisherSid, listening),
    };
  }

  /** Somebody has it for the first time. */
  tellSubscribed(track: Track): void {
    if (track.everSubscribed) return;
    track.everSubscribed = true;
    this.send({ case: 'trackSubscribed', value: new TrackSubscribed({ trackSid: track.sid }) });
  }
}
