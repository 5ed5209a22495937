import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import {
  connectPair,
  negotiate,
  type RecordedTransport,
  recordTransport,
  rtpPacket,
} from '../testing/transport-pair.ts';
import { type Candidate, parseCandidate } from './candidates.ts';
import {
  createTransportFactory,
  maxMessageBytes,
  type TransportFactoryOptions,
} from './datachannel-transport.ts';
import { maxBufferedBytes } from './native-data-channel.ts';
import { nativeCount } from './native-handles.ts';
import type { TransportDescription, TransportFactory } from './transport.ts';

const factories: TransportFactory[] = [];
const errors: unknown[] = [];

function openFactory(options: Partial<TransportFactoryOptions> = {}): TransportFactory {
  const factory = createTransportFactory({
    udpPorts: null,
    singlePort: null,
    bindAddress: '127.0.0.1',
    announcedAddresses: [],
    maxCandidates: 64,
    log: { error: (fields: unknown) => errors.push(fields) },
    ...options,
  });
  factories.push(factory);
  return factory;
}

/** On a port each: a port tells its clients apart by the address they come from. */
function openPair(): { readonly offerer: RecordedTransport; readonly answerer: RecordedTransport } {
  return { offerer: recordTransport(openFactory()), answerer: recordTransport(openFactory()) };
}

/** What a client would offer; nobody is behind it. */
const strangersOffer: TransportDescription = {
  iceUfrag: 'abcd',
  icePassword: 'abcdefghijklmnopqrstuv',
  fingerprint: { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') },
  setup: 'actpass',
  candidates: [],
};

/** Nothing runs on this thread for so long. */
const block = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

async function allNativeGiven(): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (nativeCount() > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(nativeCount()).toBe(0);
}

const candidatesOf = (description: TransportDescription): readonly (Candidate | null)[] =>
  description.candidates.map(parseCandidate);

async function portOf(factory: TransportFactory): Promise<number> {
  const { transport } = recordTransport(factory);
  const [first] = candidatesOf(await transport.createOffer());
  transport.close();
  return first?.port ?? 0;
}

afterEach(async () => {
  await Promise.all(factories.splice(0).map((factory) => factory.close()));
  expect(errors.splice(0)).toEqual([]);
});

describe('two transports', () => {
  it('connect and carry RTP and RTCP both ways, byte for byte, of any SSRC and payload type', async () => {
    const { offerer, answerer } = openPair();
    await connectPair(offerer, answerer);
    expect(offerer.states).toEqual(['connecting', 'connected']);
    const sent = Array.from({ length: 50 }, (_, index) =>
      rtpPacket({
        sequence: index,
        ssrc: 1000 + (index % 7),
        payloadType: 35 + (index % 20),
        length: 12 + index * 20,
      }),
    );
    const pli = Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]);
    for (const packet of [...sent, pli]) {
      expect(offerer.transport.send(packet)).toBe(true);
      expect(answerer.transport.send(packet)).toBe(true);
    }
    await answerer.until(() => answerer.packets.length === 51);
    await offerer.until(() => offerer.packets.length === 51);
    expect(answerer.packets).toEqual([...sent, pli]);
    expect(offerer.packets).toEqual([...sent, pli]);
  });

  it('carry reliable and lossy messages of up to 64 KB both ways', async () => {
    const { offerer, answerer } = openPair();
    const reliable = offerer.transport.openDataChannel('_reliable', 'reliable');
    const lossy = offerer.transport.openDataChannel('_lossy', 'lossy');
    expect(reliable.isOpen).toBe(false);
    expect(reliable.send(Buffer.from('early'))).toBe(false);
    await connectPair(offerer, answerer);
    await answerer.until(() => answerer.openChannels.length === 2);
    await offerer.until(() => offerer.openChannels.length === 2);
    const large = randomBytes(65_536);
    expect(reliable.send(large)).toBe(true);
    await answerer.until(() => answerer.messages.length === 1);
    expect(lossy.send(Buffer.from('small'))).toBe(true);
    await answerer.until(() => answerer.messages.length === 2);
    expect(answerer.messages).toEqual([
      { label: '_reliable', bytes: large },
      { label: '_lossy', bytes: Buffer.from('small') },
    ]);
    for (const channel of answerer.channels) expect(channel.send(large)).toBe(true);
    await offerer.until(() => offerer.messages.length === 2);
    expect(offerer.messages.map(({ label }) => label).toSorted()).toEqual(['_lossy', '_reliable']);
    for (const { bytes } of offerer.messages) expect(bytes.equals(large)).toBe(true);
  });

  it('refuse a message that is larger than the far end takes, or that would be queued beyond the limit', async () => {
    const { offerer, answerer } = openPair();
    const reliable = offerer.transport.openDataChannel('_reliable', 'reliable');
    const lossy = offerer.transport.openDataChannel('_lossy', 'lossy');
    await connectPair(offerer, answerer);
    await offerer.until(() => offerer.openChannels.length === 2);
    expect(reliable.send(Buffer.alloc(maxMessageBytes))).toBe(true);
    expect(reliable.send(Buffer.alloc(maxMessageBytes + 1))).toBe(false);
    const block = Buffer.alloc(60_000);
    for (const channel of [reliable, lossy]) {
      const taken = Array.from({ length: 400 }, () => channel.send(block)).filter(Boolean).length;
      expect(taken).toBeLessThan(400);
      expect(channel.bufferedBytes).toBeLessThanOrEqual(maxBufferedBytes);
    }
  });

  it('tell who answered from where, and how far away it is', async () => {
    const { offerer, answerer } = openPair();
    expect([answerer.transport.selectedPair, answerer.transport.roundTripMs]).toEqual([null, null]);
    await connectPair(offerer, answerer);
    const pair = answerer.transport.selectedPair;
    expect(pair).toEqual({
      local: offerer.transport.selectedPair?.remote,
      remote: offerer.transport.selectedPair?.local,
      remoteType: expect.stringMatching(/^(host|prflx)$/),
    });
    expect(pair?.local).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(answerer.transport.roundTripMs).toBeLessThan(1_000);
  });

  it('connect without data channels where the description has none', async () => {
    const { offerer, answerer } = openPair();
    await connectPair(offerer, answerer, (description) => ({ ...description, dataChannels: false }));
    expect(offerer.transport.send(rtpPacket({ sequence: 1 }))).toBe(true);
    await answerer.until(() => answerer.packets.length === 1);
  });

  it.each(['active', 'passive'] as const)('connect where the far end is %s in DTLS', async (setup) => {
    const { offerer, answerer } = openPair();
    const offer = await offerer.transport.createOffer();
    expect(offer.setup).toBe('actpass');
    const answer = await answerer.transport.acceptOffer({ ...offer, setup, candidates: [] });
    expect(answer.setup).toBe(setup === 'active' ? 'passive' : 'active');
    offerer.transport.acceptAnswer(answer);
    for (const candidate of offer.candidates) answerer.transport.addRemoteCandidate(candidate);
    await answerer.until(() => answerer.transport.state === 'connected');
  });

  it('use candidates that come later, also before the answer they belong to', async () => {
    const { offerer, answerer } = openPair();
    const offer = await offerer.transport.createOffer();
    const answer = await answerer.transport.acceptOffer({ ...offer, candidates: [] });
    for (const candidate of answer.candidates) offerer.transport.addRemoteCandidate(candidate);
    offerer.transport.acceptAnswer({ ...answer, candidates: [] });
    await answerer.until(() => answerer.transport.state === 'connected');
    expect(answerer.transport.selectedPair?.remoteType).toBe('prflx');
  });

  it('connect over IPv6', async () => {
    const offerer = recordTransport(openFactory({ bindAddress: '::1' }));
    const answerer = recordTransport(openFactory({ bindAddress: '::1' }));
    await connectPair(offerer, answerer);
    expect(answerer.transport.selectedPair?.local).toMatch(/^\[::1\]:\d+$/);
  });
});

describe('the ports', () => {
  it('carry fifty clients on one of them without mixing their packets', async () => {
    const server = openFactory();
    const pairs = Array.from({ length: 50 }, () => ({
      here: recordTransport(server),
      there: recordTransport(openFactory()),
    }));
    await Promise.all(pairs.map(({ here, there }) => connectPair(there, here)));
    expect(server.openCount).toBe(50);
    expect(new Set(pairs.map(({ here }) => here.transport.selectedPair?.local)).size).toBe(1);
    for (let round = 0; round < 10; round += 1) {
      for (const [client, { here, there }] of pairs.entries()) {
        there.transport.send(rtpPacket({ sequence: round, ssrc: client }));
        here.transport.send(rtpPacket({ sequence: round, ssrc: 1_000 + client }));
      }
      // All at once would be more than the one socket keeps for a reader that gets no processor meanwhile.
      for (const { here, there } of pairs) {
        await here.until(() => here.packets.length === round + 1);
        await there.until(() => there.packets.length === round + 1);
      }
    }
    for (const [client, { here, there }] of pairs.entries()) {
      expect(new Set(here.packets.map((packet) => packet.readUInt32BE(8)))).toEqual(new Set([client]));
      expect(new Set(there.packets.map((packet) => packet.readUInt32BE(8)))).toEqual(
        new Set([1_000 + client]),
      );
    }
  });

  it('say at once that the single one is in use, and leave the process alone', async () => {
    const singlePort = await portOf(openFactory());
    expect(() => openFactory({ singlePort })).toThrow(`No UDP port for media (${singlePort} on 127.0.0.1)`);
  });

  it('are taken from the range as far as they are free, and clients are spread over them', async () => {
    const taken = await portOf(openFactory());
    const factory = openFactory({ udpPorts: { first: taken, last: taken + 3 } });
    const used = new Set<number | undefined>();
    for (let client = 0; client < 6; client += 1) {
      const { transport } = recordTransport(factory);
      for (const candidate of candidatesOf(await transport.createOffer())) used.add(candidate?.port);
    }
    expect(used).not.toContain(taken);
    expect(used.size).toBeGreaterThan(1);
  });

  it('are free again for this process after close', async () => {
    const first = openFactory();
    const singlePort = await portOf(first);
    await first.close();
    expect(await portOf(openFactory({ singlePort }))).toBe(singlePort);
  });
});

describe('the candidates', () => {
  it('name announced addresses first, of both families, and the gathered ones after them', async () => {
    const factory = openFactory({ bindAddress: null, announcedAddresses: ['198.51.100.7', '2001:db8::7'] });
    const answer = await recordTransport(factory).transport.acceptOffer(strangersOffer);
    const candidates = candidatesOf(answer);
    expect(candidates.slice(0, 2).map((candidate) => candidate?.address)).toEqual([
      '198.51.100.7',
      '2001:db8::7',
    ]);
    expect(candidates.length).toBeGreaterThan(2);
    const priorities = candidates.map((candidate) => candidate?.priority ?? 0);
    expect(priorities).toEqual(priorities.toSorted((a, b) => b - a));
    expect(new Set(candidates.map((candidate) => candidate?.port)).size).toBe(1);
  });

  it('cannot announce what is no address or not of the bound family', () => {
    expect(() => openFactory({ announcedAddresses: ['media.example'] })).toThrow('cannot be announced');
    expect(() => openFactory({ announcedAddresses: ['2001:db8::7'] })).toThrow('cannot be announced');
  });
});

describe('closing', () => {
  it('works in every state, twice, and no callback comes after it', async () => {
    const factory = openFactory();
    const fresh = recordTransport(factory);
    const offered = recordTransport(factory);
    const accepted = recordTransport(factory);
    await offered.transport.createOffer();
    const pending = accepted.transport.acceptOffer({
      ...strangersOffer,
      candidates: ['candidate:1 1 udp 1 127.0.0.1 9 typ host'],
    });
    const { offerer, answerer } = openPair();
    const channel = offerer.transport.openDataChannel('_reliable', 'reliable');
    await connectPair(offerer, answerer);
    await pending;
    expect(factory.openCount).toBe(3);
    const all = [fresh, offered, accepted, offerer];
    const told = (): number[] =>
      all.map(
        ({ packets, states, channels, messages }) =>
          packets.length + states.length + channels.length + messages.length,
      );
    answerer.transport.send(rtpPacket({ sequence: 1 }));
    for (const { transport } of all) {
      transport.close();
      transport.close();
      expect(transport.state).toBe('closed');
      expect(transport.send(rtpPacket({ sequence: 1 }))).toBe(false);
      expect([transport.roundTripMs, transport.selectedPair]).toEqual([null, null]);
      transport.addRemoteCandidate('candidate:1 1 udp 1 127.0.0.1 9 typ host');
      await expect(transport.createOffer()).rejects.toMatchObject({ code: 'failed_precondition' });
      expect(() => transport.openDataChannel('late', 'lossy')).toThrow('closed');
    }
    const before = told();
    expect(channel.send(Buffer.from('late'))).toBe(false);
    expect(factory.openCount).toBe(0);
    await answerer.until(() => answerer.transport.state === 'closed');
    expect(answerer.states).toEqual(['connecting', 'connected', 'disconnected', 'closed']);
    expect(told()).toEqual(before);
  });

  it('gives every native object back, also where the far end closes', async () => {
    const server = openFactory();
    const pairs = Array.from({ length: 5 }, () => ({
      here: recordTransport(server),
      there: recordTransport(openFactory()),
    }));
    await Promise.all(
      pairs.map(({ here, there }) => {
        there.transport.openDataChannel('_reliable', 'reliable');
        return connectPair(there, here);
      }),
    );
    recordTransport(server).transport.close();
    for (const { there } of pairs) there.transport.close();
    for (const { here } of pairs) {
      await here.until(() => here.transport.state === 'closed');
      here.transport.close();
    }
    await allNativeGiven();
  });

  it('gives a data channel back that ended before anybody heard of it', async () => {
    const [here, there] = [recordTransport(openFactory()), recordTransport(openFactory())];
    there.transport.openDataChannel('_reliable', 'reliable');
    await connectPair(there, here);
    await here.until(() => here.channels.length === 1);
    there.transport.openDataChannel('late', 'reliable');
    // The library's threads go on, and nobody is told of anything.
    block(200);
    there.transport.close();
    block(200);
    await here.until(() => here.transport.state === 'closed');
    here.transport.close();
    await allNativeGiven();
  });

  it('gives every native object back where the far end never answered, or answered and never came', async () => {
    const server = openFactory();
    const { transport: unanswered } = recordTransport(server);
    unanswered.openDataChannel('_reliable', 'reliable');
    unanswered.openDataChannel('_lossy', 'lossy');
    await unanswered.createOffer();
    const { transport: offering } = recordTransport(openFactory());
    offering.openDataChannel('_reliable', 'reliable');
    const { transport: answering } = recordTransport(server);
    await answering.acceptOffer({ ...(await offering.createOffer()), candidates: [] });
    expect(nativeCount()).toBeGreaterThan(0);
    for (const transport of [unanswered, offering, answering]) transport.close();
    await allNativeGiven();
  });

  it('is possible from within a callback', async () => {
    const { offerer } = openPair();
    const closing = openFactory().create({
      onPacket: () => closing.close(),
      onDataChannel: () => {},
      onDataChannelOpen: () => {},
      onData: () => {},
      onState: () => {},
    });
    const offer = await offerer.transport.createOffer();
    offerer.transport.acceptAnswer(await closing.acceptOffer({ ...offer, candidates: [] }));
    await offerer.until(() => offerer.transport.state === 'connected');
    for (let sequence = 0; sequence < 20; sequence += 1) offerer.transport.send(rtpPacket({ sequence }));
    await offerer.until(() => offerer.transport.state === 'closed');
    expect(closing.state).toBe('closed');
  });

  it('lets a process end by itself', async () => {
    const script = `
      import { createTransportFactory } from '${new URL('./datachannel-transport.ts', import.meta.url).href}';
      const options = { udpPorts: null, singlePort: null, bindAddress: '127.0.0.1', announcedAddresses: [], maxCandidates: 9, log: console };
      const factories = [createTransportFactory(options), createTransportFactory(options)];
      const connected = [];
      const [a, b] = factories.map((factory) => {
        let onState;
        connected.push(new Promise((resolve) => { onState = (state) => state === 'connected' && resolve(); }));
        return factory.create({ onState, onPacket() {}, onDataChannel() {}, onDataChannelOpen() {}, onData() {} });
      });
      a.openDataChannel('x', 'reliable');
      a.acceptAnswer(await b.acceptOffer({ ...(await a.createOffer()), candidates: [] }));
      await Promise.all(connected);
      for (const factory of factories) await factory.close();
      console.log('closed');
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      {
        timeout: 30_000,
      },
    );
    expect(stdout).toBe('closed\n');
  });

  it('keeps nothing of what came at the very end and nobody was told of', async () => {
    const script = `
      import { createTransportFactory } from '${new URL('./datachannel-transport.ts', import.meta.url).href}';
      import { connectPair, recordTransport, rtpPacket } from '${new URL('../testing/transport-pair.ts', import.meta.url).href}';
      const options = { udpPorts: null, singlePort: null, bindAddress: '127.0.0.1', announcedAddresses: [], maxCandidates: 9, log: console };
      const factories = [createTransportFactory(options), createTransportFactory(options)];
      const packets = Array.from({ length: 400 }, (_, sequence) => rtpPacket({ sequence, length: 1200 }));
      const leave = async (times) => {
        for (let time = 0; time < times; time += 1) {
          const [here, there] = factories.map(recordTransport);
          await connectPair(here, there, (description) => ({ ...description, dataChannels: false }));
          for (const packet of packets) here.transport.send(packet);
          // The library's threads receive them while this one, who would be told, is busy.
          const busyUntil = performance.now() + 10;
          while (performance.now() < busyUntil);
          for (const { transport } of [there, here]) transport.close();
        }
        gc();
        return process.memoryUsage.rss();
      };
      const before = await leave(10);
      const after = await leave(30);
      for (const factory of factories) await factory.close();
      console.log(after - before);
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', '--input-type=module', '--eval', script],
      { timeout: 60_000 },
    );
    // All that came in thirty times is 14 MB.
    expect(Number(stdout)).toBeLessThan(6e6);
  });
});

describe('hostile input', () => {
  it('is refused where a description is malformed, above all where it would write lines of its own', async () => {
    const bad: Partial<TransportDescription>[] = [
      { iceUfrag: 'abcd\r\na=setup:active' },
      { iceUfrag: 'abc' },
      { icePassword: 'short' },
      { icePassword: `${'a'.repeat(300)}` },
      { fingerprint: { algorithm: 'sha-256\r\na=x', value: strangersOffer.fingerprint.value } },
      { fingerprint: { algorithm: 'md5', value: Array.from({ length: 16 }, () => 'AB').join(':') } },
      { fingerprint: { algorithm: 'sha-256', value: 'AB:CD' } },
      { maxMessageSize: -1 },
      { maxMessageSize: Number.NaN },
    ];
    const factory = openFactory();
    for (const part of bad) {
      const { transport } = recordTransport(factory);
      await expect(transport.acceptOffer({ ...strangersOffer, ...part })).rejects.toMatchObject({
        code: 'invalid_argument',
      });
    }
    const { transport } = recordTransport(factory);
    await transport.createOffer();
    expect(() => transport.acceptAnswer(strangersOffer)).toThrow('choose who opens DTLS');
  });

  it('is refused where descriptions come out of turn', async () => {
    const { transport } = recordTransport(openFactory());
    const answer: TransportDescription = { ...strangersOffer, setup: 'active' };
    expect(() => transport.acceptAnswer(answer)).toThrow('out of turn');
    await transport.acceptOffer(strangersOffer);
    await expect(transport.acceptOffer(strangersOffer)).rejects.toMatchObject({
      code: 'failed_precondition',
    });
    await expect(transport.createOffer()).rejects.toMatchObject({ code: 'failed_precondition' });
    expect(() => transport.acceptAnswer(answer)).toThrow('out of turn');
  });

  it('does not connect with a certificate other than the one it announced', async () => {
    const { offerer, answerer } = openPair();
    await negotiate(offerer, answerer, (description) =>
      description.setup === 'actpass'
        ? { ...description, fingerprint: strangersOffer.fingerprint }
        : description,
    );
    await answerer.until(() => answerer.transport.state === 'failed');
    expect(answerer.states).not.toContain('connected');
    expect(answerer.transport.send(rtpPacket({ sequence: 1 }))).toBe(false);
    answerer.transport.close();
  });

  it('may be ten thousand candidates and garbage, and still the right one connects', async () => {
    const { offerer, answerer } = openPair();
    const started = performance.now();
    await connectPair(offerer, answerer, (description) => ({
      ...description,
      candidates: [
        'garbage',
        'candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype active',
        'candidate:1 1 udp 1 7f2c.local 9 typ host',
        'candidate:1 1 udp 99999999999 127.0.0.1 9 typ host',
        ...description.candidates,
        ...Array.from(
          { length: 10_000 },
          (_, index) => `candidate:1 1 udp 1 127.0.0.1 ${index + 1} typ host`,
        ),
      ],
    }));
    expect(performance.now() - started).toBeLessThan(10_000);
    for (let index = 0; index < 10_000; index += 1)
      answerer.transport.addRemoteCandidate('a='.repeat(index % 99));
  });

  it('from strangers on the port is passed over', async () => {
    const { offerer, answerer } = openPair();
    await connectPair(offerer, answerer);
    const port = Number(answerer.transport.selectedPair?.local.split(':')[1]);
    const stranger = createSocket('udp4');
    stranger.connect(port, '127.0.0.1');
    await once(stranger, 'connect');
    const stunHeader = Buffer.from('000100002112a442', 'hex');
    for (let index = 0; index < 300; index += 1) {
      stranger.send(
        index % 3 === 0 ? Buffer.concat([stunHeader, randomBytes(index)]) : randomBytes(1 + index * 4),
      );
    }
    offerer.transport.send(rtpPacket({ sequence: 7 }));
    await answerer.until(() => answerer.packets.length === 1);
    expect(answerer.packets).toEqual([rtpPacket({ sequence: 7 })]);
    stranger.close();
  });

  it('cannot open data channels without end', async () => {
    const { offerer, answerer } = openPair();
    const labels = [
      'x'.repeat(1_000),
      ...Array.from({ length: 40 }, (_, index) => `channel ${index}`),
      'last',
    ];
    const opened = labels.map((label) => offerer.transport.openDataChannel(label, 'reliable'));
    await connectPair(offerer, answerer);
    await answerer.until(() => answerer.channels.length === 16);
    const welcome = answerer.channels.at(-1)?.label;
    const channel = opened.find(({ label }) => label === welcome);
    await offerer.until(() => channel?.isOpen === true);
    channel?.send(Buffer.from('hello'));
    await answerer.until(() => answerer.messages.length === 1);
    expect(answerer.channels).toHaveLength(16);
    expect(answerer.channels.every(({ label }) => label.length < 20)).toBe(true);
  });

  it('that makes the owner fail costs one client its connection', async () => {
    const { offerer, answerer } = openPair();
    const failing = openFactory().create({
      onPacket: () => {
        throw new Error('a fault of ours');
      },
      onDataChannel: () => {},
      onDataChannelOpen: () => {},
      onData: () => {},
      onState: () => {},
    });
    const offer = await offerer.transport.createOffer();
    offerer.transport.acceptAnswer(await failing.acceptOffer({ ...offer, candidates: [] }));
    await offerer.until(() => offerer.transport.state === 'connected');
    offerer.transport.send(rtpPacket({ sequence: 1 }));
    await offerer.until(() => offerer.transport.state === 'closed');
    expect(errors.splice(0)).toHaveLength(1);
    expect(answerer.transport.state).toBe('new');
  });

  it('to send is refused: too short, too long, no RTP', async () => {
    const { offerer, answerer } = openPair();
    expect(offerer.transport.send(rtpPacket({ sequence: 1 }))).toBe(false);
    await connectPair(offerer, answerer);
    for (const packet of [Buffer.alloc(0), Buffer.alloc(7), Buffer.alloc(70_000), Buffer.alloc(20, 0x40)]) {
      expect(offerer.transport.send(packet)).toBe(false);
    }
  });
});
