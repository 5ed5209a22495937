import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rtpPacket } from './fixture.ts';
import { parseRtp } from './packet.ts';
import { restoreFromRtx, wrapAsRtx } from './rtx.ts';

const retransmission = { ssrc: 0x2222_2222, payloadType: 97, sequenceNumber: 500 };

describe('a retransmission', () => {
  it('gives back the packet it wraps, but for its padding', () => {
    const fields = fc.record({
      sequenceNumber: fc.integer({ min: 0, max: 0xffff }),
      timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
      marker: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
      extensions: fc.constantFrom([], [{ id: 3, value: Buffer.from('abc') }]),
    });
    fc.assert(
      fc.property(fields, fc.integer({ min: 0, max: 20 }), (original, paddingLength) => {
        const wrapped = wrapAsRtx(rtpPacket({ ...original, paddingLength }), retransmission);
        const parsed = parseRtp(wrapped);
        expect(parsed).toMatchObject({
          ...retransmission,
          timestamp: original.timestamp,
          marker: original.marker,
          paddingLength: 0,
        });
        if (parsed === null) return;
        const restored = restoreFromRtx(parsed, { ssrc: 0x1111_1111, payloadType: 96 });
        expect(restored?.equals(rtpPacket(original).buffer)).toBe(true);
      }),
    );
  });

  it('is restored without its padding', () => {
    const packet = rtpPacket({ payload: Buffer.from([0x12, 0x34, 9, 9]), paddingLength: 7, marker: true });
    const restored = parseRtp(restoreFromRtx(packet, { ssrc: 5, payloadType: 100 }) ?? Buffer.alloc(0));
    expect(restored).toMatchObject({
      ssrc: 5,
      payloadType: 100,
      sequenceNumber: 0x1234,
      marker: true,
      payloadLength: 2,
      paddingLength: 0,
    });
  });

  it('of padding only, or too short for a number, restores nothing', () => {
    const original = { ssrc: 5, payloadType: 100 };
    for (const payload of [Buffer.alloc(0), Buffer.alloc(1)]) {
      expect(restoreFromRtx(rtpPacket({ payload, paddingLength: 255 }), original)).toBeNull();
      expect(restoreFromRtx(rtpPacket({ payload }), original)).toBeNull();
    }
  });

  it('leaves the packet it was made from as it was', () => {
    const packet = rtpPacket({ payload: Buffer.from([1, 2, 3, 4]), paddingLength: 4 });
    const before = Buffer.from(packet.buffer);
    wrapAsRtx(packet, retransmission).fill(0);
    restoreFromRtx(packet, { ssrc: 5, payloadType: 100 })?.fill(0);
    expect(packet.buffer.equals(before)).toBe(true);
  });
});
