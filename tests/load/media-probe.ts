import { packJoinRequest, parseRtp, RawClient, rawPayloadTypes, writeRtp } from '@naer/media-server/testing';
import { joinToken } from './join-token.ts';

const everyMs = 20;
const payloadBytes = 80;
const firstSsrc = 0x1ead_0001;
const connectLimitMs = 20_000;

export interface ProbeReport {
  readonly sent: number;
  readonly received: number;
  /** One way, of every packet: from handing it to the transport here until it came out of the other one. */
  readonly delaysMs: readonly number[];
}

/**
 * A call of two clients without codecs and jitter buffers, so that what a media packet takes through the server is seen
 * and nothing else: sound packets, fifty a second, each with the time at which it was sent.
 */
export class MediaProbe {
  readonly #speaker: RawClient;
  readonly #listener: RawClient;
  readonly #delaysMs: number[] = [];
  #timer: NodeJS.Timeout | null = null;
  #sent = 0;
  #number = 0;

  private constructor(speaker: RawClient, listener: RawClient) {
    this.#speaker = speaker;
    this.#listener = listener;
  }

  static async start(url: string): Promise<MediaProbe> {
    const speaker = await enter(url, 'probe-speaker');
    const listener = await enter(url, 'probe-listener');
    const probe = new MediaProbe(speaker, listener);
    await speaker.publish('audio', firstSsrc);
    listener.onRtp = (packet) => probe.#hear(packet);
    probe.#timer = setInterval(() => probe.#speak(), everyMs);
    await listener.until('being heard', () => probe.#delaysMs.length > 0, connectLimitMs);
    return probe;
  }

  /** What was measured since this was asked last. */
  take(): ProbeReport {
    const report = { sent: this.#sent, received: this.#delaysMs.length, delaysMs: this.#delaysMs.splice(0) };
    this.#sent = 0;
    return report;
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await Promise.all([this.#speaker.leave(), this.#listener.leave()]);
  }

  #speak(): void {
    const payload = Buffer.alloc(payloadBytes);
    payload.writeBigUInt64BE(process.hrtime.bigint());
    this.#number += 1;
    this.#sent += 1;
    this.#speaker.sendPacket(
      writeRtp({
        payloadType: rawPayloadTypes.opus,
        marker: false,
        sequenceNumber: this.#number & 0xffff,
        timestamp: (this.#number * 960) >>> 0,
        ssrc: firstSsrc,
        payload,
      }),
    );
  }

  #hear(packet: Buffer): void {
    const parsed = parseRtp(packet);
    if (parsed?.payloadLength !== payloadBytes) return;
    this.#delaysMs.push(Number(process.hrtime.bigint() - parsed.payload.readBigUInt64BE(0)) / 1e6);
  }
}

async function enter(url: string, identity: string): Promise<RawClient> {
  const request = packJoinRequest();
  // LiveKit wants the padding that ours does without.
  const padded = request.padEnd(Math.ceil(request.length / 4) * 4, '=');
  const token = await joinToken('probe', identity);
  const client = RawClient.at(`/rtc/v1?join_request=${encodeURIComponent(padded)}`, { url, token });
  await client.opened;
  const connected = client.connectMedia();
  // LiveKit tells its addresses apart from its answer, and only once.
  await client.until('an answer', () => client.all('answer').length > 0, connectLimitMs);
  const added = new Set<string>();
  const addAddresses = () => {
    for (const { candidateInit } of client.all('trickle')) {
      const candidate = readCandidate(candidateInit);
      if (candidate === null || added.has(candidate)) continue;
      added.add(candidate);
      client.transport?.addRemoteCandidate(candidate);
    }
    return client.transport?.state === 'connected';
  };
  await Promise.all([client.until('a way to the server', addAddresses, connectLimitMs), connected]);
  return client;
}

function readCandidate(init: string): string | null {
  const { candidate } = JSON.parse(init) as { readonly candidate?: string };
  return candidate === undefined || candidate === '' ? null : candidate;
}
