import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseRtp, writeRtp } from '../../rtp/packet.ts';
import { writeNack, writePli } from '../../rtp/rtcp.ts';
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
let anna: FakeClient;
let bo: FakeClient;
const voice = new Encoder(21, payloadTypes.opus);
const camera = new Encoder(22, payloadTypes.vp8);
const offered = [
  { mid: '0', kind: 'application', direction: 'sendonly' },
  { mid: '1', kind: 'audio', direction: 'sendonly', track: 'mic', ssrcs: [21] },
  { mid: '2', kind: 'video', direction: 'sendonly', track: 'cam', ssrcs: [22] },
] as const;

beforeEach(async () => {
  world = new World();
  anna = world.client('v1', 'PA_anna');
  anna.link.announce(announcedTrack('TR_mic', 'mic', 'audio'));
  anna.link.announce(announcedTrack('TR_cam', 'cam', 'video'));
  await anna.offer(offered);
  anna.transport.become('connected');
  anna.send(voice.next(Buffer.alloc(20, 1)));
  anna.send(camera.next(vp8(true)));
  bo = world.client('v1', 'PA_bo');
  for (const sid of ['TR_mic', 'TR_cam']) {
    bo.link.subscribe({ source: anna.source(sid), publisherSid: 'PA_anna', stream: 's' });
  }
  await bo.offer([
    { mid: '0', kind: 'application', direction: 'sendonly' },
    { mid: '1', kind: 'audio', direction: 'recvonly' },
    { mid: '2', kind: 'video', direction: 'recvonly' },
  ]);
  bo.transport.become('connected');
});

afterEach(async () => {
  expect(await world.end()).toEqual({ timers: 0, transports: 0, links: 0 });
  expect(world.warnings).toEqual([]);
});

/** A packet of a real stream, of an unknown one, or of none, with any bytes changed. */
const packet = fc
  .record({
    ssrc: fc.constantFrom(21, 22, 23, 0, 0xffff_ffff),
    payloadType: fc.constantFrom(...Object.values(payloadTypes), 0, 127),
    sequenceNumber: fc.nat(0xffff),
    timestamp: fc.nat(0xffff_ffff),
    payload: fc.uint8Array({ maxLength: 60 }),
    extension: fc.option(
      fc.record({
        id: fc.constantFrom(...Object.values(ids)),
        value: fc.uint8Array({ minLength: 1, maxLength: 16 }),
      }),
    ),
    damage: fc.array(fc.record({ at: fc.nat(80), byte: fc.nat(255) }), { maxLength: 3 }),
    length: fc.option(fc.nat(80)),
  })
  .map(({ payload, extension, damage, length, ...fields }) => {
    const extensions = extension === null ? [] : [{ id: extension.id, value: Buffer.from(extension.value) }];
    const bytes = writeRtp({ ...fields, marker: false, extensions, payload: Buffer.from(payload) });
    for (const { at, byte } of damage) if (at < bytes.length) bytes.writeUInt8(byte, at);
    return length === null ? bytes : bytes.subarray(0, length);
  });
const feedback = fc.oneof(
  fc.record({ kind: fc.nat(9), bytes: fc.uint8Array({ maxLength: 200 }) }).map(({ kind, bytes }) => {
    const whole = Buffer.concat([
      Buffer.from([0x80 | (bytes[0] ?? 0), 198 + kind, 0, 0]),
      bytes,
      Buffer.alloc(-bytes.length & 3),
    ]);
    whole.writeUInt16BE(whole.length / 4 - 1, 2);
    return whole;
  }),
  fc
    .record({ ssrc: fc.nat(0xffff_ffff), seqs: fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 50 }) })
    .map(({ ssrc, seqs }) => writeNack(1, ssrc, seqs)),
  fc.nat(0xffff_ffff).map((ssrc) => writePli(1, ssrc)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

test('whatever packets both sides send, both links live, and what comes out is RTP of two streams', () => {
  anna.send(voice.next(Buffer.alloc(20, 1)));
  expect(bo.transport.takeRtp()).toHaveLength(1);
  fc.assert(
    fc.property(fc.array(fc.oneof(packet, feedback), { maxLength: 60 }), (packets) => {
      for (const each of packets) {
        anna.send(each);
        bo.send(Buffer.from(each));
        world.pass(5);
      }
      world.pass(500);
      const out = bo.transport.takeRtp();
      expect(new Set(out.map(({ ssrc }) => ssrc)).size).toBeLessThanOrEqual(4);
      for (const { buffer } of out) expect(parseRtp(buffer)).not.toBeNull();
      anna.transport.takeRtcp();
      bo.transport.takeRtcp();
      expect([...anna.told, ...bo.told].filter((what) => what.startsWith('failed'))).toEqual([]);
    }),
    { numRuns: 120 },
  );
});

test('a description with any line left out, doubled or damaged is answered or ends its own link only', async () => {
  const lines = writeClientSdp(offered).split('\r\n');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(lines.length - 1),
      fc.constantFrom('drop', 'double', 'cut', 'number', 'swap'),
      fc.nat(0xffff_ffff),
      async (at, how, number) => {
        const mallory = world.client('v1', 'PA_mallory');
        const line = lines[at] ?? '';
        const damaged = [...lines];
        if (how === 'drop') damaged.splice(at, 1);
        else if (how === 'double') damaged.splice(at, 0, line);
        else if (how === 'cut') damaged[at] = line.slice(0, number % (line.length + 1));
        else if (how === 'number') damaged[at] = line.replace(/\d+/, String(number));
        else damaged.splice(number % lines.length, 0, ...damaged.splice(at, 1));
        mallory.link.announce(announcedTrack('TR_evil', 'mic', 'audio'));
        mallory.offerSdp(damaged.join('\r\n'));
        await settle();
        const failed = mallory.told.some((what) => what.startsWith('failed description'));
        expect(failed || mallory.count('answer') === 1).toBe(true);
        mallory.link.close();
        expect(anna.told.some((what) => what.startsWith('failed'))).toBe(false);
      },
    ),
    { numRuns: 150 },
  );
});
