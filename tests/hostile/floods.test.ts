import { connect, type Socket } from 'node:net';
import {
  DataPacket,
  packJoinRequest,
  type RawClient,
  rawPayloadTypes,
  writeRawSdp,
  writeRtp,
} from '@naer/media-server/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, World } from './world.ts';

const maxParticipants = 60;
const joinsPerSecond = 20;

let world: World;
beforeAll(async () => {
  world = await World.start({
    limits: {
      maxParticipants,
      joinsPerSecondPerAddress: joinsPerSecond,
      maxSocketsPerAddress: 32,
      departureGraceMs: 1000,
    },
  });
});
afterEach(() => world.isUnharmed());
afterAll(() => world.end());

describe('a thousand joins at once', () => {
  /** All of them, and what became of each: `in`, or the status and words of the refusal. */
  const storm = async (addressOf: (i: number) => string, offer?: string) => {
    const tokens = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => world.media.token(`mallory-${i}`, `storm-${i % 50}`)),
    );
    const join = offer === undefined ? {} : { publisherOffer: { type: 'offer', sdp: offer, id: 1 } };
    const path = `/rtc/v1?join_request=${packJoinRequest(join)}`;
    const startedAtMs = performance.now();
    const counts = new Map<string, number>();
    const sockets: Socket[] = [];
    const answered = new Set<Socket>();
    for (let i = 0; i < 1000; i++) {
      // No client library: its own work would be taken for the server's.
      const socket = connect(world.media.port, '127.0.0.1');
      sockets.push(socket);
      let heard = '';
      socket.setEncoding('latin1').on('data', (text: string) => {
        if (heard.length < 1000) heard += text;
      });
      socket.on('error', () => {});
      const onAnswer = (): void => {
        if (answered.has(socket)) return;
        answered.add(socket);
        const [head = '', body = ''] = heard.split('\r\n\r\n');
        const what = head.startsWith('HTTP/1.1 101') ? 'in' : `${head.slice(9, 12)} ${body}`.trim();
        counts.set(what, (counts.get(what) ?? 0) + 1);
      };
      socket.on('data', onAnswer);
      socket.once('close', onAnswer);
      socket.write(
        `GET ${path}&access_token=${tokens[i]} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${addressOf(i)}\r\n` +
          'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      if (i % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    let mostPresent = 0;
    const look = () => {
      mostPresent = Math.max(mostPresent, world.media.server.rooms.counts.participants);
      return answered.size === sockets.length;
    };
    await eventually('an answer to everybody', look);
    const seconds = (performance.now() - startedAtMs) / 1000;
    await world.call.goesOn();
    for (const socket of sockets) socket.destroy();
    await eventually('all of them being gone', () => sockets.every(({ closed }) => closed));
    return { counts, seconds, mostPresent };
  };

  it('from one address, whatever it writes before its own, are refused but for the rate', async () => {
    const { counts, seconds } = await storm((i) => `10.0.${i % 256}.1, 203.0.113.9`);
    expect(counts.get('in')).toBeGreaterThan(0);
    expect(counts.get('in')).toBeLessThanOrEqual(joinsPerSecond * (1 + seconds));
    expect([...counts.keys()].filter((what) => what !== 'in' && !what.startsWith('429 too many'))).toEqual(
      [],
    );
  });

  it('from a thousand addresses, each with an offer, are refused but for the seats', async () => {
    const sections = [{ mid: '0', kind: 'audio', direction: 'recvonly' }] as const;
    const offer = writeRawSdp(sections, {
      iceUfrag: 'evil',
      icePassword: 'x'.repeat(24),
      fingerprint: { algorithm: 'sha-256', value: Array(32).fill('AA').join(':') },
      setup: 'actpass',
      candidates: ['candidate:1 1 udp 2114977791 127.0.0.1 9 typ host'],
    });
    const { counts, mostPresent } = await storm((i) => `203.0.${i >> 8}.${i % 256}`, offer);
    // Connections beyond what the seats can need are not taken at all.
    const known = ['in', '503 node has exceeded its configured limit', ''];
    expect([...counts.keys()].filter((what) => !known.includes(what))).toEqual([]);
    expect(counts.get('in')).toBeGreaterThan(0);
    expect(mostPresent).toBeLessThanOrEqual(maxParticipants);
  });
});

describe('one in the same room who', () => {
  const heardBytes = (client: RawClient, from: number) =>
    client.heard
      .slice(from)
      .reduce((sum, message) => sum + (message.case === 'update' ? message.value.toBinary().length : 0), 0);

  /** Says it as often as signalling allows, for a second, to the ears of the two that talk. */
  const shout = async (metadata: string, say: (client: RawClient, i: number) => void) => {
    const { listener } = world.call;
    const client = await world.enter('mallory', 'call', { canUpdateOwnMetadata: true });
    if (metadata !== '') client.say({ case: 'updateMetadata', value: { metadata } });
    await client.publish('audio', 0x66);
    const from = listener.heard.length;
    for (let i = 0; i < 90; i++) say(client, i);
    client.say({ case: 'pingReq', value: { timestamp: 1n, rtt: 0n } });
    // More than the socket takes at once may also cost it the socket.
    await Promise.race([client.told('pongResp'), client.closed]);
    await client.leave();
    const gone = () =>
      listener
        .all('update')
        .some(({ participants }) => participants.some(({ sid, state }) => sid === client.sid && state === 3));
    await listener.until('the end of it', gone);
    return heardBytes(listener, from);
  };

  it('changes a large metadata all the time is told of now and then', async () => {
    const bytes = await shout('', (client, i) =>
      client.say({ case: 'updateMetadata', value: { metadata: `${i}${'x'.repeat(60_000)}` } }),
    );
    expect(bytes).toBeLessThan(1_000_000);
  });

  it('sends data as fast as it can is dropped beyond its rate', async () => {
    const client = await world.enter('mallory', 'call');
    const tiny = new DataPacket({ value: { case: 'user', value: { payload: new Uint8Array(1) } } });
    const large = new DataPacket({ value: { case: 'user', value: { payload: new Uint8Array(60_000) } } });
    const untilMs = performance.now() + 1000;
    while (performance.now() < untilMs) {
      for (let i = 0; i < 50; i++) client.sendData(tiny, 'lossy');
      client.sendData(large, 'reliable');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.leave();
  });

  it('offers as fast and as much as it can is not in the way', async () => {
    const client = await world.enter('mallory', 'call');
    for (let i = 0; i < 150; i++) {
      client.sections.push({ mid: `x${i}`, kind: i % 2 === 0 ? 'audio' : 'video', direction: 'sendrecv' });
    }
    for (let i = 0; i < 90; i++) client.offer();
    client.say({ case: 'pingReq', value: { timestamp: 1n, rtt: 0n } });
    await Promise.race([client.told('pongResp'), client.closed]);
    await client.leave();
  });

  it('sends media as fast as it can reaches only who takes it', async () => {
    const client = await world.enter('mallory', 'call');
    await client.publish('audio', 0x67);
    const payload = Buffer.alloc(1000);
    for (let i = 0; i < 5000; i++) {
      // Half of it under SSRCs that were never offered, each another one.
      const ssrc = i % 2 === 0 ? 0x67 : 0x10_0000 + i;
      client.sendPacket(
        writeRtp({
          payloadType: rawPayloadTypes.opus,
          marker: false,
          sequenceNumber: (i >> 1) & 0xffff,
          timestamp: i * 960,
          ssrc,
          payload,
        }),
      );
      if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await client.leave();
  });
});

describe('a client that', () => {
  it('does not read what is told it is cut off, and keeps nobody waiting', async () => {
    const { server } = world.media;
    const client = await world.enter('mallory', 'elsewhere', { canUpdateOwnMetadata: true });
    client.socket.pause();
    const cutOff = async () => {
      const metrics = await (await fetch(`${world.media.httpUrl}/metrics`)).text();
      return Number(/^naer_media_sockets_expelled_total\{why="slow"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
    };
    const before = await cutOff();
    // Each is told to itself at once, until more waits than may; said no faster than anybody may speak.
    const metadata = 'x'.repeat(60_000);
    for (let second = 0; second < 60 && server.open.sockets === 3; second++) {
      for (let i = 0; i < 90; i++) {
        client.say({ case: 'updateMetadata', value: { metadata: `${second} ${i} ${metadata}` } });
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    expect(await cutOff()).toBe(before + 1);
    await client.vanish();
  });

  it('is gone with its socket reset and its media silent leaves after the grace', async () => {
    const client = await world.enter('mallory');
    client.socket.terminate();
    await client.closed;
    await eventually('leaving', () => world.media.server.rooms.counts.participants === 2);
    await client.vanish();
  });
});
