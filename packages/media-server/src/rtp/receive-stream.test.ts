import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rtpPacket, seededRandom } from './fixture.ts';
import { ReceiveStream } from './receive-stream.ts';

const video = { ssrc: 0x1111_1111, clockRate: 90_000 };

/** A stream and a short way to give it a packet of that number. */
function stream() {
  const receiver = new ReceiveStream(video);
  return {
    receiver,
    give: (seq: number, nowMs = 0, timestamp = 0) =>
      receiver.receive(rtpPacket({ sequenceNumber: seq, timestamp }), nowMs),
  };
}

describe('a receive stream', () => {
  it('tells new, late and duplicate packets apart, over the wrap and before the first one', () => {
    const { receiver, give } = stream();
    expect(give(0)).toBe('new');
    expect(give(0xffff)).toBe('late');
    expect(give(0)).toBe('duplicate');
    expect(give(0xffff)).toBe('duplicate');
    expect(receiver.reportBlock(0).cumulativeLost).toBe(0);
    expect(give(3)).toBe('new');
    expect(give(2)).toBe('late');
    expect(give(2)).toBe('duplicate');
    expect(give(1)).toBe('late');
    expect(give(4)).toBe('new');
  });

  it('counts and reports as a reference does that knows the whole truth, over many cycles', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 0xffff }), (seed, first) => {
        const random = seededRandom(seed);
        const { receiver, give } = stream();
        const came = new Set<number>([first]);
        const delayed: number[] = [];
        let base = first;
        let highest = first;
        let atReport = { expected: 0, received: 0 };
        give(first & 0xffff);
        for (let seq = first + 1; seq < first + 150_000; seq += 1) {
          const deliver = (one: number) => {
            const expected = came.has(one) ? 'duplicate' : one > highest ? 'new' : 'late';
            if (give(one & 0xffff) !== expected) throw new Error(`packet ${one} should be ${expected}`);
            came.add(one);
            base = Math.min(base, one);
            highest = Math.max(highest, one);
          };
          const fate = random();
          if (fate < 0.03) delayed.push(seq);
          else if (fate > 0.07) deliver(seq);
          if (fate > 0.98) deliver(seq);
          if (delayed.length > 0 && random() < 0.05) deliver(delayed.shift() ?? seq);
          if (seq % 997 !== 0) continue;
          const expected = highest - base + 1;
          const lostNow = expected - atReport.expected - (came.size - atReport.received);
          const fraction = Math.floor((Math.max(0, lostNow) * 256) / (expected - atReport.expected)) / 256;
          expect(receiver.reportBlock(0)).toMatchObject({
            ssrc: video.ssrc,
            fractionLost: fraction,
            cumulativeLost: expected - came.size,
            highestSequence: highest,
          });
          atReport = { expected, received: came.size };
        }
        expect(receiver.stats).toMatchObject({ packets: came.size, lost: highest - base + 1 - came.size });
      }),
      { numRuns: 2 },
    );
  });

  it('reports no loss where nothing came since the last report', () => {
    const { receiver, give } = stream();
    expect(receiver.reportBlock(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 0, highestSequence: 0 });
    give(1);
    give(5);
    expect(receiver.reportBlock(0)).toMatchObject({ fractionLost: 153 / 256, cumulativeLost: 3 });
    expect(receiver.reportBlock(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 3 });
    give(3);
    expect(receiver.reportBlock(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 2 });
  });

  it('measures jitter as RFC 3550 appendix A.8 does, over the wrap of the timestamp', () => {
    const random = seededRandom(8);
    const { receiver, give } = stream();
    const firstTimestamp = 0xffff_0000;
    let jitter = 0;
    let transitBefore: number | null = null;
    for (let frame = 0; frame < 500; frame += 1) {
      const arrivalMs = frame * 40 + random() * 30;
      give(frame, arrivalMs, firstTimestamp + frame * 3600);
      const transit = arrivalMs * 90 - frame * 3600;
      if (transitBefore !== null) jitter += (Math.abs(transit - transitBefore) - jitter) / 16;
      transitBefore = transit;
    }
    expect(receiver.reportBlock(0).jitter).toBe(Math.floor(jitter));
    expect(receiver.stats.jitterMs).toBeCloseTo(jitter / 90, 6);
    expect(receiver.stats.jitterMs).toBeGreaterThan(3);
    const before = receiver.stats.jitterMs;
    give(500, 20_100, 5);
    expect(receiver.stats.jitterMs, 'a new time line is no jitter').toBe(before);
    give(498, 30_000, firstTimestamp);
    expect(receiver.stats.jitterMs, 'a resent packet is no jitter').toBe(before);
  });

  it('repeats the last sender report and how long ago it came', () => {
    const { receiver, give } = stream();
    give(1);
    expect(receiver.reportBlock(500)).toMatchObject({ lastSenderReport: 0, delaySinceLastSenderReport: 0 });
    receiver.onSenderReport({ ntpMsw: 0x1111_2222, ntpLsw: 0x3333_4444 }, 1000);
    expect(receiver.reportBlock(1500)).toMatchObject({
      lastSenderReport: 0x2222_3333,
      delaySinceLastSenderReport: 0x8000,
    });
  });

  it('goes on without loss where the stream starts anew, ahead, far behind, and close behind', () => {
    const { receiver, give } = stream();
    for (let seq = 0; seq < 100; seq += 1) if (seq % 20 !== 5) give(seq);
    expect(receiver.reportBlock(0)).toMatchObject({ fractionLost: 12 / 256, cumulativeLost: 5 });
    expect(give(20_000)).toBe('new');
    expect(give(20_001)).toBe('new');
    expect(receiver.stats).toMatchObject({ packets: 97, lost: 5 });
    // Far behind: one packet could be a stray, two in a row are a stream.
    expect(give(10_000)).toBe('duplicate');
    expect(give(10_001)).toBe('new');
    expect(give(10_002)).toBe('new');
    for (let seq = 10_003; seq < 11_000; seq += 1) expect(give(seq)).toBe('new');
    expect(receiver.stats.lost).toBe(5);
    // Close behind: a burst of resent packets looks the same at first.
    const arrivals = Array.from({ length: 40 }, (_, index) => give(10_500 + index));
    expect(arrivals.indexOf('new')).toBe(15);
    expect(arrivals.slice(15).every((arrival) => arrival === 'new')).toBe(true);
    expect(receiver.stats.lost).toBe(5);
    expect(receiver.missing(1000)).toEqual([]);
    // What was lost before stays lost, and no restart adds to it.
    expect(receiver.reportBlock(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 5 });
  });

  it('never lets the highest number of its reports step back, nor throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }), (seqs) => {
        const { receiver, give } = stream();
        let highest = 0;
        let nowMs = 0;
        for (const seq of seqs) {
          nowMs += 15;
          give(seq, nowMs);
          give((seq + 1) & 0xffff, nowMs);
          const block = receiver.reportBlock(nowMs);
          expect(block.highestSequence).toBeGreaterThanOrEqual(highest);
          expect(block.fractionLost).toBeGreaterThanOrEqual(0);
          expect(block.fractionLost).toBeLessThan(1);
          highest = block.highestSequence;
          expect(receiver.missing(nowMs).length).toBeLessThanOrEqual(200);
        }
        expect(receiver.stats.lost).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('counts bytes without padding and duplicates, and tells when the last packet came', () => {
    const receiver = new ReceiveStream(video);
    expect(receiver.lastPacketMs).toBeNull();
    const packet = rtpPacket({ payload: Buffer.alloc(88), paddingLength: 50 });
    receiver.receive(packet, 5);
    receiver.receive(packet, 6);
    expect(receiver.stats).toMatchObject({ packets: 1, bytes: 100 });
    expect(receiver.lastPacketMs).toBe(5);
    expect(receiver.bitrate(255)).toBe(3200);
    expect(receiver.bitrate(2100)).toBe(0);
  });

  it('asks for what is missing, once a round trip, until it comes', () => {
    const { receiver, give } = stream();
    receiver.setRoundTrip(100);
    give(0xfffd, 0);
    give(2, 0);
    expect(receiver.missing(5), 'neighbours may be swapped').toEqual([]);
    expect(receiver.missing(10)).toEqual([0xfffe, 0xffff, 0, 1]);
    expect(receiver.missing(100)).toEqual([]);
    give(0xffff, 100);
    expect(receiver.missing(120)).toEqual([0xfffe, 0, 1]);
  });
});
