import type { Clock } from '../../clock.ts';
import { TransportFeedbackRecorder } from '../../rtp/feedback-recorder.ts';
import { describeFrame, type FrameFacts, type VideoCodec } from '../../rtp/frames.ts';
import { parseRtp, type RtpPacket } from '../../rtp/packet.ts';
import { type SenderReport, writeNack, writePli, writeReceiverReport } from '../../rtp/rtcp.ts';
import { restoreFromRtx } from '../../rtp/rtx.ts';
import { chooseCodecs, type SectionCodec } from '../../sdp/codecs.ts';
import type { Section } from '../../sdp/description.ts';
import type { AnnouncedTrack, MediaLinkEvents } from '../link.ts';
import { subscribedQualityUpdate } from './dynacast.ts';
import { type ExtensionIds, extensionIds, noExtensions } from './extension-ids.ts';
import { IncomingSection } from './incoming-section.ts';
import { Layer, qualityOfRid } from './layer.ts';
import { type Match, matchSections } from './section-matching.ts';
import { Source, type SourceOwner } from './source.ts';

const reportIntervalMs = 1_000;
const feedbackIntervalMs = 50;
/** RFC 3550: five bits count the blocks of one report. */
const maxReportBlocks = 31;
/** A layer that was silent for so long may go on under another SSRC of its section. */
const ssrcChangeMs = 250;

interface Route {
  readonly section: IncomingSection;
  readonly layer: Layer;
  readonly repairs: boolean;
}

/**
 * What a participant sends: tells its packets apart by what its offers and their header extensions say, makes a
 * source of each announced track once it flows, and answers with RTCP. Packets that nothing explains are dropped
 * and counted; they never reach another's track, nor one of the same participant that they do not belong to.
 */
export class Publisher implements SourceOwner {
  readonly #clock: Clock;
  readonly #events: Pick<MediaLinkEvents, 'send' | 'onTrackReady' | 'onTrackGone'>;
  readonly #sendPacket: (packet: Buffer) => void;
  readonly #ssrc: number;
  readonly #announced = new Map<string, AnnouncedTrack>();
  readonly #sections = new Map<string, IncomingSection>();
  readonly #routes = new Map<number, Route>();
  readonly #feedback = new TransportFeedbackRecorder();
  #matches: Map<string, Match> = new Map();
  #offered: readonly Section[] = [];
  #midToTrackId: Readonly<Record<string, string>> = {};
  extensions: ExtensionIds = noExtensions;
  #lastReportMs = Number.NEGATIVE_INFINITY;
  #lastFeedbackMs = Number.NEGATIVE_INFINITY;
  #closed = false;
  strayPackets = 0;
  packetsIn = 0;
  bytesIn = 0;
  nacksOut = 0;
  keyFrameRequestsOut = 0;
  /** Fraction of the last seconds' packets that did not come, 0…1. */
  loss = 0;
  jitterMs = 0;

  constructor(options: {
    readonly clock: Clock;
    readonly ssrc: number;
    readonly events: Pick<MediaLinkEvents, 'send' | 'onTrackReady' | 'onTrackGone'>;
    readonly sendPacket: (packet: Buffer) => void;
  }) {
    this.#clock = options.clock;
    this.#ssrc = options.ssrc;
    this.#events = options.events;
    this.#sendPacket = options.sendPacket;
  }

  clockMs = (): number => this.#clock.mediaMs();

  announce(track: AnnouncedTrack): void {
    this.#announced.set(track.sid, track);
    this.#match(false);
  }

  withdraw(trackSid: string): void {
    this.#announced.delete(trackSid);
    for (const [mid, match] of this.#matches) if (match.trackSid === trackSid) this.#matches.delete(mid);
    for (const section of [...this.#sections.values()]) {
      if (section.track.sid === trackSid) this.#drop(section);
    }
  }

  /** Takes a new offer of the client; `section` tells afterwards what each of its sections is to us. */
  applyOffer(sections: readonly Section[], midToTrackId: Readonly<Record<string, string>>): void {
    this.#offered = sections;
    this.#midToTrackId = midToTrackId;
    this.extensions = extensionIds(sections);
    this.#match(true);
  }

  section(mid: string): IncomingSection | undefined {
    return this.#sections.get(mid);
  }

  #match(byKind: boolean): void {
    const sending = [];
    for (const section of this.#offered) {
      if (section.kind === 'application' || section.rejected) continue;
      if (section.direction !== 'sendonly' && section.direction !== 'sendrecv') continue;
      const trackIds = [section.msid?.track, this.#midToTrackId[section.mid]].filter(
        (id) => id !== undefined,
      );
      sending.push({ mid: section.mid, kind: section.kind, trackIds: trackIds.filter((id) => id !== '') });
    }
    const gone = this.#forgetEnded(new Set(sending.map(({ mid }) => mid)));
    this.#matches = matchSections(sending, [...this.#announced.values()], this.#matches, byKind);
    for (const section of [...this.#sections.values()]) {
      if (this.#matches.get(section.mid)?.trackSid === section.track.sid) continue;
      if (section.source !== null) gone.add(section.track.sid);
      this.#drop(section);
    }
    for (const section of this.#offered) {
      const track = this.#announced.get(this.#matches.get(section.mid)?.trackSid ?? '');
      if (track === undefined) continue;
      const incoming = this.#sections.get(section.mid) ?? new IncomingSection(section.mid, track);
      this.#sections.set(section.mid, incoming);
      incoming.update(section, chooseCodecs(track.kind, section.codecs, announcedCodecs(track)));
      for (const ssrc of incoming.declared.keys()) {
        const route = this.#routes.get(ssrc);
        if (route !== undefined && route.section !== incoming) this.#forgetLayer(route.section, route.layer);
      }
    }
    // Told last: whoever hears of it may announce the next track under the same client id at once.
    for (const trackSid of gone) {
      this.#announced.delete(trackSid);
      this.#events.onTrackGone(trackSid);
    }
  }

  /**
   * Tracks whose section sends no more are over before others are matched: a client like Firefox, whose sections are
   * matched by kind, would otherwise have its next track taken for the one that it stopped. A section that an offer does
   * not have says nothing: none is left out before it was seen to stop (RFC 3264 section 8), but for an old offer said again.
   */
  #forgetEnded(sending: ReadonlySet<string>): Set<string> {
    const ended = new Set<string>();
    const offered = new Set(this.#offered.map(({ mid }) => mid));
    for (const { mid, track } of this.#sections.values()) {
      if (sending.has(mid) || !offered.has(mid)) continue;
      ended.add(track.sid);
      this.#announced.delete(track.sid);
    }
    return ended;
  }

  #drop(section: IncomingSection): void {
    this.#sections.delete(section.mid);
    for (const layer of [...section.layers.values()]) this.#forgetLayer(section, layer);
    const source = section.source;
    section.source = null;
    source?.close();
  }

  #forgetLayer(section: IncomingSection, layer: Layer): void {
    this.#routes.delete(layer.ssrc);
    if (layer.rtxSsrc !== null) this.#routes.delete(layer.rtxSsrc);
    if (section.layers.get(layer.rid) === layer) section.layers.delete(layer.rid);
    const place = section.source?.layers.indexOf(layer) ?? -1;
    if (place >= 0) section.source?.layers.splice(place, 1);
  }

  onRtp(buffer: Buffer, nowMs: number): void {
    this.packetsIn++;
    this.bytesIn += buffer.length;
    const packet = parseRtp(buffer);
    if (packet === null) {
      this.strayPackets++;
      return;
    }
    if (this.extensions.transportSequence !== 0) {
      const value = packet.extension(this.extensions.transportSequence);
      if (value !== undefined && value.length >= 2) {
        this.#feedback.record(value.readUInt16BE(0), nowMs, packet.ssrc);
      }
    }
    const route = this.#routes.get(packet.ssrc) ?? this.#learn(packet, nowMs);
    if (route === null) {
      this.strayPackets++;
      return;
    }
    if (!route.repairs) {
      this.#onMedia(route, packet, nowMs);
      return;
    }
    const codec = route.section.repairedCodec(packet.payloadType);
    if (codec === undefined) {
      this.strayPackets++;
      return;
    }
    // RTX also carries the padding by which the client probes; nothing is restored from that.
    const restored = restoreFromRtx(packet, { ssrc: route.layer.ssrc, payloadType: codec.payloadType });
    const original = restored === null ? null : parseRtp(restored);
    if (original !== null) this.#onMedia(route, original, nowMs);
  }

  #onMedia(route: Route, packet: RtpPacket, nowMs: number): void {
    const { section, layer } = route;
    const codec = section.codec(packet.payloadType);
    if (codec === undefined) {
      this.strayPackets++;
      return;
    }
    if (layer.receive.receive(packet, nowMs) === 'duplicate') return;
    const wasFlowing = layer.isFlowing(nowMs);
    // Padding alone, by which a browser looks for room, is no sign of a layer.
    if (packet.payloadLength > 0) layer.came(packet.marker, nowMs);
    const source = section.source ?? this.#makeReady(section, codec);
    if (source === null) return;
    if (!source.layers.includes(layer)) source.layers.push(layer);
    let frame: FrameFacts | null = null;
    if (section.track.kind === 'video') {
      frame = this.#describe(codec, packet);
      if (frame?.keyFrame === true && frame.start) layer.keyFrames.answered();
      const temporalLayers = (frame?.temporalLayer ?? 0) + 1;
      if (temporalLayers > layer.temporalLayers) layer.temporalLayers = temporalLayers;
    } else if (this.extensions.audioLevel !== 0) {
      const level = packet.extension(this.extensions.audioLevel)?.[0];
      if (level !== undefined) source.noteLevel(level & 0x7f, nowMs);
    }
    if (!wasFlowing && layer.isFlowing(nowMs)) source.layersChanged(nowMs);
    source.forward(layer, packet, frame, nowMs);
  }

  #describe(codec: SectionCodec, packet: RtpPacket): FrameFacts | null {
    const name = videoCodecName(codec.name);
    if (name === null || packet.payloadLength === 0) return null;
    const id = this.extensions.dependencyDescriptor;
    return describeFrame(name, packet.payload, id === 0 ? undefined : packet.extension(id));
  }

  #makeReady(section: IncomingSection, codec: SectionCodec): Source | null {
    const source = new Source(section.track, section.codecs, codec, this);
    section.source = source;
    this.#events.onTrackReady(section.track.sid, source, section.mid);
    // Whoever hears of the track may have withdrawn it at once.
    return source.isClosed ? null : source;
  }

  /** Explains an SSRC seen for the first time, by the SDP or by its mid and rid extensions (RFC 9143, RFC 8852). */
  #learn(packet: RtpPacket, nowMs: number): Route | null {
    for (const section of this.#sections.values()) {
      const declared = section.declared.get(packet.ssrc);
      if (declared !== undefined) return this.#bind(section, declared.rid, declared.repairs, packet, nowMs);
    }
    const mid = this.extensions.mid === 0 ? undefined : packet.extension(this.extensions.mid);
    const section = mid === undefined ? undefined : this.#sections.get(mid.toString('latin1'));
    if (section === undefined) return null;
    const repairs = section.repairedCodec(packet.payloadType) !== undefined;
    if (section.rids.length === 0) return this.#bind(section, '', repairs, packet, nowMs);
    const id = repairs ? this.extensions.repairedRid : this.extensions.rid;
    const rid = id === 0 ? undefined : packet.extension(id)?.toString('latin1');
    if (rid === undefined || !section.rids.includes(rid)) return null;
    return this.#bind(section, rid, repairs, packet, nowMs);
  }

  #bind(
    section: IncomingSection,
    rid: string,
    repairs: boolean,
    packet: RtpPacket,
    nowMs: number,
  ): Route | null {
    const known = section.layers.get(rid);
    if (repairs) {
      if (known === undefined || section.repairedCodec(packet.payloadType) === undefined) return null;
      if (known.rtxSsrc !== null) this.#routes.delete(known.rtxSsrc);
      known.rtxSsrc = packet.ssrc;
      return this.#addRoute(packet.ssrc, { section, layer: known, repairs });
    }
    if (section.codec(packet.payloadType) === undefined) return null;
    if (known !== undefined) {
      if (nowMs - known.lastPacketMs < ssrcChangeMs) return null;
      this.#forgetLayer(section, known);
    }
    const layer = new Layer(rid, qualityOfRid(rid, section.rids), packet.ssrc, section.track.kind);
    section.layers.set(rid, layer);
    return this.#addRoute(packet.ssrc, { section, layer, repairs });
  }

  #addRoute(ssrc: number, route: Route): Route {
    this.#routes.set(ssrc, route);
    return route;
  }

  onSenderReport(report: SenderReport, nowMs: number): void {
    const route = this.#routes.get(report.ssrc);
    if (route === undefined || route.repairs) return;
    route.layer.receive.onSenderReport(report, nowMs);
    route.section.source?.forwardSenderReport(route.layer, report, nowMs);
  }

  requestKeyFrame(layer: Layer): void {
    if (layer.keyFrames.want(this.#clock.mediaMs())) this.#sendPli(layer);
  }

  #sendPli(layer: Layer): void {
    if (this.#closed) return;
    this.keyFrameRequestsOut++;
    this.#sendPacket(writePli(this.#ssrc, layer.ssrc));
  }

  /** Sends what is due: feedback, NACKs, reports, repeated key-frame requests, wanted qualities. */
  /** Sound flows that is not muted: of all that clients send it pauses least, also where it is silent. */
  get hasSound(): boolean {
    for (const { source } of this.#sections.values())
      if (source !== null && source.kind === 'audio' && !source.isMuted) return true;
    return false;
  }

  tick(nowMs: number, roundTripMs: number | null): void {
    if (nowMs - this.#lastFeedbackMs >= feedbackIntervalMs) {
      this.#lastFeedbackMs = nowMs;
      for (const packet of this.#feedback.build(this.#ssrc)) this.#sendPacket(packet);
    }
    for (const { layers } of this.#sections.values()) {
      for (const layer of layers.values()) {
        const missing = layer.receive.missing(nowMs);
        if (missing.length > 0) {
          this.nacksOut += missing.length;
          this.#sendPacket(writeNack(this.#ssrc, layer.ssrc, missing));
        }
        if (layer.keyFrames.due(nowMs)) this.#sendPli(layer);
      }
    }
    if (nowMs - this.#lastReportMs >= reportIntervalMs) {
      this.#lastReportMs = nowMs;
      this.#report(nowMs, roundTripMs);
    }
    for (const { source } of this.#sections.values()) if (source !== null) this.#tellWanted(source, nowMs);
  }

  #report(nowMs: number, roundTripMs: number | null): void {
    const blocks = [];
    let lost = 0;
    this.jitterMs = 0;
    for (const section of this.#sections.values()) {
      for (const layer of section.layers.values()) {
        if (roundTripMs !== null) layer.receive.setRoundTrip(roundTripMs);
        if (!layer.isFlowing(nowMs)) continue;
        const block = layer.receive.reportBlock(nowMs);
        lost += block.fractionLost;
        this.jitterMs = Math.max(this.jitterMs, layer.receive.stats.jitterMs);
        blocks.push(block);
      }
    }
    this.loss += ((blocks.length === 0 ? 0 : lost / blocks.length) - this.loss) / 3;
    for (let first = 0; first < blocks.length; first += maxReportBlocks) {
      this.#sendPacket(writeReceiverReport(this.#ssrc, blocks.slice(first, first + maxReportBlocks)));
    }
  }

  #tellWanted(source: Source, nowMs: number): void {
    if (source.kind !== 'video' || source.isMuted) return;
    const wanted = source.wanted();
    if (!source.dynacast.update(wanted, nowMs)) return;
    const value = subscribedQualityUpdate(source.trackSid, source.codecName, wanted);
    this.#events.send({ case: 'subscribedQualityUpdate', value });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const section of [...this.#sections.values()]) this.#drop(section);
    this.#announced.clear();
    this.#matches.clear();
    this.#offered = [];
  }
}

/** What the client announced under this cid, without the backups that have sections of their own. */
function announcedCodecs(track: AnnouncedTrack): string[] {
  return track.codecs
    .filter(({ cid }) => cid === '' || cid === track.cid)
    .map(({ codec }) => codec.toLowerCase());
}

function videoCodecName(name: string): VideoCodec | null {
  return name === 'vp8' || name === 'h264' || name === 'vp9' || name === 'av1' ? name : null;
}
