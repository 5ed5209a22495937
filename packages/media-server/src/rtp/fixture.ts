import fc from 'fast-check';
import { parseRtp, type RtpFields, type RtpPacket, writeRtp } from './packet.ts';

/** A packet as it would come from the wire; what is not told is something plain. */
export function rtpPacket(fields: Partial<RtpFields> = {}): RtpPacket {
  const packet = parseRtp(
    writeRtp({
      payloadType: 96,
      marker: false,
      sequenceNumber: 0,
      timestamp: 0,
      ssrc: 0x1111_1111,
      payload: Buffer.from([0x90, 0x80, 0x01]),
      ...fields,
    }),
  );
  if (packet === null) throw new Error('The fixture wrote a packet that cannot be read');
  return packet;
}

/** The same bytes with others before and behind them in memory: what reads beyond its end gives itself away. */
export function amongOthers(bytes: Uint8Array, filler: number): Buffer {
  const pool = Buffer.alloc(bytes.length + 64, filler);
  pool.set(bytes, 32);
  return pool.subarray(32, 32 + bytes.length);
}

/** Any bytes, half of them with a beginning that looks like a packet. */
export function anyBytes(beginnings: readonly (readonly number[])[]): fc.Arbitrary<Buffer> {
  const tail = fc.uint8Array({ maxLength: 120 });
  return fc.oneof(
    tail.map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.constantFrom(...beginnings), tail)
      .map(([beginning, bytes]) => Buffer.concat([Buffer.from(beginning), bytes])),
  );
}

/** One RTCP part: the length is filled in, the body padded with zeroes to whole words. */
export function rtcpPart(format: number, payloadType: number, body: readonly number[]): Buffer {
  const words = Math.ceil(body.length / 4);
  const out = Buffer.alloc(4 + words * 4);
  out.set([0x80 | format, payloadType, words >> 8, words & 0xff, ...body]);
  return out;
}

/** 32 bits, big-endian, for the bodies of RTCP parts. */
export function word(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** Yields the numbers of a seeded generator, 0 ≤ n < 1: long runs, the same each time. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
