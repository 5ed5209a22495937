// A client that obeys nobody: a real WebSocket and a real transport under hands that say whatever a test wants said, at
// the moment it wants it. Left alone it behaves as the official clients do.
import { gzipSync } from 'node:zlib';
import {
  AddTrackRequest,
  DataPacket,
  DisconnectReason,
  JoinRequest,
  SessionDescription,
  SignalRequest,
  SignalResponse,
  TrackSource,
  TrackType,
  WrappedJoinRequest,
  WrappedJoinRequest_Compression,
} from '@livekit/protocol';
import { type ClientOptions, WebSocket } from 'ws';
import { defaultLimits } from '../limits.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';
import { isRtcp } from '../rtp/packet.ts';
import { parseDescription } from '../sdp/description.ts';
import { remoteTransport } from '../sfu/media/connection.ts';
import { createTransportFactory } from '../transport/datachannel-transport.ts';
import type {
  DataChannel,
  Transport,
  TransportDescription,
  TransportFactory,
} from '../transport/transport.ts';
import { type RawSection, writeRawSdp } from './raw-sdp.ts';

const patienceMs = 20_000;

export type RawMessage = NonNullable<NonNullable<ConstructorParameters<typeof SignalRequest>[0]>['message']>;
type Values = { [Message in ServerMessage as Message['case']]: Message['value'] };
type JoinFields = NonNullable<ConstructorParameters<typeof JoinRequest>[0]>;

export interface RawClientOptions {
  /** `ws://host:port` */
  readonly url: string;
  readonly token: string;
  readonly join?: JoinFields;
  readonly socket?: ClientOptions;
}

/** `join_request` as clients pack it. */
export function packJoinRequest(request: JoinFields = {}): string {
  const wrapped = new WrappedJoinRequest({
    compression: WrappedJoinRequest_Compression.GZIP,
    joinRequest: new Uint8Array(
      gzipSync(new JoinRequest({ connectionSettings: { autoSubscribe: true }, ...request }).toBinary()),
    ),
  });
  return Buffer.from(wrapped.toBinary()).toString('base64url');
}

/** The first three sections that clients of v1 offer of each kind, and data. */
const receiving: readonly RawSection[] = [
  { mid: 'd', kind: 'application', direction: 'sendrecv' },
  { mid: 'a0', kind: 'audio', direction: 'recvonly' },
  { mid: 'v0', kind: 'video', direction: 'recvonly' },
];

export class RawClient {
  readonly socket: WebSocket;
  /** Everything the server said, in order. */
  readonly heard: ServerMessage[] = [];
  /** Frames that were said, for those who want to say them again. */
  readonly said: Buffer[] = [];
  /** Resolves with the code when the socket is gone. */
  readonly closed: Promise<number>;
  /** Resolves when the server has taken the socket; rejects with `status text` where it refused. */
  readonly opened: Promise<void>;
  /** The SSRC under which each subscribed track comes. */
  readonly incoming = new Map<string, number>();
  readonly sections: RawSection[] = [...receiving];
  onRtp: (packet: Buffer) => void = () => {};
  onRtcp: (packet: Buffer) => void = () => {};
  onData: (label: string, packet: DataPacket) => void = () => {};
  /** Offers again whenever the server asks for it. */
  obliging = true;
  transport: Transport | null = null;
  reliable: DataChannel | null = null;
  lossy: DataChannel | null = null;
  #transports: TransportFactory | null = null;
  #local: TransportDescription | null = null;
  #offers = 0;
  #answered = 0;
  readonly #waiting = new Set<() => void>();

  private constructor(path: string, { url, token, socket: options }: RawClientOptions) {
    const separator = path.includes('?') ? '&' : '?';
    this.socket = new WebSocket(`${url}${path}${separator}access_token=${token}`, {
      perMessageDeflate: false,
      ...options,
    });
    const { socket } = this;
    this.opened = new Promise((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
      socket.once('unexpected-response', (_, response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.once('end', () => reject(new Error(`${response.statusCode} ${text}`.trim())));
      });
    });
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        resolve(code);
        this.#look();
      });
    });
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) =>
      this.#hear(Buffer.isBuffer(data) ? data : Buffer.alloc(0), isBinary),
    );
  }

  /** Over `/rtc/v1`; resolves when the socket is open. */
  static async v1(options: RawClientOptions): Promise<RawClient> {
    const client = new RawClient(`/rtc/v1?join_request=${packJoinRequest(options.join)}`, options);
    await client.opened;
    return client;
  }

  /** Over `/rtc` with further parameters; resolves when the socket is open. */
  static async v0(
    options: RawClientOptions,
    parameters = 'protocol=16&auto_subscribe=1',
  ): Promise<RawClient> {
    const client = new RawClient(`/rtc?${parameters}`, options);
    await client.opened;
    return client;
  }

  /** Over any path, resolved or refused by `opened`. */
  static at(path: string, options: RawClientOptions): RawClient {
    return new RawClient(path, options);
  }

  get sid(): string {
    const join = this.heard.find((message) => isCase(message, 'join'));
    if (join === undefined || !isCase(join, 'join')) throw new Error('not joined');
    return join.value.participant?.sid ?? '';
  }

  say(message: RawMessage): void {
    const bytes = Buffer.from(new SignalRequest({ message }).toBinary());
    this.said.push(bytes);
    this.sayBytes(bytes);
  }

  sayBytes(bytes: Buffer | string): void {
    this.socket.send(bytes);
  }

  all<C extends ServerMessage['case']>(wanted: C): Values[C][] {
    return this.heard.filter((message) => isCase(message, wanted)).map((message) => message.value);
  }

  /** The first message of the kind that fits, also of those that came before, from place `after` on. */
  async told<C extends ServerMessage['case']>(
    wanted: C,
    fits: (value: Values[C]) => boolean = () => true,
    after = 0,
  ): Promise<Values[C]> {
    let found: Values[C] | undefined;
    await this.until(`being told ${wanted}`, () => {
      found = this.heard
        .slice(after)
        .filter((message) => isCase(message, wanted))
        .map((message) => message.value)
        .find(fits);
      return found !== undefined;
    });
    if (found === undefined) throw new Error('found and lost');
    return found;
  }

  /** Looks again whenever something happened to this client. */
  until(what: string, condition: () => boolean, limitMs = patienceMs): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const name = (message: ServerMessage): string =>
          isCase(message, 'leave') ? `leave (${DisconnectReason[message.value.reason]})` : message.case;
        const heard = this.heard.map(name).join(' ');
        reject(
          new Error(
            `${what} did not happen; transport ${this.transport?.state}; heard: ${heard.slice(-300)}`,
          ),
        );
      }, limitMs);
      const look = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  /** Opens the transport with data channels; resolves when media may flow. v1 only. */
  async connectMedia(): Promise<void> {
    await this.told('join');
    const transport = this.#createTransport();
    this.reliable = transport.openDataChannel('_reliable', 'reliable');
    this.lossy = transport.openDataChannel('_lossy', 'lossy');
    // Told without addresses: the server cannot begin before its answer is known here, and learns them from our checks.
    this.#local = { ...(await transport.createOffer()), candidates: [] };
    this.offer();
    await this.until('an answer', () => this.#answered > 0);
    await this.until('a connected transport', () => transport.state === 'connected');
    await this.until('open channels', () => this.reliable?.isOpen === true && this.lossy?.isOpen === true);
  }

  /** What the client would say of its transport; only after `connectMedia`. */
  get description(): TransportDescription {
    if (this.#local === null) throw new Error('no transport');
    return this.#local;
  }

  /** Offers the sections as they are; the answer comes on its own. @returns the offer's number */
  offer(): number {
    this.#offers += 1;
    const sdp = writeRawSdp(this.sections, this.description);
    this.say({ case: 'offer', value: new SessionDescription({ type: 'offer', sdp, id: this.#offers }) });
    return this.#offers;
  }

  /** Offers and resolves with the answer that belongs to it. */
  async renegotiate(): Promise<string> {
    const id = this.offer();
    const { sdp } = await this.told('answer', (answer) => answer.id >= id);
    return sdp;
  }

  /** Announces a track, offers a section for it and resolves with its sid: its packets may be sent now. */
  async publish(
    kind: 'audio' | 'video',
    ssrc: number,
    { cid = `${kind}-${ssrc}`, rids }: { readonly cid?: string; readonly rids?: readonly string[] } = {},
  ): Promise<string> {
    this.say({
      case: 'addTrack',
      value: new AddTrackRequest({
        cid,
        type: kind === 'audio' ? TrackType.AUDIO : TrackType.VIDEO,
        source: kind === 'audio' ? TrackSource.MICROPHONE : TrackSource.CAMERA,
        ...(kind === 'video' ? { width: 640, height: 360, simulcastCodecs: [{ codec: 'vp8', cid }] } : {}),
      }),
    });
    const { track } = await this.told('trackPublished', (published) => published.cid === cid);
    this.sections.push({
      mid: `s${this.sections.length}`,
      kind,
      direction: 'sendonly',
      track: cid,
      ...(rids === undefined ? { ssrcs: [ssrc] } : { rids }),
    });
    await this.renegotiate();
    return track?.sid ?? '';
  }

  sendPacket(packet: Buffer): boolean {
    return this.transport?.send(packet) ?? false;
  }

  sendData(packet: DataPacket, kind: 'reliable' | 'lossy' = 'reliable'): boolean {
    return this[kind]?.send(packet.toBinary()) ?? false;
  }

  /** Says goodbye and resolves when nothing is left on this side. */
  async leave(): Promise<void> {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.say({ case: 'leave', value: {} });
      const cut = setTimeout(() => this.socket.terminate(), 3000);
      await this.closed;
      clearTimeout(cut);
    }
    await this.vanish();
  }

  /** Ends without a word. */
  async vanish(): Promise<void> {
    this.transport?.close();
    await this.#transports?.close();
    if (this.socket.readyState !== WebSocket.CLOSED) {
      this.socket.terminate();
      await this.closed;
    }
  }

  #createTransport(): Transport {
    // A port of its own, as every client has: the server tells clients apart by address and port.
    this.#transports = createTransportFactory({
      udpPorts: null,
      singlePort: null,
      bindAddress: '127.0.0.1',
      announcedAddresses: [],
      maxCandidates: defaultLimits.maxCandidates,
      log: { error: () => {} },
    });
    const transport = this.#transports.create({
      onPacket: (packet) => {
        if (isRtcp(packet)) this.onRtcp(packet);
        else this.onRtp(packet);
        this.#look();
      },
      onDataChannel: () => {},
      onDataChannelOpen: () => this.#look(),
      onData: (channel, bytes) => {
        this.onData(channel.label, DataPacket.fromBinary(bytes));
        this.#look();
      },
      onState: () => this.#look(),
    });
    this.transport = transport;
    return transport;
  }

  #hear(bytes: Buffer, isBinary: boolean): void {
    const { message } = isBinary
      ? SignalResponse.fromBinary(bytes)
      : SignalResponse.fromJsonString(bytes.toString('utf8'), { ignoreUnknownFields: true });
    if (message.case === undefined) return;
    this.heard.push(message);
    if (isCase(message, 'answer')) this.#onAnswer(message.value);
    if (isCase(message, 'mediaSectionsRequirement') && this.obliging && this.#local !== null) {
      const { numAudios, numVideos } = message.value;
      for (let i = 0; i < numAudios + numVideos; i++) {
        const kind = i < numAudios ? 'audio' : 'video';
        this.sections.push({ mid: `s${this.sections.length}`, kind, direction: 'recvonly' });
      }
      this.offer();
    }
    this.#look();
  }

  #onAnswer(answer: SessionDescription): void {
    const parsed = parseDescription(answer.sdp, defaultLimits);
    for (const section of parsed.sections) {
      const trackSid = answer.midToTrackId[section.mid];
      const ssrc = section.ssrcs[0]?.ssrc;
      if (trackSid !== undefined && ssrc !== undefined) this.incoming.set(trackSid, ssrc);
    }
    if (this.#answered === 0) this.transport?.acceptAnswer(remoteTransport(parsed));
    this.#answered += 1;
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}

function isCase<C extends ServerMessage['case']>(
  message: ServerMessage,
  wanted: C,
): message is Extract<ServerMessage, { case: C; value: Values[C] }> {
  return message.case === wanted;
}
