import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fixture } from '../../sdp/fixtures.ts';
import {
  announcedTrack,
  Encoder,
  type FakeClient,
  ids,
  payloadTypes,
  settle,
  vp8,
  World,
  writeClientSdp,
} from './fixture.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(async () => {
  expect(await world.end()).toEqual({ timers: 0, transports: 0, links: 0 });
  expect(world.warnings).toEqual([]);
});

const opus = Buffer.alloc(40, 3);
const data = { mid: '0', kind: 'application', direction: 'sendonly' } as const;

/** A connected client that publishes one camera with three layers in section 1. */
async function publisher(): Promise<{ client: FakeClient; layers: Record<'q' | 'h' | 'f', Encoder> }> {
  const client = world.client('v1', 'PA_alice');
  client.link.announce(announcedTrack('TR_cam', 'cam', 'video', true));
  await client.offer([
    data,
    { mid: '1', kind: 'video', direction: 'sendonly', track: 'cam', rids: ['q', 'h', 'f'] },
  ]);
  client.transport.become('connected');
  const layers = {
    q: new Encoder(11, payloadTypes.vp8),
    h: new Encoder(12, payloadTypes.vp8),
    f: new Encoder(13, payloadTypes.vp8),
  };
  sendFrame(client, layers, true);
  return { client, layers };
}

function sendFrame(client: FakeClient, layers: Record<string, Encoder>, keyFrame: boolean, size = 100): void {
  for (const [rid, encoder] of Object.entries(layers)) {
    const extensions = [
      { id: ids.mid, text: '1' },
      { id: ids.rid, text: rid },
    ];
    client.send(encoder.next(vp8(keyFrame, size), extensions));
  }
}

/** A connected v1 client with one section to receive video in. */
async function watcher(sid: string, kind: 'audio' | 'video' = 'video'): Promise<FakeClient> {
  const client = world.client('v1', sid);
  await client.offer([data, { mid: '1', kind, direction: 'recvonly' }]);
  client.transport.become('connected');
  return client;
}

async function watch(client: FakeClient, from: FakeClient, kind: 'audio' | 'video' = 'video') {
  const [source] = [...from.sources.values()];
  if (source === undefined) throw new Error('nothing is published');
  const sink = client.link.subscribe({ source, publisherSid: 'PA_alice', stream: 'camera' });
  await client.offer([data, { mid: '1', kind, direction: 'recvonly' }]);
  return sink;
}

function plis(client: FakeClient): number[] {
  return client.transport
    .takeRtcp()
    .filter((part) => part.kind === 'pli')
    .map((part) => part.mediaSsrc);
}

describe('publishing', () => {
  test('a track is ready with its first packet, under the codec that flows', async () => {
    const { client } = await publisher();
    expect(client.told).toEqual(['connected', 'ready TR_cam 1 video/VP8']);
    expect(client.source('TR_cam').stats).toMatchObject({ packets: 3, activeLayers: 3 });
  });

  test('the answer takes the announced codec alone, with its layers', async () => {
    const { client } = await publisher();
    const section = client.lastAnswer().sections[1];
    expect(section?.direction).toBe('recvonly');
    expect(section?.codecs.map(({ name, rtxPayloadType }) => [name, rtxPayloadType])).toEqual([['vp8', 97]]);
    expect(client.last('answer').sdp).toContain('a=simulcast:recv q;h;f');
  });

  test('an SSRC that nothing explains is dropped and counted', async () => {
    const { client } = await publisher();
    const bob = await watcher('PA_bob');
    await watch(bob, client);
    client.send(new Encoder(99, payloadTypes.vp8).next(vp8(true)));
    client.send(new Encoder(98, payloadTypes.vp8).next(vp8(true), [{ id: ids.mid, text: '7' }]));
    const unlisted = [
      { id: ids.mid, text: '1' },
      { id: ids.rid, text: 'x' },
    ];
    client.send(new Encoder(97, payloadTypes.vp8).next(vp8(true), unlisted));
    expect(client.link.stats.strayPackets).toBe(3);
    expect(bob.transport.takeRtp()).toEqual([]);
  });

  test('an SSRC stays with its section, whatever its packets say later', async () => {
    const client = world.client('v1', 'PA_alice');
    client.link.announce(announcedTrack('TR_1', 'one', 'video'));
    client.link.announce(announcedTrack('TR_2', 'two', 'video'));
    await client.offer([
      { mid: '1', kind: 'video', direction: 'sendonly', track: 'one' },
      { mid: '2', kind: 'video', direction: 'sendonly', track: 'two' },
    ]);
    client.transport.become('connected');
    const one = new Encoder(11, payloadTypes.vp8);
    client.send(one.next(vp8(true), [{ id: ids.mid, text: '1' }]));
    client.send(one.next(vp8(true), [{ id: ids.mid, text: '2' }]));
    expect(client.told.filter((what) => what.startsWith('ready'))).toEqual(['ready TR_1 1 video/VP8']);
    expect(client.source('TR_1').stats.packets).toBe(2);
  });

  test('another SSRC cannot take over a layer that flows', async () => {
    const { client } = await publisher();
    sendFrame(client, { f: new Encoder(50, payloadTypes.vp8) }, true);
    expect(client.link.stats.strayPackets).toBe(1);
    world.pass(1_000);
    sendFrame(client, { f: new Encoder(50, payloadTypes.vp8) }, true);
    expect(client.link.stats.strayPackets).toBe(1);
  });

  test('a withdrawn track is dropped from then on', async () => {
    const { client, layers } = await publisher();
    const bob = await watcher('PA_bob');
    await watch(bob, client);
    client.link.withdraw('TR_cam');
    sendFrame(client, layers, true);
    expect(bob.transport.takeRtp()).toEqual([]);
    expect(client.link.stats.strayPackets).toBe(3);
  });

  test('nothing unannounced gets through, but an announcement may come after the offer', async () => {
    const client = world.client('v1', 'PA_alice');
    const sections = [{ mid: '1', kind: 'audio', direction: 'sendonly', track: 'mic', ssrcs: [21] }] as const;
    await client.offer(sections);
    client.transport.become('connected');
    const encoder = new Encoder(21, payloadTypes.opus);
    client.send(encoder.next(opus));
    expect(client.link.stats.strayPackets).toBe(1);
    client.link.announce(announcedTrack('TR_mic', 'mic', 'audio'));
    client.send(encoder.next(opus));
    expect(client.told).toContain('ready TR_mic 1 audio/opus');
  });

  test('Firefox, whose ids differ, is matched by kind', async () => {
    const client = world.client('v1', 'PA_alice');
    client.link.announce(announcedTrack('TR_mic', 'one-id', 'audio'));
    await client.offer([{ mid: '1', kind: 'audio', direction: 'sendonly', track: 'another', ssrcs: [21] }]);
    client.transport.become('connected');
    client.send(new Encoder(21, payloadTypes.opus).next(opus));
    expect(client.told).toContain('ready TR_mic 1 audio/opus');
  });

  test('what Firefox publishes after it stopped another track is not taken for that one', async () => {
    const client = world.client('v1', 'PA_alice');
    const camera = (mid: string, ssrc: number) =>
      ({ mid, kind: 'video', direction: 'sendonly', track: `{${mid}}`, ssrcs: [ssrc] }) as const;
    const stopped = (mid: string) => ({ mid, kind: 'video', direction: 'inactive' }) as const;
    client.link.announce(announcedTrack('TR_1', 'one', 'video'));
    await client.offer([camera('1', 21)]);
    client.transport.become('connected');
    client.send(new Encoder(21, payloadTypes.vp8).next(vp8(true)));
    await client.offer([stopped('1')]);
    client.link.announce(announcedTrack('TR_2', 'two', 'video'));
    await client.offer([stopped('1'), camera('2', 22)]);
    client.send(new Encoder(22, payloadTypes.vp8).next(vp8(true)));
    // The same in a single offer.
    client.link.announce(announcedTrack('TR_3', 'three', 'video'));
    await client.offer([stopped('1'), stopped('2'), camera('3', 23)]);
    client.send(new Encoder(23, payloadTypes.vp8).next(vp8(true)));
    expect(client.told.slice(1)).toEqual([
      'ready TR_1 1 video/VP8',
      'gone TR_1',
      'ready TR_2 2 video/VP8',
      'gone TR_2',
      'ready TR_3 3 video/VP8',
    ]);
  });

  test('the same of the offers that Firefox makes', async () => {
    const client = world.client('v1', 'PA_alice');
    client.link.announce(announcedTrack('TR_1', 'one', 'video'));
    client.offerSdp(fixture('firefox-v1-publishing'));
    await settle();
    client.transport.become('connected');
    client.send(new Encoder(3036901383, 120).next(vp8(true)));
    client.link.announce(announcedTrack('TR_2', 'two', 'video'));
    client.offerSdp(fixture('firefox-v1-publishing-again'));
    await settle();
    client.send(new Encoder(850800473, 120).next(vp8(true)));
    expect(client.told).toEqual([
      'connected',
      'ready TR_1 7 video/VP8',
      'gone TR_1',
      'ready TR_2 8 video/VP8',
    ]);
  });

  test('a track that stops before its first packet is gone too', async () => {
    const client = world.client('v1', 'PA_alice');
    client.link.announce(announcedTrack('TR_1', 'one', 'video'));
    await client.offer([{ mid: '1', kind: 'video', direction: 'sendonly', track: 'one', ssrcs: [21] }]);
    await client.offer([{ mid: '1', kind: 'video', direction: 'inactive' }]);
    expect(client.told).toEqual(['gone TR_1']);
  });

  test('a section that becomes inactive ends its track', async () => {
    const { client } = await publisher();
    await client.offer([data, { mid: '1', kind: 'video', direction: 'inactive' }]);
    expect(client.told.at(-1)).toBe('gone TR_cam');
  });

  test('what is lost is asked for, and comes back by RTX', async () => {
    const { client, layers } = await publisher();
    const mid = { id: ids.mid, text: '1' };
    sendFrame(client, { f: layers.f }, false);
    layers.f.sequence++;
    sendFrame(client, { f: layers.f }, false);
    world.pass(60);
    const nacks = client.transport.takeRtcp().filter((part) => part.kind === 'nack');
    expect(nacks[0]).toMatchObject({ mediaSsrc: 13, sequenceNumbers: [103] });
    const rtx = new Encoder(23, payloadTypes.vp8Rtx);
    const original = Buffer.concat([Buffer.from([0, 103]), vp8(false)]);
    client.send(rtx.next(original, [mid, { id: ids.repairedRid, text: 'f' }]));
    world.pass(200);
    expect(client.transport.takeRtcp().filter((part) => part.kind === 'nack')).toEqual([]);
    expect(client.link.stats.strayPackets).toBe(0);
  });

  test('the publisher hears of arrivals and gets reports', async () => {
    const { client } = await publisher();
    const encoder = new Encoder(13, payloadTypes.vp8);
    encoder.sequence = 101;
    client.send(encoder.next(vp8(false), [{ id: ids.transportSequence, text: '\x00\x07' }]));
    world.pass(1_100);
    const kinds = client.transport.takeRtcp().map((part) => part.kind);
    expect(kinds).toContain('transportFeedback');
    expect(kinds).toContain('receiverReport');
  });
});

describe('subscribing in v1', () => {
  test('a track goes into a section offered for it, and is asked for at once when the client is connected', async () => {
    const { client, layers } = await publisher();
    const bob = await watcher('PA_bob');
    client.transport.takeRtcp();
    await watch(bob, client);
    expect(bob.count('mediaSectionsRequirement')).toBe(1);
    expect(bob.told).toContain('subscribed TR_cam');
    const answer = bob.last('answer');
    expect(answer.midToTrackId).toEqual({ '1': 'TR_cam' });
    expect(bob.lastAnswer().sections[1]?.msid).toEqual({ stream: 'PA_alice|camera', track: 'TR_cam' });
    expect(plis(client)).toEqual([13]);
    sendFrame(client, layers, false);
    expect(bob.transport.takeRtp()).toEqual([]);
    sendFrame(client, layers, true);
    sendFrame(client, layers, false);
    const packets = bob.transport.takeRtp();
    expect(packets.map(({ payloadType }) => payloadType)).toEqual([96, 96]);
    expect((packets[1]?.sequenceNumber ?? 0) - (packets[0]?.sequenceNumber ?? 0)).toBe(1);
    expect(packets[0]?.ssrc).toBe(bob.lastAnswer().sections[1]?.ssrcs[0]?.ssrc);
  });

  test('no key frame is asked for before the subscriber is connected', async () => {
    const { client } = await publisher();
    client.transport.takeRtcp();
    const bob = world.client('v1', 'PA_bob');
    await bob.offer([data, { mid: '1', kind: 'video', direction: 'recvonly' }]);
    await watch(bob, client);
    world.pass(1_000);
    expect(plis(client)).toEqual([]);
    bob.transport.become('connected');
    expect(plis(client)).toEqual([13]);
  });

  test('more sections are asked for when the offered ones do not suffice', async () => {
    const { client } = await publisher();
    const bob = world.client('v1', 'PA_bob');
    await bob.offer([data]);
    bob.transport.become('connected');
    bob.link.subscribe({ source: client.source('TR_cam'), publisherSid: 'PA_alice', stream: 'camera' });
    expect(bob.last('mediaSectionsRequirement')).toMatchObject({ numAudios: 0, numVideos: 1 });
    world.pass(1_000);
    expect(bob.count('mediaSectionsRequirement')).toBe(1);
    bob.link.resume();
    expect(bob.count('mediaSectionsRequirement')).toBe(2);
    world.pass(20_000);
    expect(bob.count('mediaSectionsRequirement')).toBe(4);
  });

  test('more than the sections that an offer may have are refused', async () => {
    await world.end();
    world = new World({ maxMediaSections: 2 });
    const { client } = await publisher();
    const bob = world.client('v1', 'PA_bob');
    await bob.offer([data, { mid: '1', kind: 'audio', direction: 'sendonly', track: 'mic' }]);
    bob.link.subscribe({ source: client.source('TR_cam'), publisherSid: 'PA_alice', stream: 'camera' });
    expect(bob.told).toContain('not subscribed TR_cam limit');
    expect(bob.count('mediaSectionsRequirement')).toBe(0);
  });

  test('many that ask for a key frame bring one request', async () => {
    const { client, layers } = await publisher();
    const watchers = [];
    for (let place = 0; place < 5; place++) {
      const bob = await watcher(`PA_${place}`);
      await watch(bob, client);
      watchers.push(bob);
    }
    world.pass(600);
    sendFrame(client, layers, true);
    plis(client);
    for (let round = 0; round < 20; round++) {
      for (const bob of watchers) {
        const ssrc = bob.lastAnswer().sections[1]?.ssrcs[0]?.ssrc ?? 0;
        const pli = Buffer.alloc(12);
        pli.set([0x81, 206, 0, 2]);
        pli.writeUInt32BE(ssrc, 8);
        bob.send(pli);
      }
      world.pass(25);
    }
    expect(plis(client).length).toBeLessThanOrEqual(2);
  });

  test('what was unsubscribed leaves its section, which the next track uses once the client knows', async () => {
    const { client } = await publisher();
    const bob = await watcher('PA_bob');
    await watch(bob, client);
    bob.link.unsubscribe('TR_cam');
    const asked = bob.count('mediaSectionsRequirement');
    bob.link.subscribe({ source: client.source('TR_cam'), publisherSid: 'PA_alice', stream: 'camera' });
    await bob.offer([data, { mid: '1', kind: 'video', direction: 'recvonly' }]);
    expect(bob.last('answer').midToTrackId).toEqual({});
    expect(bob.count('mediaSectionsRequirement')).toBe(asked + 1);
    await bob.offer([data, { mid: '1', kind: 'video', direction: 'recvonly' }]);
    expect(bob.last('answer').midToTrackId).toEqual({ '1': 'TR_cam' });
  });

  test('a client without the codec is told so', async () => {
    const { client } = await publisher();
    const bob = await watcher('PA_bob');
    bob.link.subscribe({ source: client.source('TR_cam'), publisherSid: 'PA_alice', stream: 'camera' });
    await bob.offer([data, { mid: '1', kind: 'video', direction: 'recvonly', codecs: ['h264'] }]);
    expect(bob.told).toContain('not subscribed TR_cam codec');
  });

  test('a lost packet is sent again, by RTX', async () => {
    const { client, layers } = await publisher();
    const bob = await watcher('PA_bob');
    await watch(bob, client);
    sendFrame(client, layers, true);
    const [packet] = bob.transport.takeRtp();
    world.pass(50);
    const nack = Buffer.alloc(16);
    nack.set([0x81, 205, 0, 3]);
    nack.writeUInt32BE(packet?.ssrc ?? 0, 8);
    nack.writeUInt16BE(packet?.sequenceNumber ?? 0, 12);
    bob.send(nack);
    const [again] = bob.transport.takeRtp();
    expect(again?.payloadType).toBe(97);
    expect(again?.payload.readUInt16BE(0)).toBe(packet?.sequenceNumber);
    expect(bob.link.stats.nacksIn).toBe(1);
  });
});

describe('layers', () => {
  const wish = { disabled: false, quality: 2, width: 1280, height: 720, fps: 0, priority: 0 } as const;

  test('the layer follows what the page shows, and changes on a key frame only', async () => {
    const { client, layers } = await publisher();
    const bob = await watcher('PA_bob');
    const sink = await watch(bob, client);
    sendFrame(client, layers, true);
    expect(sink.stats.forwardedQuality).toBe(2);
    sink.configure({ ...wish, width: 320, height: 180 });
    expect(sink.stats).toMatchObject({ wantedQuality: 0, forwardedQuality: 2 });
    expect(plis(client)).toContain(11);
    sendFrame(client, layers, false);
    expect(sink.stats.forwardedQuality).toBe(2);
    sendFrame(client, layers, true);
    expect(sink.stats.forwardedQuality).toBe(0);
    world.pass(450);
    sendFrame(client, layers, false);
    world.pass(450);
    sink.configure(wish);
    sendFrame(client, layers, true);
    expect(sink.stats.forwardedQuality).toBe(2);
    const numbers = bob.transport.takeRtp().map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers.slice(1).every((number, place) => number === (numbers[place] ?? 0) + 1)).toBe(true);
  });

  test('a layer that stops flowing is replaced by the best of the others', async () => {
    const { client, layers } = await publisher();
    const bob = await watcher('PA_bob');
    const sink = await watch(bob, client);
    sendFrame(client, layers, true);
    for (let round = 0; round < 60; round++) {
      world.pass(50);
      sendFrame(client, { q: layers.q, h: layers.h }, round % 10 === 0);
    }
    expect(sink.stats.forwardedQuality).toBe(1);
  });

  test('a downlink that bears little steps down, pauses, and says so; audio goes on', async () => {
    const { client, layers } = await publisher();
    const bob = await watcher('PA_bob');
    const sink = await watch(bob, client);
    const flow = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 50) {
        world.pass(50);
        sendFrame(client, layers, true, 1_000);
      }
    };
    flow(1_500);
    // Each layer is 20 packets of a kilobyte a second.
    bob.link.limitDownlink(30_000);
    flow(500);
    expect(sink.stats.paused).toBe(true);
    expect(bob.last('streamStateUpdate').streamStates).toMatchObject([{ trackSid: 'TR_cam', state: 1 }]);
    bob.transport.takeRtp();
    flow(500);
    expect(bob.transport.takeRtp()).toEqual([]);
    bob.link.limitDownlink(0);
    flow(5_000);
    expect(sink.stats.paused).toBe(false);
    expect(bob.last('streamStateUpdate').streamStates).toMatchObject([{ trackSid: 'TR_cam', state: 0 }]);
  });

  test('a moment of little room takes no layer, more than a moment does, and seconds of it pause', async () => {
    const { client, layers } = await publisher();
    const bob = await watcher('PA_bob');
    const sink = await watch(bob, client);
    const flow = (ms: number, bitsPerSecond: number): void => {
      for (let passed = 0; passed < ms; passed += 50) {
        bob.send(writeRemb(bitsPerSecond));
        world.pass(50);
        sendFrame(client, layers, true, 1_000);
      }
    };
    flow(2_000, 2_000_000);
    expect(sink.stats.forwardedQuality).toBe(2);
    flow(500, 30_000);
    expect(sink.stats.forwardedQuality).toBe(2);
    flow(500, 2_000_000);
    flow(1_500, 30_000);
    expect(sink.stats.forwardedQuality).toBe(0);
    flow(4_000, 30_000);
    expect(sink.stats.paused).toBe(true);
  });

  test('the publisher hears at once of more that is wanted, and of less after a while', async () => {
    const { client } = await publisher();
    const bob = await watcher('PA_bob');
    const sink = await watch(bob, client);
    const enabled = (): boolean[] =>
      client.last('subscribedQualityUpdate').subscribedCodecs[0]?.qualities.map((each) => each.enabled) ?? [];
    world.pass(50);
    expect(enabled()).toEqual([true, true, true]);
    expect(client.last('subscribedQualityUpdate').subscribedCodecs[0]?.codec).toBe('vp8');
    sink.configure({ ...wish, height: 180 });
    world.pass(4_000);
    expect(enabled()).toEqual([true, true, true]);
    world.pass(1_100);
    expect(enabled()).toEqual([true, false, false]);
    sink.configure({ ...wish, disabled: true });
    world.pass(5_100);
    expect(enabled()).toEqual([false, false, false]);
    sink.configure(wish);
    world.pass(50);
    expect(enabled()).toEqual([true, true, true]);
  });

  test('nothing flows while muted, and after it a key frame begins without a gap', async () => {
    const { client, layers } = await publisher();
    const bob = await watcher('PA_bob');
    await watch(bob, client);
    sendFrame(client, layers, true);
    const [before] = bob.transport.takeRtp();
    client.source('TR_cam').setMuted(true);
    sendFrame(client, layers, true);
    expect(bob.transport.takeRtp()).toEqual([]);
    client.source('TR_cam').setMuted(false);
    world.pass(600);
    sendFrame(client, layers, false);
    expect(bob.transport.takeRtp()).toEqual([]);
    sendFrame(client, layers, true);
    const [after] = bob.transport.takeRtp();
    expect(after?.sequenceNumber).toBe(((before?.sequenceNumber ?? 0) + 1) & 0xffff);
  });
});

describe('subscribing in v0', () => {
  const answerTo = (client: FakeClient, kinds: readonly ('audio' | 'video')[]): void => {
    const sections = kinds.map((kind, place) => ({
      mid: String(place + 1),
      kind,
      direction: 'recvonly' as const,
      codecs: ['vp8'],
    }));
    const id = client.last('offer').id;
    const sdp = writeClientSdp([{ ...data, direction: 'sendonly' }, ...sections]).replaceAll(
      'actpass',
      'active',
    );
    client.link.receive({ kind: 'answer', description: { type: 'answer', sdp, id, midToTrackId: {} } });
  };

  async function subscriber(): Promise<FakeClient> {
    const bob = world.client('v0', 'PA_bob');
    bob.link.start();
    await settle();
    answerTo(bob, []);
    bob.transport.become('connected');
    return bob;
  }

  test('the server offers its data channels at once, and tracks as they come, one offer at a time', async () => {
    const { client, layers } = await publisher();
    const bob = await subscriber();
    expect(bob.transport.channels.map(({ label }) => label)).toEqual(['_reliable', '_lossy']);
    expect(bob.told).toEqual(['connected']);
    bob.link.subscribe({ source: client.source('TR_cam'), publisherSid: 'PA_alice', stream: 'camera' });
    expect(bob.last('offer')).toMatchObject({ id: 2, midToTrackId: { '1': 'TR_cam' } });
    expect(bob.last('offer').sdp).toContain('a=msid:PA_alice|camera TR_cam');
    bob.link.unsubscribe('TR_cam');
    expect(bob.count('offer')).toBe(2);
    bob.link.resume();
    expect(bob.count('offer')).toBe(3);
    answerTo(bob, ['video']);
    expect(bob.last('offer')).toMatchObject({ id: 3, midToTrackId: {} });
    answerTo(bob, ['video']);
    bob.link.subscribe({ source: client.source('TR_cam'), publisherSid: 'PA_alice', stream: 'camera' });
    expect(bob.last('offer').sdp).toContain('a=msid:PA_alice|TR_cam TR_cam');
    answerTo(bob, ['video']);
    expect(bob.told.filter((what) => what === 'subscribed TR_cam')).toHaveLength(1);
    sendFrame(client, layers, true);
    expect(bob.transport.takeRtp()).toHaveLength(1);
  });

  test('an answer to another offer changes nothing', async () => {
    const { client } = await publisher();
    const bob = await subscriber();
    bob.link.subscribe({ source: client.source('TR_cam'), publisherSid: 'PA_alice', stream: 'camera' });
    const sdp = writeClientSdp([data, { mid: '1', kind: 'video', direction: 'recvonly' }]);
    bob.link.receive({ kind: 'answer', description: { type: 'answer', sdp, id: 1, midToTrackId: {} } });
    expect(bob.told).toEqual(['connected']);
  });
});

describe('data', () => {
  test('comes and goes by the channels of the client', async () => {
    const bob = await watcher('PA_bob');
    const channel = bob.transport.openDataChannel('_reliable', 'reliable');
    bob.transport.events.onDataChannel(channel);
    expect(bob.link.sendData('reliable', new Uint8Array([1]))).toBe(true);
    expect(bob.transport.channels[0]?.sent).toEqual([new Uint8Array([1])]);
    bob.transport.events.onData(channel, Buffer.from([2]));
    expect(bob.data).toEqual([{ kind: 'reliable', bytes: Buffer.from([2]) }]);
    expect(bob.link.sendData('lossy', new Uint8Array([1]))).toBe(false);
  });

  test('lossy data is dropped once a quarter of a second of it waits, whoever opened the channel', async () => {
    const bob = await watcher('PA_bob');
    bob.transport.events.onDataChannel(bob.transport.openDataChannel('_lossy', 'lossy'));
    const [channel] = bob.transport.channels;
    if (channel === undefined) throw new Error('no channel');
    channel.bufferedBytes = 128 * 1024 - 1;
    expect(bob.link.sendData('lossy', new Uint8Array([1]))).toBe(true);
    channel.bufferedBytes = 128 * 1024;
    expect(bob.link.sendData('lossy', new Uint8Array([2]))).toBe(false);
    expect(channel.sent).toEqual([new Uint8Array([1])]);
  });

  test('reliable data waits for a client that is slow, and fails one that never reads', async () => {
    const bob = await watcher('PA_bob');
    bob.transport.events.onDataChannel(bob.transport.openDataChannel('_reliable', 'reliable'));
    const [channel] = bob.transport.channels;
    if (channel === undefined) throw new Error('no channel');
    channel.isFull = true;
    bob.link.sendData('reliable', new Uint8Array([1]));
    bob.link.sendData('reliable', new Uint8Array([2]));
    channel.isFull = false;
    world.pass(50);
    expect(channel.sent).toEqual([new Uint8Array([1]), new Uint8Array([2])]);
    channel.isFull = true;
    for (let count = 0; count < 200; count++) bob.link.sendData('reliable', new Uint8Array(60_000));
    expect(bob.told.at(-1)).toBe('failed transport: reliable data is not read');
    expect(bob.link.sendData('reliable', new Uint8Array([3]))).toBe(false);
  });
});

describe('ends', () => {
  test('an ICE restart is answered as before, and nothing is interrupted while packets go on coming', async () => {
    const { client, layers } = await publisher();
    const before = client.lastAnswer().transport;
    client.offerSdp(
      writeClientSdp(
        [data, { mid: '1', kind: 'video', direction: 'sendonly', track: 'cam', rids: ['q', 'h', 'f'] }],
        { iceUfrag: 'another' },
      ),
    );
    await settle();
    expect(client.count('answer')).toBe(2);
    expect(client.lastAnswer().transport).toEqual(before);
    for (let second = 0; second < 10; second++) {
      world.pass(1_000);
      sendFrame(client, layers, false);
    }
    expect(client.told).not.toContain('full reconnect');
  });

  test('a client that falls silent once it asked for an ICE restart needs a new connection, told once', async () => {
    const { client } = await publisher();
    client.offerSdp(writeClientSdp([data], { iceUfrag: 'another' }));
    world.pass(5_000);
    expect(client.told).not.toContain('full reconnect');
    world.pass(10_000);
    expect(client.told.filter((what) => what === 'full reconnect')).toHaveLength(1);
  });

  test('silence says nothing of a client that had nothing to send before either', async () => {
    const bob = await watcher('PA_bob');
    bob.offerSdp(writeClientSdp([data], { iceUfrag: 'another' }));
    world.pass(15_000);
    expect(bob.told).not.toContain('full reconnect');
  });

  test('another certificate is another connection', async () => {
    const bob = await watcher('PA_bob');
    const offer = writeClientSdp([data], { iceUfrag: 'another' });
    bob.offerSdp(offer.replace(/(a=fingerprint:\S+ )\S\S/, '$1EE'));
    expect(bob.told.at(-1)).toBe('full reconnect');
  });

  test('a description of no use fails this link and no other', async () => {
    const alice = await watcher('PA_alice');
    const bob = await watcher('PA_bob');
    bob.offerSdp('v=1');
    expect(bob.told.at(-1)).toMatch(/^failed description/);
    expect(alice.told).toEqual(['connected']);
  });

  test('who does not connect in time is given up', async () => {
    const bob = world.client('v0', 'PA_bob');
    bob.link.start();
    await settle();
    world.pass(16_000);
    expect(bob.told).toEqual(['failed transport: not connected in time']);
  });

  test('a transport that the client closed fails the link only when no leave follows', async () => {
    const bob = await watcher('PA_bob');
    bob.transport.events.onState('closed');
    world.pass(1_000);
    expect(bob.told).toEqual(['connected']);
    world.pass(1_000);
    expect(bob.told.at(-1)).toBe('failed transport: closed by the client');
  });

  test('a publisher that goes leaves its subscribers whole', async () => {
    const { client, layers } = await publisher();
    const bob = await watcher('PA_bob');
    const sink = await watch(bob, client);
    client.link.close();
    client.link.close();
    sendFrame(client, layers, true);
    world.pass(500);
    expect(sink.stats.forwardedQuality).toBeNull();
    bob.link.unsubscribe('TR_cam');
    bob.link.close();
    expect(world.links.openCount).toBe(0);
  });

  test('a fault on the way to one subscriber is no fault of the publisher, nor of another', async () => {
    const { client, layers } = await publisher();
    const [bob, carl] = [await watcher('PA_bob'), await watcher('PA_carl')];
    await watch(bob, client);
    await watch(carl, client);
    bob.transport.isBroken = true;
    sendFrame(client, layers, true);
    sendFrame(client, layers, false);
    expect(bob.told.at(-1)).toBe('failed transport: internal error');
    expect(client.told.some((what) => what.startsWith('failed'))).toBe(false);
    expect(carl.transport.takeRtp().length).toBeGreaterThan(0);
    expect(world.warnings.splice(0)).toHaveLength(1);
  });

  test('who offers without pause is answered for the newest, as often as it may cost', async () => {
    const anna = world.client('v1', 'PA_anna');
    const offer = [{ mid: '0', kind: 'audio', direction: 'recvonly' } as const];
    await anna.offer(offer);
    const padded = `${writeClientSdp(offer)}${'a=x\r\n'.repeat(40_000)}`;
    for (let i = 0; i < 50; i++) anna.offerSdp(padded);
    expect(anna.count('answer')).toBeLessThan(10);
    world.pass(1_000);
    expect(anna.last('answer').id).toBe(51);
    expect(anna.count('answer')).toBeLessThan(12);
  });

  test('garbage in packets does no harm', async () => {
    const { client } = await publisher();
    for (const bytes of [[], [0x80], [0x80, 0xc8, 0, 1], [0x81, 205, 0xff, 0xff], new Array(40).fill(0xff)]) {
      client.send(Buffer.from(bytes));
    }
    expect(client.told.filter((what) => what.startsWith('failed'))).toEqual([]);
  });
});

/** draft-alvestrand-rmcat-remb-03 section 2.2, about no stream in particular; up to 2^18 × 16 bits a second. */
function writeRemb(bitsPerSecond: number): Buffer {
  const out = Buffer.alloc(24);
  out.set([0x8f, 206, 0, 5]);
  out.write('REMB', 12, 'latin1');
  out.writeUInt32BE((1 << 24) | (4 << 18) | (bitsPerSecond >> 4), 16);
  return out;
}
