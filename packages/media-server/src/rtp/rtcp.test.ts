import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amongOthers, anyBytes, rtcpPart, word } from './fixture.ts';
import {
  middleNtp,
  parseRtcp,
  type ReportBlock,
  writeNack,
  writePli,
  writeReceiverReport,
  writeSenderReport,
  writeTransportFeedback,
} from './rtcp.ts';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const block: fc.Arbitrary<ReportBlock> = fc.record({
  ssrc: uint32,
  fractionLost: fc.integer({ min: 0, max: 255 }).map((n) => n / 256),
  cumulativeLost: fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
  highestSequence: uint32,
  jitter: uint32,
  lastSenderReport: uint32,
  delaySinceLastSenderReport: uint32,
});
const blocks = fc.array(block, { maxLength: 31 });

describe('RTCP', () => {
  it('reads sender and receiver reports as they were written', () => {
    const report = fc.record({
      ssrc: uint32,
      ntpMsw: uint32,
      ntpLsw: uint32,
      rtpTimestamp: uint32,
      packets: uint32,
      octets: uint32,
      blocks,
    });
    fc.assert(
      fc.property(report, uint32, (sender, ssrc) => {
        expect(parseRtcp(writeSenderReport(sender))).toEqual([{ kind: 'senderReport', ...sender }]);
        expect(parseRtcp(writeReceiverReport(ssrc, sender.blocks))).toEqual([
          { kind: 'receiverReport', ssrc, blocks: sender.blocks },
        ]);
      }),
    );
  });

  it('writes counts that ran for long modulo 2^32, and holds the lost packets at the ends of their 24 bits', () => {
    const report = { ssrc: 1, ntpMsw: 0, ntpLsw: 0, blocks: [] };
    const counts = { packets: 2 ** 32 + 3, octets: 7 * 2 ** 32 + 5, rtpTimestamp: 2 ** 33 + 1 };
    expect(parseRtcp(writeSenderReport({ ...report, ...counts }))).toMatchObject([
      { packets: 3, octets: 5, rtpTimestamp: 1 },
    ]);
    const lost = (cumulativeLost: number) =>
      parseRtcp(writeReceiverReport(1, [{ ...zero, cumulativeLost }])).flatMap((part) =>
        part.kind === 'receiverReport' ? part.blocks.map((one) => one.cumulativeLost) : [],
      );
    const zero: ReportBlock = {
      ssrc: 2,
      fractionLost: 0,
      cumulativeLost: 0,
      highestSequence: 0,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    };
    expect(lost(0x80_0000)).toEqual([0x7f_ffff]);
    expect(lost(-0x80_0001)).toEqual([-0x80_0000]);
    expect(() => writeReceiverReport(1, Array(32).fill(zero))).toThrow(RangeError);
  });

  it('asks for any set of packets, and only for those', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 60 }),
        (seqs) => {
          const [part] = parseRtcp(writeNack(1, 2, seqs));
          if (part?.kind !== 'nack') throw new Error('not a NACK');
          expect(part.mediaSsrc).toBe(2);
          expect(new Set(part.sequenceNumbers)).toEqual(new Set(seqs));
        },
      ),
    );
    expect(() => writeNack(1, 2, [])).toThrow(RangeError);
  });

  it('asks for 17 neighbours in one item, over the wrap too', () => {
    const neighbours = Array.from({ length: 17 }, (_, index) => (0xfff8 + index) & 0xffff);
    expect(writeNack(1, 2, neighbours)).toHaveLength(16);
    expect(writeNack(1, 2, [...neighbours, 9])).toHaveLength(20);
    expect(writeNack(1, 2, [0xffff, 0, 3])).toEqual(
      Buffer.from([0x81, 205, 0, 3, ...word(1), ...word(2), 0xff, 0xff, 0, 0b1001]),
    );
  });

  it('reads PLI, FIR with its sequence numbers, REMB and BYE', () => {
    const datagram = Buffer.concat([
      writePli(1, 2),
      rtcpPart(4, 206, [...word(1), ...word(0), ...word(0xaaaa_aaaa), 7, 0, 0, 0, ...word(5), 255, 0, 0, 0]),
      rtcpPart(15, 206, [
        ...word(1),
        ...word(0),
        0x52,
        0x45,
        0x4d,
        0x42,
        2,
        0x1b,
        0xff,
        0xff,
        ...word(8),
        ...word(9),
      ]),
      rtcpPart(2, 203, [...word(3), ...word(4), 3, 98, 121, 101]),
      rtcpPart(1, 202, [...word(3), 1, 1, 97, 0]),
    ]);
    expect(parseRtcp(datagram)).toEqual([
      { kind: 'pli', senderSsrc: 1, mediaSsrc: 2 },
      {
        kind: 'fir',
        senderSsrc: 1,
        mediaSsrc: 0,
        requests: [
          { ssrc: 0xaaaa_aaaa, sequenceNumber: 7 },
          { ssrc: 5, sequenceNumber: 255 },
        ],
      },
      { kind: 'remb', senderSsrc: 1, bitsPerSecond: 0x3_ffff * 64, ssrcs: [8, 9] },
      { kind: 'bye', ssrcs: [3, 4] },
      { kind: 'other', payloadType: 202, format: 1 },
    ]);
  });

  it('keeps what came before a malformed part, and stops there', () => {
    const pli = writePli(1, 2);
    const kinds = (bytes: Buffer) => parseRtcp(bytes).map((part) => part.kind);
    expect(kinds(Buffer.concat([pli, Buffer.from([0x81, 206, 0, 9]), pli]))).toEqual(['pli']);
    expect(kinds(Buffer.concat([pli, Buffer.from([0x41, 206, 0, 2]), pli]))).toEqual(['pli']);
    expect(kinds(Buffer.concat([pli, rtcpPart(1, 201, word(1)), pli]))).toEqual(['pli']);
    expect(kinds(Buffer.concat([pli, Buffer.from([0xa1, 206, 0, 0]), pli]))).toEqual(['pli']);
    expect(kinds(Buffer.concat([pli, pli]).subarray(0, 23))).toEqual(['pli']);
    const remb = [...word(1), ...word(0), 0x52, 0x45, 0x4d, 0x42, 2, 0, 0, 1, ...word(8)];
    expect(kinds(Buffer.concat([pli, rtcpPart(15, 206, remb)]))).toEqual(['pli']);
    expect(kinds(Buffer.concat([pli, rtcpPart(2, 203, word(1))]))).toEqual(['pli']);
    expect(kinds(Buffer.concat([pli, rtcpPart(15, 205, [...word(1), ...word(2), ...word(3)])]))).toEqual([
      'pli',
    ]);
  });

  it('leaves out padding', () => {
    const part = rtcpPart(1, 205, [...word(1), ...word(2), 0, 5, 0, 0, 0, 0, 0, 4]);
    part[0] = 0xa1;
    expect(parseRtcp(part)).toMatchObject([{ kind: 'nack', sequenceNumbers: [5] }]);
  });

  it('reads any bytes the same whatever lies around them in memory, and never throws', () => {
    const beginnings = [200, 201, 203, 205, 206].flatMap((type) =>
      [1, 4, 15, 31].flatMap((format) => [
        [0x80 | format, type, 0, 2],
        [0x80 | format, type, 0, 7],
        [0xa0 | format, type, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0x52, 0x45, 0x4d, 0x42],
      ]),
    );
    fc.assert(
      fc.property(anyBytes(beginnings), (bytes) => {
        expect(parseRtcp(amongOthers(bytes, 0x81))).toEqual(parseRtcp(amongOthers(bytes, 0)));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads no more feedback from one datagram than a line can have carried', () => {
    const long = writeTransportFeedback({
      senderSsrc: 1,
      mediaSsrc: 2,
      baseSequenceNumber: 0,
      feedbackCount: 0,
      arrivalsMs: [0, ...Array<null>(4000).fill(null), 1],
    });
    expect(long.length).toBeLessThan(40);
    expect(parseRtcp(Buffer.concat(Array<Buffer>(30).fill(long)))).toHaveLength(2);
  });

  it('repeats the middle of an NTP time', () => {
    expect(middleNtp(0x1234_abcd, 0xffee_0000)).toBe(0xabcd_ffee);
  });
});
