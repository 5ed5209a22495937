import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Limits } from '../../limits.ts';
import { MediaError } from '../../media-error.ts';
import { isRtcp } from '../../rtp/packet.ts';
import { parseRtcp } from '../../rtp/rtcp.ts';
import type {
  Transport,
  TransportEvents,
  TransportFactory,
  TransportState,
} from '../../transport/transport.ts';
import type { AnnouncedTrack, LinkStats, MediaLink, MediaLinkEvents, MediaSink } from '../link.ts';
import type { Connection, ConnectionHost } from './connection.ts';
import { type DataKind, DataLanes, DataUnreadError, dataKindOf } from './data-lanes.ts';
import { Downlink } from './downlink.ts';
import { DualConnection } from './dual-connection.ts';
import { KeptPath } from './kept-path.ts';
import { Publisher } from './publisher.ts';
import { SingleConnection } from './single-connection.ts';
import { Sink } from './sink.ts';
import { Source } from './source.ts';

/** How the link writes what only the operator sees; never names, SDP or addresses. */
export interface LinkLog {
  warn(fields: Record<string, unknown>, message: string): void;
}

/** Sound comes many times a second, in silence a few times; so long it does not pause while its way is whole. */
const silenceMs = 3_000;

/** A client that leaves closes its transport too, and that may be heard before its leave message: so long it is awaited. */
const farewellMs = 1_500;

export interface LinkOptions {
  readonly mode: 'v1' | 'v0';
  readonly participantSid: string;
  readonly events: MediaLinkEvents;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly transports: TransportFactory;
  readonly log: LinkLog;
  readonly onClosed: (link: Link) => void;
}

/** One participant's media, from its first offer until `close`. Whatever goes wrong in it is `onFailed` of it alone. */
export class Link implements MediaLink {
  readonly #options: LinkOptions;
  readonly #events: MediaLinkEvents;
  readonly #publisher: Publisher;
  readonly #downlink: Downlink;
  readonly #lanes = new DataLanes();
  readonly #paths = { uplink: new KeptPath(), downlink: new KeptPath(), both: new KeptPath() };
  readonly #connection: Connection;
  readonly #bornMs: number;
  #isConnected = false;
  #lastHeardMs = 0;
  #closedByClientMs: number | null = null;
  #failed = false;
  #closed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { clock, limits } = options;
    // Said through here, so that a link that failed or closed says nothing more.
    this.#events = {
      send: (message) => this.#isLive && options.events.send(message),
      onConnected: () => this.#isLive && options.events.onConnected(),
      onFailed: (why, detail) => this.#giveUp(why, detail),
      onFullReconnectNeeded: () => this.#isLive && options.events.onFullReconnectNeeded(),
      onTrackReady: (sid, source, mid) => this.#isLive && options.events.onTrackReady(sid, source, mid),
      onTrackGone: (sid) => this.#isLive && options.events.onTrackGone(sid),
      onSubscribed: (sid) => this.#isLive && options.events.onSubscribed(sid),
      onSubscriptionFailed: (sid, why) => this.#isLive && options.events.onSubscriptionFailed(sid, why),
      onData: (kind, bytes) => this.#isLive && options.events.onData(kind, bytes),
    };
    const events = this.#events;
    this.#publisher = new Publisher({
      clock,
      ssrc: newSsrc(),
      events,
      sendPacket: (packet) => this.#connection.uplink?.send(packet),
    });
    this.#downlink = new Downlink({
      clock,
      events,
      sendPacket: (packet) => this.#connection.downlink?.send(packet) ?? false,
      onFault: (error) => this.#fail(error),
    });
    const host: ConnectionHost = {
      clock,
      limits,
      publisher: this.#publisher,
      events,
      createTransport: (role) => this.#createTransport(role),
      onRestartAsked: (role) => this.#paths[role].restartAsked(clock.mediaMs()),
      addDataChannel: (channel) => this.#lanes.add(channel),
      guard: (work) => this.#guard(work),
      onSinkReady: (sink) => events.onSubscribed(sink.trackSid),
    };
    this.#connection = options.mode === 'v1' ? new SingleConnection(host) : new DualConnection(host);
    this.#bornMs = clock.mediaMs();
  }

  get #isLive(): boolean {
    return !this.#failed && !this.#closed;
  }

  #guard(work: () => void): void {
    if (!this.#isLive) return;
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!this.#isLive) return;
    const isRefusal = error instanceof MediaError || error instanceof DataUnreadError;
    if (!isRefusal) {
      const fields = { participantSid: this.#options.participantSid, err: error };
      this.#options.log.warn(fields, 'A media link failed by a fault of ours');
    }
    const why = error instanceof MediaError ? 'description' : 'transport';
    this.#giveUp(why, isRefusal ? error.message : 'internal error');
  }

  /** Nothing more is sent or taken from here on; whoever owns the link closes it. */
  #giveUp(why: 'transport' | 'description', detail: string): void {
    this.#failed = true;
    this.#downlink.close();
    try {
      this.#options.events.onFailed(why, detail);
    } catch (error) {
      const fields = { participantSid: this.#options.participantSid, err: error };
      this.#options.log.warn(fields, 'A failed media link could not say so');
    }
  }

  #createTransport(role: 'uplink' | 'downlink' | 'both'): Transport {
    const events: TransportEvents = {
      onPacket: (packet) => this.#guard(() => this.#onPacket(packet, role)),
      onDataChannel: (channel) => this.#guard(() => role === 'both' && this.#lanes.add(channel)),
      onDataChannelOpen: (channel) => this.#guard(() => role === 'both' && this.#lanes.add(channel)),
      onData: (channel, bytes) => {
        const kind = dataKindOf(channel.label);
        if (kind !== null) this.#guard(() => this.#events.onData(kind, bytes));
      },
      onState: (state) => this.#guard(() => this.#onState(state, role)),
    };
    return this.#options.transports.create(events);
  }

  #onState(state: TransportState, role: 'uplink' | 'downlink' | 'both'): void {
    switch (state) {
      case 'connected':
        if (role === 'uplink' || this.#isConnected) return;
        this.#isConnected = true;
        this.#downlink.connected();
        this.#events.onConnected();
        return;
      case 'failed':
        this.#giveUp('transport', `${role} failed`);
        return;
      case 'closed':
        this.#closedByClientMs ??= this.#options.clock.mediaMs();
        return;
      case 'new':
      case 'connecting':
      case 'disconnected':
        return;
    }
  }

  #onPacket(packet: Buffer, role: 'uplink' | 'downlink' | 'both'): void {
    const nowMs = this.#options.clock.mediaMs();
    this.#lastHeardMs = nowMs;
    this.#paths[role].heard(nowMs);
    if (role !== 'uplink') this.#downlink.heard(nowMs);
    if (!isRtcp(packet)) {
      if (role === 'downlink') this.#publisher.strayPackets++;
      else this.#publisher.onRtp(packet, nowMs);
      return;
    }
    for (const part of parseRtcp(packet)) {
      if (part.kind === 'senderReport' && role !== 'downlink') this.#publisher.onSenderReport(part, nowMs);
      if (role !== 'uplink') this.#downlink.onRtcp(part, nowMs);
    }
  }

  start(): void {
    this.#guard(() => this.#connection.start());
  }

  receive(message: Parameters<MediaLink['receive']>[0]): void {
    this.#guard(() => this.#connection.receive(message));
  }

  announce(track: AnnouncedTrack): void {
    this.#guard(() => this.#publisher.announce(track));
  }

  withdraw(trackSid: string): void {
    this.#guard(() => this.#publisher.withdraw(trackSid));
  }

  subscribe(wish: Parameters<MediaLink['subscribe']>[0]): MediaSink {
    const { source, publisherSid, stream } = wish;
    if (!(source instanceof Source)) throw new TypeError('a source of another maker');
    const known = this.#downlink.find(source.trackSid);
    if (known !== undefined && known.source === source) return known;
    if (known !== undefined) this.unsubscribe(known.trackSid);
    const ssrcs = { ssrc: newSsrc(), rtxSsrc: newSsrc() };
    const sink = new Sink({ source, publisherSid, stream, ...ssrcs, owner: this.#downlink });
    if (!this.#isLive) {
      sink.close();
      return sink;
    }
    this.#downlink.add(sink);
    this.#guard(() => this.#connection.addSink(sink));
    return sink;
  }

  unsubscribe(trackSid: string): void {
    const sink = this.#downlink.find(trackSid);
    if (sink === undefined) return;
    this.#downlink.remove(sink);
    this.#guard(() => this.#connection.removeSink(sink));
  }

  sendData(kind: DataKind, bytes: Uint8Array): boolean {
    if (!this.#isLive) return false;
    try {
      return this.#lanes.send(kind, bytes);
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  resume(): void {
    this.#guard(() => this.#connection.resume());
  }

  get isSilent(): boolean {
    if (!this.#isConnected || !this.#publisher.hasSound) return false;
    return this.#options.clock.mediaMs() - this.#lastHeardMs > silenceMs;
  }

  limitDownlink(bitsPerSecond: number): void {
    this.#downlink.limit(bitsPerSecond);
  }

  /** Called by the maker of all links, many times a second. */
  tick(nowMs: number): void {
    this.#guard(() => {
      const { uplink, downlink } = this.#connection;
      if (this.#closedByClientMs !== null && nowMs - this.#closedByClientMs > farewellMs) {
        this.#giveUp('transport', 'closed by the client');
        return;
      }
      if (this.#downlink.isDeaf(nowMs)) {
        this.#giveUp('transport', 'nothing that is sent arrives');
        return;
      }
      if (!this.#isConnected && nowMs - this.#bornMs > this.#options.limits.connectTimeoutMs) {
        this.#giveUp('transport', 'not connected in time');
        return;
      }
      for (const path of [this.#paths.uplink, this.#paths.both])
        if (path.isLost(nowMs)) this.#events.onFullReconnectNeeded();
      if (uplink?.state === 'connected') this.#publisher.tick(nowMs, uplink.roundTripMs);
      this.#downlink.tick(nowMs, downlink?.roundTripMs ?? null);
      this.#connection.tick(nowMs);
      this.#lanes.flush();
    });
  }

  get stats(): LinkStats {
    const publisher = this.#publisher;
    const downlink = this.#downlink;
    const reception = downlink.reception;
    return {
      roundTripMs: downlink.roundTripMs ?? this.#connection.uplink?.roundTripMs ?? null,
      upstreamLoss: publisher.loss,
      downstreamLoss: reception.loss,
      upstreamJitterMs: publisher.jitterMs,
      downstreamJitterMs: reception.jitterMs,
      downlinkBitsPerSecond: downlink.bitsPerSecond,
      packetsIn: publisher.packetsIn,
      packetsOut: downlink.packetsOut,
      bytesIn: publisher.bytesIn,
      bytesOut: downlink.bytesOut,
      nacksIn: downlink.nacksIn,
      nacksOut: publisher.nacksOut,
      keyFrameRequestsOut: publisher.keyFrameRequestsOut,
      strayPackets: publisher.strayPackets,
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#downlink.close();
    this.#publisher.close();
    this.#lanes.close();
    this.#connection.close();
    this.#options.onClosed(this);
  }
}

/** Random, as RFC 3550 section 8.1 asks, and never 0. */
function newSsrc(): number {
  return randomBytes(4).readUInt32BE(0) || 1;
}
