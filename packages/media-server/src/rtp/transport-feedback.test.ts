import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtcp } from './rtcp.ts';
import {
  parseTransportFeedback,
  type TransportFeedback,
  writeTransportFeedback,
} from './transport-feedback.ts';

/** Seconds and less between neighbours, back in time too, in steps of 250 µs, up to where the format ends. */
const gapTicks = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 255 }) },
  { weight: 2, arbitrary: fc.integer({ min: -0x8000, max: 0x7fff }) },
);
const statuses = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: gapTicks.map((ticks): (number | null)[] => [ticks]) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 40 }).map((n) => Array<null>(n).fill(null)) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((n) => Array<number>(n).fill(3)) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.flat());

const feedback: fc.Arbitrary<TransportFeedback> = fc
  .record({
    senderSsrc: fc.integer({ min: 0, max: 0xffff_ffff }),
    mediaSsrc: fc.integer({ min: 0, max: 0xffff_ffff }),
    baseSequenceNumber: fc.integer({ min: 0, max: 0xffff }),
    feedbackCount: fc.integer({ min: 0, max: 255 }),
    startTicks: fc.integer({ min: -(2 ** 31) + 2 ** 25, max: 2 ** 31 - 2 ** 25 }),
    gaps: statuses,
  })
  .map(({ startTicks, gaps, ...rest }) => {
    let ticks = startTicks;
    const later = gaps.map((gap) => {
      if (gap === null) return null;
      ticks += gap;
      return ticks / 4;
    });
    return { ...rest, arrivalsMs: [startTicks / 4, ...later] };
  });

describe('transport feedback', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(feedback, (written) => {
        const bytes = writeTransportFeedback(written);
        expect(bytes.length % 4).toBe(0);
        expect(parseRtcp(bytes)).toEqual([{ kind: 'transportFeedback', feedback: written }]);
      }),
      { numRuns: 500 },
    );
  });

  it('reads the chunks that the draft gives as examples: a run, one bit each, two bits each', () => {
    const bytes = Buffer.from(
      [
        '8fcd000a 00000001 00000002',
        // Base 65,500, 242 statuses, reference 3 × 64 ms, feedback 9.
        'ffdc00f2 00000309',
        // A run of 221 not received; then 0 11111 000 111 00; then 00 10 01 01 01 00 00.
        '00dd 9f1c c950',
        // Small deltas of 1 to 8 quarters; then −4, and 1, 0, 255.
        '0102030405060708 fffc 0100ff 000005',
      ]
        .join('')
        .replaceAll(' ', ''),
      'hex',
    );
    bytes[0] = 0xaf;
    const read = parseTransportFeedback(bytes, 1000);
    expect(read).toMatchObject({
      senderSsrc: 1,
      mediaSsrc: 2,
      baseSequenceNumber: 65_500,
      feedbackCount: 9,
    });
    const quarters = (n: number) => 192 + n / 4;
    const no = null;
    expect(read?.arrivalsMs.slice(0, 221)).toEqual(Array(221).fill(null));
    expect(read?.arrivalsMs.slice(221)).toEqual([
      ...[no, quarters(1), quarters(3), quarters(6), quarters(10), quarters(15)],
      ...[no, no, no, quarters(21), quarters(28), quarters(36), no, no],
      ...[no, quarters(32), quarters(33), quarters(33), quarters(288), no, no],
    ]);
  });

  it('is written byte for byte as the draft has it', () => {
    const written = writeTransportFeedback({
      senderSsrc: 1,
      mediaSsrc: 2,
      baseSequenceNumber: 0xffff,
      feedbackCount: 0x101,
      arrivalsMs: [-64, null, -63.75, 10],
    });
    // Reference −1; a two-bit chunk 01 00 01 10; deltas 0, 1 and 295 quarters; padded to a whole word.
    const bytes = 'afcd0006 00000001 00000002 ffff0004 ffffff01 d180 00 01 0127 0002'.replaceAll(' ', '');
    expect(written.toString('hex')).toBe(bytes);
  });

  it('tells of thousands of lost packets in a few bytes', () => {
    const arrivalsMs = [1, ...Array<null>(20_000).fill(null), 2];
    const bytes = writeTransportFeedback({
      senderSsrc: 1,
      mediaSsrc: 2,
      baseSequenceNumber: 0,
      feedbackCount: 0,
      arrivalsMs,
    });
    expect(bytes.length).toBeLessThanOrEqual(36);
    expect(parseTransportFeedback(bytes, 30_000)?.arrivalsMs).toEqual(arrivalsMs);
  });

  it('cannot be written without an arrival, or with arrivals further apart than 16 bits tell', () => {
    const write = (arrivalsMs: (number | null)[]) => () =>
      writeTransportFeedback({
        senderSsrc: 1,
        mediaSsrc: 2,
        baseSequenceNumber: 0,
        feedbackCount: 0,
        arrivalsMs,
      });
    expect(write([])).toThrow(RangeError);
    expect(write([null])).toThrow(RangeError);
    expect(write([0, 0x7fff / 4])).not.toThrow();
    expect(write([0, 0x8000 / 4])).toThrow(RangeError);
    expect(write([0x8001 / 4, 0])).toThrow(RangeError);
  });

  it('is refused where it is cut short, empty, too long or uses the reserved status', () => {
    const whole = writeTransportFeedback({
      senderSsrc: 1,
      mediaSsrc: 2,
      baseSequenceNumber: 0,
      feedbackCount: 0,
      arrivalsMs: [1, 2, null, 3, 4000],
    });
    expect(parseTransportFeedback(whole, 5)).not.toBeNull();
    expect(parseTransportFeedback(whole, 4)).toBeNull();
    // Header 20, one chunk, three small deltas and a large one: 27 bytes before the padding.
    for (let length = 0; length < 27; length += 1) {
      expect(parseTransportFeedback(whole.subarray(0, length), 100)).toBeNull();
    }
    const reserved = Buffer.from(whole);
    reserved.writeUInt16BE(0xffff, 20);
    expect(parseTransportFeedback(reserved, 100)).toBeNull();
    const empty = Buffer.from(whole);
    empty.writeUInt16BE(0, 14);
    expect(parseTransportFeedback(empty, 100)).toBeNull();
    const emptyRun = Buffer.from(whole);
    emptyRun.fill(0, 20);
    expect(parseTransportFeedback(emptyRun, 100)).toBeNull();
  });
});
