import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RtpPacket } from './packet.ts';
import { sequenceDistance, timestampDistance } from './sequence.ts';
import { CLOCK, descriptorOf, Encoder, FRAME_MS, parsed, SSRC, setUp, start } from './simulated-encoder.ts';
import type { Vp8Descriptor } from './vp8-descriptor.ts';

/** What may happen between two frames, or to one. */
type Action =
  | { readonly kind: 'frames'; readonly count: number; readonly size: number }
  | { readonly kind: 'switch' | 'interrupt' | 'padding' }
  | { readonly kind: 'fewerLayers'; readonly highest: 0 | 1 | 2 }
  | { readonly kind: 'swap' | 'lose'; readonly size: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('frames' as const),
      count: fc.integer({ min: 1, max: 12 }),
      size: fc.integer({ min: 1, max: 4 }),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom('switch' as const, 'interrupt' as const, 'padding' as const),
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('fewerLayers' as const),
      highest: fc.constantFrom(0 as const, 1 as const, 2 as const),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom('swap' as const, 'lose' as const),
      size: fc.integer({ min: 2, max: 4 }),
    }),
    weight: 2,
  },
);

const anyStart = fc.record({
  sequence: fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xfff0, max: 0xffff })),
  timestamp: fc.oneof(
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.integer({ min: 2 ** 32 - 20_000, max: 2 ** 32 - 1 }),
  ),
  picture: fc.integer({ min: 0, max: 127 }),
  tl0: fc.integer({ min: 0, max: 255 }),
  bits: fc.constantFrom(7 as const, 15 as const),
});

test('whatever is switched, left out, reordered or interrupted: one stream without gaps, and time that never steps back', () => {
  fc.assert(
    fc.property(
      fc.tuple(anyStart, anyStart, anyStart),
      fc.array(action, { maxLength: 60 }),
      (starts, actions) => {
        const encoders = starts.map((each, i) => new Encoder({ ...each, ssrc: 10 + i }));
        const sources = encoders.map((_, i) => ({ layer: i }));
        const { rewriter, send } = setUp();
        const outs: RtpPacket[] = [];
        let lost = 0;
        let lostPictures = 0;
        let at = 0;
        let nowMs = 0;
        let highest = 2;
        let keyFrame = true;
        const deliver = (packet: RtpPacket, leaveOut: boolean) => {
          if (leaveOut && rewriter.dropped(packet)) return;
          const out = send(packet, sources[at] as object, nowMs);
          if (out !== null) outs.push(parsed(out));
        };
        const next = (size: number) => {
          // The other encoders go on meanwhile, each in its own numbers.
          for (const [i, encoder] of encoders.entries()) if (i !== at) encoder.frame(1);
          nowMs += FRAME_MS;
          const frame = (encoders[at] as Encoder).frame(size, keyFrame);
          keyFrame = false;
          return frame;
        };
        for (const each of actions) {
          if (each.kind === 'frames') {
            for (let i = 0; i < each.count; i += 1) {
              const { packets, temporalLayer } = next(each.size);
              for (const packet of packets) deliver(packet, temporalLayer > highest);
            }
          } else if (each.kind !== 'interrupt' && keyFrame) {
            // What comes first is a key frame, whole and in order, as the sink waits for it.
          } else if (each.kind === 'swap') {
            const { packets, temporalLayer } = next(each.size);
            for (const packet of packets.reverse()) deliver(packet, temporalLayer > highest);
          } else if (each.kind === 'lose') {
            const { packets, temporalLayer } = next(each.size);
            // One is really lost; the frame after it shows that it is missing.
            packets.splice(1, 1);
            lost += 1;
            for (const packet of packets) deliver(packet, temporalLayer > highest);
            const after = next(1);
            for (const packet of after.packets) deliver(packet, false);
            lostPictures += 1;
          } else if (each.kind === 'fewerLayers') {
            highest = each.highest;
          } else if (each.kind === 'padding') {
            const out = rewriter.padding(100, { payloadType: 120, extensions: [] });
            if (out !== null) outs.push(parsed(out));
          } else {
            if (each.kind === 'interrupt') rewriter.interrupt();
            else at = (at + 1) % encoders.length;
            keyFrame = true;
            nowMs += 500;
            for (const encoder of encoders) for (let i = 0; i < 12; i += 1) encoder.frame(1);
          }
        }
        check(outs, lost, lostPictures);
      },
    ),
    { numRuns: 300 },
  );
});

function check(outs: RtpPacket[], lost: number, lostPictures: number): void {
  const first = outs[0];
  if (first === undefined) return;
  const numbers = outs.map(({ sequenceNumber }) => sequenceDistance(first.sequenceNumber, sequenceNumber));
  expect(new Set(numbers).size).toBe(numbers.length);
  const top = Math.max(...numbers);
  expect(Math.min(...numbers)).toBe(0);
  expect(top + 1 - numbers.length).toBeLessThanOrEqual(lost);
  const inOrder = [...outs].sort(
    (a, b) =>
      sequenceDistance(first.sequenceNumber, a.sequenceNumber) -
      sequenceDistance(first.sequenceNumber, b.sequenceNumber),
  );
  let before: RtpPacket = first;
  let pictureBefore: Vp8Descriptor | null = null;
  let missingPictures = 0;
  for (const out of inOrder) {
    expect(out.ssrc).toBe(SSRC);
    const step = timestampDistance(before.timestamp, out.timestamp);
    expect(step).toBeGreaterThanOrEqual(0);
    expect(step).toBeLessThan(20 * CLOCK);
    before = out;
    if (out.payloadLength === 0) continue;
    const descriptor = descriptorOf(out);
    expect(descriptor.pictureIdBits).toBe(15);
    if (pictureBefore !== null) {
      const pictures = (descriptor.pictureId - pictureBefore.pictureId) & 0x7fff;
      expect(pictures).toBeLessThanOrEqual(2);
      if (pictures === 2) missingPictures += 1;
      expect((descriptor.tl0PicIdx - pictureBefore.tl0PicIdx) & 0xff).toBeLessThanOrEqual(1);
    }
    pictureBefore = descriptor;
  }
  expect(missingPictures).toBeLessThanOrEqual(lostPictures);
}

test('numbers, timestamps and picture ids wrap many times without a seam', () => {
  const { low, high, send } = setUp();
  const encoders = [new Encoder(start), new Encoder({ ...start, ssrc: 2, bits: 7 })];
  let before: RtpPacket | null = null;
  let nowMs = 0;
  for (let frame = 0; frame < 120_000; frame += 1) {
    const at = Math.floor(frame / 5_000) % 2;
    nowMs += FRAME_MS;
    for (const packet of (encoders[at] as Encoder).frame(2, frame % 5_000 === 0).packets) {
      const out = parsed(send(packet, at === 0 ? low : high, nowMs));
      if (
        before !== null &&
        (sequenceDistance(before.sequenceNumber, out.sequenceNumber) !== 1 ||
          timestampDistance(before.timestamp, out.timestamp) > FRAME_MS * 90)
      ) {
        throw new Error(`A seam at frame ${frame}`);
      }
      before = out;
    }
  }
});
