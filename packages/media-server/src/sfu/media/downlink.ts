import { StreamState, StreamStateInfo, StreamStateUpdate } from '@livekit/protocol';
import type { Clock } from '../../clock.ts';
import type { VideoQuality } from '../../protocol/client-messages.ts';
import { allocate } from '../../rtp/allocation.ts';
import { DownlinkEstimator, FIRST_GUESS } from '../../rtp/bandwidth.ts';
import type { RtcpPacket } from '../../rtp/rtcp.ts';
import type { MediaLinkEvents } from '../link.ts';
import { ArrivalWatch } from './arrival-watch.ts';
import type { Sink, SinkOwner } from './sink.ts';

const allocationIntervalMs = 200;
/**
 * How long a stream's lowest layer has to be more than the way down bears before it is paused: an estimate may err for a
 * moment, by jitter or a loaded machine, and no picture is worse than a rough one.
 */
const pauseAfterMs = 4_000;
/** A queue of so long, and for so long, is no error of the estimate: what keeps it up is paused, since audio waits in it too. */
const deepQueueMs = 400;
/** A lower layer is given only after so long: the key frame of a better one fills the line for a moment. */
const lessAfterMs = 700;
/** For so long after the start the estimate is awaited; a client that tells nothing by then is given all. */
const firstEstimateMs = 3_000;

/** All that goes to one participant: its sinks, what its way down bears, and how that is shared out. */
export class Downlink implements SinkOwner {
  readonly #clock: Clock;
  readonly #events: Pick<MediaLinkEvents, 'send'>;
  readonly #sendPacket: (packet: Buffer) => boolean;
  readonly fault: (error: unknown) => void;
  readonly #sinks = new Map<string, Sink>();
  readonly #bySsrc = new Map<number, Sink>();
  readonly #estimator = new DownlinkEstimator();
  readonly #watch = new ArrivalWatch();
  #connected = false;
  #connectedMs = 0;
  /** Packets carry transport-wide numbers, so that an estimate can be expected. */
  #numbersPackets = false;
  #deepSinceMs: number | null = null;
  #iceRoundTripMs: number | null = null;
  #reportedRoundTripMs: number | null = null;
  #limitBitsPerSecond = 0;
  #lastAllocationMs = Number.NEGATIVE_INFINITY;
  #bitsPerSecond: number | null = null;
  packetsOut = 0;
  bytesOut = 0;
  nacksIn = 0;

  constructor(options: {
    readonly clock: Clock;
    readonly events: Pick<MediaLinkEvents, 'send'>;
    readonly sendPacket: (packet: Buffer) => boolean;
    readonly onFault: (error: unknown) => void;
  }) {
    this.#clock = options.clock;
    this.#events = options.events;
    this.#sendPacket = options.sendPacket;
    this.fault = options.onFault;
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  get roundTripMs(): number | null {
    return this.#reportedRoundTripMs ?? this.#iceRoundTripMs;
  }

  get bitsPerSecond(): number | null {
    return this.#bitsPerSecond;
  }

  get sinks(): Iterable<Sink> {
    return this.#sinks.values();
  }

  clockMs(): number {
    return this.#clock.mediaMs();
  }

  add(sink: Sink): void {
    this.#sinks.set(sink.trackSid, sink);
    this.#bySsrc.set(sink.ssrc, sink);
  }

  find(trackSid: string): Sink | undefined {
    return this.#sinks.get(trackSid);
  }

  remove(sink: Sink): void {
    if (this.#sinks.get(sink.trackSid) === sink) this.#sinks.delete(sink.trackSid);
    this.#bySsrc.delete(sink.ssrc);
    sink.close();
  }

  /** From now on media can arrive: only now key frames are worth asking for. */
  connected(): void {
    if (this.#connected) return;
    this.#connected = true;
    const nowMs = this.#clock.mediaMs();
    this.#connectedMs = nowMs;
    for (const sink of this.#sinks.values()) sink.choose(nowMs);
  }

  nextTransportSequence(): number {
    this.#numbersPackets = true;
    return this.#estimator.nextTransportSequence();
  }

  sendAgain(transportSequence: number): void {
    this.#estimator.sentAgain(transportSequence);
  }

  send(packet: Buffer, transportSequence: number | null, nowMs: number): void {
    if (!this.#sendPacket(packet)) return;
    this.packetsOut++;
    this.bytesOut += packet.length;
    this.#watch.sent(nowMs);
    if (transportSequence !== null) this.#estimator.sent(transportSequence, packet.length, nowMs);
  }

  /** Something came from the client, whatever it was. */
  heard(nowMs: number): void {
    this.#watch.heard(nowMs);
  }

  /** For seconds nothing that is sent arrives, though the client is heard: only a new connection helps. */
  isDeaf(nowMs: number): boolean {
    return this.#watch.isDeaf(nowMs);
  }

  onRtcp(part: RtcpPacket, nowMs: number): void {
    switch (part.kind) {
      case 'receiverReport':
      case 'senderReport': {
        let worst = -1;
        for (const block of part.blocks) {
          const sink = this.#bySsrc.get(block.ssrc);
          if (sink === undefined) continue;
          const roundTripMs = sink.onReport(block, nowMs);
          if (roundTripMs !== null) this.#reportedRoundTripMs = roundTripMs;
          const progress = sink.progress(block);
          if (progress === 'arrives') this.#watch.arrived();
          else if (progress === 'stands') this.#watch.stood();
          worst = Math.max(worst, block.fractionLost);
        }
        if (worst >= 0) this.#estimator.onReceiverReport(worst, this.roundTripMs, nowMs);
        return;
      }
      case 'nack':
        this.nacksIn += part.sequenceNumbers.length;
        this.#bySsrc.get(part.mediaSsrc)?.onNack(part.sequenceNumbers, nowMs);
        return;
      case 'pli':
        this.#bySsrc.get(part.mediaSsrc)?.onKeyFrameRequest();
        return;
      case 'fir':
        for (const { ssrc } of part.requests) this.#bySsrc.get(ssrc)?.onKeyFrameRequest();
        return;
      case 'remb':
        this.#estimator.onRemb(part.bitsPerSecond, nowMs);
        return;
      case 'transportFeedback':
        if (part.feedback.arrivalsMs.some((arrivalMs) => arrivalMs !== null)) this.#watch.arrived();
        this.#estimator.onTransportFeedback(part.feedback, nowMs);
        return;
      case 'bye':
      case 'other':
        return;
    }
  }

  limit(bitsPerSecond: number): void {
    this.#limitBitsPerSecond = bitsPerSecond;
    this.#lastAllocationMs = Number.NEGATIVE_INFINITY;
  }

  tick(nowMs: number, iceRoundTripMs: number | null): void {
    this.#iceRoundTripMs = iceRoundTripMs;
    if (!this.#connected) return;
    this.#probe(nowMs);
    if (nowMs - this.#lastAllocationMs < allocationIntervalMs) return;
    this.#lastAllocationMs = nowMs;
    this.#allocate(nowMs);
  }

  /** Looks for room above the estimate, while somebody gets less than the page would show. */
  #probe(nowMs: number): void {
    if (this.#limitBitsPerSecond !== 0) return;
    let carrier: Sink | null = null;
    let isShort = false;
    for (const sink of this.#sinks.values()) {
      if (sink.source.kind !== 'video' || sink.wanted === null || !sink.isBound) continue;
      if (sink.allocated === 'paused' || (sink.allocated !== null && sink.allocated < sink.wanted))
        isShort = true;
      if (carrier === null || (!carrier.isFlowing && sink.isFlowing)) carrier = sink;
    }
    if (!isShort || carrier === null) return;
    const bytes = this.#estimator.probeSize(nowMs);
    if (bytes > 0) carrier.probe(bytes, nowMs);
  }

  #allocate(nowMs: number): void {
    this.#bitsPerSecond = this.#available(nowMs);
    const streams = [];
    for (const sink of this.#sinks.values()) {
      const wanted = sink.wanted;
      if (!sink.isBound || wanted === null) continue;
      streams.push({
        key: sink.trackSid,
        kind: sink.source.kind,
        wantedQuality: wanted,
        priority: sink.priority,
        screenShare: sink.source.announced.source === 'screen_share',
        layers: sink.source.layers.map((layer) => ({
          quality: layer.quality,
          bitsPerSecond: layer.cost(nowMs),
          active: layer.isFlowing(nowMs) && !sink.source.isMuted,
        })),
        current: sink.allocated,
        currentSinceMs: sink.allocatedSinceMs,
      });
    }
    const shares = allocate({ availableBitsPerSecond: this.#bitsPerSecond, streams, nowMs });
    const states: StreamStateInfo[] = [];
    for (const sink of this.#sinks.values()) {
      const share = this.#afterPatience(sink, shares.get(sink.trackSid), nowMs);
      if (share !== undefined && share !== sink.allocated) {
        const wanted = sink.wanted ?? 0;
        sink.give(share, sink.source.choose(wanted, nowMs)?.quality ?? wanted, nowMs);
      }
      sink.choose(nowMs);
      if (sink.isPaused === sink.toldPaused) continue;
      sink.toldPaused = sink.isPaused;
      states.push(streamState(sink));
    }
    if (states.length > 0) {
      this.#events.send({
        case: 'streamStateUpdate',
        value: new StreamStateUpdate({ streamStates: states }),
      });
    }
  }

  #afterPatience(
    sink: Sink,
    share: VideoQuality | 'paused' | undefined,
    nowMs: number,
  ): VideoQuality | 'paused' | undefined {
    let given = share;
    // A limit that somebody set is no estimate.
    const isLimited = this.#limitBitsPerSecond !== 0;
    if (share === 'paused') {
      sink.shortSinceMs ??= nowMs;
      const isDeep = this.#deepSinceMs !== null && nowMs - this.#deepSinceMs >= deepQueueMs;
      if (isLimited || isDeep || sink.isPaused || nowMs - sink.shortSinceMs >= pauseAfterMs) return share;
      given = 0;
    } else sink.shortSinceMs = null;
    const { allocated } = sink;
    if (typeof given !== 'number' || typeof allocated !== 'number' || given >= allocated) {
      sink.lessSinceMs = null;
      return given;
    }
    sink.lessSinceMs ??= nowMs;
    const isSure = isLimited || this.#deepSinceMs !== null || nowMs - sink.lessSinceMs >= lessAfterMs;
    return isSure ? given : allocated;
  }

  #available(nowMs: number): number | null {
    const { bitsPerSecond, queueMs } = this.#estimator.estimate(nowMs);
    if (queueMs < deepQueueMs) this.#deepSinceMs = null;
    else this.#deepSinceMs ??= nowMs;
    const isEarly = this.#numbersPackets && nowMs - this.#connectedMs < firstEstimateMs;
    const estimate = bitsPerSecond ?? (isEarly ? FIRST_GUESS : null);
    if (this.#limitBitsPerSecond === 0) return estimate;
    return Math.min(this.#limitBitsPerSecond, estimate ?? Number.POSITIVE_INFINITY);
  }

  /** Fractions and ms over all sinks, as the client last reported them. */
  get reception(): { readonly loss: number; readonly jitterMs: number } {
    let loss = 0;
    let jitterMs = 0;
    let count = 0;
    for (const sink of this.#sinks.values()) {
      if (!sink.isBound) continue;
      loss += sink.loss;
      jitterMs = Math.max(jitterMs, sink.jitterMs);
      count++;
    }
    return { loss: count === 0 ? 0 : loss / count, jitterMs };
  }

  close(): void {
    this.#connected = false;
    for (const sink of [...this.#sinks.values()]) this.remove(sink);
  }
}

function streamState(sink: Sink): StreamStateInfo {
  return new StreamStateInfo({
    participantSid: sink.publisherSid,
    trackSid: sink.trackSid,
    state: sink.isPaused ? StreamState.PAUSED : StreamState.ACTIVE,
  });
}
