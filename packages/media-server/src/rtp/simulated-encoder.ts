// For tests only: an encoder as a browser has it, and a rewriter behind it.
import { parseRtp, type RtpPacket, writeRtp } from './packet.ts';
import { StreamRewriter } from './rewriter.ts';
import { Vp8Descriptor } from './vp8-descriptor.ts';

export const SSRC = 0x0abc_def0;
export const CLOCK = 90_000;
export const FRAME_MS = 40;

/** An encoder with spaces of its own: every frame has `size` packets, picture ids in 7 or 15 bits, three temporal layers. */
export class Encoder {
  readonly ssrc: number;
  sequence: number;
  timestamp: number;
  picture: number;
  tl0: number;
  key = 0;
  readonly bits: 7 | 15;
  #frame = 0;

  constructor(start: {
    ssrc: number;
    sequence: number;
    timestamp: number;
    picture: number;
    tl0: number;
    bits: 7 | 15;
  }) {
    this.ssrc = start.ssrc;
    this.sequence = start.sequence;
    this.timestamp = start.timestamp;
    this.picture = start.picture;
    this.tl0 = start.tl0;
    this.bits = start.bits;
  }

  frame(size: number, keyFrame = false): { readonly packets: RtpPacket[]; readonly temporalLayer: number } {
    if (keyFrame) this.#frame = 0;
    const temporalLayer = [0, 2, 1, 2][this.#frame % 4] ?? 0;
    this.#frame += 1;
    if (temporalLayer === 0) this.tl0 = (this.tl0 + 1) & 0xff;
    if (keyFrame) this.key = (this.key + 1) & 0x1f;
    this.picture = (this.picture + 1) % 2 ** this.bits;
    this.timestamp = (this.timestamp + (FRAME_MS * CLOCK) / 1000) >>> 0;
    const id = this.bits === 7 ? [this.picture] : [0x80 | (this.picture >> 8), this.picture & 0xff];
    const packets: RtpPacket[] = [];
    for (let i = 0; i < size; i += 1) {
      const descriptor = [i === 0 ? 0x90 : 0x80, 0xf0, ...id, this.tl0, (temporalLayer << 6) | this.key];
      packets.push(this.packet(Buffer.from([...descriptor, 0xee, i, 0x77]), i === size - 1));
    }
    return { packets, temporalLayer };
  }

  packet(payload: Buffer, marker: boolean): RtpPacket {
    this.sequence = (this.sequence + 1) & 0xffff;
    const { sequence: sequenceNumber, timestamp, ssrc } = this;
    return parsed(writeRtp({ payloadType: 96, marker, sequenceNumber, timestamp, ssrc, payload }));
  }
}

export function parsed(buffer: Buffer | null): RtpPacket {
  const packet = buffer === null ? null : parseRtp(buffer);
  if (packet === null) throw new Error('Nothing came out, or no packet');
  return packet;
}

export function descriptorOf(packet: RtpPacket): Vp8Descriptor {
  const descriptor = new Vp8Descriptor();
  if (!descriptor.read(packet.buffer, packet.payloadOffset, packet.payloadLength)) {
    throw new Error('The descriptor ends too early');
  }
  return descriptor;
}

export const start = { ssrc: 1, sequence: 100, timestamp: 5_000, picture: 10, tl0: 7, bits: 15 } as const;

export function setUp(codec = 'vp8') {
  const rewriter = new StreamRewriter({
    ssrc: SSRC,
    clockRate: CLOCK,
    firstSequenceNumber: 65_530,
    firstTimestamp: 2 ** 32 - 9_000,
  });
  const low = { name: 'low' };
  const high = { name: 'high' };
  const send = (packet: RtpPacket, source: object, nowMs: number) =>
    rewriter.rewrite(packet, source, { payloadType: 120, extensions: [], codec, nowMs });
  return { rewriter, low, high, send };
}
