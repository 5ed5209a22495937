import type { VideoQuality } from '../../protocol/client-messages.ts';
import { STEP_UP_HOLD_MS } from '../../rtp/allocation.ts';
import type { FrameFacts } from '../../rtp/frames.ts';
import { parseRtp, type RtpExtension, type RtpPacket } from '../../rtp/packet.ts';
import { StreamRewriter } from '../../rtp/rewriter.ts';
import type { ReportBlock, SenderReport } from '../../rtp/rtcp.ts';
import { SendStream } from '../../rtp/send-stream.ts';
import { highestTemporalLayer, TemporalFilter } from '../../rtp/temporal-filter.ts';
import { findReceivingCodec, type SectionCodec } from '../../sdp/codecs.ts';
import type { MediaSink } from '../link.ts';
import { ArrivalCount } from './arrival-watch.ts';
import { type ExtensionIds, noExtensions } from './extension-ids.ts';
import type { Layer } from './layer.ts';
import type { Source, SourceListener } from './source.ts';
import { unspokenWish, type Wish, wantedQuality } from './wanted-quality.ts';

/** The way out to one subscriber. */
export interface SinkOwner {
  readonly isConnected: boolean;
  readonly roundTripMs: number | null;
  /** Number for the packet that is sent next; taken only where the extension is negotiated. */
  nextTransportSequence(): number;
  send(packet: Buffer, transportSequence: number | null, nowMs: number): void;
  /** The packet that is sent next had this number before. */
  sendAgain(transportSequence: number): void;
  clockMs(): number;
  /** Something went wrong on the way to this subscriber: it is no fault of the publisher whose packet was at hand. */
  fault(error: unknown): void;
}

const soonAfterStepUpMs = 10_000;
const longestHoldMs = 15_000;

/** Stands in a packet until it is sure to go out: numbers that are taken and not sent would count as lost. */
const noSequence = Buffer.alloc(2);
const oneByteProfile = 0xbede;

/** One participant's view of one track: chooses the layer, rewrites and sends it, and answers for what was lost. */
export class Sink implements MediaSink, SourceListener {
  readonly trackSid: string;
  readonly publisherSid: string;
  readonly stream: string;
  readonly source: Source;
  readonly ssrc: number;
  readonly #owner: SinkOwner;
  readonly #rewriter: StreamRewriter;
  readonly #frames = new TemporalFilter();
  readonly #sent: SendStream;
  readonly #payloadTypes: number[] = new Array<number>(128).fill(-1);
  readonly #codecNames: string[] = new Array<string>(128).fill('');
  readonly rtxSsrc: number;
  /** Of the packet at hand, written anew for each; the transport-wide number is always the first. */
  readonly #extensions: RtpExtension[] = [];
  #ids: ExtensionIds = noExtensions;
  #sequenceExtension: RtpExtension = { id: 0, value: noSequence };
  #rtxPayloadType: number | null = null;
  #bound = false;
  #closed = false;
  #wish: Wish = unspokenWish;
  #current: Layer | null = null;
  #target: Layer | null = null;
  readonly #arrivals = new ArrivalCount();
  #packets = 0;
  #bytes = 0;
  /** What the downlink bears, by `give`; `null` until it was asked. */
  allocated: VideoQuality | 'paused' | null = null;
  allocatedSinceMs = 0;
  #steppedUpMs = Number.NEGATIVE_INFINITY;
  #holdMs = 0;
  /** Since when not even the lowest layer fits; null while one does. */
  shortSinceMs: number | null = null;
  /** Since when less than now would be given; null while it is not. */
  lessSinceMs: number | null = null;
  /** What the client was told of the stream. */
  toldPaused = false;
  /** Fraction lost and jitter as the last receiver report told them. */
  loss = 0;
  jitterMs = 0;

  constructor(options: {
    readonly source: Source;
    readonly publisherSid: string;
    readonly stream: string;
    readonly ssrc: number;
    readonly rtxSsrc: number;
    readonly owner: SinkOwner;
  }) {
    this.source = options.source;
    this.trackSid = options.source.trackSid;
    this.publisherSid = options.publisherSid;
    this.stream = options.stream;
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    this.#owner = options.owner;
    const clockRate = this.source.kind === 'audio' ? 48_000 : 90_000;
    this.#rewriter = new StreamRewriter({ ssrc: options.ssrc, clockRate });
    this.#sent = new SendStream({ ssrc: options.ssrc, rtx: null });
    this.source.listen(this);
  }

  get isBound(): boolean {
    return this.#bound;
  }

  get priority(): number {
    return this.#wish.priority;
  }

  get wanted(): VideoQuality | null {
    if (this.#closed) return null;
    return this.source.kind === 'audio'
      ? this.#wish.disabled
        ? null
        : 2
      : wantedQuality(this.#wish, this.source.announced.layers);
  }

  /** A layer goes out to the client. */
  get isFlowing(): boolean {
    return this.#current !== null;
  }

  get isPaused(): boolean {
    return this.allocated === 'paused' && this.source.kind === 'video';
  }

  /**
   * Takes what the downlink bears; `best` is what would be given with room for all. Who fell soon after a step up waits
   * longer for the next one, each time: the estimate was wrong there before.
   */
  give(share: VideoQuality | 'paused', best: VideoQuality, nowMs: number): void {
    const before = this.allocated;
    this.allocated = share;
    if (before === null || before === share) return;
    const isUp = before === 'paused' || (share !== 'paused' && share > before);
    if (isUp) {
      this.#steppedUpMs = nowMs;
      this.allocatedSinceMs = nowMs;
    } else if (share === 'paused' || share < best) {
      const isSoon = nowMs - this.#steppedUpMs < soonAfterStepUpMs;
      this.#holdMs = isSoon ? Math.min(longestHoldMs, this.#holdMs * 2 + STEP_UP_HOLD_MS) : 0;
      this.allocatedSinceMs = nowMs + this.#holdMs;
    }
  }

  configure(wish: Wish): void {
    if (this.#closed) return;
    const before = this.wanted;
    const isFirst = this.#wish === unspokenWish;
    this.#wish = wish;
    // Who got all that was wanted may have more at once: the wait before a step up is for those that are short.
    if (typeof this.allocated === 'number' && this.allocated >= (before ?? 0)) this.allocated = null;
    this.choose(this.#owner.clockMs());
    // Only now has the page a place for it: what began before is lost to one that decrypts what comes.
    if (isFirst && this.#current !== null) this.onKeyFrameRequest();
  }

  /**
   * The section is negotiated: `codecs` are those the client takes in it. False where none of them is the source's.
   * May be called again with what a later offer says.
   */
  bind(codecs: readonly SectionCodec[], ids: ExtensionIds): boolean {
    this.#payloadTypes.fill(-1);
    let fits = false;
    let rtxPayloadType: number | null = null;
    for (const published of this.source.codecs) {
      const taken = findReceivingCodec(published, codecs);
      if (taken === undefined) continue;
      this.#payloadTypes[published.payloadType] = taken.payloadType;
      this.#codecNames[published.payloadType] = published.name;
      if (!fits) rtxPayloadType = taken.rtxPayloadType;
      fits = true;
    }
    this.#rtxPayloadType = rtxPayloadType;
    this.#sent.useRtx(rtxPayloadType === null ? null : { ssrc: this.rtxSsrc, payloadType: rtxPayloadType });
    this.#ids = ids;
    this.#sequenceExtension = { id: ids.transportSequence, value: noSequence };
    this.#bound = fits && !this.#closed;
    if (this.#bound) this.choose(this.#owner.clockMs());
    return fits;
  }

  unbind(): void {
    this.#bound = false;
    this.#stop();
  }

  /** Nothing flows; what comes next continues where this ended, without a gap that looks like loss. */
  #stop(): void {
    this.#current = null;
    this.#target = null;
    this.#rewriter.interrupt();
  }

  /** Settles which layer should flow, and asks for the key frame by which it can begin. */
  choose(nowMs: number, mayLower = true): void {
    const wanted = this.wanted;
    if (wanted === null || !this.#bound || this.isPaused || this.source.isMuted || !this.#owner.isConnected) {
      this.#stop();
      return;
    }
    if (this.source.kind === 'audio') return;
    const borne = typeof this.allocated === 'number' ? this.allocated : 2;
    const chosen = this.source.choose(Math.min(borne, wanted), nowMs);
    const current = this.#current;
    // While all layers rest, what flowed last is the best guess.
    if (current !== null && this.source.layers.includes(current)) {
      if (chosen === null || (!mayLower && chosen.quality < current.quality)) return;
    }
    this.#target = chosen;
    if (chosen !== null) {
      const { framesPerSecond, temporalLayers } = chosen;
      this.#frames.setHighest(highestTemporalLayer(this.#wish.fps, framesPerSecond, temporalLayers));
    }
    if (this.#target !== null && this.#target !== this.#current) this.source.requestKeyFrame(this.#target);
  }

  /**
   * After a rest of all layers the least often comes back first: what is better is taken up at once, what is less is
   * left to the regular choice.
   */
  onLayersChanged(nowMs: number): void {
    try {
      this.choose(nowMs, false);
    } catch (error) {
      this.#owner.fault(error);
    }
  }

  onPacket(layer: Layer, packet: RtpPacket, frame: FrameFacts | null, nowMs: number): void {
    try {
      this.#take(layer, packet, frame, nowMs);
    } catch (error) {
      this.#owner.fault(error);
    }
  }

  #take(layer: Layer, packet: RtpPacket, frame: FrameFacts | null, nowMs: number): void {
    if (!this.#bound || !this.#owner.isConnected) return;
    const payloadType = this.#payloadTypes[packet.payloadType] ?? -1;
    if (payloadType < 0) return;
    if (this.source.kind === 'audio') {
      if (this.#wish.disabled) return;
      this.#current = layer;
    } else if (layer !== this.#current) {
      if (layer !== this.#target || frame === null || !frame.keyFrame || !frame.start) return;
      this.#current = layer;
    }
    // Padding by which the publisher probes its own way is not passed on, and leaves no gap.
    if (packet.payloadLength === 0 && this.#rewriter.dropped(packet)) return;
    const isWished = frame === null || this.#frames.takes(frame, packet.timestamp);
    if (!isWished && this.#rewriter.dropped(packet)) return;
    this.#writeExtensions(packet);
    const codec = this.#codecNames[packet.payloadType] ?? '';
    const extensions = this.#extensions;
    const out = this.#rewriter.rewrite(packet, layer, { payloadType, extensions, codec, nowMs });
    if (out !== null) this.#send(out, nowMs);
  }

  #send(out: Buffer, nowMs: number): void {
    this.#packets++;
    this.#bytes += out.length;
    let transportSequence: number | null = null;
    if (this.#ids.transportSequence !== 0) {
      transportSequence = this.#owner.nextTransportSequence();
      // Fixed header, head of the extensions, head of the first of them (RFC 8285).
      const at = 12 + 4 + (out.readUInt16BE(12) === oneByteProfile ? 1 : 2);
      out.writeUInt16BE(transportSequence, at);
    }
    this.#arrivals.sent();
    this.#sent.sent(out, out.readUInt16BE(2), nowMs);
    this.#owner.send(out, transportSequence, nowMs);
  }

  #writeExtensions(packet: RtpPacket): void {
    const ids = this.#ids;
    const theirs = this.source.extensions;
    this.#extensions.length = 0;
    if (ids.transportSequence !== 0) this.#extensions.push(this.#sequenceExtension);
    if (ids.videoOrientation !== 0 && theirs.videoOrientation !== 0) {
      const value = packet.extension(theirs.videoOrientation);
      if (value !== undefined) this.#extensions.push({ id: ids.videoOrientation, value });
    }
    // Its frame numbers belong to one encoder: with several layers they would jump at each switch.
    if (ids.dependencyDescriptor === 0 || theirs.dependencyDescriptor === 0) return;
    if (this.source.layers.length > 1) return;
    const value = packet.extension(theirs.dependencyDescriptor);
    if (value !== undefined) this.#extensions.push({ id: ids.dependencyDescriptor, value });
  }

  /** Sends about so many bytes of padding, by which the way down is probed, also while it is paused; answers how many. */
  probe(bytes: number, nowMs: number): number {
    if (!this.#bound || this.#ids.transportSequence === 0) return 0;
    const payloadType = this.#payloadTypes.find((each) => each >= 0);
    if (payloadType === undefined) return 0;
    let left = bytes;
    while (left > 0) {
      const out = this.#rewriter.padding(255, { payloadType, extensions: [this.#sequenceExtension] });
      if (out === null) break;
      this.#send(out, nowMs);
      left -= out.length;
    }
    return bytes - left;
  }

  onSenderReport(layer: Layer, report: SenderReport, nowMs: number): void {
    this.#rewriter.onSenderReport(layer, report);
    if (!this.#bound || layer !== this.#current || !this.#owner.isConnected) return;
    const rtpTimestamp = this.#rewriter.mapTimestamp(layer, report.rtpTimestamp);
    if (rtpTimestamp === null) return;
    // The publisher's own clock stays in it: by that its audio and video are put together again.
    const { ntpMsw, ntpLsw } = report;
    try {
      this.#owner.send(this.#sent.senderReport(nowMs, { ntpMsw, ntpLsw, rtpTimestamp }), null, nowMs);
    } catch (error) {
      this.#owner.fault(error);
    }
  }

  /** Takes what the client reports of this stream; answers the round trip, where it tells it, in ms. */
  onReport(block: ReportBlock, nowMs: number): number | null {
    this.loss = block.fractionLost;
    this.jitterMs = (block.jitter * 1_000) / (this.source.kind === 'audio' ? 48_000 : 90_000);
    return this.#sent.roundTripMs(block, nowMs);
  }

  /** What the same report says of whether anything arrives. */
  progress(block: ReportBlock): 'arrives' | 'stands' | 'quiet' {
    return this.#arrivals.reported(block.highestSequence);
  }

  onNack(sequenceNumbers: readonly number[], nowMs: number): void {
    if (!this.#bound) return;
    for (const out of this.#sent.resend(sequenceNumbers, nowMs, this.#owner.roundTripMs ?? 100)) {
      const id = this.#ids.transportSequence;
      const place = id === 0 ? undefined : parseRtp(out)?.extension(id);
      let transportSequence: number | null = null;
      if (place !== undefined && this.#rtxPayloadType === null) {
        // The client's SRTP takes one of two that are alike: with one number for both it is not lost, whichever comes first.
        this.#owner.sendAgain(place.readUInt16BE(0));
      } else if (place !== undefined) {
        transportSequence = this.#owner.nextTransportSequence();
        place.writeUInt16BE(transportSequence, 0);
      }
      this.#owner.send(out, transportSequence, nowMs);
    }
  }

  /** The client lost its picture and needs a key frame of what it is shown. */
  onKeyFrameRequest(): void {
    const layer = this.#current ?? this.#target;
    if (this.#bound && layer !== null && this.source.kind === 'video') this.source.requestKeyFrame(layer);
  }

  onSourceClosed(): void {
    this.#stop();
  }

  get stats(): MediaSink['stats'] {
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      forwardedQuality: this.#current?.quality ?? null,
      wantedQuality: this.wanted,
      paused: this.isPaused,
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.unbind();
    this.source.unlisten(this);
  }
}
