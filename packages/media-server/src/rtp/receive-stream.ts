import { NackQueue } from './nack-queue.ts';
import type { RtpPacket } from './packet.ts';
import { RateMeter } from './rate-meter.ts';
import { middleNtp, type ReportBlock, type SenderReport } from './rtcp.ts';
import { sequenceDistance, timestampDistance } from './sequence.ts';

/** Packets behind the newest one of which we remember whether they came; a power of two. */
const WINDOW = 2048;
/** RFC 3550 appendix A.1: a jump ahead beyond this is a stream that starts anew, not that many lost packets. */
const MAX_DROPOUT = 3000;
/** Packets in a row, by number, before a stream is taken to have started anew further behind: outside the window … */
const RESTART_RUN_FAR = 2;
/** … and inside it, where the same could be a burst of resent packets. */
const RESTART_RUN_NEAR = 16;
/** Seconds by which transit may change before it is a new time line of the sender, not jitter. */
const MAX_TRANSIT_CHANGE_S = 5;

/** `late` fills a gap (reordered or resent); a `duplicate` came before, or is too old to tell. */
export type Arrival = 'new' | 'late' | 'duplicate';

export interface ReceiveStats {
  /** Without duplicates. */
  readonly packets: number;
  /** RTP header and payload, without padding and duplicates. */
  readonly bytes: number;
  /** Expected and not (yet) there; packets before a restart of the stream included. */
  readonly lost: number;
  readonly jitterMs: number;
}

/**
 * One incoming SSRC: what came, what is missing, what to report (RFC 3550 appendix A.3 and A.8). Differs from the RFC in
 * two points: duplicates are not counted as received, for they would hide as many losses; and resent or reordered
 * packets do not count for the jitter, which they would raise by a round trip each.
 */
export class ReceiveStream {
  readonly ssrc: number;
  readonly #clockRate: number;
  readonly #nacks = new NackQueue();
  readonly #rate = new RateMeter();
  readonly #came = new Uint8Array(WINDOW);

  #started = false;
  /** Unwrapped, both: first of this run of the stream and newest. */
  #base = 0;
  #highest = 0;
  /** Packets expected in earlier runs of the stream. */
  #expectedBefore = 0;
  #received = 0;
  #bytes = 0;
  #expectedAtReport = 0;
  #receivedAtReport = 0;
  /** The number that would continue what looks like a restart, and how many have done so. */
  #restartNext = -1;
  #restartRun = 0;

  #jitter = 0;
  #jitterTimestamp = 0;
  #jitterMs: number | null = null;
  #lastPacketMs: number | null = null;
  #reportMiddleNtp = 0;
  #reportMs: number | null = null;

  constructor(options: { readonly ssrc: number; readonly clockRate: number }) {
    this.ssrc = options.ssrc;
    this.#clockRate = options.clockRate;
  }

  /** When the last packet that was no duplicate came; null before the first. */
  get lastPacketMs(): number | null {
    return this.#lastPacketMs;
  }

  get stats(): ReceiveStats {
    return {
      packets: this.#received,
      bytes: this.#bytes,
      lost: Math.max(0, this.#expected - this.#received),
      jitterMs: (this.#jitter * 1000) / this.#clockRate,
    };
  }

  /** Restored packets of a retransmission stream belong here too, as what they restore. */
  receive(packet: RtpPacket, nowMs: number): Arrival {
    const arrival = this.#place(packet.sequenceNumber, nowMs);
    if (arrival === 'duplicate') return arrival;
    const bytes = packet.payloadOffset + packet.payloadLength;
    this.#received += 1;
    this.#bytes += bytes;
    this.#rate.add(bytes, nowMs);
    this.#lastPacketMs = nowMs;
    if (arrival === 'new') this.#measureJitter(packet.timestamp, nowMs);
    return arrival;
  }

  /** Sequence numbers to ask for again now; call as often as you like, it spaces by the round trip and gives up in time. */
  missing(nowMs: number): readonly number[] {
    return this.#nacks.due(nowMs);
  }

  setRoundTrip(ms: number): void {
    this.#nacks.setRoundTrip(ms);
  }

  onSenderReport(report: Pick<SenderReport, 'ntpMsw' | 'ntpLsw'>, nowMs: number): void {
    this.#reportMiddleNtp = middleNtp(report.ntpMsw, report.ntpLsw);
    this.#reportMs = nowMs;
  }

  /** Each call ends the interval of which `fractionLost` tells. */
  reportBlock(nowMs: number): ReportBlock {
    const expected = this.#expected;
    const expectedNow = expected - this.#expectedAtReport;
    const lostNow = expectedNow - (this.#received - this.#receivedAtReport);
    this.#expectedAtReport = expected;
    this.#receivedAtReport = this.#received;
    return {
      ssrc: this.ssrc,
      fractionLost:
        expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)) / 256,
      cumulativeLost: Math.min(0x7f_ffff, Math.max(-0x80_0000, expected - this.#received)),
      highestSequence: this.#highest >>> 0,
      jitter: Math.floor(this.#jitter),
      lastSenderReport: this.#reportMiddleNtp,
      delaySinceLastSenderReport:
        this.#reportMs === null ? 0 : Math.round((nowMs - this.#reportMs) * 65.536) >>> 0,
    };
  }

  /** Of the last second, in bits a second. */
  bitrate(nowMs: number): number {
    return this.#rate.bitsPerSecond(nowMs);
  }

  get #expected(): number {
    return this.#started ? this.#expectedBefore + this.#highest - this.#base + 1 : 0;
  }

  #place(sequenceNumber: number, nowMs: number): Arrival {
    if (!this.#started) {
      this.#started = true;
      this.#startAt(sequenceNumber);
      return 'new';
    }
    const ahead = sequenceDistance(this.#highest & 0xffff, sequenceNumber);
    const value = this.#highest + ahead;
    if (ahead > MAX_DROPOUT) {
      this.#restartAt(value);
      return 'new';
    }
    if (ahead > 0) {
      this.#restartRun = 0;
      if (ahead > 1) this.#openGap(this.#highest + 1, value, nowMs);
      this.#highest = value;
      this.#came[slot(value)] = 1;
      return 'new';
    }
    const near = ahead > -WINDOW;
    if (near && this.#came[slot(value)] === 0) {
      if (value < this.#base) this.#base = value;
      this.#came[slot(value)] = 1;
      this.#nacks.received(value);
      return 'late';
    }
    this.#restartRun = sequenceNumber === this.#restartNext ? this.#restartRun + 1 : 1;
    this.#restartNext = (sequenceNumber + 1) & 0xffff;
    if (this.#restartRun < (near ? RESTART_RUN_NEAR : RESTART_RUN_FAR)) return 'duplicate';
    // One cycle on, so that the extended number of the reports never steps back.
    this.#restartAt(value + 0x1_0000);
    return 'new';
  }

  #openGap(first: number, end: number, nowMs: number): void {
    for (let seq = Math.max(first, end - WINDOW); seq < end; seq += 1) this.#came[slot(seq)] = 0;
    this.#nacks.addGap(first, end, nowMs);
  }

  #restartAt(value: number): void {
    this.#expectedBefore = this.#expected;
    this.#nacks.clear();
    this.#came.fill(0);
    this.#jitterMs = null;
    this.#startAt(value);
  }

  #startAt(value: number): void {
    this.#base = value;
    this.#highest = value;
    this.#came[slot(value)] = 1;
    this.#restartRun = 0;
  }

  #measureJitter(timestamp: number, nowMs: number): void {
    if (this.#jitterMs !== null) {
      const arrived = ((nowMs - this.#jitterMs) * this.#clockRate) / 1000;
      const change = Math.abs(arrived - timestampDistance(this.#jitterTimestamp, timestamp));
      if (change < MAX_TRANSIT_CHANGE_S * this.#clockRate) this.#jitter += (change - this.#jitter) / 16;
    }
    this.#jitterTimestamp = timestamp;
    this.#jitterMs = nowMs;
  }
}

/** Right below zero too, where a packet of before the first one came late. */
function slot(value: number): number {
  return value & (WINDOW - 1);
}
