// One outgoing stream over several incoming ones (simulcast layers, one after another), over pauses and over what is
// left out on purpose: the far end sees one encoder that never stopped.
import { randomInt } from 'node:crypto';
import { NumberMapper } from './number-mapper.ts';
import { type RtpExtension, type RtpPacket, writeRtp } from './packet.ts';
import type { SenderReport } from './rtcp.ts';
import { SequenceUnwrapper, timestampDistance } from './sequence.ts';
import { Vp8Descriptor } from './vp8-descriptor.ts';

/** Packets back for which a late one still finds its number; a second and more of a busy camera. */
const SEQUENCE_MEMORY = 1024;
const PICTURE_MEMORY = 128;
/** More packets missing than this in a row is a restart, not a loss that anybody could repair. */
const LARGEST_LOSS = 500;
const LARGEST_PICTURE_LOSS = 60;
/** A source's own clock or its reports are not believed when they are this far from the time that passed here. */
const BELIEVED_MS = 1_000;
/** Within one source: ahead of the time that passed, and back, beyond which its clock was started anew. */
const CLOCK_AHEAD_MS = 5_000;
const CLOCK_BACK_MS = 3_000;
const MAX_PADDING = 255;
const noPayload = Buffer.alloc(0);
const sharedDescriptor = new Vp8Descriptor();

export interface RewriteOptions {
  readonly payloadType: number;
  readonly extensions: readonly RtpExtension[];
  /** `vp8` has its picture ids rewritten; of all others only the header. */
  readonly codec: string;
  readonly nowMs: number;
}

export interface RewriterOptions {
  readonly ssrc: number;
  readonly clockRate: number;
  /** Random where left out (RFC 3550 section 5.1); the number below 2^15, for SRTP's sake (RFC 3711 section 3.3.1). */
  readonly firstSequenceNumber?: number;
  readonly firstTimestamp?: number;
}

/**
 * Give it packets of the chosen source only. The first packet of another source (or of another SSRC) is the switch, and
 * should begin a key frame; `interrupt` makes a switch of the next packet even where the source stays.
 */
export class StreamRewriter {
  readonly ssrc: number;
  readonly #ticksPerMs: number;
  readonly #sequences: NumberMapper;
  readonly #pictures = new NumberMapper(PICTURE_MEMORY, LARGEST_PICTURE_LOSS, randomInt(0x8000));
  readonly #reports = new WeakMap<object, { ntpMs: number; rtpTimestamp: number }>();

  #source: object | null = null;
  #sourceSsrc = -1;
  #interrupted = true;
  #unwrapper = new SequenceUnwrapper();
  #timestampOffset = 0;
  /** Packets of the source before this one belong to a clock that is gone. */
  #anchorSequence = 0;
  #vp8 = false;
  #highestPicture = -1;
  #tl0Offset = 0;
  #keyOffset = 0;
  #lastTl0 = -1;
  #lastKey = -1;

  #lastInTimestamp = 0;
  #lastOutTimestamp: number;
  #lastAtMs = Number.NaN;
  #lastMarker = false;

  constructor(options: RewriterOptions) {
    this.ssrc = options.ssrc;
    this.#ticksPerMs = options.clockRate / 1000;
    const first = options.firstSequenceNumber ?? randomInt(0x8000);
    this.#sequences = new NumberMapper(SEQUENCE_MEMORY, LARGEST_LOSS, first);
    this.#lastOutTimestamp = options.firstTimestamp ?? randomInt(2 ** 32);
  }

  /** The source of the last packet; null before the first and after `interrupt`. */
  get source(): object | null {
    return this.#interrupted ? null : this.#source;
  }

  /**
   * The packet as it goes out, with `extensions` in place of its own; null for one that came twice, too late, or from
   * before the switch. What is wanted no more but has a number kept for it goes out as padding.
   */
  rewrite(packet: RtpPacket, source: object, options: RewriteOptions): Buffer | null {
    const switching = this.#interrupted || source !== this.#source || packet.ssrc !== this.#sourceSsrc;
    if (packet.payloadLength === 0) {
      if (switching || this.dropped(packet)) return null;
    } else if (switching) {
      this.#switch(packet, source, options);
    }
    const incoming = this.#unwrapper.unwrap(packet.sequenceNumber);
    const newest = this.#sequences.isNewest(incoming);
    if (incoming < this.#anchorSequence) return null;
    const outgoing = this.#sequences.give(incoming, false);
    if (outgoing === null) return null;
    if (newest && !switching) this.#followClock(packet, incoming, options.nowMs);
    const timestamp = (packet.timestamp + this.#timestampOffset) >>> 0;
    if (newest) {
      this.#lastInTimestamp = packet.timestamp;
      if (timestampDistance(this.#lastOutTimestamp, timestamp) > 0) this.#lastOutTimestamp = timestamp;
      this.#lastAtMs = options.nowMs;
      this.#lastMarker = packet.marker;
    }
    if (packet.payloadLength === 0) return this.#pad(outgoing, timestamp, 1, options);
    if (this.#vp8) return this.#writeVp8(packet, outgoing, timestamp, options);
    return this.#write(packet.marker, outgoing, timestamp, packet.payload, options);
  }

  /**
   * Leaves a packet of the present source out, so that no gap shows. False where a number is kept for it already
   * (it is late): give it to `rewrite` then. A VP8 frame is left out whole or not at all.
   */
  dropped(packet: RtpPacket): boolean {
    if (this.#interrupted || packet.ssrc !== this.#sourceSsrc) return true;
    const incoming = this.#unwrapper.unwrap(packet.sequenceNumber);
    const leftOut = this.#sequences.leaveOut(incoming);
    if (leftOut && this.#vp8 && this.#read(packet) && sharedDescriptor.pictureId >= 0) {
      this.#pictures.leaveOut(this.#unwrapPicture(sharedDescriptor));
    }
    return leftOut;
  }

  /** Nothing is forwarded from now on; the next packet continues as if nothing had been left out. */
  interrupt(): void {
    this.#interrupted = true;
  }

  /**
   * A padding-only packet for probing, behind a whole frame or while interrupted; null within a frame and before the first.
   * `bytes` of padding are held to 1…255.
   */
  padding(bytes: number, options: Pick<RewriteOptions, 'payloadType' | 'extensions'>): Buffer | null {
    if (Number.isNaN(this.#lastAtMs) || !(this.#lastMarker || this.#interrupted)) return null;
    return this.#pad(this.#sequences.insert(), this.#lastOutTimestamp, bytes, options);
  }

  /** How the source's clock relates to the sender's wall clock; of use at the next switch. */
  onSenderReport(source: object, report: Pick<SenderReport, 'ntpMsw' | 'ntpLsw' | 'rtpTimestamp'>): void {
    const ntpMs = report.ntpMsw * 1000 + report.ntpLsw / 4_294_967.296;
    this.#reports.set(source, { ntpMs, rtpTimestamp: report.rtpTimestamp });
  }

  /** The outgoing timestamp (32 bits) for one of the present source, for a sender report; null for another source. */
  mapTimestamp(source: object, timestamp: number): number | null {
    if (this.#interrupted || source !== this.#source) return null;
    return (timestamp + this.#timestampOffset) >>> 0;
  }

  #switch(packet: RtpPacket, source: object, options: RewriteOptions): void {
    const advance = this.#advance(packet, source, options.nowMs);
    this.#timestampOffset = (this.#lastOutTimestamp + advance - packet.timestamp) >>> 0;
    this.#source = source;
    this.#sourceSsrc = packet.ssrc;
    this.#interrupted = false;
    this.#unwrapper = new SequenceUnwrapper();
    this.#anchorSequence = Number.NEGATIVE_INFINITY;
    this.#sequences.restart();
    this.#vp8 = options.codec === 'vp8';
    this.#pictures.restart();
    this.#highestPicture = -1;
    if (!this.#vp8 || !this.#read(packet)) return;
    if (this.#lastTl0 >= 0) this.#tl0Offset = (this.#lastTl0 + 1 - sharedDescriptor.tl0PicIdx) & 0xff;
    if (this.#lastKey >= 0) this.#keyOffset = (this.#lastKey + 1 - sharedDescriptor.keyIdx) & 0x1f;
  }

  /** Ticks from the last outgoing timestamp to this first packet after a switch; at least one. */
  #advance(packet: RtpPacket, source: object, nowMs: number): number {
    if (Number.isNaN(this.#lastAtMs)) return 0;
    const elapsedMs = Math.max(0, nowMs - this.#lastAtMs);
    const told = this.#toldAdvanceMs(packet, source);
    const ms = told !== null && Math.abs(told - elapsedMs) < BELIEVED_MS ? told : elapsedMs;
    return Math.max(1, Math.round(ms * this.#ticksPerMs));
  }

  /** By the source's own clock where it is the same one, else by the sender reports of both; null where unknown. */
  #toldAdvanceMs(packet: RtpPacket, source: object): number | null {
    if (packet.ssrc === this.#sourceSsrc) {
      return timestampDistance(this.#lastInTimestamp, packet.timestamp) / this.#ticksPerMs;
    }
    const before = this.#source === null ? undefined : this.#reports.get(this.#source);
    const after = this.#reports.get(source);
    if (before === undefined || after === undefined) return null;
    const then =
      before.ntpMs + timestampDistance(before.rtpTimestamp, this.#lastInTimestamp) / this.#ticksPerMs;
    const now = after.ntpMs + timestampDistance(after.rtpTimestamp, packet.timestamp) / this.#ticksPerMs;
    return now - then;
  }

  /** A source whose clock starts anew (an encoder or device was changed) is set to the time that passed. */
  #followClock(packet: RtpPacket, incoming: number, nowMs: number): void {
    const toldMs = timestampDistance(this.#lastInTimestamp, packet.timestamp) / this.#ticksPerMs;
    const elapsedMs = Math.max(0, nowMs - this.#lastAtMs);
    if (toldMs <= elapsedMs + CLOCK_AHEAD_MS && toldMs >= -CLOCK_BACK_MS) return;
    const advance = Math.max(1, Math.round(elapsedMs * this.#ticksPerMs));
    this.#timestampOffset = (this.#lastOutTimestamp + advance - packet.timestamp) >>> 0;
    this.#anchorSequence = incoming;
  }

  #read(packet: RtpPacket): boolean {
    return sharedDescriptor.read(packet.buffer, packet.payloadOffset, packet.payloadLength);
  }

  #unwrapPicture(descriptor: Vp8Descriptor): number {
    if (this.#highestPicture < 0) {
      this.#highestPicture = descriptor.pictureId;
      return descriptor.pictureId;
    }
    const shift = 32 - descriptor.pictureIdBits;
    const picture =
      this.#highestPicture + (((descriptor.pictureId - this.#highestPicture) << shift) >> shift);
    if (picture > this.#highestPicture) this.#highestPicture = picture;
    return picture;
  }

  #writeVp8(packet: RtpPacket, sequence: number, timestamp: number, options: RewriteOptions): Buffer | null {
    const descriptor = sharedDescriptor;
    if (!this.#read(packet)) return this.#pad(sequence, timestamp, 1, options);
    let payload = packet.payload;
    let picture = -1;
    if (descriptor.pictureId >= 0) {
      const incoming = this.#unwrapPicture(descriptor);
      const newest = this.#pictures.isNewest(incoming);
      const given = this.#pictures.give(incoming, true);
      // A late piece of a frame that was left out: its number is owed, its payload is of no use to anybody.
      if (given === null) return this.#pad(sequence, timestamp, 1, options);
      picture = given & 0x7fff;
      if (newest) this.#noteIndexes(descriptor);
      if (descriptor.pictureIdBits === 7) payload = this.#widen(payload, descriptor);
    } else {
      this.#noteIndexes(descriptor);
    }
    const out = this.#write(packet.marker, sequence, timestamp, payload, options);
    const start = out.length - payload.length;
    if (picture >= 0) out.writeUInt16BE(0x8000 | picture, start + descriptor.pictureIdOffset);
    if (descriptor.tl0PicIdx >= 0) {
      out[start + descriptor.tl0PicIdxOffset] = (descriptor.tl0PicIdx + this.#tl0Offset) & 0xff;
    }
    if (descriptor.keyIdx >= 0) {
      const at = start + descriptor.keyIdxOffset;
      out[at] = ((out[at] ?? 0) & 0xe0) | ((descriptor.keyIdx + this.#keyOffset) & 0x1f);
    }
    return out;
  }

  #noteIndexes(descriptor: Vp8Descriptor): void {
    if (descriptor.tl0PicIdx >= 0) this.#lastTl0 = (descriptor.tl0PicIdx + this.#tl0Offset) & 0xff;
    if (descriptor.keyIdx >= 0) this.#lastKey = (descriptor.keyIdx + this.#keyOffset) & 0x1f;
  }

  /** Makes room for a picture id of 15 bits: what goes out counts in one width, whatever the sources do. */
  #widen(payload: Buffer, descriptor: Vp8Descriptor): Buffer {
    const wide = Buffer.allocUnsafe(payload.length + 1);
    const split = descriptor.pictureIdOffset + 1;
    payload.copy(wide, 0, 0, split);
    payload.copy(wide, split + 1, split);
    descriptor.tl0PicIdxOffset += 1;
    descriptor.keyIdxOffset += 1;
    return wide;
  }

  #pad(
    sequence: number,
    timestamp: number,
    bytes: number,
    options: Pick<RewriteOptions, 'payloadType' | 'extensions'>,
  ): Buffer {
    // What was left out may be ahead of all that went out: then its time is not told, or the next packet would step back.
    const ahead = timestampDistance(this.#lastOutTimestamp, timestamp) > 0;
    return writeRtp({
      payloadType: options.payloadType,
      marker: false,
      sequenceNumber: sequence,
      timestamp: ahead ? this.#lastOutTimestamp : timestamp,
      ssrc: this.ssrc,
      extensions: options.extensions,
      payload: noPayload,
      paddingLength: Math.max(1, Math.min(MAX_PADDING, Math.floor(bytes))),
    });
  }

  #write(
    marker: boolean,
    sequenceNumber: number,
    timestamp: number,
    payload: Buffer,
    options: RewriteOptions,
  ): Buffer {
    const { payloadType, extensions } = options;
    return writeRtp({ payloadType, marker, sequenceNumber, timestamp, ssrc: this.ssrc, extensions, payload });
  }
}
