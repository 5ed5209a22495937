// Two transports of ours that call each other, for the tests of what lies on them.
import type {
  DataChannel,
  Transport,
  TransportDescription,
  TransportFactory,
  TransportState,
} from '../transport/transport.ts';

/** A transport with everything that it told its owner, and a way to await it. */
export interface RecordedTransport {
  readonly transport: Transport;
  readonly packets: Buffer[];
  readonly states: TransportState[];
  readonly channels: DataChannel[];
  readonly openChannels: DataChannel[];
  readonly messages: { readonly label: string; readonly bytes: Buffer }[];
  /** Resolves as soon as the condition holds; looks again whenever something is told. Rejects after `timeoutMs`. */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>;
}

export function recordTransport(factory: TransportFactory): RecordedTransport {
  const waiting = new Set<() => void>();
  const told = (): void => {
    for (const look of waiting) look();
  };
  const packets: Buffer[] = [];
  const states: TransportState[] = [];
  const channels: DataChannel[] = [];
  const openChannels: DataChannel[] = [];
  const messages: { label: string; bytes: Buffer }[] = [];
  const transport = factory.create({
    onPacket: (packet) => {
      packets.push(packet);
      told();
    },
    onDataChannel: (channel) => {
      channels.push(channel);
      told();
    },
    onDataChannelOpen: (channel) => {
      openChannels.push(channel);
      told();
    },
    onData: (channel, bytes) => {
      messages.push({ label: channel.label, bytes });
      told();
    },
    onState: (state) => {
      states.push(state);
      told();
    },
  });
  return {
    transport,
    packets,
    states,
    channels,
    openChannels,
    messages,
    until(condition, timeoutMs = 20_000) {
      if (condition()) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const look = (): void => {
          if (!condition()) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`Still waiting for ${condition.toString()} in state ${transport.state}.`));
        }, timeoutMs);
        waiting.add(look);
      });
    },
  };
}

/** Offer and answer, with a change to either on its way if wished. */
export async function negotiate(
  offerer: RecordedTransport,
  answerer: RecordedTransport,
  change: (description: TransportDescription) => TransportDescription = (description) => description,
): Promise<void> {
  const offer = change(await offerer.transport.createOffer());
  // The answerer's checks must not come before its answer does: see `acceptAnswer` of the library's transports.
  const answer = await answerer.transport.acceptOffer({ ...offer, candidates: [] });
  offerer.transport.acceptAnswer(change(answer));
  for (const candidate of offer.candidates) answerer.transport.addRemoteCandidate(candidate);
}

/** Resolves when both are connected. */
export async function connectPair(
  offerer: RecordedTransport,
  answerer: RecordedTransport,
  change?: (description: TransportDescription) => TransportDescription,
): Promise<void> {
  await negotiate(offerer, answerer, change);
  await Promise.all([
    offerer.until(() => offerer.transport.state === 'connected'),
    answerer.until(() => answerer.transport.state === 'connected'),
  ]);
}

/** An RTP packet (RFC 3550) of `length` bytes with the sequence number in its payload too. */
export function rtpPacket(options: {
  readonly sequence: number;
  readonly ssrc?: number;
  readonly payloadType?: number;
  readonly length?: number;
}): Buffer {
  const { sequence, ssrc = 0x1234_5678, payloadType = 96, length = 200 } = options;
  const packet = Buffer.alloc(length, sequence & 0xff);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(payloadType, 1);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE((sequence * 3000) >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}
