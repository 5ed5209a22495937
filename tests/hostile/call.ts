import {
  DataPacket,
  parseRtp,
  RawClient,
  rawPayloadTypes,
  type TestMediaServer,
  writeRtp,
} from '@naer/media-server/testing';
import { expect } from 'vitest';

const audioEveryMs = 20;
const dataEveryMs = 60;
const audioSsrc = 0x0a0d_0001;
/** Five seconds of speech. Counted in what was said meanwhile: a process that does not get to speak is no silence of the server's. */
const longestSilence = 250;
const mostLost = 0.05;
/** Of fewer packets one or two that UDP lost would be too large a share. */
const heardForShare = 200;
/** What a call in which nothing happens brings over signalling. */
const ordinary = new Set([
  'join',
  'answer',
  'update',
  'roomUpdate',
  'trackPublished',
  'trackSubscribed',
  'connectionQuality',
  'speakersChanged',
  'streamStateUpdate',
  'subscribedQualityUpdate',
  'subscriptionPermissionUpdate',
  'mediaSectionsRequirement',
  'refreshToken',
  'pongResp',
]);

/** Two people whose voices and words go through the server all the while. */
export class Call {
  readonly speaker: RawClient;
  readonly listener: RawClient;
  readonly trackSid: string;
  readonly #timers: NodeJS.Timeout[] = [];
  #sent = 0;
  #said = 0;
  #heardPackets = 0;
  #firstSequence: number | null = null;
  #lastSequence = 0;
  #understood = 0;
  #lastWord = 0;
  #wordsOutOfOrder = 0;
  #sentWhenHeard = 0;
  /** Packets of voice sent while none was heard, at the most. */
  #silence = 0;

  private constructor(speaker: RawClient, listener: RawClient, trackSid: string) {
    this.speaker = speaker;
    this.listener = listener;
    this.trackSid = trackSid;
  }

  static async begin(media: TestMediaServer): Promise<Call> {
    const enter = async (identity: string) => {
      const client = await RawClient.v1({ url: media.url, token: await media.token(identity, 'call') });
      await client.connectMedia();
      return client;
    };
    const [speaker, listener] = [await enter('speaker'), await enter('listener')];
    const call = new Call(speaker, listener, await speaker.publish('audio', audioSsrc));
    call.#start();
    await listener.until('the call being heard', () => call.#heardPackets > 5 && call.#understood > 2);
    call.#silence = 0;
    return call;
  }

  /** More voice and words come through, and since the last time nothing was missing that matters. */
  async goesOn(): Promise<void> {
    const [packets, words] = [this.#heardPackets, this.#understood];
    await this.listener.until(
      'the call going on',
      () => this.#heardPackets >= Math.max(heardForShare, packets + 10) && this.#understood >= words + 3,
    );
    const silence = this.#silence;
    this.#silence = 0;
    expect(silence, 'packets of voice in the longest silence').toBeLessThan(longestSilence);
    expect(this.#wordsOutOfOrder, 'words lost or mixed up').toBe(0);
    const expected = (this.#lastSequence - (this.#firstSequence ?? 0) + 0x10000) % 0x10000;
    expect(1 - this.#heardPackets / Math.max(1, expected), 'share of voice lost').toBeLessThan(mostLost);
    for (const client of [this.speaker, this.listener]) {
      const strange = client.heard.map((message) => message.case).filter((name) => !ordinary.has(name));
      expect(strange, 'what signalling told besides').toEqual([]);
      expect(client.socket.readyState).toBe(client.socket.OPEN);
    }
  }

  async end(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.speaker.leave(), this.listener.leave()]);
  }

  #start(): void {
    this.listener.onRtp = (packet) => this.#onRtp(packet);
    this.listener.onData = (_, packet) => this.#onWord(packet);
    this.#timers.push(setInterval(() => this.#speak(), audioEveryMs));
    this.#timers.push(setInterval(() => this.#say(), dataEveryMs));
    // Signalling is kept up as the official clients do.
    this.#timers.push(
      setInterval(() => {
        const value = { timestamp: BigInt(Date.now()), rtt: 1n };
        for (const client of [this.speaker, this.listener]) client.say({ case: 'pingReq', value });
      }, 1000),
    );
  }

  #speak(): void {
    this.#sent += 1;
    this.speaker.sendPacket(
      writeRtp({
        payloadType: rawPayloadTypes.opus,
        marker: false,
        sequenceNumber: this.#sent & 0xffff,
        timestamp: (this.#sent * 960) >>> 0,
        ssrc: audioSsrc,
        payload: Buffer.alloc(60, this.#sent & 0xff),
      }),
    );
  }

  #say(): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(this.#said, 0);
    const value = { case: 'user', value: { payload: new Uint8Array(payload) } } as const;
    if (this.speaker.sendData(new DataPacket({ value }))) this.#said += 1;
  }

  #onRtp(packet: Buffer): void {
    const parsed = parseRtp(packet);
    if (parsed === null || parsed.payloadLength !== 60) return;
    this.#silence = Math.max(this.#silence, this.#sent - this.#sentWhenHeard);
    this.#sentWhenHeard = this.#sent;
    this.#heardPackets += 1;
    this.#firstSequence ??= parsed.sequenceNumber;
    this.#lastSequence = parsed.sequenceNumber;
  }

  #onWord(packet: DataPacket): void {
    if (packet.value.case !== 'user' || packet.participantIdentity !== 'speaker') return;
    const number = Buffer.from(packet.value.value.payload).readUInt32BE(0);
    if (this.#understood > 0 && number !== this.#lastWord + 1) this.#wordsOutOfOrder += 1;
    this.#lastWord = number;
    this.#understood += 1;
  }
}
