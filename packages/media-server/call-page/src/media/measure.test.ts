import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measure, qualityOf, worseOf } from './measure.ts';
import type { StatsEntry, TrackStats } from './room.ts';

const theirs = (kind: 'audio' | 'video', ...entries: StatsEntry[]): TrackStats => ({
  identity: 'a',
  kind,
  entries,
});

describe('what the browser counts', () => {
  it('becomes round trip, loss since the look before, and codecs', () => {
    const at = (received: number, lost: number) => [
      theirs(
        'audio',
        {
          type: 'inbound-rtp',
          packetsReceived: received,
          packetsLost: lost,
          bytesReceived: 10,
          totalSamplesReceived: 900,
          concealedSamples: 100,
        },
        { type: 'candidate-pair', state: 'succeeded', currentRoundTripTime: 0.042 },
        { type: 'candidate-pair', state: 'failed', currentRoundTripTime: 0.001 },
        { type: 'codec', mimeType: 'audio/opus' },
      ),
    ];
    const first = measure(at(1000, 500), null);
    expect(first.lossPercent).toBeCloseTo(33.3, 1);
    const second = measure(at(1090, 510), first);
    expect(second).toMatchObject({ roundTripMs: 42, lossPercent: 10, codecs: ['opus'] });
    expect(second.arrived.get('a audio')).toEqual({ bytes: 10, decoded: 800 });
  });

  it('takes the worse of both directions, and begins anew with a new connection', () => {
    const before = measure(
      [theirs('video', { type: 'inbound-rtp', packetsReceived: 5000, packetsLost: 0 })],
      null,
    );
    const after = measure(
      [
        theirs('video', { type: 'inbound-rtp', packetsReceived: 100, packetsLost: 0 }),
        {
          identity: null,
          kind: 'video',
          entries: [{ type: 'remote-inbound-rtp', fractionLost: 0.07, roundTripTime: 0.2 }],
        },
      ],
      before,
    );
    expect(after).toMatchObject({ lossPercent: 7, roundTripMs: 200 });
  });

  it('says nothing of what a browser does not count, and stays within what can be told', () => {
    expect(measure([], null)).toMatchObject({ roundTripMs: null, lossPercent: null, codecs: [] });
    const count = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(fc.tuple(count, count, count)), (looks) => {
        let last = null;
        for (const [packetsReceived, packetsLost, currentRoundTripTime] of looks) {
          last = measure(
            [
              theirs(
                'video',
                { type: 'inbound-rtp', packetsReceived, packetsLost },
                { type: 'candidate-pair', state: 'succeeded', currentRoundTripTime },
              ),
            ],
            last,
          );
          if (last.lossPercent !== null) {
            expect(last.lossPercent).toBeGreaterThanOrEqual(0);
            expect(last.lossPercent).toBeLessThanOrEqual(100);
          }
          if (last.roundTripMs !== null) expect(last.roundTripMs).toBeLessThanOrEqual(60_000);
        }
      }),
    );
  });

  it('becomes a word that never sounds better when things get worse', () => {
    expect(qualityOf({ roundTripMs: 40, lossPercent: 0 })).toBe('good');
    expect(qualityOf({ roundTripMs: 40, lossPercent: 4 })).toBe('unsteady');
    expect(qualityOf({ roundTripMs: 900, lossPercent: 0 })).toBe('poor');
    const figures = fc.record({ roundTripMs: fc.nat(2000), lossPercent: fc.nat(100) });
    fc.assert(
      fc.property(figures, fc.nat(500), fc.nat(50), ({ roundTripMs, lossPercent }, delay, loss) => {
        const better = qualityOf({ roundTripMs, lossPercent });
        const worse = qualityOf({ roundTripMs: roundTripMs + delay, lossPercent: lossPercent + loss });
        expect(worseOf(better, worse)).toBe(worse);
      }),
    );
  });
});
