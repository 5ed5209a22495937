import {
  DataPacket,
  parseRtcp,
  parseRtp,
  type RawClient,
  RequestResponse_Reason,
  rawPayloadTypes,
  TrackSource,
  TrackType,
  writeNack,
  writePli,
  writeReceiverReport,
  writeRtp,
} from '@naer/media-server/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterEach(() => world.isUnharmed());
afterAll(() => world.end());

let sequence = 0;
const audio = (
  ssrc: number,
  payload = Buffer.alloc(60, 9),
  payloadType: number = rawPayloadTypes.opus,
): Buffer => {
  sequence += 1;
  return writeRtp({
    payloadType,
    marker: false,
    sequenceNumber: sequence & 0xffff,
    timestamp: sequence * 960,
    ssrc,
    payload,
  });
};

const tick = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Collects the payloads that the client gets, as their first byte. */
function listen(client: RawClient): Set<number> {
  const heard = new Set<number>();
  client.onRtp = (packet) => {
    const first = parseRtp(packet)?.payload[0];
    if (first !== undefined) heard.add(first);
  };
  return heard;
}

async function pour(client: RawClient, packet: () => Buffer, count = 50): Promise<void> {
  for (let i = 0; i < count; i++) {
    client.sendPacket(packet());
    if (i % 5 === 0) await tick(5);
  }
}

describe('publishing without the grant', () => {
  it('is refused, and packets sent anyway reach nobody', async () => {
    const client = await world.enter('mallory', 'stage', { canPublish: false });
    const witness = await world.enter('witness', 'stage');
    const heard = listen(witness);
    client.say({
      case: 'addTrack',
      value: { cid: 'c', type: TrackType.AUDIO, source: TrackSource.MICROPHONE },
    });
    const { reason } = await client.told('requestResponse');
    expect(reason).toBe(RequestResponse_Reason.NOT_ALLOWED);
    client.sections.push({ mid: 'evil', kind: 'audio', direction: 'sendonly', track: 'c', ssrcs: [55] });
    await client.renegotiate();
    await pour(client, () => audio(55));
    expect([...heard]).toEqual([]);
    expect(
      witness.all('update').flatMap(({ participants }) => participants.flatMap(({ tracks }) => tracks)),
    ).toEqual([]);
    await Promise.all([client.leave(), witness.leave()]);
  });

  it('of a source is refused to who may publish another', async () => {
    const client = await world.enter('mallory', 'stage', { canPublishSources: [TrackSource.MICROPHONE] });
    for (const source of [TrackSource.CAMERA, TrackSource.SCREEN_SHARE, TrackSource.UNKNOWN]) {
      client.say({ case: 'addTrack', value: { cid: `c${source}`, type: TrackType.VIDEO, source } });
    }
    await client.until('three refusals', () => client.all('requestResponse').length === 3);
    expect(client.all('trackPublished')).toEqual([]);
    await client.leave();
  });

  it('of data reaches nobody', async () => {
    const client = await world.enter('mallory', 'stage', { canPublishData: false });
    const witness = await world.enter('witness', 'stage');
    const words: DataPacket[] = [];
    witness.onData = (_, packet) => words.push(packet);
    for (const kind of ['reliable', 'lossy'] as const) {
      client.sendData(
        new DataPacket({ value: { case: 'user', value: { payload: new Uint8Array(4) } } }),
        kind,
      );
    }
    await tick(300);
    expect(words).toEqual([]);
    await Promise.all([client.leave(), witness.leave()]);
  });
});

describe('packets under an SSRC', () => {
  it('of another participant are nobody’s', async () => {
    const client = await world.enter('mallory', 'call');
    let foreign = 0;
    const { listener } = world.call;
    const before = listener.onRtp;
    listener.onRtp = (packet) => {
      if (parseRtp(packet)?.payload[0] === 0xee) foreign += 1;
      before(packet);
    };
    const theirs = [0x0a0d_0001, ...listener.incoming.values()];
    for (const ssrc of theirs) await pour(client, () => audio(ssrc, Buffer.alloc(61, 0xee)));
    listener.onRtp = before;
    expect(foreign).toBe(0);
    await client.leave();
  });

  it('of one’s own track stay in that track, whatever else they claim', async () => {
    const client = await world.enter('mallory', 'stage');
    const witness = await world.enter('witness', 'stage');
    const voice = await client.publish('audio', 71);
    const camera = await client.publish('video', 72);
    const heard = new Map<number, Set<number>>();
    witness.onRtp = (packet) => {
      const parsed = parseRtp(packet);
      if (parsed === null) return;
      const payloads = heard.get(parsed.ssrc) ?? new Set();
      heard.set(parsed.ssrc, payloads.add(parsed.payload[0] ?? -1));
    };
    await pour(client, () => audio(71, Buffer.alloc(30, 1)), 20);
    await witness.until('the voice', () => witness.incoming.has(voice));
    // The voice's SSRC with the camera's payload type, and an unknown one under the camera's mid.
    await pour(client, () => audio(71, Buffer.alloc(30, 2), rawPayloadTypes.vp8));
    await pour(client, () => audio(72, Buffer.alloc(30, 3), rawPayloadTypes.opus));
    await pour(client, () => audio(73, Buffer.alloc(30, 4), rawPayloadTypes.opus));
    await pour(client, () => audio(71, Buffer.alloc(30, 5)), 10);
    const voiceSsrc = witness.incoming.get(voice) ?? 0;
    await witness.until('the voice going on', () => heard.get(voiceSsrc)?.has(5) === true);
    const all = [...heard.values()].flatMap((payloads) => [...payloads]);
    expect(all.filter((first) => first === 2 || first === 3 || first === 4)).toEqual([]);
    expect(witness.incoming.has(camera)).toBe(false);
    await Promise.all([client.leave(), witness.leave()]);
  });

  it('of a section that only receives are dropped', async () => {
    const client = await world.enter('mallory', 'stage');
    const witness = await world.enter('witness', 'stage');
    const heard = listen(witness);
    client.sections.push({ mid: 'r', kind: 'audio', direction: 'recvonly', ssrcs: [81] });
    await client.renegotiate();
    await pour(client, () => audio(81));
    expect([...heard]).toEqual([]);
    await Promise.all([client.leave(), witness.leave()]);
  });
});

describe('RTCP', () => {
  /** RFC 3550 section 6.6. */
  const bye = (ssrcs: readonly number[]): Buffer => {
    const packet = Buffer.alloc(4 + 4 * ssrcs.length);
    packet.writeUInt8(0x80 | ssrcs.length, 0);
    packet.writeUInt8(203, 1);
    packet.writeUInt16BE(ssrcs.length, 2);
    for (const [i, ssrc] of ssrcs.entries()) packet.writeUInt32BE(ssrc, 4 + 4 * i);
    return packet;
  };
  /** draft-alvestrand-rmcat-remb-03: mantissa times two to the exponent. */
  const remb = (mantissa: number, ssrcs: readonly number[]): Buffer => {
    const packet = Buffer.alloc(20 + 4 * ssrcs.length);
    packet.writeUInt8(0x80 | 15, 0);
    packet.writeUInt8(206, 1);
    packet.writeUInt16BE(4 + ssrcs.length, 2);
    packet.write('REMB', 12, 'latin1');
    packet.writeUInt8(ssrcs.length, 16);
    packet.writeUIntBE(mantissa, 17, 3);
    for (const [i, ssrc] of ssrcs.entries()) packet.writeUInt32BE(ssrc, 20 + 4 * i);
    return packet;
  };

  it('of one who listens moves nothing for the others: goodbyes, storms of NACK and PLI, a downlink of one bit', async () => {
    const client = await world.enter('mallory', 'call');
    await client.until('the track', () => client.incoming.has(world.call.trackSid));
    const ours = client.incoming.get(world.call.trackSid) ?? 0;
    const theirs = [0x0a0d_0001, ...world.call.listener.incoming.values()];
    const all = [ours, ...theirs];
    const asked: string[] = [];
    const { speaker } = world.call;
    const before = speaker.onRtcp;
    speaker.onRtcp = (packet) => asked.push(...parseRtcp(packet).map(({ kind }) => kind));
    const numbers = Array.from({ length: 200 }, (_, i) => i);
    for (let i = 0; i < 300; i++) {
      for (const ssrc of all) {
        client.sendPacket(writeNack(1, ssrc, numbers));
        client.sendPacket(writePli(1, ssrc));
      }
      client.sendPacket(bye(all));
      client.sendPacket(remb(1, all));
      const lost = { fractionLost: 255, cumulativeLost: 0x7fffff, highestSequence: 0, jitter: 0xffff_ffff };
      client.sendPacket(
        writeReceiverReport(
          1,
          all.map((ssrc) => ({ ...lost, ssrc, lastSenderReport: 0, delaySinceLastSenderReport: 0 })),
        ),
      );
      if (i % 20 === 0) await tick(10);
    }
    // Reports go on as ever; nothing of the storm is passed on to who speaks. A datagram that the machine lost itself is asked for.
    await speaker.until('the next report', () => asked.includes('receiverReport'));
    speaker.onRtcp = before;
    expect(asked.filter((kind) => kind === 'pli' || kind === 'fir' || kind === 'bye')).toEqual([]);
    expect(asked.filter((kind) => kind === 'nack').length).toBeLessThan(20);
    await client.leave();
  });

  it('and RTP that are garbage are dropped', async () => {
    const client = await world.enter('mallory', 'call');
    for (let i = 0; i < 2000; i++) {
      const packet = Buffer.alloc(8 + ((i * 7) % 200), i);
      packet.writeUInt8(0x80 | (i & 0x3f), 0);
      packet.writeUInt8(i % 3 === 0 ? 200 + (i % 8) : i & 0xff, 1);
      client.sendPacket(packet);
      if (i % 100 === 0) await tick(5);
    }
    expect(client.transport?.state).toBe('connected');
    await client.leave();
  });
});
