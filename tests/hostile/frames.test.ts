import { randomBytes } from 'node:crypto';
import { defaultLimits } from '@naer/media-server';
import {
  DisconnectReason,
  LeaveRequest_Action,
  RawClient,
  type RawMessage,
  writeRawSdp,
} from '@naer/media-server/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterEach(() => world.isUnharmed());
afterAll(() => world.end());

/** The server says why and closes the socket; nobody of that name is in the room any more. */
async function isExpelled(client: RawClient, code = 1000): Promise<void> {
  expect(await client.closed).toBe(code);
  if (code !== 1000) return;
  expect(client.all('leave').at(-1)?.reason).toBe(DisconnectReason.STATE_MISMATCH);
}

describe('frames that are no messages', () => {
  const garbage: [string, () => Buffer | string][] = [
    ['random bytes', () => Buffer.concat([Buffer.from([0xff]), randomBytes(300)])],
    ['text that is no JSON', () => 'GET / HTTP/1.1'],
    ['JSON that is no message', () => '[1,2,3]'],
    ['JSON null', () => 'null'],
    ['JSON nested without end', () => `${'{"offer":'.repeat(5000)}1${'}'.repeat(5000)}`],
    ['a field that never ends', () => Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
  ];
  for (const [name, frame] of garbage) {
    it(`expel who sends them: ${name}`, async () => {
      const client = await world.join('mallory');
      client.sayBytes(frame());
      await isExpelled(client);
    });
  }

  it('are passed over where they are empty', async () => {
    const client = await world.join('mallory');
    client.sayBytes(Buffer.alloc(0));
    client.say({ case: 'pingReq', value: { timestamp: 7n, rtt: 0n } });
    expect((await client.told('pongResp')).lastPingTimestamp).toBe(7n);
    await client.leave();
  });
});

describe('frames that are too much', () => {
  it('cost the socket, and the participant leaves when nobody comes back for it', async () => {
    const client = await world.join('mallory');
    client.sayBytes(Buffer.alloc(defaultLimits.maxSignalBytes + 1));
    await isExpelled(client, 1009);
  });

  it('do no harm in twenty thousand pieces of one byte', async () => {
    const client = await world.join('mallory');
    const piece = Buffer.from([0x0a]);
    // Closed long before the limit of bytes is reached, so that nothing is collected.
    for (let i = 0; i < 20_000 && client.socket.readyState === client.socket.OPEN; i++) {
      client.socket.send(piece, { fin: false, binary: true });
    }
    expect([1008, 1009]).toContain(await client.closed);
  });

  it('expel who says more than the rate, be it messages or pings', async () => {
    const talker = await world.join('mallory');
    for (let i = 0; i < 400; i++) talker.say({ case: 'pingReq', value: { timestamp: BigInt(i), rtt: 0n } });
    await isExpelled(talker);
    const pinger = await world.join('mallory');
    // As many rounds as it takes: a machine that is slow fills the bucket meanwhile.
    while (pinger.socket.readyState === pinger.socket.OPEN) {
      const answered = new Promise((resolve) => pinger.socket.once('pong', resolve));
      for (let j = 0; j < 20; j++) pinger.socket.ping(Buffer.alloc(125));
      await Promise.race([answered, pinger.closed]);
    }
    await isExpelled(pinger);
  });

  it('cut off who pings without reading', async () => {
    const client = await world.join('mallory');
    client.socket.pause();
    for (let i = 0; i < 400; i++) client.socket.ping(Buffer.alloc(125));
    const left = () => world.media.server.open.sockets === 2;
    await eventually('the socket being cut off', left);
    await client.vanish();
  });

  const many = (count: number) => Array.from({ length: count }, (_, i) => `TR_${i}`);
  const oversized: [string, RawMessage][] = [
    [
      'a session description',
      { case: 'offer', value: { type: 'offer', sdp: `v=0\r\n${'a=x\r\n'.repeat(60_000)}` } },
    ],
    ['metadata', { case: 'updateMetadata', value: { metadata: 'x'.repeat(100_000) } }],
    ['attributes', { case: 'updateMetadata', value: { attributes: { key: 'x'.repeat(100_000) } } }],
    ['a name', { case: 'updateMetadata', value: { name: 'x'.repeat(1000) } }],
    ['the name of a track', { case: 'addTrack', value: { cid: 'c', type: 0, name: 'x'.repeat(1000) } }],
    ['the id of a track', { case: 'mute', value: { sid: 'x'.repeat(1000), muted: true } }],
    ['a list of tracks', { case: 'subscription', value: { trackSids: many(20_000), subscribe: true } }],
  ];
  for (const [name, message] of oversized) {
    it(`expel who sends them, or change nothing: ${name}`, async () => {
      const witness = await world.join('witness');
      const client = await world.join('mallory', 'elsewhere', { canUpdateOwnMetadata: true });
      client.say(message);
      client.say({ case: 'pingReq', value: { timestamp: 1n, rtt: 0n } });
      await Promise.race([client.closed, client.told('pongResp')]);
      const infos = witness.all('update').flatMap(({ participants }) => participants);
      expect(infos.filter((info) => info.toBinary().length > 2000)).toEqual([]);
      await Promise.all([client.leave(), witness.leave()]);
    });
  }
});

describe('messages out of order', () => {
  const sdp = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n';
  const disorder: [string, RawMessage[]][] = [
    [
      'an answer to an offer that was never made',
      [{ case: 'answer', value: { type: 'answer', sdp, id: 1 } }],
    ],
    [
      'candidates before there is a description',
      [0, 1].map((target) => ({
        case: 'trickle',
        value: { target, candidateInit: '{"candidate":"candidate:1 1 udp 1 10.0.0.1 9 typ host"}' },
      })),
    ],
    ['mute of a track that there is not', [{ case: 'mute', value: { sid: 'TR_none', muted: true } }]],
    [
      'a state after a resume that never was',
      [{ case: 'syncState', value: { publishTracks: [{ cid: 'c', track: { sid: 'TR_none' } }] } }],
    ],
    ['an answer of the wrong type', [{ case: 'answer', value: { type: 'offer', sdp, id: 1 } }]],
    ['an offer that calls itself an answer', [{ case: 'offer', value: { type: 'answer', sdp, id: 1 } }]],
    [
      'subscribing to oneself and to nothing',
      [{ case: 'subscription', value: { trackSids: ['', 'PA_x'], subscribe: true } }],
    ],
  ];
  for (const [name, messages] of disorder) {
    for (const mode of ['v0', 'v1'] as const) {
      it(`cost at most the own session, over ${mode}: ${name}`, async () => {
        const token = await world.media.token('mallory', 'elsewhere');
        const client = await RawClient[mode]({ url: world.media.url, token });
        await client.told('join');
        for (const message of messages) client.say(message);
        client.say({ case: 'pingReq', value: { timestamp: 1n, rtt: 0n } });
        await Promise.race([client.closed, client.told('pongResp')]);
        await client.leave();
      });
    }
  }

  it('are not heard after a leave', async () => {
    const client = await world.join('mallory');
    client.say({ case: 'leave', value: {} });
    client.say({ case: 'addTrack', value: { cid: 'c', type: 0, source: 2 } });
    client.say({ case: 'leave', value: {} });
    expect(await client.closed).toBe(1000);
    expect(client.all('trackPublished')).toEqual([]);
    expect(client.all('leave')).toHaveLength(1);
  });

  it('as many offers at once are answered by the last, and the transport lives', async () => {
    const client = await world.enter('mallory');
    const last = Array.from({ length: 20 }, () => client.offer()).at(-1);
    await client.told('answer', ({ id }) => id === last);
    expect(client.transport?.state).toBe('connected');
    await client.leave();
  });

  it('as other credentials in the middle of a session are answered with the transport that is there', async () => {
    const client = await world.enter('mallory');
    const answers = client.all('answer').length;
    const other = { ...client.description, iceUfrag: 'evil' };
    client.say({ case: 'offer', value: { type: 'offer', sdp: writeRawSdp(client.sections, other), id: 9 } });
    await client.until('an answer', () => client.all('answer').length > answers);
    const ufrags = client.all('answer').map(({ sdp }) => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1]);
    expect(new Set(ufrags).size).toBe(1);
    await client.leave();
  });

  it('as another certificate in the middle of a session asks for a new one', async () => {
    const client = await world.enter('mallory');
    const fingerprint = { ...client.description.fingerprint, value: Array(32).fill('AB').join(':') };
    const other = { ...client.description, iceUfrag: 'evil', fingerprint };
    client.say({ case: 'offer', value: { type: 'offer', sdp: writeRawSdp(client.sections, other), id: 9 } });
    expect((await client.told('leave')).action).toBe(LeaveRequest_Action.RECONNECT);
    await client.leave();
  });
});

describe('what was said once', () => {
  it('may be said again by whoever said it, and changes nothing', async () => {
    const client = await world.enter('mallory');
    const sid = await client.publish('audio', 77);
    const frames = client.said.filter((frame) => frame.length > 4);
    for (const frame of [...frames, ...frames]) client.sayBytes(frame);
    client.say({ case: 'pingReq', value: { timestamp: 1n, rtt: 0n } });
    await client.told('pongResp');
    expect(new Set(client.all('trackPublished').map(({ track }) => track?.sid)).size).toBeLessThanOrEqual(1);
    expect(client.all('trackPublished')[0]?.track?.sid).toBe(sid);
    await client.leave();
  });

  it('is worth nothing in the session of another', async () => {
    const victim = await world.enter('victim');
    const sid = await victim.publish('audio', 78);
    const client = await world.join('mallory');
    for (const frame of victim.said) client.sayBytes(frame);
    client.say({ case: 'mute', value: { sid, muted: true } });
    await Promise.race([client.closed, client.told('requestResponse')]);
    expect(victim.all('mute')).toEqual([]);
    expect(victim.transport?.state).toBe('connected');
    await Promise.all([client.leave(), victim.leave()]);
  });

  it('as a join, by the same token, makes the newer session the only one', async () => {
    const token = await world.media.token('twin', 'elsewhere');
    const first = await RawClient.v1({ url: world.media.url, token });
    await first.told('join');
    const second = await RawClient.v1({ url: world.media.url, token });
    await second.told('join');
    expect((await first.told('leave')).reason).toBe(DisconnectReason.DUPLICATE_IDENTITY);
    await first.closed;
    expect(second.socket.readyState).toBe(second.socket.OPEN);
    await second.leave();
  });

  it('as a resume takes up nobody but oneself', async () => {
    const victim = await world.enter('victim');
    const resume = async (identity: string, sid: string) => {
      const token = await world.media.token(identity, 'elsewhere');
      const client = await RawClient.v0({ url: world.media.url, token }, `reconnect=1&sid=${sid}`);
      const { action } = await client.told('leave');
      await client.closed;
      return action;
    };
    // Another's sid, an old one of one's own, and none.
    expect(await resume('mallory', victim.sid)).toBe(LeaveRequest_Action.RECONNECT);
    expect(await resume('victim', 'PA_old')).toBe(LeaveRequest_Action.RECONNECT);
    expect(await resume('mallory', '')).toBe(LeaveRequest_Action.RECONNECT);
    expect(victim.all('leave')).toEqual([]);
    await victim.leave();
  });
});
