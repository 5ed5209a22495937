import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import {
  connectPair,
  type RecordedTransport,
  recordTransport,
  rtpPacket,
} from '../testing/transport-pair.ts';
import { createTransportFactory, type TransportFactoryOptions } from './datachannel-transport.ts';
import type { TransportFactory } from './transport.ts';

const factories: TransportFactory[] = [];

function openFactory(options: Partial<TransportFactoryOptions> = {}): TransportFactory {
  const factory = createTransportFactory({
    udpPorts: null,
    singlePort: null,
    bindAddress: '127.0.0.1',
    announcedAddresses: [],
    maxCandidates: 64,
    log: { error: () => {} },
    ...options,
  });
  factories.push(factory);
  return factory;
}

/** On a port each: a port tells its clients apart by the address they come from. */
function openPair(): { readonly offerer: RecordedTransport; readonly answerer: RecordedTransport } {
  return { offerer: recordTransport(openFactory()), answerer: recordTransport(openFactory()) };
}

afterEach(async () => {
  await Promise.all(factories.splice(0).map((factory) => factory.close()));
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
    expect(offerer.messages.map(({ label }) => label).sort()).toEqual(['_lossy', '_reliable']);
    for (const { bytes } of offerer.messages) expect(bytes.equals(large)).toBe(true);
  });
});
