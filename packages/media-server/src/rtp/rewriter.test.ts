import { describe, expect, test } from 'vitest';
import type { RtpPacket } from './packet.ts';
import { sequenceDistance, timestampDistance } from './sequence.ts';
import { descriptorOf, Encoder, FRAME_MS, parsed, SSRC, setUp, start } from './simulated-encoder.ts';

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
