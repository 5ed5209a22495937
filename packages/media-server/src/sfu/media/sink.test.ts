import { describe, expect, test } from 'vitest';
import { STEP_UP_HOLD_MS } from '../../rtp/allocation.ts';
import { describeFrame } from '../../rtp/frames.ts';
import { parseRtp } from '../../rtp/packet.ts';
import type { SectionCodec } from '../../sdp/codecs.ts';
import { noExtensions } from './extension-ids.ts';
import { announcedTrack, Encoder, ids, payloadTypes, vp8 } from './fixture.ts';
import { Layer } from './layer.ts';
import { Sink, type SinkOwner } from './sink.ts';
import { Source } from './source.ts';
import { unspokenWish } from './wanted-quality.ts';

const codecs = {
  audio: { payloadType: payloadTypes.opus, name: 'opus', clockRate: 48_000, channels: 2 },
  video: { payloadType: payloadTypes.vp8, name: 'vp8', clockRate: 90_000, channels: 1 },
} as const;

/** What went to the client, with the transport-wide number that the estimator is told of. */
class Recorder implements SinkOwner {
  readonly isConnected = true;
  readonly roundTripMs = 20;
  readonly sent: { readonly packet: Buffer; readonly counted: number | null }[] = [];
  readonly again: number[] = [];
  keyFramesAsked = 0;
  nowMs = 1_000;
  #next = 500;

  nextTransportSequence(): number {
    return this.#next++;
  }

  send(packet: Buffer, counted: number | null): void {
    this.sent.push({ packet: Buffer.from(packet), counted });
  }

  sendAgain(transportSequence: number): void {
    this.again.push(transportSequence);
  }

  clockMs(): number {
    return this.nowMs;
  }

  fault(error: unknown): void {
    throw error;
  }

  /** Number in the packet and number that is counted, of each since the last call. */
  take(): (readonly [carried: number | undefined, counted: number | null])[] {
    return this.sent
      .splice(0)
      .map(({ packet, counted }) => [
        parseRtp(packet)?.extension(ids.transportSequence)?.readUInt16BE(0),
        counted,
      ]);
  }
}

function flowing(kind: 'audio' | 'video', rtxPayloadType: number | null = null) {
  const codec: SectionCodec = { ...codecs[kind], fmtp: '', feedback: ['nack'], rtxPayloadType };
  const owner = new Recorder();
  const source = new Source(announcedTrack('TR_1', 'one', kind), [codec], codec, {
    requestKeyFrame: () => {
      owner.keyFramesAsked += 1;
    },
    clockMs: () => owner.nowMs,
    extensions: noExtensions,
  });
  const layer = new Layer('', 2, 77, kind);
  source.layers.push(layer);
  const wish = { source, publisherSid: 'PA_1', stream: 's', ssrc: 1_000, rtxSsrc: 1_001, owner };
  const sink = new Sink(wish);
  sink.bind([codec], { ...noExtensions, transportSequence: ids.transportSequence });
  const encoder = new Encoder(77, codec.payloadType);
  const forward = (payload = vp8(true)): void => {
    owner.nowMs += 20;
    const packet = parseRtp(encoder.next(payload));
    if (packet === null) throw new Error('no packet');
    layer.came(true, owner.nowMs);
    source.forward(
      layer,
      packet,
      kind === 'video' ? describeFrame('vp8', packet.payload) : null,
      owner.nowMs,
    );
  };
  const sequenceOfLast = (): number => owner.sent.at(-1)?.packet.readUInt16BE(2) ?? -1;
  return { owner, layer, sink, forward, sequenceOfLast };
}

describe('what the client asks for again', () => {
  test('keeps its transport-wide number where it is sent as it was: the client takes only one of two alike', () => {
    const { owner, sink, forward, sequenceOfLast } = flowing('audio');
    forward();
    const lost = sequenceOfLast();
    expect(owner.take()).toEqual([[500, 500]]);
    sink.onNack([lost], owner.nowMs + 100);
    expect(owner.take()).toEqual([[500, null]]);
    expect(owner.again).toEqual([500]);
  });

  test('gets a new one as a retransmission, which is a packet of its own', () => {
    const { owner, sink, forward, sequenceOfLast } = flowing('video', payloadTypes.vp8Rtx);
    forward();
    const lost = sequenceOfLast();
    owner.take();
    sink.onNack([lost], owner.nowMs + 100);
    expect(owner.take()).toEqual([[501, 501]]);
    expect(owner.again).toEqual([]);
  });
});

test('whoever says for the first time what the page shows gets a key frame, though the stream flows', () => {
  const { owner, sink, forward } = flowing('video');
  forward();
  owner.keyFramesAsked = 0;
  sink.configure({ ...unspokenWish });
  sink.configure({ ...unspokenWish });
  expect(owner.keyFramesAsked).toBe(1);
});

test('a page that wishes few frames gets them without the upper temporal layers, and without gaps', () => {
  const { owner, layer, sink, forward } = flowing('video');
  layer.temporalLayers = 3;
  const flow = (rounds: number): number[] => {
    owner.take();
    const numbers: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const temporalLayer of [0, 2, 1, 2]) forward(inTemporalLayer(temporalLayer));
      for (const { packet } of owner.sent.splice(0)) numbers.push(packet.readUInt16BE(2));
    }
    return numbers;
  };
  forward();
  expect(flow(10)).toHaveLength(40);
  sink.configure({ ...unspokenWish, fps: 12 });
  sink.choose(owner.nowMs);
  const few = flow(10);
  expect(few).toHaveLength(10);
  expect(few.map((number, place) => number - place)).toEqual(few.map(() => few[0]));
  sink.configure({ ...unspokenWish, fps: 24 });
  expect(flow(10)).toHaveLength(20);
});

/** A frame of VP8 between key frames, with the layer in its descriptor, where the stream can be joined (RFC 7741). */
function inTemporalLayer(temporalLayer: number): Buffer {
  const descriptor = Buffer.from([0x90, 0x20, (temporalLayer << 6) | 0x20]);
  return Buffer.concat([descriptor, vp8(false).subarray(1)]);
}

describe('a step up', () => {
  const steps = ['paused', 0, 1, 2] as const;
  /** How long after each fall the next step up has to wait at least, where each is followed by a fall after `afterMs`. */
  function waits(afterMs: number, falls: number): number[] {
    const { sink } = flowing('video');
    const found: number[] = [];
    let ms = 100_000;
    sink.give(1, 2, ms);
    for (let fall = 0; fall < falls; fall += 1) {
      sink.give(2, 2, ms);
      ms += afterMs;
      sink.give(1, 2, ms);
      found.push(Math.round(sink.allocatedSinceMs + STEP_UP_HOLD_MS - ms));
      ms += 30_000;
    }
    return found;
  }

  test('that was taken back soon is tried again later and later, within bounds', () => {
    expect(waits(2_000, 5)).toEqual([6_000, 12_000, 18_000, 18_000, 18_000]);
  });

  test('that held for a while is tried again as soon as any other', () => {
    expect(waits(20_000, 3)).toEqual([3_000, 3_000, 3_000]);
  });

  test('need not wait where it was the page that had wanted less', () => {
    const { sink } = flowing('video');
    sink.give(2, 2, 5_000);
    const since = sink.allocatedSinceMs;
    for (const best of [1, 0] as const) sink.give(best, best, 100_000);
    expect(sink.allocatedSinceMs).toBe(since);
    for (const share of steps) sink.give(share, 2, 200_000);
    expect(sink.allocatedSinceMs).toBeGreaterThanOrEqual(200_000);
  });
});

describe('padding, by which the way down is probed', () => {
  test('goes out behind a frame, and also while the picture is paused', () => {
    const { owner, sink, forward } = flowing('video');
    expect(sink.probe(1_000, owner.nowMs)).toBe(0);
    forward();
    owner.take();
    expect(sink.probe(1_000, owner.nowMs)).toBeGreaterThanOrEqual(1_000);
    sink.allocated = 'paused';
    sink.choose(owner.nowMs);
    expect(sink.isFlowing).toBe(false);
    owner.take();
    expect(sink.probe(1_000, owner.nowMs)).toBeGreaterThanOrEqual(1_000);
    expect(owner.take().every(([carried, counted]) => carried === counted)).toBe(true);
  });
});
