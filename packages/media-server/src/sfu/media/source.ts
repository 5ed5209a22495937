import type { TrackKind, VideoQuality } from '../../protocol/client-messages.ts';
import type { FrameFacts } from '../../rtp/frames.ts';
import type { RtpPacket } from '../../rtp/packet.ts';
import type { SenderReport } from '../../rtp/rtcp.ts';
import { mimeTypeOf, type SectionCodec } from '../../sdp/codecs.ts';
import type { AnnouncedTrack, MediaSource, SourceStats } from '../link.ts';
import { Dynacast } from './dynacast.ts';
import type { ExtensionIds } from './extension-ids.ts';
import type { Layer } from './layer.ts';

/** Silence in the units of RFC 6464. */
const silent = 127;
const levelWindowMs = 1_000;

/** Who takes a source's packets: the sinks of other links. */
export interface SourceListener {
  onPacket(layer: Layer, packet: RtpPacket, frame: FrameFacts | null, nowMs: number): void;
  onSenderReport(layer: Layer, report: SenderReport, nowMs: number): void;
  /** Layers came or went, or the source was muted or unmuted: the choice has to be made again. */
  onLayersChanged(nowMs: number): void;
  /** The source sends nothing any more; it has forgotten the listener already. */
  onSourceClosed(): void;
  /** What this listener would show if the network bore it. */
  readonly wanted: VideoQuality | null;
}

/** What a source needs of its publisher. */
export interface SourceOwner {
  requestKeyFrame(layer: Layer): void;
  readonly clockMs: () => number;
  readonly extensions: ExtensionIds;
}

/** A published track: its layers, and the sinks that want them. */
export class Source implements MediaSource {
  readonly trackSid: string;
  readonly kind: TrackKind;
  readonly mimeType: string;
  readonly codecName: string;
  /** All that the publisher may send; the one it does send comes first. */
  readonly codecs: readonly SectionCodec[];
  readonly announced: AnnouncedTrack;
  readonly dynacast: Dynacast;
  readonly layers: Layer[] = [];
  readonly #owner: SourceOwner;
  /** Made anew with each change, so that whoever is told of a packet may go while others are still to be told. */
  #listeners: readonly SourceListener[] = [];
  #muted = false;
  #closed = false;
  #level = silent;
  #levelAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    announced: AnnouncedTrack,
    codecs: readonly SectionCodec[],
    codec: SectionCodec,
    owner: SourceOwner,
  ) {
    this.announced = announced;
    this.trackSid = announced.sid;
    this.kind = announced.kind;
    this.codecName = codec.name;
    this.mimeType = mimeTypeOf(codec.name) ?? `${announced.kind}/${codec.name}`;
    this.codecs = [codec, ...codecs.filter((each) => each !== codec)];
    this.#owner = owner;
    this.dynacast = new Dynacast(owner.clockMs());
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  /** Numbers of the header extensions in its packets. */
  get extensions(): ExtensionIds {
    return this.#owner.extensions;
  }

  audioLevel(): number {
    return this.#owner.clockMs() - this.#levelAtMs < levelWindowMs && !this.#muted ? this.#level : silent;
  }

  setMuted(muted: boolean): void {
    if (this.#muted === muted || this.#closed) return;
    this.#muted = muted;
    this.#level = silent;
    this.layersChanged(this.#owner.clockMs());
  }

  /** Takes one level of RFC 6464; the loudest of the window counts, so that gaps between words do not flicker. */
  noteLevel(level: number, nowMs: number): void {
    if (level > this.#level && nowMs - this.#levelAtMs < levelWindowMs / 4) return;
    this.#level = level;
    this.#levelAtMs = nowMs;
  }

  /** What the best sink would show; null where no sink shows anything. Muted changes nothing: wishes outlast it. */
  wanted(): VideoQuality | null {
    let best: VideoQuality | null = null;
    for (const { wanted } of this.#listeners)
      if (wanted !== null && (best === null || wanted > best)) best = wanted;
    return best;
  }

  listen(listener: SourceListener): void {
    if (!this.#closed && !this.#listeners.includes(listener))
      this.#listeners = [...this.#listeners, listener];
  }

  unlisten(listener: SourceListener): void {
    this.#listeners = this.#listeners.filter((each) => each !== listener);
  }

  forward(layer: Layer, packet: RtpPacket, frame: FrameFacts | null, nowMs: number): void {
    if (this.#muted) return;
    const listeners = this.#listeners;
    for (let place = 0; place < listeners.length; place++) {
      listeners[place]?.onPacket(layer, packet, frame, nowMs);
    }
  }

  forwardSenderReport(layer: Layer, report: SenderReport, nowMs: number): void {
    for (const listener of this.#listeners) listener.onSenderReport(layer, report, nowMs);
  }

  layersChanged(nowMs: number): void {
    for (const listener of this.#listeners) listener.onLayersChanged(nowMs);
  }

  requestKeyFrame(layer: Layer): void {
    if (!this.#closed && !this.#muted) this.#owner.requestKeyFrame(layer);
  }

  /** The best layer that flows and is not over `most`; above it only where nothing else flows. */
  choose(most: number, nowMs: number): Layer | null {
    let below: Layer | null = null;
    let above: Layer | null = null;
    for (const layer of this.layers) {
      if (!layer.isFlowing(nowMs) && this.layers.length > 1) continue;
      if (layer.quality <= most) {
        if (below === null || layer.quality > below.quality) below = layer;
      } else if (above === null || layer.quality < above.quality) above = layer;
    }
    return below ?? above;
  }

  get stats(): SourceStats {
    const nowMs = this.#owner.clockMs();
    let packets = 0;
    let bytes = 0;
    let lost = 0;
    let jitterMs = 0;
    let activeLayers = 0;
    let bitsPerSecond = 0;
    for (const layer of this.layers) {
      const stats = layer.receive.stats;
      packets += stats.packets;
      bytes += stats.bytes;
      lost += stats.lost;
      jitterMs = Math.max(jitterMs, stats.jitterMs);
      if (nowMs - layer.lastPacketMs < 1_000) activeLayers++;
      bitsPerSecond += layer.receive.bitrate(nowMs);
    }
    return { packets, bytes, lost, jitterMs, activeLayers, bitsPerSecond };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener.onSourceClosed();
  }
}
