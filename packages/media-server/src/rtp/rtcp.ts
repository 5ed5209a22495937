// RTCP (RFC 3550 section 6, RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb-03): reading what a client sends and
// writing what a client understands. Reduced-size packets are usual (RFC 5506), so no part has to come first.
import { parseTransportFeedback, type TransportFeedback } from './transport-feedback.ts';

export { type TransportFeedback, writeTransportFeedback } from './transport-feedback.ts';

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const BYE = 203;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const BLOCK_BYTES = 24;
const REMB_NAME = 0x52454d42;
/** Statuses of transport feedback read from one datagram: some seconds of a busy downlink. */
const MAX_STATUSES = 8192;

/** RFC 3550 section 6.4.1. */
export interface ReportBlock {
  readonly ssrc: number;
  /** 0…255/256 of the packets since the report before. */
  readonly fractionLost: number;
  /** Signed 24 bits; held at its ends, never wrapped. */
  readonly cumulativeLost: number;
  /** 32 bits: cycles in the upper half. */
  readonly highestSequence: number;
  /** In units of the stream's clock. */
  readonly jitter: number;
  /** `middleNtp` of the last sender report; 0 where none came. */
  readonly lastSenderReport: number;
  /** In units of 1/65,536 s; 0 where none came. */
  readonly delaySinceLastSenderReport: number;
}

export interface SenderReport {
  readonly ssrc: number;
  readonly ntpMsw: number;
  readonly ntpLsw: number;
  readonly rtpTimestamp: number;
  /** 32 bits; both counts wrap. */
  readonly packets: number;
  readonly octets: number;
  readonly blocks: readonly ReportBlock[];
}

export type RtcpPacket =
  | ({ readonly kind: 'senderReport' } & SenderReport)
  | { readonly kind: 'receiverReport'; readonly ssrc: number; readonly blocks: readonly ReportBlock[] }
  | {
      readonly kind: 'nack';
      readonly senderSsrc: number;
      readonly mediaSsrc: number;
      readonly sequenceNumbers: readonly number[];
    }
  | { readonly kind: 'pli'; readonly senderSsrc: number; readonly mediaSsrc: number }
  | {
      readonly kind: 'fir';
      readonly senderSsrc: number;
      /** Zero with senders that follow RFC 5104: whom it means is told by `requests`. */
      readonly mediaSsrc: number;
      /** A sequence number (8 bits) seen before for that SSRC is the same request told again. */
      readonly requests: readonly { readonly ssrc: number; readonly sequenceNumber: number }[];
    }
  | {
      readonly kind: 'remb';
      readonly senderSsrc: number;
      readonly bitsPerSecond: number;
      readonly ssrcs: readonly number[];
    }
  | { readonly kind: 'transportFeedback'; readonly feedback: TransportFeedback }
  | { readonly kind: 'bye'; readonly ssrcs: readonly number[] }
  | { readonly kind: 'other'; readonly payloadType: number; readonly format: number };

/** The middle 32 bits of an NTP time, as report blocks repeat it. */
export function middleNtp(ntpMsw: number, ntpLsw: number): number {
  return (((ntpMsw & 0xffff) << 16) | (ntpLsw >>> 16)) >>> 0;
}

/** The parts of a datagram in order. The first malformed part ends the list; what came before it is kept. */
export function parseRtcp(b: Buffer): RtcpPacket[] {
  const parts: RtcpPacket[] = [];
  let statuses = MAX_STATUSES;
  let at = 0;
  while (at + 4 <= b.length) {
    const first = b.readUInt8(at);
    const next = at + (b.readUInt16BE(at + 2) + 1) * 4;
    if (first >> 6 !== 2 || next > b.length) break;
    let end = next;
    if ((first & 0x20) !== 0) {
      const padding = b.readUInt8(next - 1);
      end -= padding;
      if (padding === 0 || end < at + 4) break;
    }
    const part = parsePart(b.subarray(at, end), statuses);
    if (part === null) break;
    if (part.kind === 'transportFeedback') statuses -= part.feedback.arrivalsMs.length;
    parts.push(part);
    at = next;
  }
  return parts;
}

/** `part` has a whole header at least, and no padding any more. */
function parsePart(part: Buffer, maxStatuses: number): RtcpPacket | null {
  const format = part.readUInt8(0) & 0x1f;
  const payloadType = part.readUInt8(1);
  switch (payloadType) {
    case SENDER_REPORT: {
      if (part.length < 28 + format * BLOCK_BYTES) return null;
      return {
        kind: 'senderReport',
        ssrc: part.readUInt32BE(4),
        ntpMsw: part.readUInt32BE(8),
        ntpLsw: part.readUInt32BE(12),
        rtpTimestamp: part.readUInt32BE(16),
        packets: part.readUInt32BE(20),
        octets: part.readUInt32BE(24),
        blocks: parseBlocks(part, 28, format),
      };
    }
    case RECEIVER_REPORT: {
      if (part.length < 8 + format * BLOCK_BYTES) return null;
      return { kind: 'receiverReport', ssrc: part.readUInt32BE(4), blocks: parseBlocks(part, 8, format) };
    }
    case BYE: {
      if (part.length < 4 + format * 4) return null;
      return { kind: 'bye', ssrcs: parseSsrcs(part, 4, format) };
    }
    case TRANSPORT_FEEDBACK:
      return part.length < 12 ? null : parseTransportPart(part, format, maxStatuses);
    case PAYLOAD_FEEDBACK:
      return part.length < 12 ? null : parsePayloadPart(part, format);
    default:
      return { kind: 'other', payloadType, format };
  }
}

function parseTransportPart(part: Buffer, format: number, maxStatuses: number): RtcpPacket | null {
  if (format === 15) {
    const feedback = parseTransportFeedback(part, maxStatuses);
    return feedback === null ? null : { kind: 'transportFeedback', feedback };
  }
  if (format !== 1) return { kind: 'other', payloadType: TRANSPORT_FEEDBACK, format };
  const sequenceNumbers: number[] = [];
  for (let at = 12; at + 4 <= part.length; at += 4) {
    const first = part.readUInt16BE(at);
    sequenceNumbers.push(first);
    for (let mask = part.readUInt16BE(at + 2), ahead = 1; mask !== 0; mask >>= 1, ahead += 1) {
      if ((mask & 1) !== 0) sequenceNumbers.push((first + ahead) & 0xffff);
    }
  }
  return {
    kind: 'nack',
    senderSsrc: part.readUInt32BE(4),
    mediaSsrc: part.readUInt32BE(8),
    sequenceNumbers,
  };
}

function parsePayloadPart(part: Buffer, format: number): RtcpPacket | null {
  const senderSsrc = part.readUInt32BE(4);
  const mediaSsrc = part.readUInt32BE(8);
  if (format === 1) return { kind: 'pli', senderSsrc, mediaSsrc };
  if (format === 4) {
    const requests = [];
    for (let at = 12; at + 8 <= part.length; at += 8) {
      requests.push({ ssrc: part.readUInt32BE(at), sequenceNumber: part.readUInt8(at + 4) });
    }
    return { kind: 'fir', senderSsrc, mediaSsrc, requests };
  }
  if (format === 15 && part.length >= 20 && part.readUInt32BE(12) === REMB_NAME) {
    const count = part.readUInt8(16);
    if (part.length < 20 + count * 4) return null;
    const second = part.readUInt8(17);
    const mantissa = (second & 3) * 0x1_0000 + part.readUInt16BE(18);
    return {
      kind: 'remb',
      senderSsrc,
      bitsPerSecond: mantissa * 2 ** (second >> 2),
      ssrcs: parseSsrcs(part, 20, count),
    };
  }
  return { kind: 'other', payloadType: PAYLOAD_FEEDBACK, format };
}

function parseBlocks(part: Buffer, from: number, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let at = from; blocks.length < count; at += BLOCK_BYTES) {
    blocks.push({
      ssrc: part.readUInt32BE(at),
      fractionLost: part.readUInt8(at + 4) / 256,
      cumulativeLost: part.readIntBE(at + 5, 3),
      highestSequence: part.readUInt32BE(at + 8),
      jitter: part.readUInt32BE(at + 12),
      lastSenderReport: part.readUInt32BE(at + 16),
      delaySinceLastSenderReport: part.readUInt32BE(at + 20),
    });
  }
  return blocks;
}

function parseSsrcs(part: Buffer, from: number, count: number): number[] {
  const ssrcs: number[] = [];
  for (let at = from; ssrcs.length < count; at += 4) ssrcs.push(part.readUInt32BE(at));
  return ssrcs;
}

function writeHeader(bytes: number, format: number, payloadType: number, ssrc: number): Buffer {
  const out = Buffer.alloc(bytes);
  out[0] = 0x80 | format;
  out[1] = payloadType;
  out.writeUInt16BE(bytes / 4 - 1, 2);
  out.writeUInt32BE(ssrc >>> 0, 4);
  return out;
}

function writeBlocks(out: Buffer, from: number, blocks: readonly ReportBlock[]): void {
  let at = from;
  for (const block of blocks) {
    const lost = Math.max(-0x80_0000, Math.min(0x7f_ffff, Math.trunc(block.cumulativeLost)));
    out.writeUInt32BE(block.ssrc >>> 0, at);
    out.writeUInt8(Math.max(0, Math.min(255, Math.floor(block.fractionLost * 256))), at + 4);
    out.writeIntBE(lost, at + 5, 3);
    out.writeUInt32BE(block.highestSequence >>> 0, at + 8);
    out.writeUInt32BE(block.jitter >>> 0, at + 12);
    out.writeUInt32BE(block.lastSenderReport >>> 0, at + 16);
    out.writeUInt32BE(block.delaySinceLastSenderReport >>> 0, at + 20);
    at += BLOCK_BYTES;
  }
}

/** RFC 4585 section 6.3.1. */
export function writePli(sender: number, media: number): Buffer {
  const out = writeHeader(12, 1, PAYLOAD_FEEDBACK, sender);
  out.writeUInt32BE(media >>> 0, 8);
  return out;
}

/**
 * RFC 4585 section 6.2.1. Compact where the numbers ascend (wrapping): up to 17 neighbours take four bytes.
 * @throws RangeError without numbers: the format has no way to ask for nothing.
 */
export function writeNack(sender: number, media: number, seqs: readonly number[]): Buffer {
  if (seqs.length === 0) throw new RangeError('A NACK names at least one packet');
  const items: { first: number; mask: number }[] = [];
  let last: { first: number; mask: number } | undefined;
  for (const seq of seqs) {
    const ahead = last === undefined ? 0 : (seq - last.first) & 0xffff;
    if (last === undefined || ahead > 16) {
      last = { first: seq & 0xffff, mask: 0 };
      items.push(last);
    } else if (ahead > 0) {
      last.mask |= 1 << (ahead - 1);
    }
  }
  const out = writeHeader(12 + items.length * 4, 1, TRANSPORT_FEEDBACK, sender);
  let at = out.writeUInt32BE(media >>> 0, 8);
  for (const { first, mask } of items) at = out.writeUInt16BE(mask, out.writeUInt16BE(first, at));
  return out;
}

/** @throws RangeError for more than 31 blocks: write a second report then. */
export function writeReceiverReport(sender: number, blocks: readonly ReportBlock[]): Buffer {
  if (blocks.length > 31) throw new RangeError('A report holds at most 31 blocks');
  const out = writeHeader(8 + blocks.length * BLOCK_BYTES, blocks.length, RECEIVER_REPORT, sender);
  writeBlocks(out, 8, blocks);
  return out;
}

/** Counts and timestamp are taken modulo 2^32. @throws RangeError for more than 31 blocks. */
export function writeSenderReport(report: SenderReport): Buffer {
  const { blocks } = report;
  if (blocks.length > 31) throw new RangeError('A report holds at most 31 blocks');
  const out = writeHeader(28 + blocks.length * BLOCK_BYTES, blocks.length, SENDER_REPORT, report.ssrc);
  out.writeUInt32BE(report.ntpMsw >>> 0, 8);
  out.writeUInt32BE(report.ntpLsw >>> 0, 12);
  out.writeUInt32BE(report.rtpTimestamp >>> 0, 16);
  out.writeUInt32BE(report.packets >>> 0, 20);
  out.writeUInt32BE(report.octets >>> 0, 24);
  writeBlocks(out, 28, blocks);
  return out;
}
