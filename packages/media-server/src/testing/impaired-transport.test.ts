import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DataChannel, Transport, TransportEvents, TransportFactory } from '../transport/transport.ts';
import { type ImpairmentChange, impair } from './impaired-transport.ts';

/** A perfect pipe: what is sent is kept, and what the client sends is said by calling the events. */
function perfectFactory(): {
  factory: TransportFactory;
  sent: Buffer[];
  messages: Buffer[];
  client: () => TransportEvents;
} {
  const sent: Buffer[] = [];
  const messages: Buffer[] = [];
  let events: TransportEvents | null = null;
  const factory: TransportFactory = {
    create(given): Transport {
      events = given;
      return {
        state: 'connected',
        acceptOffer: (remote) => Promise.resolve(remote),
        createOffer: () => Promise.reject(new Error('not here')),
        acceptAnswer: () => {},
        addRemoteCandidate: () => {},
        openDataChannel: (label) => channel(label, messages),
        send: (packet) => sent.push(packet) > 0,
        roundTripMs: null,
        selectedPair: null,
        close: () => {},
      };
    },
    openCount: 1,
    close: () => Promise.resolve(),
  };
  return {
    factory,
    sent,
    messages,
    client() {
      if (events === null) throw new Error('no transport yet');
      return events;
    },
  };
}

function channel(label: string, messages: Buffer[]): DataChannel {
  return {
    label,
    isOpen: true,
    bufferedBytes: 0,
    send: (bytes) => messages.push(Buffer.from(bytes)) > 0,
  };
}

function open(rules: ImpairmentChange, seed = 7) {
  const received: Buffer[] = [];
  const data: string[] = [];
  const perfect = perfectFactory();
  const factory = impair(perfect.factory, rules, { seed });
  const transport = factory.create({
    onPacket: (packet) => received.push(packet),
    onDataChannel: () => {},
    onDataChannelOpen: () => {},
    onData: (from, bytes) => data.push(`${from.label} ${bytes.toString()}`),
    onState: () => {},
  });
  return { ...perfect, impaired: factory, transport, received, data };
}

function packet(number: number, length = 125): Buffer {
  const buffer = Buffer.alloc(length);
  buffer.writeUInt32BE(number, 0);
  return buffer;
}

const numbers = (packets: readonly Buffer[]): number[] => packets.map((buffer) => buffer.readUInt32BE(0));

describe('an impaired network', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('passes everything at once, as long as no rule says otherwise', () => {
    const { transport, client, sent, received } = open({});
    transport.send(packet(1));
    client().onPacket(packet(2));
    expect([numbers(sent), numbers(received)]).toEqual([[1], [2]]);
  });

  it('loses the share it is told to, the same packets for the same seed, in one direction only', () => {
    const lose = (seed: number): number[] => {
      const { transport, client, sent, received } = open({ down: { loss: 0.05 } }, seed);
      for (let number = 0; number < 10_000; number += 1) {
        transport.send(packet(number));
        client().onPacket(packet(number));
      }
      expect(received).toHaveLength(10_000);
      return numbers(sent);
    };
    const passed = lose(1);
    expect(passed.length).toBeGreaterThan(9_400);
    expect(passed.length).toBeLessThan(9_600);
    expect(lose(1)).toEqual(passed);
    expect(lose(2)).not.toEqual(passed);
  });

  it('delays by jitter in order, and out of order where it is told so', () => {
    const deliver = (reorders: boolean): number[] => {
      const { client, received } = open({ up: { delayMs: 30, jitterMs: 200, reorders } });
      for (let number = 0; number < 100; number += 1) client().onPacket(packet(number));
      vi.advanceTimersByTime(29);
      expect(received).toHaveLength(0);
      vi.advanceTimersByTime(202);
      expect(received).toHaveLength(100);
      return numbers(received);
    };
    const inOrder = Array.from({ length: 100 }, (_, index) => index);
    expect(deliver(false)).toEqual(inOrder);
    const overtaken = deliver(true);
    expect(overtaken).not.toEqual(inOrder);
    expect(overtaken.toSorted((a, b) => a - b)).toEqual(inOrder);
  });

  it('carries no more than the line bears, queues a little and drops the rest', () => {
    const { transport, sent, impaired } = open({ down: { bitsPerSecond: 100_000, queueBytes: 1_250 } });
    // 125 bytes take 10 ms; ten wait at most.
    for (let number = 0; number < 50; number += 1) transport.send(packet(number));
    vi.advanceTimersByTime(51);
    expect(numbers(sent)).toEqual([0, 1, 2, 3, 4]);
    vi.advanceTimersByTime(1_000);
    expect(sent).toHaveLength(10);
    expect(impaired.counts).toEqual({ passed: 10, lost: 40 });
    impaired.change({ down: { bitsPerSecond: null } });
    transport.send(packet(99));
    expect(numbers(sent).at(-1)).toBe(99);
  });

  it('lets nothing through a cut but keeps reliable data for its end', () => {
    const { transport, client, impaired, sent, received, messages, data } = open({});
    const reliable = transport.openDataChannel('_reliable', 'reliable');
    const lossy = transport.openDataChannel('_lossy', 'lossy');
    impaired.change({ cut: true });
    transport.send(packet(1));
    client().onPacket(packet(2));
    expect(reliable.send(Buffer.from('kept'))).toBe(true);
    expect(reliable.bufferedBytes).toBe(4);
    lossy.send(Buffer.from('gone'));
    client().onData(channel('_reliable', []), Buffer.from('kept too'));
    client().onData(channel('_lossy', []), Buffer.from('gone too'));
    vi.advanceTimersByTime(20_000);
    expect([sent, received, messages, data]).toEqual([[], [], [], []]);
    impaired.change({ cut: false });
    expect(messages.map(String)).toEqual(['kept']);
    expect(data).toEqual(['_reliable kept too']);
    expect(reliable.bufferedBytes).toBe(0);
  });

  it('says nothing more after close', () => {
    const { transport, client, received, sent } = open({ up: { delayMs: 50 }, down: { delayMs: 50 } });
    client().onPacket(packet(1));
    transport.send(packet(2));
    transport.close();
    client().onPacket(packet(3));
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect([received, sent]).toEqual([[], []]);
  });
});
