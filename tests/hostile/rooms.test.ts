import { DataPacket, RawClient, type RawSection, writeRawSdp } from '@naer/media-server/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterEach(() => world.isUnharmed());
afterAll(() => world.end());

const tick = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const user = (text: string, more: object = {}) =>
  new DataPacket({ ...more, value: { case: 'user', value: { payload: new Uint8Array(Buffer.from(text)) } } });
const identities = (client: RawClient) =>
  new Set(
    [
      ...client.all('join').flatMap(({ otherParticipants }) => otherParticipants),
      ...client.all('update').flatMap(({ participants }) => participants),
    ].map(({ identity }) => identity),
  );

describe('a room', () => {
  it('gives its tracks to nobody of another, who names them by sid', async () => {
    const client = await world.enter('mallory');
    const trackSids = [world.call.trackSid];
    let packets = 0;
    client.onRtp = () => {
      packets += 1;
    };
    client.say({ case: 'subscription', value: { trackSids, subscribe: true } });
    client.say({
      case: 'subscription',
      value: {
        trackSids: [],
        subscribe: true,
        participantTracks: [{ participantSid: world.call.speaker.sid, trackSids }],
      },
    });
    client.say({ case: 'trackSetting', value: { trackSids, quality: 2 } });
    client.say({ case: 'syncState', value: { subscription: { trackSids, subscribe: true } } });
    client.sections.push({ mid: 'extra', kind: 'audio', direction: 'recvonly' });
    await client.renegotiate();
    await tick(500);
    expect(packets).toBe(0);
    expect(client.incoming.size).toBe(0);
    expect(client.all('subscriptionPermissionUpdate')).toEqual([]);
    await client.leave();
  });

  it('hears no data of another, whoever it is addressed to', async () => {
    const client = await world.enter('mallory');
    const { listener } = world.call;
    const heard: string[] = [];
    const before = listener.onData;
    listener.onData = (label, packet) => {
      heard.push(packet.participantIdentity);
      before(label, packet);
    };
    for (const kind of ['reliable', 'lossy'] as const) {
      client.sendData(user('evil', { destinationIdentities: ['listener', 'speaker'] }), kind);
      client.sendData(
        user('evil', { participantIdentity: 'speaker', participantSid: world.call.speaker.sid }),
        kind,
      );
    }
    const value = { payload: new Uint8Array(4), destinationSids: [listener.sid] };
    client.sendData(new DataPacket({ value: { case: 'user', value } }));
    await tick(500);
    listener.onData = before;
    expect(new Set(heard)).toEqual(new Set(['speaker']));
    await client.leave();
  });

  it('lets nobody speak for another in it', async () => {
    const client = await world.enter('mallory', 'stage');
    const witness = await world.enter('witness', 'stage');
    const heard: DataPacket[] = [];
    witness.onData = (_, packet) => heard.push(packet);
    const claims = { participantIdentity: 'witness', participantSid: 'PA_boss' };
    client.sendData(user('I am another', claims));
    client.sendData(
      new DataPacket({
        ...claims,
        value: { case: 'user', value: { ...claims, payload: new Uint8Array(1) } },
      }),
    );
    client.sendData(
      new DataPacket({
        ...claims,
        value: { case: 'speaker', value: { speakers: [{ sid: witness.sid, level: 1, active: true }] } },
      }),
    );
    client.sendData(
      new DataPacket({
        value: { case: 'transcription', value: { transcribedParticipantIdentity: 'witness' } },
      }),
    );
    client.sendData(user('the end'));
    await witness.until('the end', () => heard.length >= 3);
    expect(new Set(heard.map((packet) => packet.participantIdentity))).toEqual(new Set(['mallory']));
    expect(new Set(heard.map((packet) => packet.participantSid))).toEqual(new Set([client.sid]));
    expect(heard.map((packet) => packet.value.case).filter((kind) => kind !== 'user')).toEqual([]);
    await Promise.all([client.leave(), witness.leave()]);
  });

  it('changes nothing of one by the words of another', async () => {
    const client = await world.enter('mallory', 'stage');
    const victim = await world.enter('victim', 'stage');
    const voice = await victim.publish('audio', 91);
    const before = victim.heard.length;
    client.say({ case: 'mute', value: { sid: voice, muted: true } });
    client.say({ case: 'updateAudioTrack', value: { trackSid: voice, features: [1] } });
    client.say({ case: 'updateVideoTrack', value: { trackSid: voice, width: 1, height: 1 } });
    client.say({ case: 'addTrack', value: { cid: 'audio-91', sid: voice, type: 0, source: 2 } });
    client.say({
      case: 'updateMetadata',
      value: { name: 'witness', metadata: 'evil', attributes: { a: 'b' } },
    });
    client.say({
      case: 'subscriptionPermission',
      value: { allParticipants: false, trackPermissions: [{ participantSid: victim.sid, allTracks: false }] },
    });
    client.say({ case: 'pingReq', value: { timestamp: 1n, rtt: 0n } });
    await client.told('pongResp');
    await tick(300);
    const told = victim.heard.slice(before);
    expect(told.filter(({ case: kind }) => kind === 'mute' || kind === 'trackUnpublished')).toEqual([]);
    const changed = told.flatMap((message) => (message.case === 'update' ? message.value.participants : []));
    expect(changed.filter(({ metadata, name }) => metadata !== '' || name === 'witness')).toEqual([]);
    await Promise.all([client.leave(), victim.leave()]);
  });

  it('shows those who are hidden to nobody, by no way', async () => {
    const ghost = await world.enter('ghost', 'stage', { hidden: true });
    const client = await world.enter('mallory', 'stage');
    expect(client.all('join')[0]?.otherParticipants).toEqual([]);
    ghost.sendData(user('boo'));
    const heard: DataPacket[] = [];
    client.onData = (_, packet) => heard.push(packet);
    ghost.sendData(user('boo', { participantIdentity: 'ghost' }));
    await tick(500);
    // As LiveKit: the packet has its sid, by which clients put reliable data in order, and no name.
    expect(heard.map(({ participantIdentity }) => participantIdentity)).toEqual(heard.map(() => ''));
    client.say({
      case: 'subscription',
      value: { trackSids: [], participantTracks: [{ participantSid: ghost.sid }], subscribe: true },
    });
    await ghost.leave();
    await tick(500);
    expect([...identities(client)].filter((identity) => identity === 'ghost')).toEqual([]);
    const text = Buffer.concat(
      client.heard.map((message) =>
        Buffer.from(
          message.value instanceof Object && 'toBinary' in message.value ? message.value.toBinary() : [],
        ),
      ),
    );
    expect(text.includes('ghost')).toBe(false);
    expect(text.includes(ghost.sid)).toBe(false);
    await client.leave();
  });
});

describe('descriptions that are bombs', () => {
  const transport = {
    iceUfrag: 'evil',
    icePassword: 'x'.repeat(24),
    fingerprint: { algorithm: 'sha-256', value: Array(32).fill('AA').join(':') },
    setup: 'actpass',
    candidates: [],
  } as const;
  const audio = (i: number): RawSection => ({ mid: `m${i}`, kind: 'audio', direction: 'sendrecv' });
  const usual = writeRawSdp([audio(0)], transport);
  const times = (count: number, line: (i: number) => string) =>
    usual + Array.from({ length: count }, (_, i) => `${line(i)}\r\n`).join('');
  const bombs: [string, () => string][] = [
    [
      'a thousand sections',
      () =>
        writeRawSdp(
          Array.from({ length: 600 }, (_, i) => audio(i)),
          transport,
        ),
    ],
    [
      'as many as may be',
      () =>
        writeRawSdp(
          Array.from({ length: 160 }, (_, i) => audio(i)),
          transport,
        ),
    ],
    [
      'candidates',
      () => times(4000, (i) => `a=candidate:${i} 1 udp ${i} 10.0.${i >> 8}.${i & 255} 9 typ host`),
    ],
    ['codecs', () => times(6000, (i) => `a=rtpmap:${i % 128} opus/48000/2`)],
    ['parameters', () => times(6000, (i) => `a=fmtp:111 x${i}=1`)],
    ['SSRCs', () => times(7000, (i) => `a=ssrc:${i} cname:x`)],
    ['SSRC groups', () => times(5000, (i) => `a=ssrc-group:FID ${i} ${i + 1}`)],
    ['layers', () => times(8000, (i) => `a=rid:${i} send`)],
    ['extensions', () => times(6000, (i) => `a=extmap:${i % 255} urn:x:${i}`)],
    ['one line', () => `${usual}a=${'x'.repeat(250_000)}\r\n`],
    ['nothing but line ends', () => '\r\n'.repeat(120_000)],
    ['zeroes', () => '\0'.repeat(200_000)],
    ['sections of the same mid', () => writeRawSdp([audio(0), audio(0)], transport)],
    ['a bundle of strangers', () => usual.replace(/BUNDLE.*/, `BUNDLE ${'q '.repeat(60_000)}`)],
    ['ports and numbers without end', () => usual.replace('m=audio 9', `m=audio ${'9'.repeat(10_000)}`)],
    ['lines of the library smuggled in', () => usual.replace('evil', 'evil\\r\\na=candidate:x')],
  ];
  for (const [name, sdp] of bombs) {
    it(`are answered or cost the own session: ${name}`, async () => {
      const offer = { type: 'offer', sdp: sdp(), id: 1 };
      for (const where of ['signalling', 'join'] as const) {
        const token = await world.media.token('mallory', 'elsewhere');
        const packed = { url: world.media.url, token, join: { publisherOffer: offer } };
        // In a join request it has to fit into a URL, packed: that is where compression helps the attacker.
        const client =
          where === 'signalling' ? await world.join('mallory') : await RawClient.v1(packed).catch(() => null);
        if (client === null) continue;
        if (where === 'signalling') client.say({ case: 'offer', value: offer });
        const answered = () => client.all('answer').length + client.all('leave').length > 0;
        await client.until('an answer or the end', () => answered() || client.socket.readyState > 1);
        await client.leave();
      }
    });
  }
});
