// RTP packets (RFC 3550 section 5.1) with header extensions (RFC 8285). A packet is parsed for every one that comes, so
// parsing touches the fixed header only; extensions and payload are looked up where somebody asks.

const FIXED_HEADER = 12;
const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE = 0x1000;

/** One packet; nothing is copied, so `buffer` belongs to whoever holds the packet. */
export interface RtpPacket {
  /** The whole packet. */
  readonly buffer: Buffer;
  /** 0…127. */
  readonly payloadType: number;
  readonly marker: boolean;
  /** 16 bits. */
  readonly sequenceNumber: number;
  /** 32 bits, unsigned, in units of the codec's clock. */
  readonly timestamp: number;
  /** 32 bits, unsigned. */
  readonly ssrc: number;
  /** Where the payload begins in `buffer`. */
  readonly payloadOffset: number;
  /** Bytes of payload, without padding. */
  readonly payloadLength: number;
  /** Bytes of padding, its count included; 0 where there is none. */
  readonly paddingLength: number;
  /** A view of the first extension element with that id (1…14, in the two-byte form 1…255); undefined where there is none. */
  extension(id: number): Buffer | undefined;
  /** A view, made anew at each call. */
  readonly payload: Buffer;
}

class ParsedPacket implements RtpPacket {
  readonly buffer: Buffer;
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payloadOffset: number;
  readonly payloadLength: number;
  readonly paddingLength: number;
  /** Where the extension block (profile, length, elements) begins; equals `payloadOffset` where there is none. */
  readonly #extensionsOffset: number;

  constructor(buffer: Buffer, extensionsOffset: number, payloadOffset: number, paddingLength: number) {
    const second = buffer.readUInt8(1);
    this.buffer = buffer;
    this.payloadType = second & 0x7f;
    this.marker = second >= 0x80;
    this.sequenceNumber = buffer.readUInt16BE(2);
    this.timestamp = buffer.readUInt32BE(4);
    this.ssrc = buffer.readUInt32BE(8);
    this.payloadOffset = payloadOffset;
    this.payloadLength = buffer.length - payloadOffset - paddingLength;
    this.paddingLength = paddingLength;
    this.#extensionsOffset = extensionsOffset;
  }

  get payload(): Buffer {
    return this.buffer.subarray(this.payloadOffset, this.payloadOffset + this.payloadLength);
  }

  extension(id: number): Buffer | undefined {
    const start = this.#extensionsOffset;
    if (start === this.payloadOffset) return undefined;
    const profile = this.buffer.readUInt16BE(start);
    if (profile === ONE_BYTE_PROFILE) return findOneByte(this.buffer, start + 4, this.payloadOffset, id);
    if ((profile & 0xfff0) === TWO_BYTE_PROFILE) {
      return findTwoByte(this.buffer, start + 4, this.payloadOffset, id);
    }
    return undefined;
  }
}

/** RFC 8285 section 4.2. Id 15, and id 0 with a length, end the list; an element that overruns it does not exist. */
function findOneByte(buffer: Buffer, from: number, end: number, id: number): Buffer | undefined {
  let at = from;
  while (at < end) {
    const head = buffer.readUInt8(at);
    if (head === 0) {
      at += 1;
      continue;
    }
    const found = head >> 4;
    const next = at + 2 + (head & 0x0f);
    if (found === 0 || found === 15 || next > end) return undefined;
    if (found === id) return buffer.subarray(at + 1, next);
    at = next;
  }
  return undefined;
}

/** RFC 8285 section 4.3: elements may be empty. */
function findTwoByte(buffer: Buffer, from: number, end: number, id: number): Buffer | undefined {
  let at = from;
  while (at < end) {
    const found = buffer.readUInt8(at);
    if (found === 0) {
      at += 1;
      continue;
    }
    if (at + 2 > end) return undefined;
    const next = at + 2 + buffer.readUInt8(at + 1);
    if (next > end) return undefined;
    if (found === id) return buffer.subarray(at + 2, next);
    at = next;
  }
  return undefined;
}

/** Whether a packet of a muxed transport is RTCP: payload types 64…95 of RTP are never used there (RFC 5761 section 4). */
export function isRtcp(b: Buffer): boolean {
  const second = b[1];
  return second !== undefined && second >= 192 && second <= 223;
}

/** Null for anything malformed: another version, a header, extension block or padding longer than the packet. */
export function parseRtp(b: Buffer): RtpPacket | null {
  if (b.length < FIXED_HEADER) return null;
  const first = b.readUInt8(0);
  if (first >> 6 !== 2) return null;
  const extensionsOffset = FIXED_HEADER + (first & 0x0f) * 4;
  let payloadOffset = extensionsOffset;
  if ((first & 0x10) !== 0) {
    if (extensionsOffset + 4 > b.length) return null;
    payloadOffset += 4 + b.readUInt16BE(extensionsOffset + 2) * 4;
  }
  let padding = 0;
  if ((first & 0x20) !== 0) {
    padding = b.readUInt8(b.length - 1);
    if (padding === 0) return null;
  }
  if (payloadOffset + padding > b.length) return null;
  return new ParsedPacket(b, extensionsOffset, payloadOffset, padding);
}

export interface RtpExtension {
  readonly id: number;
  readonly value: Buffer;
}

export interface RtpFields {
  readonly payloadType: number;
  readonly marker: boolean;
  /** Taken modulo 2^16, so that an unwrapped one may be given. */
  readonly sequenceNumber: number;
  /** Taken modulo 2^32, so that an unwrapped one may be given. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly extensions?: readonly RtpExtension[];
  readonly payload: Buffer;
  /** Bytes of padding behind the payload, 0…255, its count included (for probing). */
  readonly paddingLength?: number;
}

const noExtensions: readonly RtpExtension[] = [];

/**
 * A packet without CSRCs. Extensions go into the one-byte form where all of them fit (ids 1…14, 1…16 bytes), else into the
 * two-byte form (ids 1…255, 0…255 bytes; only safe where `extmap-allow-mixed` was agreed).
 * @throws RangeError for an id, value, payload type or padding that no form holds.
 */
export function writeRtp(fields: RtpFields): Buffer {
  const extensions = fields.extensions ?? noExtensions;
  const padding = fields.paddingLength ?? 0;
  if (padding < 0 || padding > 255) throw new RangeError('RTP padding is 0…255 bytes');
  if (fields.payloadType < 0 || fields.payloadType > 127)
    throw new RangeError('An RTP payload type is 0…127');
  let oneByte = true;
  let valueBytes = 0;
  for (const { id, value } of extensions) {
    if (id < 1 || id > 255 || value.length > 255)
      throw new RangeError('This RTP header extension fits no form');
    if (id > 14 || value.length < 1 || value.length > 16) oneByte = false;
    valueBytes += value.length;
  }
  const words =
    extensions.length === 0 ? 0 : Math.ceil((valueBytes + extensions.length * (oneByte ? 1 : 2)) / 4);
  const payloadOffset = FIXED_HEADER + (extensions.length === 0 ? 0 : 4 + words * 4);
  const payloadEnd = payloadOffset + fields.payload.length;
  const out = Buffer.allocUnsafe(payloadEnd + padding);
  out[0] = 0x80 | (padding > 0 ? 0x20 : 0) | (extensions.length > 0 ? 0x10 : 0);
  out[1] = (fields.marker ? 0x80 : 0) | fields.payloadType;
  out.writeUInt16BE(fields.sequenceNumber & 0xffff, 2);
  out.writeUInt32BE(fields.timestamp >>> 0, 4);
  out.writeUInt32BE(fields.ssrc >>> 0, 8);
  if (extensions.length > 0) writeExtensions(out, extensions, oneByte, words, payloadOffset);
  out.set(fields.payload, payloadOffset);
  if (padding > 0) {
    out.fill(0, payloadEnd);
    out[out.length - 1] = padding;
  }
  return out;
}

function writeExtensions(
  out: Buffer,
  extensions: readonly RtpExtension[],
  oneByte: boolean,
  words: number,
  end: number,
): void {
  out.writeUInt16BE(oneByte ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE, FIXED_HEADER);
  out.writeUInt16BE(words, FIXED_HEADER + 2);
  let at = FIXED_HEADER + 4;
  for (const { id, value } of extensions) {
    if (oneByte) {
      out[at++] = (id << 4) | (value.length - 1);
    } else {
      out[at++] = id;
      out[at++] = value.length;
    }
    out.set(value, at);
    at += value.length;
  }
  out.fill(0, at, end);
}
