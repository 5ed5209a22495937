// Links over transports that record what goes out and give what a test brings, and clients that speak SDP and RTP.
import { vi } from 'vitest';
import type { Clock } from '../../clock.ts';
import { defaultLimits, type Limits } from '../../limits.ts';
import type { ServerMessage } from '../../protocol/server-messages.ts';
import { isRtcp, parseRtp, type RtpPacket, writeRtp } from '../../rtp/packet.ts';
import { parseRtcp, type RtcpPacket } from '../../rtp/rtcp.ts';
import { type Description, parseDescription } from '../../sdp/description.ts';
import { extensionUris } from '../../sdp/extensions.ts';
import type {
  DataChannel,
  Transport,
  TransportDescription,
  TransportEvents,
  TransportFactory,
  TransportState,
} from '../../transport/transport.ts';
import type { AnnouncedTrack, MediaLink, MediaLinks, MediaSource } from '../link.ts';
import { createMediaLinks } from './create-media-links.ts';

const fingerprint = { algorithm: 'sha-256', value: new Array(32).fill('AB').join(':') };

export class FakeChannel implements DataChannel {
  readonly label: string;
  readonly sent: Uint8Array[] = [];
  isOpen = true;
  bufferedBytes = 0;
  /** Takes nothing, as a client that does not read. */
  isFull = false;

  constructor(label: string) {
    this.label = label;
  }

  send(bytes: Uint8Array): boolean {
    if (!this.isOpen || this.isFull) return false;
    this.sent.push(bytes);
    return true;
  }
}

export class FakeTransport implements Transport {
  readonly events: TransportEvents;
  readonly sent: Buffer[] = [];
  readonly channels: FakeChannel[] = [];
  readonly remoteCandidates: string[] = [];
  readonly roundTripMs = 20;
  readonly selectedPair = null;
  readonly onClose: () => void;
  answered: TransportDescription | null = null;
  /** Throws at each packet, as no transport should. */
  isBroken = false;
  state: TransportState = 'new';

  constructor(events: TransportEvents, onClose: () => void) {
    this.events = events;
    this.onClose = onClose;
  }

  async acceptOffer(): Promise<TransportDescription> {
    return { iceUfrag: 'ours', icePassword: 'p'.repeat(24), fingerprint, setup: 'passive', candidates: [] };
  }

  async createOffer(): Promise<TransportDescription> {
    return { iceUfrag: 'ours', icePassword: 'p'.repeat(24), fingerprint, setup: 'actpass', candidates: [] };
  }

  acceptAnswer(remote: TransportDescription): void {
    this.answered = remote;
  }

  addRemoteCandidate(candidate: string): void {
    this.remoteCandidates.push(candidate);
  }

  openDataChannel(label: string, _reliability?: 'reliable' | 'lossy'): DataChannel {
    const channel = new FakeChannel(label);
    this.channels.push(channel);
    return channel;
  }

  send(packet: Buffer): boolean {
    if (this.isBroken) throw new Error('broken');
    this.sent.push(packet);
    return true;
  }

  become(state: TransportState): void {
    if (this.state === 'closed') return;
    this.state = state;
    this.events.onState(state);
  }

  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.onClose();
  }

  /** Media packets sent since the last call. */
  takeRtp(): RtpPacket[] {
    const packets: RtpPacket[] = [];
    for (const buffer of this.sent.filter((each) => !isRtcp(each))) {
      const packet = parseRtp(buffer);
      if (packet !== null) packets.push(packet);
    }
    this.sent.splice(0, this.sent.length, ...this.sent.filter(isRtcp));
    return packets;
  }

  takeRtcp(): RtcpPacket[] {
    const parts = this.sent.filter(isRtcp).flatMap(parseRtcp);
    this.sent.splice(0, this.sent.length, ...this.sent.filter((each) => !isRtcp(each)));
    return parts;
  }
}

/** One section of a client's offer, in Chrome's numbers. */
export interface OfferedSection {
  readonly mid: string;
  readonly kind: 'audio' | 'video' | 'application';
  readonly direction: 'sendonly' | 'recvonly' | 'inactive';
  readonly track?: string;
  readonly rids?: readonly string[];
  readonly ssrcs?: readonly number[];
  readonly codecs?: readonly string[];
}

export const ids = { mid: 1, rid: 2, repairedRid: 3, transportSequence: 4, audioLevel: 5 } as const;
export const payloadTypes = { opus: 111, vp8: 96, vp8Rtx: 97, h264: 102, h264Rtx: 103 } as const;

const codecLines: Readonly<Record<string, readonly string[]>> = {
  vp8: ['a=rtpmap:96 VP8/90000', 'a=rtcp-fb:96 nack pli', 'a=rtpmap:97 rtx/90000', 'a=fmtp:97 apt=96'],
  h264: [
    'a=rtpmap:102 H264/90000',
    'a=fmtp:102 packetization-mode=1;profile-level-id=42e01f',
    'a=rtpmap:103 rtx/90000',
    'a=fmtp:103 apt=102',
  ],
};
const codecNumbers: Readonly<Record<string, string>> = { vp8: '96 97', h264: '102 103' };

/** Who the client is on the wire: made up, or the description of a real transport. */
const madeUp: TransportDescription = {
  iceUfrag: 'them',
  icePassword: 'q'.repeat(24),
  fingerprint,
  setup: 'actpass',
  candidates: [],
};

export function writeClientSdp(
  sections: readonly OfferedSection[],
  of: Partial<TransportDescription> = {},
): string {
  const { iceUfrag, icePassword, fingerprint: print, setup, candidates } = { ...madeUp, ...of };
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0'];
  lines.push(`a=group:BUNDLE ${sections.map(({ mid }) => mid).join(' ')}`);
  for (const section of sections) {
    const codecs = section.codecs ?? ['vp8', 'h264'];
    const formats =
      section.kind === 'application'
        ? 'UDP/DTLS/SCTP webrtc-datachannel'
        : `UDP/TLS/RTP/SAVPF ${section.kind === 'audio' ? '111' : codecs.map((name) => codecNumbers[name]).join(' ')}`;
    lines.push(`m=${section.kind} 9 ${formats}`, 'c=IN IP4 0.0.0.0', `a=ice-ufrag:${iceUfrag}`);
    lines.push(
      `a=ice-pwd:${icePassword}`,
      `a=fingerprint:${print.algorithm} ${print.value}`,
      `a=setup:${setup}`,
    );
    if (section === sections[0]) lines.push(...candidates.map((candidate) => `a=${candidate}`));
    lines.push(`a=mid:${section.mid}`);
    if (section.kind === 'application') {
      lines.push('a=sctp-port:5000');
      continue;
    }
    lines.push(`a=${section.direction}`, 'a=rtcp-mux');
    lines.push(`a=extmap:${ids.mid} ${extensionUris.mid}`, `a=extmap:${ids.rid} ${extensionUris.rid}`);
    lines.push(`a=extmap:${ids.repairedRid} ${extensionUris.repairedRid}`);
    lines.push(`a=extmap:${ids.transportSequence} ${extensionUris.transportSequence}`);
    lines.push(`a=extmap:${ids.audioLevel} ${extensionUris.audioLevel}`);
    if (section.track !== undefined) lines.push(`a=msid:stream ${section.track}`);
    if (section.kind === 'audio') lines.push('a=rtpmap:111 opus/48000/2', 'a=fmtp:111 useinbandfec=1');
    else lines.push(...codecs.flatMap((name) => codecLines[name] ?? []));
    for (const rid of section.rids ?? []) lines.push(`a=rid:${rid} send`);
    if (section.rids !== undefined) lines.push(`a=simulcast:send ${section.rids.join(';')}`);
    for (const ssrc of section.ssrcs ?? []) lines.push(`a=ssrc:${ssrc} cname:x`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

const layerSizes = [
  { quality: 0, width: 320, height: 180 },
  { quality: 1, width: 640, height: 360 },
  { quality: 2, width: 1280, height: 720 },
] as const;

export function announcedTrack(
  sid: string,
  cid: string,
  kind: 'audio' | 'video',
  simulcast = false,
): AnnouncedTrack {
  return {
    sid,
    cid,
    kind,
    source: kind === 'audio' ? 'microphone' : 'camera',
    codecs: kind === 'video' ? [{ codec: 'vp8', cid }] : [],
    layers: kind === 'audio' ? [] : simulcast ? layerSizes : layerSizes.slice(2),
    simulcast,
    stereo: false,
    disableDtx: false,
    disableRed: true,
    encrypted: false,
  };
}

/** A VP8 payload of one packet per frame, without the optional fields of its descriptor. */
export function vp8(keyFrame: boolean, size = 100): Buffer {
  const payload = Buffer.alloc(size, 7);
  payload.set(
    keyFrame ? [0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01] : [0x10, 0x01, 0x02, 0x00],
  );
  return payload;
}

/** One encoder of a client: packets with ascending numbers. */
export class Encoder {
  readonly ssrc: number;
  sequence = 100;
  timestamp = 1_000;
  readonly #payloadType: number;
  readonly #step: number;

  constructor(ssrc: number, payloadType: number) {
    this.ssrc = ssrc;
    this.#payloadType = payloadType;
    this.#step = payloadType === payloadTypes.opus ? 960 : 3_000;
  }

  next(payload: Buffer, extensions: readonly { readonly id: number; readonly text: string }[] = []): Buffer {
    this.sequence++;
    this.timestamp += this.#step;
    return writeRtp({
      payloadType: this.#payloadType,
      marker: true,
      sequenceNumber: this.sequence,
      timestamp: this.timestamp,
      ssrc: this.ssrc,
      extensions: extensions.map(({ id, text }) => ({ id, value: Buffer.from(text, 'latin1') })),
      payload,
    });
  }
}

export class FakeClient {
  readonly link: MediaLink;
  readonly messages: ServerMessage[] = [];
  /** What the link told, in order, as `what sid`. */
  readonly told: string[] = [];
  readonly sources = new Map<string, MediaSource>();
  readonly data: { readonly kind: string; readonly bytes: Buffer }[] = [];
  readonly transports: FakeTransport[];
  #offers = 0;

  constructor(links: MediaLinks, mode: 'v1' | 'v0', sid: string, transports: FakeTransport[]) {
    this.transports = transports;
    this.link = links.create({
      mode,
      participantSid: sid,
      events: {
        send: (message) => this.messages.push(message),
        onConnected: () => this.told.push('connected'),
        onFailed: (why, detail) => this.told.push(`failed ${why}: ${detail}`),
        onFullReconnectNeeded: () => this.told.push('full reconnect'),
        onTrackReady: (trackSid, source, mid) => {
          this.told.push(`ready ${trackSid} ${mid} ${source.mimeType}`);
          this.sources.set(trackSid, source);
        },
        onTrackGone: (trackSid) => this.told.push(`gone ${trackSid}`),
        onSubscribed: (trackSid) => this.told.push(`subscribed ${trackSid}`),
        onSubscriptionFailed: (trackSid, why) => this.told.push(`not subscribed ${trackSid} ${why}`),
        onData: (kind, bytes) => this.data.push({ kind, bytes }),
      },
    });
  }

  get transport(): FakeTransport {
    return this.at(0);
  }

  at(place: number): FakeTransport {
    const transport = this.transports[place];
    if (transport === undefined) throw new Error(`no transport ${place}`);
    return transport;
  }

  source(trackSid: string): MediaSource {
    const source = this.sources.get(trackSid);
    if (source === undefined) throw new Error(`no source ${trackSid}`);
    return source;
  }

  /** Offers and, once the answer came, lets the transport connect. */
  async offer(sections: readonly OfferedSection[]): Promise<Description> {
    this.offerSdp(writeClientSdp(sections));
    await settle();
    return this.lastAnswer();
  }

  offerSdp(sdp: string): void {
    this.#offers++;
    this.link.receive({
      kind: 'offer',
      description: { type: 'offer', sdp, id: this.#offers, midToTrackId: {} },
    });
  }

  lastAnswer(): Description {
    return parseDescription(this.last('answer').sdp, defaultLimits);
  }

  last<C extends ServerMessage['case']>(wanted: C): Values[C] {
    const message = this.messages.findLast((each) => isCase(each, wanted));
    if (message === undefined || !isCase(message, wanted)) throw new Error(`no ${wanted} was sent`);
    return message.value;
  }

  count(wanted: ServerMessage['case']): number {
    return this.messages.filter((message) => message.case === wanted).length;
  }

  send(packet: Buffer, place = 0): void {
    this.at(place).events.onPacket(packet);
  }
}

type Values = { [Message in ServerMessage as Message['case']]: Message['value'] };

function isCase<C extends ServerMessage['case']>(
  message: ServerMessage,
  wanted: C,
): message is Extract<ServerMessage, { case: C; value: Values[C] }> {
  return message.case === wanted;
}

/** Lets promises that are settled already be taken up. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 10; round++) await Promise.resolve();
}

/** Links on a clock that only `pass` moves. Timers are vitest's; `end` gives them back and checks that none is left. */
export class World {
  readonly links: MediaLinks;
  readonly clock: Clock;
  openTransports = 0;
  #nowMs = 10_000;
  #made: FakeTransport[] = [];

  constructor(limits: Partial<Limits> = {}) {
    vi.useFakeTimers();
    this.clock = { wallMs: () => this.#nowMs, mediaMs: () => this.#nowMs };
    const transports: TransportFactory = {
      create: (events) => {
        this.openTransports++;
        const transport = new FakeTransport(events, () => this.openTransports--);
        this.#made.push(transport);
        return transport;
      },
      openCount: 0,
      close: async () => {},
    };
    const log = { warn: (fields: object, message: string) => this.warnings.push({ fields, message }) };
    this.links = createMediaLinks({
      clock: this.clock,
      limits: { ...defaultLimits, ...limits },
      transports,
      log,
    });
  }

  readonly warnings: { readonly fields: object; readonly message: string }[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Its transports are those made from now until the next client is. */
  client(mode: 'v1' | 'v0', sid: string): FakeClient {
    this.#made = [];
    return new FakeClient(this.links, mode, sid, this.#made);
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    while (this.#nowMs < endMs) {
      const step = Math.min(5, endMs - this.#nowMs);
      this.#nowMs += step;
      vi.advanceTimersByTime(step);
    }
  }

  async end(): Promise<{ readonly timers: number; readonly transports: number; readonly links: number }> {
    await this.links.close();
    const left = { timers: vi.getTimerCount(), transports: this.openTransports, links: this.links.openCount };
    vi.useRealTimers();
    return left;
  }
}
