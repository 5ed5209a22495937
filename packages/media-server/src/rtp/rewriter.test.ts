import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRtp, type RtpPacket, writeRtp } from './packet.ts';
import { StreamRewriter } from './rewriter.ts';
import { sequenceDistance, timestampDistance } from './sequence.ts';
import { Vp8Descriptor } from './vp8-descriptor.ts';

const SSRC = 0x0abc_def0;
const CLOCK = 90_000;
const FRAME_MS = 40;

/** An encoder with spaces of its own: every frame has `size` packets, picture ids in 7 or 15 bits, three temporal layers. */
class Encoder {
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

function parsed(buffer: Buffer | null): RtpPacket {
  const packet = buffer === null ? null : parseRtp(buffer);
  if (packet === null) throw new Error('Nothing came out, or no packet');
  return packet;
}

function descriptorOf(packet: RtpPacket): Vp8Descriptor {
  const descriptor = new Vp8Descriptor();
  expect(descriptor.read(packet.buffer, packet.payloadOffset, packet.payloadLength)).toBe(true);
  return descriptor;
}

const start = { ssrc: 1, sequence: 100, timestamp: 5_000, picture: 10, tl0: 7, bits: 15 } as const;

function setUp(codec = 'vp8') {
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

describe('the outgoing stream', () => {
  test('has our SSRC, payload type and extensions, and the payload behind the descriptor untouched', () => {
    const { rewriter, low } = setUp();
    const packet = new Encoder(start).frame(1, true).packets[0];
    if (packet === undefined) throw new Error('no packet');
    const extensions = [{ id: 3, value: Buffer.from([1, 2]) }];
    const out = parsed(
      rewriter.rewrite(packet, low, { payloadType: 99, extensions, codec: 'vp8', nowMs: 0 }),
    );
    expect(out).toMatchObject({ ssrc: SSRC, payloadType: 99, marker: true, sequenceNumber: 65_530 });
    expect(out.extension(3)).toEqual(Buffer.from([1, 2]));
    expect(out.payload.subarray(-3)).toEqual(packet.payload.subarray(-3));
  });

  test('leaves the payload of other codecs as it is', () => {
    const { low, send } = setUp('h264');
    const packet = new Encoder(start).packet(Buffer.from([0x90, 0x80, 0x80, 5, 9]), true);
    expect(parsed(send(packet, low, 0)).payload).toEqual(packet.payload);
  });

  test('goes on over a switch: next number, next picture, next TL0PICIDX, time as it passed', () => {
    const { low, high, send } = setUp();
    const a = new Encoder(start);
    const b = new Encoder({ ...start, ssrc: 2, sequence: 40_000, timestamp: 77, picture: 30_000, tl0: 200 });
    const before = parsed(send(a.frame(1, true).packets[0] as RtpPacket, low, 1_000));
    const after = parsed(send(b.frame(1, true).packets[0] as RtpPacket, high, 1_050));
    expect(sequenceDistance(before.sequenceNumber, after.sequenceNumber)).toBe(1);
    expect(timestampDistance(before.timestamp, after.timestamp)).toBe(4_500);
    const [one, two] = [descriptorOf(before), descriptorOf(after)];
    expect((two.pictureId - one.pictureId) & 0x7fff).toBe(1);
    expect((two.tl0PicIdx - one.tl0PicIdx) & 0xff).toBe(1);
    expect((two.keyIdx - one.keyIdx) & 0x1f).toBe(1);
  });

  test('takes the time over a switch from the sender reports where both sources have one', () => {
    const { rewriter, low, high, send } = setUp();
    const a = new Encoder(start);
    const b = new Encoder({ ...start, ssrc: 2, timestamp: 4_000_000_000 });
    const first = a.frame(1, true).packets[0] as RtpPacket;
    const second = b.frame(1, true).packets[0] as RtpPacket;
    // Both clocks at the same NTP second: the first frame 10 ms, the second 43 ms after it.
    rewriter.onSenderReport(low, { ntpMsw: 900, ntpLsw: 0, rtpTimestamp: first.timestamp - 900 });
    rewriter.onSenderReport(high, { ntpMsw: 900, ntpLsw: 0, rtpTimestamp: second.timestamp - 43 * 90 });
    const before = parsed(send(first, low, 1_000));
    const after = parsed(send(second, high, 1_500));
    expect(timestampDistance(before.timestamp, after.timestamp)).toBe(33 * 90);
    expect(rewriter.mapTimestamp(high, second.timestamp)).toBe(after.timestamp);
    expect(rewriter.mapTimestamp(low, first.timestamp)).toBeNull();
  });

  test('does not believe reports that are seconds off', () => {
    const { rewriter, low, high, send } = setUp();
    const first = new Encoder(start).frame(1, true).packets[0] as RtpPacket;
    const second = new Encoder({ ...start, ssrc: 2 }).frame(1, true).packets[0] as RtpPacket;
    rewriter.onSenderReport(low, { ntpMsw: 900, ntpLsw: 0, rtpTimestamp: first.timestamp });
    rewriter.onSenderReport(high, { ntpMsw: 1_900, ntpLsw: 0, rtpTimestamp: second.timestamp });
    const before = parsed(send(first, low, 1_000));
    const after = parsed(send(second, high, 1_020));
    expect(timestampDistance(before.timestamp, after.timestamp)).toBe(20 * 90);
  });

  test('has no gap after an interruption, and the time that passed in it', () => {
    const { rewriter, low, send } = setUp();
    const a = new Encoder(start);
    const before = parsed(send(a.frame(1, true).packets[0] as RtpPacket, low, 1_000));
    rewriter.interrupt();
    for (let i = 0; i < 99; i += 1) a.frame(10);
    const after = parsed(send(a.frame(1, true).packets[0] as RtpPacket, low, 5_130));
    expect(sequenceDistance(before.sequenceNumber, after.sequenceNumber)).toBe(1);
    expect((descriptorOf(after).pictureId - descriptorOf(before).pictureId) & 0x7fff).toBe(1);
    // By the source's own clock, not by when the packet came.
    expect(timestampDistance(before.timestamp, after.timestamp)).toBe(100 * FRAME_MS * 90);
  });

  test('follows the time that passed when a source starts its clock anew', () => {
    for (const jump of [400_000_000, -400_000_000]) {
      const { low, send } = setUp();
      const a = new Encoder(start);
      const before = parsed(send(a.frame(1, true).packets[0] as RtpPacket, low, 1_000));
      a.timestamp = (a.timestamp + jump) >>> 0;
      const after = parsed(send(a.frame(1).packets[0] as RtpPacket, low, 1_040));
      expect(timestampDistance(before.timestamp, after.timestamp)).toBe(40 * 90);
      const next = parsed(send(a.frame(1).packets[0] as RtpPacket, low, 1_080));
      expect(timestampDistance(after.timestamp, next.timestamp)).toBe(FRAME_MS * 90);
    }
  });

  test('keeps no numbers for the thousands that a restarted sender seems to have lost', () => {
    const { low, send } = setUp();
    const a = new Encoder(start);
    const before = parsed(send(a.frame(1, true).packets[0] as RtpPacket, low, 1_000));
    a.sequence += 20_000;
    const after = parsed(send(a.frame(1).packets[0] as RtpPacket, low, 1_040));
    expect(sequenceDistance(before.sequenceNumber, after.sequenceNumber)).toBe(1);
  });

  test('gives a late packet the number that was kept for it, and nothing to one that comes twice', () => {
    const { low, send } = setUp();
    const [first, second, third] = new Encoder(start).frame(3, true).packets as [
      RtpPacket,
      RtpPacket,
      RtpPacket,
    ];
    const one = parsed(send(first, low, 0));
    const three = parsed(send(third, low, 1));
    const two = parsed(send(second, low, 2));
    expect(sequenceDistance(one.sequenceNumber, two.sequenceNumber)).toBe(1);
    expect(sequenceDistance(two.sequenceNumber, three.sequenceNumber)).toBe(1);
    expect(send(second, low, 3)).toBeNull();
    expect(send(first, low, 3)).toBeNull();
  });

  test('lets nothing through that is from before the switch', () => {
    const { low, high, send } = setUp();
    const b = new Encoder({ ...start, ssrc: 2 });
    const [early, keyFrame] = [b.frame(1).packets[0] as RtpPacket, b.frame(1, true).packets[0] as RtpPacket];
    send(new Encoder(start).frame(1, true).packets[0] as RtpPacket, low, 0);
    parsed(send(keyFrame, high, 40));
    expect(send(early, high, 41)).toBeNull();
  });

  test('widens picture ids of 7 bits to 15, so that sources of both kinds make one count', () => {
    const { low, high, send } = setUp();
    const narrow = new Encoder({ ...start, bits: 7, picture: 126 });
    const wide = new Encoder({ ...start, ssrc: 2 });
    const outs = [
      send(narrow.frame(1, true).packets[0] as RtpPacket, low, 0),
      send(narrow.frame(1).packets[0] as RtpPacket, low, 40),
      send(narrow.frame(1).packets[0] as RtpPacket, low, 80),
      send(wide.frame(1, true).packets[0] as RtpPacket, high, 120),
    ].map(parsed);
    const ids = outs.map((out) => descriptorOf(out));
    for (const { pictureIdBits } of ids) expect(pictureIdBits).toBe(15);
    for (let i = 1; i < ids.length; i += 1) {
      expect(((ids[i]?.pictureId ?? 0) - (ids[i - 1]?.pictureId ?? 0)) & 0x7fff).toBe(1);
    }
    for (const out of outs) expect(out.payload.subarray(-3)).toEqual(Buffer.from([0xee, 0, 0x77]));
  });

  test('sends padding in place of the late piece of a frame that was left out', () => {
    const { rewriter, low, send } = setUp();
    const a = new Encoder(start);
    send(a.frame(1, true).packets[0] as RtpPacket, low, 0);
    const [first, second, third] = a.frame(3).packets as [RtpPacket, RtpPacket, RtpPacket];
    expect(rewriter.dropped(first)).toBe(true);
    expect(rewriter.dropped(third)).toBe(true);
    const next = parsed(send(a.frame(1).packets[0] as RtpPacket, low, 80));
    expect(rewriter.dropped(second)).toBe(false);
    const filler = parsed(send(second, low, 81));
    expect(sequenceDistance(filler.sequenceNumber, next.sequenceNumber)).toBe(1);
    expect(filler.payloadLength).toBe(0);
  });

  test('takes padding for probing between frames only', () => {
    const { rewriter, low, send } = setUp();
    const options = { payloadType: 120, extensions: [] };
    expect(rewriter.padding(255, options)).toBeNull();
    const [first, second] = new Encoder(start).frame(2, true).packets as [RtpPacket, RtpPacket];
    send(first, low, 0);
    expect(rewriter.padding(255, options)).toBeNull();
    const media = parsed(send(second, low, 0));
    const padding = parsed(rewriter.padding(255, options));
    expect(padding).toMatchObject({ payloadLength: 0, paddingLength: 255, timestamp: media.timestamp });
    expect(sequenceDistance(media.sequenceNumber, padding.sequenceNumber)).toBe(1);
  });

  test('swallows the padding of a source', () => {
    const { low, send } = setUp();
    const a = new Encoder(start);
    const before = parsed(send(a.frame(1, true).packets[0] as RtpPacket, low, 0));
    expect(send(a.packet(Buffer.alloc(0), false), low, 10)).toBeNull();
    const after = parsed(send(a.frame(1).packets[0] as RtpPacket, low, 40));
    expect(sequenceDistance(before.sequenceNumber, after.sequenceNumber)).toBe(1);
  });

  test('survives descriptors that end too early', () => {
    const { low, send } = setUp();
    const a = new Encoder(start);
    for (const bytes of [[0x90], [0x90, 0x80], [0x90, 0x80, 0x81], [0x90, 0xc0, 5], [0x90, 0x30]]) {
      expect(parsed(send(a.packet(Buffer.from(bytes), true), low, 0)).payloadLength).toBe(0);
    }
  });
});

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
