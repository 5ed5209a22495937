import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amongOthers, anyBytes, rtpPacket } from './fixture.ts';
import { isRtcp, parseRtp, writeRtp } from './packet.ts';

const extensions = (maxId: number, minLength: number, maxLength: number) =>
  fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: maxId }),
      value: fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes)),
    }),
    { selector: (extension) => extension.id, maxLength: 6 },
  );

const fields = fc.record({
  payloadType: fc.integer({ min: 0, max: 127 }),
  marker: fc.boolean(),
  sequenceNumber: fc.integer({ min: 0, max: 0xffff }),
  timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
  ssrc: fc.integer({ min: 0, max: 0xffff_ffff }),
  extensions: fc.oneof(extensions(14, 1, 16), extensions(255, 0, 255)),
  payload: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  paddingLength: fc.integer({ min: 0, max: 255 }),
});

describe('an RTP packet', () => {
  it('is read as it was written, with one-byte and two-byte extensions, padding and none', () => {
    fc.assert(
      fc.property(fields, (written) => {
        const read = parseRtp(writeRtp(written));
        expect(read).toMatchObject({
          payloadType: written.payloadType,
          marker: written.marker,
          sequenceNumber: written.sequenceNumber,
          timestamp: written.timestamp,
          ssrc: written.ssrc,
          payloadLength: written.payload.length,
          paddingLength: written.paddingLength,
        });
        expect(read?.payload.equals(written.payload)).toBe(true);
        for (const { id, value } of written.extensions) {
          expect(read?.extension(id)?.equals(value)).toBe(true);
        }
        expect(read?.extension(0)).toBeUndefined();
      }),
    );
  });

  it('is read the same or refused the same whatever lies around it in memory, and never throws', () => {
    const beginnings = [
      [0x80, 96],
      [0x90, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xbe, 0xde, 0, 2],
      [0x90, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x10, 0x00, 0, 3],
      [0xb1, 224, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
      [0xbf, 96],
    ];
    const facts = (bytes: Buffer) => {
      const packet = parseRtp(bytes);
      if (packet === null) return null;
      expect(packet.payloadOffset + packet.payloadLength + packet.paddingLength).toBe(bytes.length);
      const found = [];
      for (let id = 0; id < 256; id += 1) found.push(packet.extension(id)?.toString('hex'));
      return { payload: packet.payload.toString('hex'), found };
    };
    fc.assert(
      fc.property(anyBytes(beginnings), (bytes) => {
        expect(facts(amongOthers(bytes, 0x11))).toEqual(facts(amongOthers(bytes, 0xff)));
      }),
      { numRuns: 1000 },
    );
  });

  it('has its sequence number and timestamp taken modulo their size, so that unwrapped ones may be given', () => {
    expect(rtpPacket({ sequenceNumber: 5 * 0x1_0000 + 7, timestamp: 3 * 2 ** 32 + 9 })).toMatchObject({
      sequenceNumber: 7,
      timestamp: 9,
    });
    expect(rtpPacket({ sequenceNumber: -1, timestamp: -1 })).toMatchObject({
      sequenceNumber: 0xffff,
      timestamp: 0xffff_ffff,
    });
  });

  it('is read behind its CSRCs', () => {
    const plain = rtpPacket({ payload: Buffer.from('abc') }).buffer;
    const withSources = Buffer.concat([plain.subarray(0, 12), Buffer.alloc(8, 7), plain.subarray(12)]);
    withSources[0] = 0x82;
    expect(parseRtp(withSources)?.payload.toString()).toBe('abc');
  });

  it('is refused with another version, a header or extensions beyond its end, and padding that cannot be', () => {
    const good = rtpPacket({ payload: Buffer.alloc(4) }).buffer;
    const changed = (index: number, value: number) => {
      const bytes = Buffer.from(good);
      bytes[index] = value;
      return bytes;
    };
    expect(parseRtp(good.subarray(0, 11))).toBeNull();
    expect(parseRtp(changed(0, 0x40))).toBeNull();
    expect(parseRtp(changed(0, 0x8f))).toBeNull();
    expect(parseRtp(changed(0, 0x90))?.payloadLength).toBe(0);
    const longExtension = changed(0, 0x90);
    longExtension[15] = 1;
    expect(parseRtp(longExtension)).toBeNull();
    expect(parseRtp(changed(0, 0xa0))).toBeNull();
    const longPadding = changed(0, 0xa0);
    longPadding[15] = 5;
    expect(parseRtp(longPadding)).toBeNull();
    longPadding[15] = 4;
    expect(parseRtp(longPadding)).toMatchObject({ payloadLength: 0, paddingLength: 4 });
  });

  it('ends its one-byte extensions at id 15 and at an id 0 that has a length (RFC 8285 section 4.2)', () => {
    const withElements = (elements: number[]) => {
      const head = rtpPacket({ payload: Buffer.alloc(0) }).buffer;
      const bytes = Buffer.concat([head, Buffer.from([0xbe, 0xde, 0, elements.length / 4, ...elements])]);
      bytes[0] = 0x90;
      return parseRtp(bytes);
    };
    expect(withElements([0x10, 0xaa, 0x00, 0x00, 0x20, 0xbb, 0, 0])?.extension(2)).toEqual(
      Buffer.from([0xbb]),
    );
    expect(withElements([0x10, 0xaa, 0xf0, 0x00, 0x20, 0xbb, 0, 0])?.extension(2)).toBeUndefined();
    expect(withElements([0x10, 0xaa, 0xf0, 0x00, 0x20, 0xbb, 0, 0])?.extension(1)).toEqual(
      Buffer.from([0xaa]),
    );
    expect(withElements([0x02, 0xaa, 0xaa, 0xaa, 0x20, 0xbb, 0, 0])?.extension(2)).toBeUndefined();
    expect(withElements([0x1f, 0xaa, 0xaa, 0xaa])?.extension(1)).toBeUndefined();
  });

  it('has no two-byte extension whose length or value lies beyond the block, even where the packet ends there', () => {
    const head = rtpPacket({ payload: Buffer.alloc(0) }).buffer;
    head[0] = 0x90;
    const withElements = (elements: number[]) =>
      parseRtp(Buffer.concat([head, Buffer.from([0x10, 0x00, 0, elements.length / 4, ...elements])]));
    expect(withElements([7, 1, 0xaa, 9])?.extension(7)).toEqual(Buffer.from([0xaa]));
    expect(withElements([7, 1, 0xaa, 9])?.extension(9)).toBeUndefined();
    expect(withElements([7, 3, 0xaa, 0xaa])?.extension(7)).toBeUndefined();
    expect(withElements([0, 0, 7, 0])?.extension(7)).toEqual(Buffer.alloc(0));
  });

  it('uses the one-byte form where all elements fit it, and refuses what no form holds', () => {
    const profile = (id: number, length: number) =>
      rtpPacket({ extensions: [{ id, value: Buffer.alloc(length) }] }).buffer.readUInt16BE(12);
    expect(profile(14, 16)).toBe(0xbede);
    expect(profile(15, 1)).toBe(0x1000);
    expect(profile(1, 17)).toBe(0x1000);
    expect(profile(1, 0)).toBe(0x1000);
    expect(() => profile(0, 1)).toThrow(RangeError);
    expect(() => profile(256, 1)).toThrow(RangeError);
    expect(() => profile(1, 256)).toThrow(RangeError);
    expect(() => rtpPacket({ paddingLength: 256 })).toThrow(RangeError);
    expect(() => rtpPacket({ payloadType: 128 })).toThrow(RangeError);
  });
});

describe('on a muxed transport', () => {
  it('RTCP is told by its packet types, whatever the marker bit of RTP says (RFC 5761)', () => {
    expect(isRtcp(Buffer.from([0x80, 200, 0, 0]))).toBe(true);
    expect(isRtcp(Buffer.from([0x80, 206, 0, 0]))).toBe(true);
    for (const payloadType of [0, 35, 63, 96, 111, 127]) {
      expect(isRtcp(rtpPacket({ payloadType }).buffer)).toBe(false);
      expect(isRtcp(rtpPacket({ payloadType, marker: true }).buffer)).toBe(false);
    }
    expect(isRtcp(Buffer.alloc(0))).toBe(false);
  });
});
