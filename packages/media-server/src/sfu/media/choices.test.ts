import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRtp } from '../../rtp/packet.ts';
import type { AnnouncedTrack } from '../link.ts';
import { announcedTrack, Encoder, payloadTypes, vp8 } from './fixture.ts';
import { KeyFrameRequests, keyFrameIntervalMs } from './key-frame-requests.ts';
import { Layer, qualityOfRid } from './layer.ts';
import { matchSections, type SendingSection } from './section-matching.ts';
import { unspokenWish, wantedQuality } from './wanted-quality.ts';

const layers: AnnouncedTrack['layers'] = [
  { quality: 2, width: 1280, height: 720 },
  { quality: 0, width: 320, height: 180 },
  { quality: 1, width: 640, height: 360 },
];

describe('what the page shows', () => {
  test.each([
    [90, 0],
    [180, 0],
    [200, 0],
    [202, 1],
    [400, 1],
    [402, 2],
    [2_000, 2],
  ])('%i pixels in height want layer %i', (height, quality) => {
    expect(wantedQuality({ ...unspokenWish, width: height * 2, height }, layers)).toBe(quality);
  });

  test('without a size the named quality counts, and nothing where nothing is shown', () => {
    expect(wantedQuality({ ...unspokenWish, quality: 1 }, layers)).toBe(1);
    expect(wantedQuality({ ...unspokenWish, disabled: true }, layers)).toBeNull();
  });

  test('a track that announced no sizes is wanted whole', () => {
    expect(wantedQuality({ ...unspokenWish, height: 90 }, [])).toBe(2);
  });
});

describe('key-frame requests', () => {
  test('however often a key frame is wanted, requests keep their distance and stop with the answer', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 60 }), (gaps) => {
        const requests = new KeyFrameRequests();
        const sent: number[] = [];
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap;
          if (requests.want(nowMs)) sent.push(nowMs);
        }
        expect(sent.length === 0).toBe(gaps.length === 0);
        for (const [place, at] of sent.entries()) {
          expect(at - (sent[place - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(
            keyFrameIntervalMs,
          );
        }
        requests.answered();
        expect(requests.due(nowMs + 60_000)).toBe(false);
      }),
    );
  });
});

describe('key-frame requests that are answered at once', () => {
  test('let one more through for whoever came a moment later, and never three within two intervals', () => {
    const requests = new KeyFrameRequests();
    const asked = [0, 100, 200].map((ms) => {
      const sent = requests.want(ms);
      if (sent) requests.answered();
      return sent;
    });
    expect(asked).toEqual([true, true, false]);
    // The second may have come too soon for the encoder; then it is asked again a little earlier than usual.
    const unheard = new KeyFrameRequests();
    unheard.want(0);
    unheard.answered();
    unheard.want(100);
    expect([399, 400, 899, 900].map((ms) => unheard.due(ms))).toEqual([false, true, false, false]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 60 }), (gaps) => {
        const each = new KeyFrameRequests();
        const sent: number[] = [];
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap;
          if (!each.want(nowMs)) continue;
          sent.push(nowMs);
          each.answered();
        }
        for (const [place, at] of sent.entries())
          expect(at - (sent[place - 2] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(
            2 * keyFrameIntervalMs,
          );
      }),
    );
  });
});

describe('layers', () => {
  test('rids mean LiveKit’s qualities', () => {
    expect(['q', 'h', 'f', ''].map((rid) => qualityOfRid(rid, ['q', 'h', 'f']))).toEqual([0, 1, 2, 2]);
  });

  test('a camera’s layer is missed after half a second, a still screen’s not', () => {
    const camera = new Layer('f', 2, 1, 'video');
    const screen = new Layer('f', 2, 1, 'video');
    for (let ms = 0; ms <= 3_000; ms += 50) camera.came(true, ms);
    for (let ms = 0; ms <= 20_000; ms += 1_000) screen.came(true, ms);
    expect([camera.isFlowing(3_499), camera.isFlowing(3_501)]).toEqual([true, false]);
    expect(screen.isFlowing(22_000)).toBe(true);
  });

  test('a still second makes a layer little cheaper, a busy one makes it dearer soon', () => {
    const layer = new Layer('f', 2, 77, 'video');
    const encoder = new Encoder(77, payloadTypes.vp8);
    let ms = 0;
    const flow = (forMs: number, bytes: number): number => {
      for (const endMs = ms + forMs; ms < endMs; ms += 50) {
        const packet = parseRtp(encoder.next(vp8(false, bytes)));
        if (packet !== null) layer.receive.receive(packet, ms);
        layer.came(true, ms);
        if (ms % 200 === 0) layer.cost(ms);
      }
      return layer.cost(ms);
    };
    const usual = flow(10_000, 2_500);
    expect(usual).toBeGreaterThan(380_000);
    expect(flow(1_000, 200)).toBeGreaterThan(usual * 0.85);
    expect(flow(30_000, 1_250)).toBeLessThan(usual * 0.55);
    expect(flow(3_000, 2_500)).toBeGreaterThan(usual * 0.8);
  });
});

describe('sections of an offer', () => {
  const section = (mid: string, kind: 'audio' | 'video', ...trackIds: string[]): SendingSection => ({
    mid,
    kind,
    trackIds,
  });
  const tracks = [
    announcedTrack('TR_1', 'one', 'video'),
    announcedTrack('TR_2', 'two', 'video'),
    announcedTrack('TR_3', 'three', 'audio'),
  ];
  const sids = (found: ReturnType<typeof matchSections>): Record<string, string> =>
    Object.fromEntries([...found].map(([mid, { trackSid }]) => [mid, trackSid]));

  test('an id decides, whatever the order', () => {
    const offer = [
      section('0', 'video', 'two'),
      section('1', 'video', 'one'),
      section('2', 'audio', 'three'),
    ];
    expect(sids(matchSections(offer, tracks, new Map(), true))).toEqual({
      '0': 'TR_2',
      '1': 'TR_1',
      '2': 'TR_3',
    });
  });

  test('a section of unknown id takes only what no id claims, and only where asked', () => {
    const offer = [section('0', 'video', 'strange'), section('1', 'video', 'one')];
    expect(sids(matchSections(offer, tracks, new Map(), true))).toEqual({ '0': 'TR_2', '1': 'TR_1' });
    expect(sids(matchSections(offer, tracks, new Map(), false))).toEqual({ '1': 'TR_1' });
  });

  test('an id of another kind claims nothing', () => {
    expect(sids(matchSections([section('0', 'video', 'three')], tracks, new Map(), false))).toEqual({});
  });

  test('a match by kind stays over the next offers, and ends when the section carries another id', () => {
    const first = matchSections([section('0', 'video', 'strange')], tracks, new Map(), true);
    const offer = [section('0', 'video', 'strange'), section('1', 'video', 'one')];
    expect(sids(matchSections([section('0', 'video', 'strange')], tracks, first, false))).toEqual({
      '0': 'TR_1',
    });
    expect(sids(matchSections(offer, tracks, first, false))).toEqual({ '0': 'TR_1' });
    expect(sids(matchSections([section('0', 'video', 'two')], tracks, first, false))).toEqual({
      '0': 'TR_2',
    });
  });

  test('no track is ever in two sections', () => {
    const anySection = fc.record({
      mid: fc.constantFrom('0', '1', '2', '3'),
      kind: fc.constantFrom('audio' as const, 'video' as const),
      trackIds: fc.array(fc.constantFrom('one', 'two', 'three', 'strange'), { maxLength: 2 }),
    });
    const offers = fc.uniqueArray(anySection, { selector: ({ mid }) => mid });
    fc.assert(
      fc.property(offers, offers, fc.boolean(), (first, second, byKind) => {
        const before = matchSections(first, tracks, new Map(), true);
        const found = [...matchSections(second, tracks, before, byKind).values()];
        expect(new Set(found.map(({ trackSid }) => trackSid)).size).toBe(found.length);
      }),
    );
  });
});
