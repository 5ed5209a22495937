// What went out on one SSRC: kept a while for those who miss it, counted for sender reports.
import { randomInt } from 'node:crypto';
import { parseRtp, type RtpPacket, writeRtp } from './packet.ts';
import { middleNtp, type ReportBlock, writeSenderReport } from './rtcp.ts';
import { wrapAsRtx } from './rtx.ts';

/** A power of two that divides 2^16, so that a sequence number's slot survives the wrap. */
const SLOTS = 1024;
const REPORTS = 8;
const MAX_RESENDS = 6;
const LEAST_ROUND_TRIP_MS = 20;
const UNIX_TO_NTP_SECONDS = 2_208_988_800;
const noPayload = Buffer.alloc(0);

export interface Rtx {
  readonly ssrc: number;
  readonly payloadType: number;
}

export interface SendStreamOptions {
  readonly ssrc: number;
  /** Null: lost packets are sent again as they were. */
  readonly rtx: Rtx | null;
  /** Of what is sent again; random by itself. */
  readonly firstRtxSequenceNumber?: number;
  /** Packets older than this are of no use to a receiver that shows things as they happen. */
  readonly maxAgeMs?: number;
  readonly maxBytes?: number;
  /** At most 1,024. */
  readonly maxPackets?: number;
}

export class SendStream {
  readonly ssrc: number;
  #rtx: Rtx | null;
  readonly #maxAgeMs: number;
  readonly #maxBytes: number;
  readonly #maxPackets: number;
  readonly #buffers: (Buffer | null)[] = new Array<Buffer | null>(SLOTS).fill(null);
  readonly #sentMs = new Float64Array(SLOTS);
  readonly #resentMs = new Float64Array(SLOTS);
  readonly #resends = new Uint8Array(SLOTS);
  /** Slots from the oldest on that may hold something; the newest is `#first + #span − 1`, both modulo 2^16. */
  #first = 0;
  #span = 0;
  #cachedPackets = 0;
  #cachedBytes = 0;
  #rtxSequence: number;

  readonly #reportNtp = new Uint32Array(REPORTS);
  readonly #reportMs = new Float64Array(REPORTS).fill(Number.NaN);
  #reports = 0;
  #packets = 0;
  #octets = 0;
  #bytes = 0;
  #resentPackets = 0;

  constructor(options: SendStreamOptions) {
    this.ssrc = options.ssrc;
    this.#rtx = options.rtx;
    this.#maxAgeMs = options.maxAgeMs ?? 2_000;
    this.#maxBytes = options.maxBytes ?? 1024 * 1024;
    this.#maxPackets = Math.min(options.maxPackets ?? SLOTS, SLOTS);
    this.#rtxSequence = options.firstRtxSequenceNumber ?? randomInt(0x8000);
  }

  /** From now on; what is kept and counted stays, since receivers know the stream by its SSRCs (RFC 3550 section 6.4.1). */
  useRtx(rtx: Rtx | null): void {
    this.#rtx = rtx;
  }

  /** Packets and bytes sent for the first time, and packets sent again. */
  get stats(): { readonly packets: number; readonly bytes: number; readonly resentPackets: number } {
    return { packets: this.#packets, bytes: this.#bytes, resentPackets: this.#resentPackets };
  }

  get cached(): { readonly packets: number; readonly bytes: number } {
    return { packets: this.#cachedPackets, bytes: this.#cachedBytes };
  }

  /** Keeps `buffer` itself: whoever changes it afterwards changes what is sent again. `sequence` is its number, 16 bits. */
  sent(buffer: Buffer, sequence: number, nowMs: number): void {
    this.#packets += 1;
    this.#bytes += buffer.length;
    this.#octets += payloadOctets(buffer);
    const ahead = ((sequence - this.#first) << 16) >> 16;
    if (this.#span === 0 || ahead >= 2 * SLOTS || ahead < this.#span - 2 * SLOTS) {
      this.#forgetAll();
      this.#first = sequence;
      this.#span = 1;
    } else if (ahead < 0) {
      // Older than all that is kept: too late to be asked for.
      return;
    } else {
      while (sequenceOffset(this.#first, sequence) >= SLOTS) this.#forgetFirst();
      this.#span = Math.max(this.#span, sequenceOffset(this.#first, sequence) + 1);
    }
    const slot = sequence % SLOTS;
    this.#clear(slot);
    this.#buffers[slot] = buffer;
    this.#sentMs[slot] = nowMs;
    this.#resentMs[slot] = Number.NEGATIVE_INFINITY;
    this.#resends[slot] = 0;
    this.#cachedPackets += 1;
    this.#cachedBytes += buffer.length;
    while (this.#span > 1 && this.#overfull(nowMs)) this.#forgetFirst();
  }

  /**
   * What is still there of `sequences`, ready to go out: as RTX where that was agreed (RFC 4588), else the very buffers
   * given to `sent`. No packet twice within one round trip, and none more than six times. The transport-wide number in it
   * is the old one: whoever sends it writes a new one (`parseRtp(b)?.extension(id)` is a view).
   */
  resend(sequences: readonly number[], nowMs: number, roundTripMs: number): Buffer[] {
    const waitMs = Math.max(LEAST_ROUND_TRIP_MS, roundTripMs);
    const found: Buffer[] = [];
    for (const sequence of sequences) {
      if (sequenceOffset(this.#first, sequence) >= this.#span) continue;
      const slot = sequence % SLOTS;
      const buffer = this.#buffers[slot] ?? null;
      const tries = this.#resends[slot] ?? 0;
      if (buffer === null || tries >= MAX_RESENDS) continue;
      if (nowMs - (this.#sentMs[slot] ?? 0) > this.#maxAgeMs) continue;
      if (nowMs - (this.#resentMs[slot] ?? 0) < waitMs) continue;
      const out = this.#again(buffer);
      if (out === null) continue;
      this.#resends[slot] = tries + 1;
      this.#resentMs[slot] = nowMs;
      this.#resentPackets += 1;
      found.push(out);
    }
    return found;
  }

  /**
   * A packet of padding only on the SSRC for retransmissions, for probing: it disturbs no frame. Null without RTX
   * (`StreamRewriter.padding` then). `bytes` of padding are held to 1…255.
   */
  padding(bytes: number, timestamp: number): Buffer | null {
    if (this.#rtx === null) return null;
    return writeRtp({
      payloadType: this.#rtx.payloadType,
      marker: false,
      sequenceNumber: this.#nextRtxSequence(),
      timestamp,
      ssrc: this.#rtx.ssrc,
      payload: noPayload,
      paddingLength: Math.max(1, Math.min(255, Math.floor(bytes))),
    });
  }

  /** A sender report that says: the outgoing `rtpTimestamp` was at this NTP time (see `StreamRewriter.mapTimestamp`). */
  senderReport(
    nowMs: number,
    at: { readonly ntpMsw: number; readonly ntpLsw: number; readonly rtpTimestamp: number },
  ): Buffer {
    const index = this.#reports % REPORTS;
    this.#reports += 1;
    this.#reportNtp[index] = middleNtp(at.ntpMsw, at.ntpLsw);
    this.#reportMs[index] = nowMs;
    return writeSenderReport({
      ssrc: this.ssrc,
      ntpMsw: at.ntpMsw,
      ntpLsw: at.ntpLsw,
      rtpTimestamp: at.rtpTimestamp,
      packets: this.#packets,
      octets: this.#octets,
      blocks: [],
    });
  }

  /** Milliseconds there and back, from a block about this stream (RFC 3550 section 6.4.1); null where it answers no report. */
  roundTripMs(
    block: Pick<ReportBlock, 'lastSenderReport' | 'delaySinceLastSenderReport'>,
    nowMs: number,
  ): number | null {
    if (block.lastSenderReport === 0) return null;
    const index = this.#reportNtp.indexOf(block.lastSenderReport);
    const ms = nowMs - (this.#reportMs[index] ?? Number.NaN) - block.delaySinceLastSenderReport / 65.536;
    return Number.isNaN(ms) ? null : Math.max(0, ms);
  }

  #again(buffer: Buffer): Buffer | null {
    if (this.#rtx === null) return buffer;
    const packet: RtpPacket | null = parseRtp(buffer);
    if (packet === null) return null;
    const { ssrc, payloadType } = this.#rtx;
    return wrapAsRtx(packet, { ssrc, payloadType, sequenceNumber: this.#nextRtxSequence() });
  }

  #nextRtxSequence(): number {
    const sequence = this.#rtxSequence;
    this.#rtxSequence = (sequence + 1) & 0xffff;
    return sequence;
  }

  #overfull(nowMs: number): boolean {
    if (this.#cachedPackets > this.#maxPackets || this.#cachedBytes > this.#maxBytes) return true;
    const slot = this.#first % SLOTS;
    return this.#buffers[slot] === null || nowMs - (this.#sentMs[slot] ?? 0) > this.#maxAgeMs;
  }

  #forgetFirst(): void {
    this.#clear(this.#first % SLOTS);
    this.#first = (this.#first + 1) & 0xffff;
    if (this.#span > 0) this.#span -= 1;
  }

  #forgetAll(): void {
    for (let slot = 0; slot < SLOTS; slot += 1) this.#clear(slot);
  }

  #clear(slot: number): void {
    const buffer = this.#buffers[slot];
    if (buffer === null || buffer === undefined) return;
    this.#cachedPackets -= 1;
    this.#cachedBytes -= buffer.length;
    this.#buffers[slot] = null;
  }
}

/** The NTP time (RFC 3550 section 4) of a wall clock in ms since 1970, for reports of streams whose sender told none. */
export function ntpTime(wallMs: number): { readonly ntpMsw: number; readonly ntpLsw: number } {
  const seconds = Math.floor(wallMs / 1000);
  const ntpLsw = Math.floor(((wallMs - seconds * 1000) / 1000) * 2 ** 32);
  return { ntpMsw: (seconds + UNIX_TO_NTP_SECONDS) % 2 ** 32, ntpLsw };
}

function sequenceOffset(from: number, to: number): number {
  return (to - from) & 0xffff;
}

/** Payload bytes of a packet written here: no CSRCs, and padding only where there is no payload. */
function payloadOctets(buffer: Buffer): number {
  const first = buffer[0] ?? 0;
  if ((first & 0x20) !== 0) return 0;
  return buffer.length - 12 - ((first & 0x10) === 0 ? 0 : 4 + buffer.readUInt16BE(14) * 4);
}
