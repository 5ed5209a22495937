import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTemplateLayers } from './dependency-descriptor.ts';
import { amongOthers } from './fixture.ts';
import { describeFrame } from './frames.ts';

const bytes = (...values: number[]) => Buffer.from(values);
const keyStart = { keyFrame: true, start: true };
const deltaStart = { keyFrame: false, start: true };
const neither = { keyFrame: false, start: false };

/** Ciphertext may be anything; these two hold every bit both ways. */
const ciphertexts = [Buffer.alloc(40, 0x00), Buffer.alloc(40, 0xff)];

describe('a VP8 packet', () => {
  it('starts a frame with S and partition 0, a key frame where the P bit behind the descriptor is zero', () => {
    expect(describeFrame('vp8', bytes(0x10, 0x00))).toMatchObject(keyStart);
    expect(describeFrame('vp8', bytes(0x10, 0x01))).toMatchObject(deltaStart);
    expect(describeFrame('vp8', bytes(0x00, 0x00))).toMatchObject(neither);
    expect(describeFrame('vp8', bytes(0x11, 0x00))).toMatchObject(neither);
    // N, of a frame that no other needs, changes nothing.
    expect(describeFrame('vp8', bytes(0x30, 0x01))).toMatchObject(deltaStart);
  });

  it('tells picture id, TL0PICIDX, temporal layer and the Y bit, each where its flag says so', () => {
    expect(describeFrame('vp8', bytes(0x90, 0xf0, 0xab, 0xcd, 0x42, 0xa5, 0x00))).toEqual({
      ...keyStart,
      temporalLayer: 2,
      spatialLayer: null,
      pictureId: 0x2bcd,
      tl0PicIdx: 0x42,
      switchUp: true,
    });
    expect(describeFrame('vp8', bytes(0x90, 0x80, 0x2b, 0x01))).toMatchObject({
      ...deltaStart,
      pictureId: 0x2b,
      temporalLayer: null,
    });
    expect(describeFrame('vp8', bytes(0x90, 0x20, 0x40, 0x01))).toMatchObject({
      ...deltaStart,
      temporalLayer: 1,
      switchUp: false,
    });
    // K alone takes its byte and tells no layer.
    expect(describeFrame('vp8', bytes(0x90, 0x10, 0xff, 0x00))).toMatchObject({
      ...keyStart,
      temporalLayer: null,
    });
  });

  it('is told the same when all is encrypted that end-to-end encryption encrypts', () => {
    for (const secret of ciphertexts) {
      const key = Buffer.concat([
        bytes(0x90, 0x80, 0x01),
        bytes(0x10, 0, 0, 0x9d, 1, 0x2a, 0, 5, 0xd0, 2),
        secret,
      ]);
      const delta = Buffer.concat([bytes(0x90, 0x80, 0x02), bytes(0x11, 0, 0), secret]);
      expect(describeFrame('vp8', key)).toMatchObject(keyStart);
      expect(describeFrame('vp8', delta)).toMatchObject(deltaStart);
    }
  });
});

describe('an H264 packet', () => {
  const sps = [0x67, 0x42, 0xe0, 0x1f];
  const pps = [0x68, 0xce];
  const aggregate = (...units: number[][]) =>
    bytes(0x78, ...units.flatMap((unit) => [unit.length >> 8, unit.length & 0xff, ...unit]));

  it('starts a key frame with parameter sets, alone, aggregated or fragmented', () => {
    expect(describeFrame('h264', bytes(...sps))).toMatchObject(keyStart);
    expect(describeFrame('h264', aggregate(sps, pps))).toMatchObject(keyStart);
    expect(describeFrame('h264', aggregate([0x09, 0x10], sps, pps, [0x65, 0x88]))).toMatchObject(keyStart);
    expect(describeFrame('h264', bytes(0x7c, 0x87, 0x42))).toMatchObject(keyStart);
  });

  it('believes no aggregate beyond a unit that is empty or longer than the packet', () => {
    expect(describeFrame('h264', bytes(0x78, 0, 50, ...sps))).toMatchObject(neither);
    expect(describeFrame('h264', bytes(0x78, 0, 0, 0, 4, ...sps))).toMatchObject(neither);
    expect(describeFrame('h264', bytes(0x78, 0, 2, ...pps, 0, 50, ...sps))).toMatchObject(neither);
  });

  it('is part of a key frame, but no place to join, where an IDR slice comes without parameter sets', () => {
    expect(describeFrame('h264', bytes(0x65, 0x88))).toMatchObject({ keyFrame: true, start: false });
    expect(describeFrame('h264', bytes(0x7c, 0x85, 0x88))).toMatchObject({ keyFrame: true, start: false });
    expect(describeFrame('h264', bytes(0x7c, 0x05, 0x88))).toMatchObject(neither);
    expect(describeFrame('h264', bytes(...pps))).toMatchObject(neither);
  });

  it('starts another frame with its first slice or an access unit delimiter', () => {
    expect(describeFrame('h264', bytes(0x61, 0x9a))).toMatchObject(deltaStart);
    expect(describeFrame('h264', bytes(0x61, 0x1a))).toMatchObject(neither);
    expect(describeFrame('h264', bytes(0x7c, 0x81, 0x9a))).toMatchObject(deltaStart);
    expect(describeFrame('h264', bytes(0x7c, 0x41, 0x9a))).toMatchObject(neither);
    expect(describeFrame('h264', bytes(0x09, 0x30))).toMatchObject(deltaStart);
  });

  it('is told the same when all is encrypted behind the first byte of the first slice', () => {
    for (const secret of ciphertexts) {
      expect(describeFrame('h264', Buffer.concat([bytes(0x7c, 0x81, 0x9a), secret]))).toMatchObject(
        deltaStart,
      );
      expect(describeFrame('h264', Buffer.concat([bytes(0x61, 0x9a), secret]))).toMatchObject(deltaStart);
      expect(describeFrame('h264', Buffer.concat([bytes(0x65, 0x88), secret]))).toMatchObject({
        keyFrame: true,
      });
    }
  });
});

describe('a VP9 packet', () => {
  it('starts a picture with B in the lowest spatial layer, a key frame where no other picture is needed', () => {
    expect(describeFrame('vp9', bytes(0x8c, 0x05))).toEqual({
      ...keyStart,
      temporalLayer: null,
      spatialLayer: null,
      pictureId: 5,
      tl0PicIdx: undefined,
      switchUp: undefined,
      end: true,
    });
    expect(describeFrame('vp9', bytes(0xc8, 0x05))).toMatchObject({ ...deltaStart, end: false });
    expect(describeFrame('vp9', bytes(0x84, 0x05))).toMatchObject({ keyFrame: true, start: false });
  });

  it('tells layers, picture id and TL0PICIDX outside the flexible mode', () => {
    // I, L, B; 15 bits of picture id; TID 2, U, SID 1, D.
    expect(describeFrame('vp9', bytes(0xa8, 0x81, 0x02, 0x53, 0x77))).toMatchObject({
      keyFrame: true,
      start: false,
      pictureId: 0x102,
      temporalLayer: 2,
      spatialLayer: 1,
      switchUp: true,
      tl0PicIdx: 0x77,
    });
    expect(describeFrame('vp9', bytes(0xa8, 0x05, 0x00, 0x01))).toMatchObject({
      ...keyStart,
      spatialLayer: 0,
    });
    expect(describeFrame('vp9', bytes(0xb8, 0x05, 0x02))).toMatchObject({
      spatialLayer: 1,
      tl0PicIdx: undefined,
    });
  });

  it('is told the same whatever is behind its descriptor', () => {
    for (const secret of ciphertexts) {
      expect(describeFrame('vp9', Buffer.concat([bytes(0xa8, 0x05, 0x00, 0x01), secret]))).toMatchObject(
        keyStart,
      );
      expect(describeFrame('vp9', Buffer.concat([bytes(0xe8, 0x05, 0x00, 0x01), secret]))).toMatchObject(
        deltaStart,
      );
    }
  });
});

/** A descriptor of a key frame with these `next_layer_idc`, offset 60 and two decode targets, as bits. */
function structure(...nextLayers: number[]): Buffer {
  const bits = [
    ...['10', '111100', '0000000000000001', '1', '0000', '111100', '00001'],
    ...nextLayers.map((next) => next.toString(2).padStart(2, '0')),
    '11'.repeat(8),
  ].join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
}

describe('an AV1 packet', () => {
  it('is told by its dependency descriptor where there is one', () => {
    const payload = bytes(0x08, 0xff);
    expect(describeFrame('av1', payload, bytes(0x80, 0, 1, 0x80))).toMatchObject({
      ...keyStart,
      templateId: 0,
    });
    expect(describeFrame('av1', payload, bytes(0xc5, 0, 1))).toMatchObject({
      ...deltaStart,
      templateId: 5,
      end: true,
    });
    expect(describeFrame('av1', payload, bytes(0x05, 0, 1, 0x80))).toMatchObject(neither);
    expect(describeFrame('av1', payload, bytes(0x80, 0, 1, 0x40))).toMatchObject(deltaStart);
    expect(describeFrame('av1', payload, bytes(0x80, 0))).toMatchObject(neither);
  });

  it('is told by its aggregation header where there is none', () => {
    expect(describeFrame('av1', bytes(0x18, 0x0a))).toMatchObject(keyStart);
    expect(describeFrame('av1', bytes(0x10, 0x0a))).toMatchObject(deltaStart);
    expect(describeFrame('av1', bytes(0x90, 0x0a))).toMatchObject(neither);
  });

  it('has its layers by the templates of the key frame, whose ids run around 64', () => {
    // Two templates of S0T0, S0T1, S0T2, then S1T0 and S1T1.
    const layers = readTemplateLayers(structure(0, 1, 1, 2, 1, 3));
    expect(layers?.layersOf(60)).toEqual({ spatialLayer: 0, temporalLayer: 0 });
    expect(layers?.layersOf(61)).toEqual({ spatialLayer: 0, temporalLayer: 0 });
    expect(layers?.layersOf(62)).toEqual({ spatialLayer: 0, temporalLayer: 1 });
    expect(layers?.layersOf(63)).toEqual({ spatialLayer: 0, temporalLayer: 2 });
    expect(layers?.layersOf(0)).toEqual({ spatialLayer: 1, temporalLayer: 0 });
    expect(layers?.layersOf(1)).toEqual({ spatialLayer: 1, temporalLayer: 1 });
    expect(layers?.layersOf(2)).toBeNull();
    expect(describeFrame('av1', bytes(0x18), structure(3))).toMatchObject({ ...keyStart, templateId: 60 });
  });

  it('has no layers to tell without a structure, with one cut short, or with one that never ends', () => {
    expect(readTemplateLayers(bytes(0x80, 0, 1))).toBeNull();
    expect(readTemplateLayers(bytes(0x80, 0, 1, 0x40, 0, 0))).toBeNull();
    expect(readTemplateLayers(structure(0, 1, 1, 2, 1, 3).subarray(0, 6))).toBeNull();
    expect(readTemplateLayers(Buffer.concat([bytes(0x80, 0, 1, 0x80), Buffer.alloc(100)]))).toBeNull();
  });
});

describe('any bytes', () => {
  it('are told the same whatever lies around them in memory, and never throw', () => {
    const codec = fc.constantFrom('vp8', 'h264', 'vp9', 'av1');
    const any = fc.uint8Array({ maxLength: 30 });
    fc.assert(
      fc.property(codec, any, fc.option(any, { nil: undefined }), (name, payload, descriptor) => {
        const tell = (filler: number) => [
          describeFrame(name, amongOthers(payload, filler), descriptor && amongOthers(descriptor, filler)),
          descriptor && readTemplateLayers(amongOthers(descriptor, filler))?.layersOf(0),
        ];
        expect(tell(0)).toEqual(tell(0xff));
      }),
      { numRuns: 2000 },
    );
  });
});
