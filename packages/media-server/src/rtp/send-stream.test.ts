import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRtp, type RtpPacket, writeRtp } from './packet.ts';
import { middleNtp, parseRtcp } from './rtcp.ts';
import { restoreFromRtx } from './rtx.ts';
import { ntpTime, SendStream } from './send-stream.ts';

const SSRC = 0x5151_5151;
const rtx = { ssrc: 0x5252_5252, payloadType: 97 };

function packetBuffer(sequenceNumber: number, payloadBytes = 100): Buffer {
  const payload = Buffer.alloc(payloadBytes, sequenceNumber & 0xff);
  const extensions = [{ id: 3, value: Buffer.from([0, 7]) }];
  return writeRtp({
    payloadType: 96,
    marker: true,
    sequenceNumber,
    timestamp: 9_000,
    ssrc: SSRC,
    extensions,
    payload,
  });
}

function parsed(buffer: Buffer | undefined): RtpPacket {
  const packet = buffer === undefined ? null : parseRtp(buffer);
  if (packet === null) throw new Error('No packet');
  return packet;
}

function numbers(buffers: readonly Buffer[]): number[] {
  return buffers.map((buffer) => parsed(buffer).sequenceNumber);
}

describe('a packet that was lost', () => {
  test('is sent again as it was where no RTX is agreed', () => {
    const stream = new SendStream({ ssrc: SSRC, rtx: null });
    const buffer = packetBuffer(5);
    stream.sent(buffer, 5, 0);
    expect(stream.resend([5, 6], 50, 40)).toEqual([buffer]);
    expect(stream.padding(100, 0)).toBeNull();
  });

  test('is wrapped where RTX is agreed, with a count of its own that wraps, and can be restored', () => {
    const stream = new SendStream({ ssrc: SSRC, rtx, firstRtxSequenceNumber: 0xffff });
    const [one, two] = [packetBuffer(0xfffe), packetBuffer(0xffff)];
    stream.sent(one, 0xfffe, 0);
    stream.sent(two, 0xffff, 1);
    const again = stream.resend([0xfffe, 0xffff], 50, 40);
    expect(numbers(again)).toEqual([0xffff, 0]);
    expect(again.map((each) => parsed(each))).toMatchObject(
      [rtx, rtx].map(({ ssrc, payloadType }) => ({ ssrc, payloadType })),
    );
    const original = { ssrc: SSRC, payloadType: 96 };
    expect(again.map((each) => restoreFromRtx(parsed(each), original))).toEqual([one, two]);
    const padding = parsed(stream.padding(1_000, 77) ?? undefined);
    expect(padding).toMatchObject({ ssrc: rtx.ssrc, sequenceNumber: 1, timestamp: 77, paddingLength: 255 });
  });

  test('is still there when something else is agreed, and neither its number nor what is counted begins anew', () => {
    const stream = new SendStream({ ssrc: SSRC, rtx, firstRtxSequenceNumber: 7 });
    stream.sent(packetBuffer(5), 5, 0);
    expect(numbers(stream.resend([5], 50, 20))).toEqual([7]);
    stream.useRtx({ ...rtx, payloadType: 103 });
    const [again] = stream.resend([5], 100, 20);
    expect(parsed(again)).toMatchObject({ ssrc: rtx.ssrc, payloadType: 103, sequenceNumber: 8 });
    const report = parseRtcp(stream.senderReport(200, { ntpMsw: 1, ntpLsw: 0, rtpTimestamp: 9_000 }));
    expect(report).toMatchObject([{ kind: 'senderReport', packets: 1, octets: 100 }]);
    stream.useRtx(null);
    expect(numbers(stream.resend([5], 300, 20))).toEqual([5]);
  });

  test('is not sent twice within one round trip, nor more than six times', () => {
    const stream = new SendStream({ ssrc: SSRC, rtx: null });
    stream.sent(packetBuffer(5), 5, 0);
    expect(stream.resend([5, 5, 5], 100, 80)).toHaveLength(1);
    expect(stream.resend([5], 179, 80)).toHaveLength(0);
    expect(stream.resend([5], 180, 80)).toHaveLength(1);
    // A client that claims no delay at all gets no more for it.
    expect(stream.resend([5], 190, 0)).toHaveLength(0);
    let more = 0;
    for (let ms = 200; ms < 1_900; ms += 50) more += stream.resend([5], ms, 1).length;
    expect(more).toBe(4);
    expect(stream.stats.resentPackets).toBe(6);
  });

  test('is gone after its time', () => {
    const stream = new SendStream({ ssrc: SSRC, rtx: null, maxAgeMs: 500 });
    stream.sent(packetBuffer(5), 5, 0);
    expect(stream.resend([5], 501, 10)).toHaveLength(0);
    stream.sent(packetBuffer(6), 6, 600);
    expect(stream.cached).toMatchObject({ packets: 1 });
  });
});

describe('what is kept', () => {
  test('is bounded by packets and by bytes, the newest stay', () => {
    const few = new SendStream({ ssrc: SSRC, rtx: null, maxPackets: 3 });
    const small = new SendStream({ ssrc: SSRC, rtx: null, maxBytes: 400 });
    for (let i = 0; i < 10; i += 1) {
      few.sent(packetBuffer(i), i, i);
      small.sent(packetBuffer(i), i, i);
    }
    const all = Array.from({ length: 10 }, (_, i) => i);
    expect(numbers(few.resend(all, 10, 1))).toEqual([7, 8, 9]);
    expect(numbers(small.resend(all, 10, 1))).toEqual([7, 8, 9]);
  });

  test('is found over wraps and among packets that went out late', () => {
    const stream = new SendStream({ ssrc: SSRC, rtx: null });
    for (const i of [0xfffd, 0xffff, 0xfffe, 1, 0]) stream.sent(packetBuffer(i), i, 0);
    expect(numbers(stream.resend([0xfffd, 0xfffe, 0xffff, 0, 1, 2], 30, 1))).toEqual([
      0xfffd, 0xfffe, 0xffff, 0, 1,
    ]);
  });

  test('whatever comes in whatever order stays within bounds, and only the asked packet is sent again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -40, max: 3_000 }), fc.integer({ min: 0, max: 900 })), {
          maxLength: 200,
        }),
        fc.integer({ min: 0, max: 0xffff }),
        (steps, first) => {
          const stream = new SendStream({ ssrc: SSRC, rtx: null, maxPackets: 50, maxBytes: 20_000 });
          let sequence = first;
          let ms = 0;
          for (const [step, size] of steps) {
            sequence = (sequence + (step > 100 && step < 2_000 ? 1 : step) + 0x10000) & 0xffff;
            ms += 3;
            stream.sent(packetBuffer(sequence, size), sequence, ms);
            const { packets, bytes } = stream.cached;
            expect(packets).toBeGreaterThan(-1);
            expect(packets).toBeLessThanOrEqual(50);
            expect(bytes).toBeLessThanOrEqual(20_000);
            for (const again of numbers(stream.resend([sequence], ms, 1))) expect(again).toBe(sequence);
          }
        },
      ),
    );
  });

  test('starts over when the numbers jump', () => {
    const stream = new SendStream({ ssrc: SSRC, rtx: null });
    for (const i of [10, 11, 30_000, 5]) {
      stream.sent(packetBuffer(i), i, 0);
      expect(stream.resend([i], 0, 1)).toHaveLength(1);
    }
    expect(stream.cached.packets).toBe(1);
  });
});

describe('a sender report', () => {
  test('tells packets and octets of payload, and the time it was given', () => {
    const stream = new SendStream({ ssrc: SSRC, rtx: null });
    stream.sent(packetBuffer(1, 100), 1, 0);
    stream.sent(packetBuffer(2, 50), 2, 0);
    const padding = writeRtp({
      payloadType: 96,
      marker: false,
      sequenceNumber: 3,
      timestamp: 0,
      ssrc: SSRC,
      payload: Buffer.alloc(0),
      paddingLength: 200,
    });
    stream.sent(padding, 3, 0);
    const [report] = parseRtcp(stream.senderReport(0, { ntpMsw: 1, ntpLsw: 2, rtpTimestamp: 3 }));
    expect(report).toMatchObject({
      kind: 'senderReport',
      ssrc: SSRC,
      ntpMsw: 1,
      ntpLsw: 2,
      rtpTimestamp: 3,
      packets: 3,
      octets: 150,
    });
  });

  test('and the block that answers it give the round trip', () => {
    const stream = new SendStream({ ssrc: SSRC, rtx: null });
    const at = ntpTime(Date.UTC(2026, 10, 22));
    stream.senderReport(1_000, { ...at, rtpTimestamp: 0 });
    stream.senderReport(6_000, { ...ntpTime(Date.UTC(2026, 10, 22, 0, 0, 5)), rtpTimestamp: 0 });
    const block = { lastSenderReport: middleNtp(at.ntpMsw, at.ntpLsw), delaySinceLastSenderReport: 65_536 };
    expect(stream.roundTripMs(block, 2_080)).toBe(80);
    expect(stream.roundTripMs({ ...block, lastSenderReport: 0 }, 2_080)).toBeNull();
    expect(stream.roundTripMs({ ...block, lastSenderReport: 12 }, 2_080)).toBeNull();
  });

  test('counts NTP from 1900', () => {
    expect(ntpTime(0)).toEqual({ ntpMsw: 2_208_988_800, ntpLsw: 0 });
    expect(ntpTime(1_500)).toEqual({ ntpMsw: 2_208_988_801, ntpLsw: 2 ** 31 });
  });
});
