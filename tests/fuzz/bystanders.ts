import { parseRtp, RawClient, rawPayloadTypes, writeRtp } from '@naer/media-server/testing';
import type { ServerProcess } from './server-process.ts';

const everyMs = 20;
const ssrc = 0x0b0b_0001;

/** Two who talk while all the rest happens. */
export class Bystanders {
  readonly #speaker: RawClient;
  readonly #listener: RawClient;
  #timers: NodeJS.Timeout[] = [];
  #sent = 0;
  #heard = 0;
  #lastMs = performance.now();
  longestSilenceMs = 0;

  private constructor(speaker: RawClient, listener: RawClient) {
    this.#speaker = speaker;
    this.#listener = listener;
  }

  static async begin(server: ServerProcess): Promise<Bystanders> {
    const enter = async (identity: string) => {
      const client = await RawClient.v1({ url: server.url, token: await server.token(identity, 'call') });
      await client.connectMedia();
      return client;
    };
    const bystanders = new Bystanders(await enter('speaker'), await enter('listener'));
    await bystanders.#start();
    return bystanders;
  }

  /** What is wrong with the call, or null. */
  get complaint(): string | null {
    const silenceMs = performance.now() - this.#lastMs;
    if (silenceMs > 10_000) return `the call has been silent for ${Math.round(silenceMs)} ms`;
    for (const client of [this.#speaker, this.#listener]) {
      if (client.socket.readyState !== client.socket.OPEN) return 'a bystander lost its socket';
      if (client.all('leave').length > 0) return 'a bystander was sent away';
    }
    return null;
  }

  get share(): number {
    return this.#heard / Math.max(1, this.#sent);
  }

  async end(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#speaker.leave(), this.#listener.leave()]);
  }

  async #start(): Promise<void> {
    await this.#speaker.publish('audio', ssrc);
    this.#listener.onRtp = (packet) => {
      if (parseRtp(packet)?.payloadLength !== 50) return;
      const nowMs = performance.now();
      if (this.#heard > 0) this.longestSilenceMs = Math.max(this.longestSilenceMs, nowMs - this.#lastMs);
      this.#lastMs = nowMs;
      this.#heard += 1;
    };
    this.#timers.push(setInterval(() => this.#speak(), everyMs));
    const value = { timestamp: 1n, rtt: 1n };
    this.#timers.push(
      setInterval(() => {
        for (const client of [this.#speaker, this.#listener]) client.say({ case: 'pingReq', value });
      }, 5000),
    );
    await this.#listener.until('the call being heard', () => this.#heard > 3);
  }

  #speak(): void {
    this.#sent += 1;
    this.#speaker.sendPacket(
      writeRtp({
        payloadType: rawPayloadTypes.opus,
        marker: false,
        sequenceNumber: this.#sent & 0xffff,
        timestamp: (this.#sent * 960) >>> 0,
        ssrc,
        payload: Buffer.alloc(50),
      }),
    );
  }
}
