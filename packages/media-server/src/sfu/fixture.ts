// A media path that records what it is told and fires what a test wants, and clients that keep what they are sent.
import { DataPacket, ServerInfo, TrackInfo, TrackSource, TrackType } from '@livekit/protocol';
import type { Clock } from '../clock.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import type { Access, Grants } from '../protocol/access.ts';
import type { ClientMessage, JoinWish, TrackRequest } from '../protocol/client-messages.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';
import { createRooms, type RoomsOptions } from './create-rooms.ts';
import type {
  AnnouncedTrack,
  LinkStats,
  MediaLink,
  MediaLinkEvents,
  MediaLinks,
  MediaSource,
} from './link.ts';
import type { Attendance, RoomEvent, Rooms, SignalSink } from './rooms.ts';
import type { TrackSetting } from './subscription.ts';

export type Case = ServerMessage['case'];
type Values = { [Message in ServerMessage as Message['case']]: Message['value'] };
export type Value<C extends Case> = Values[C];

export const quietStats: LinkStats = {
  roundTripMs: 20,
  upstreamLoss: 0,
  downstreamLoss: 0,
  upstreamJitterMs: 1,
  downstreamJitterMs: 1,
  downlinkBitsPerSecond: null,
  packetsIn: 0,
  packetsOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  nacksIn: 0,
  nacksOut: 0,
  keyFrameRequestsOut: 0,
  strayPackets: 0,
};

export class FakeSource implements MediaSource {
  readonly trackSid: string;
  readonly kind: 'audio' | 'video';
  readonly mimeType: string;
  level = 127;
  muted = false;
  readonly stats = { packets: 0, bytes: 0, lost: 0, jitterMs: 0, activeLayers: 0, bitsPerSecond: 0 };

  constructor(trackSid: string, kind: 'audio' | 'video') {
    this.trackSid = trackSid;
    this.kind = kind;
    this.mimeType = kind === 'audio' ? 'audio/opus' : 'video/VP8';
  }

  audioLevel(): number {
    return this.level;
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
  }
}

/** What a link was told, and the events that a test fires in its place. */
export class FakeLink implements MediaLink {
  readonly events: MediaLinkEvents;
  readonly announced = new Map<string, AnnouncedTrack>();
  readonly withdrawn: string[] = [];
  readonly subscribed = new Map<
    string,
    { publisherSid: string; stream: string; setting: TrackSetting | null }
  >();
  readonly received: ClientMessage[] = [];
  readonly data: { kind: 'reliable' | 'lossy'; packet: DataPacket }[] = [];
  stats: LinkStats = quietStats;
  isChannelOpen = true;
  isSilent = false;
  /** As one that has no section left: says so from within `subscribe`. */
  refusesSubscriptions = false;
  started = 0;
  resumed = 0;
  downlinkLimit = 0;
  closed = 0;
  /** Thrown by the next call, once. */
  failure: Error | null = null;
  readonly #onClose: () => void;

  constructor(events: MediaLinkEvents, onClose: () => void) {
    this.events = events;
    this.#onClose = onClose;
  }

  start(): void {
    this.#mayFail();
    this.started += 1;
  }

  receive(message: Extract<ClientMessage, { kind: 'offer' | 'answer' | 'trickle' }>): void {
    this.#mayFail();
    this.received.push(message);
  }

  announce(track: AnnouncedTrack): void {
    this.#mayFail();
    this.announced.set(track.sid, track);
  }

  withdraw(trackSid: string): void {
    this.withdrawn.push(trackSid);
  }

  subscribe(wish: { source: MediaSource; publisherSid: string; stream: string }) {
    this.#mayFail();
    const { trackSid } = wish.source;
    if (this.subscribed.has(trackSid)) throw new Error('subscribed twice');
    const entry: { publisherSid: string; stream: string; setting: TrackSetting | null } = {
      publisherSid: wish.publisherSid,
      stream: wish.stream,
      setting: null,
    };
    this.subscribed.set(trackSid, entry);
    if (this.refusesSubscriptions) this.events.onSubscriptionFailed(trackSid, 'limit');
    return {
      trackSid,
      configure: (setting: TrackSetting) => {
        entry.setting = setting;
      },
      stats: { packets: 0, bytes: 0, forwardedQuality: null, wantedQuality: null, paused: false },
    };
  }

  unsubscribe(trackSid: string): void {
    if (!this.subscribed.delete(trackSid)) throw new Error('unsubscribed what was not subscribed');
  }

  sendData(kind: 'reliable' | 'lossy', bytes: Uint8Array): boolean {
    this.#mayFail();
    if (!this.isChannelOpen) return false;
    this.data.push({ kind, packet: DataPacket.fromBinary(bytes) });
    return true;
  }

  resume(): void {
    this.resumed += 1;
  }

  limitDownlink(bitsPerSecond: number): void {
    this.downlinkLimit = bitsPerSecond;
  }

  close(): void {
    if (this.closed === 0) this.#onClose();
    this.closed += 1;
  }

  #mayFail(): void {
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure;
  }
}

export class FakeLinks implements MediaLinks {
  readonly bySid = new Map<string, FakeLink>();
  openCount = 0;

  create(options: Parameters<MediaLinks['create']>[0]): MediaLink {
    this.openCount += 1;
    const link = new FakeLink(options.events, () => {
      this.openCount -= 1;
    });
    this.bySid.set(options.participantSid, link);
    return link;
  }

  async close(): Promise<void> {}
}

/** A socket's end: keeps what was sent, until it is closed. */
export class FakeSink implements SignalSink {
  readonly messages: ServerMessage[] = [];
  closed = 0;

  send(message: ServerMessage): void {
    // What is sent is on the wire: nobody changes it later.
    if (this.closed === 0) this.messages.push(message);
  }

  close(): void {
    this.closed += 1;
  }

  all<C extends Case>(name: C): Value<C>[] {
    const found: Value<C>[] = [];
    for (const message of this.messages) {
      const any: { readonly case: Case; readonly value: unknown } = message;
      if (isCase(any, name)) found.push(any.value);
    }
    return found;
  }

  last<C extends Case>(name: C): Value<C> {
    const value = this.all(name).at(-1);
    if (value === undefined) throw new Error(`no ${name} was sent`);
    return value;
  }

  clear(): void {
    this.messages.length = 0;
  }
}

function isCase<C extends Case>(
  message: { readonly case: Case; readonly value: unknown },
  name: C,
): message is { readonly case: C; readonly value: Value<C> } {
  return message.case === name;
}

/** One joined client in a test. */
export interface TestClient {
  readonly identity: string;
  readonly sid: string;
  readonly attendance: Attendance;
  sink: FakeSink;
  readonly link: FakeLink;
  say(message: ClientMessage): void;
  /** Announces a track and lets its media come; the sid it was given. */
  publish(request?: Partial<TrackRequest>): string;
  sourceOf(trackSid: string): FakeSource;
}

export const plainGrants: Grants = {
  roomJoin: true,
  room: 'room',
  roomCreate: false,
  roomList: false,
  roomAdmin: false,
  roomRecord: false,
  ingressAdmin: false,
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
  canPublishSources: [],
  canUpdateOwnMetadata: false,
  canSubscribeMetrics: false,
  hidden: false,
  recorder: false,
  agent: false,
};

export function accessOf(identity: string, grants: Partial<Grants> = {}): Access {
  return {
    identity,
    name: '',
    metadata: '',
    attributes: {},
    participantKind: 'standard',
    grants: { ...plainGrants, ...grants },
    roomSettings: null,
    expiresAt: 0,
  };
}

export const plainWish: JoinWish = {
  mode: 'v1',
  reconnect: false,
  participantSid: '',
  reconnectReason: 0,
  autoSubscribe: true,
  autoSubscribeDataTrack: true,
  adaptiveStream: false,
  metadata: '',
  attributes: {},
  client: {
    sdk: 'JS',
    version: '2.23.0',
    protocol: 16,
    os: '',
    browser: '',
    browserVersion: '',
    deviceModel: '',
    clientProtocol: 1,
    capabilities: [],
  },
  addTrackRequests: [],
  publisherOffer: null,
  syncState: null,
};

export function trackRequest(change: Partial<TrackRequest> = {}): TrackRequest {
  const kind = change.kind ?? 'audio';
  const source = change.source ?? (kind === 'audio' ? 'microphone' : 'camera');
  return {
    cid: `cid-${source}`,
    kind,
    source,
    sid: '',
    simulcastCodecs: [],
    info: new TrackInfo({
      type: kind === 'audio' ? TrackType.AUDIO : TrackType.VIDEO,
      source: kind === 'audio' ? TrackSource.MICROPHONE : TrackSource.CAMERA,
      stream: 'camera',
    }),
    ...change,
  };
}

export interface World {
  readonly rooms: Rooms;
  readonly links: FakeLinks;
  readonly events: RoomEvent[];
  /** What was logged at info and above. */
  readonly logged: unknown[];
  join(identity: string, grants?: Partial<Grants>, wish?: Partial<JoinWish>): TestClient;
  joinAs(access: Access, wish?: Partial<JoinWish>): TestClient;
}

/** Rooms on a fake media path. With vitest's fake timers `Date.now` and `performance.now` move along. */
export function createWorld(
  change: Partial<Omit<RoomsOptions, 'limits' | 'settings'>> & {
    limits?: Partial<Limits>;
    settings?: Partial<RoomsOptions['settings']>;
  } = {},
): World {
  const links = new FakeLinks();
  const events: RoomEvent[] = [];
  const logged: unknown[] = [];
  const log = (...entry: unknown[]) => void logged.push(entry);
  const clock: Clock = { wallMs: () => Date.now(), mediaMs: () => performance.now() };
  const { limits, settings, ...rest } = change;
  const rooms = createRooms({
    clock,
    links,
    onEvent: (event) => void events.push(event),
    serverInfo: new ServerInfo({ version: '1.13.0', region: 'here' }),
    iceServers: () => [],
    log: { debug: () => {}, info: log, warn: log, error: log },
    ...rest,
    limits: { ...defaultLimits, ...limits },
    settings: { autoCreate: true, emptyTimeoutSeconds: 300, departureTimeoutSeconds: 20, ...settings },
  });
  const joinAs = (access: Access, wish: Partial<JoinWish> = {}): TestClient => {
    const sink = new FakeSink();
    const attendance = rooms.join(access, { ...plainWish, ...wish }, sink);
    const link = links.bySid.get(attendance.participantSid);
    if (link === undefined) throw new Error('no link was made');
    return testClient(access.identity, attendance, sink, link);
  };
  return {
    rooms,
    links,
    events,
    logged,
    joinAs,
    join: (identity, grants = {}, wish = {}) => {
      const client = joinAs(accessOf(identity, grants), wish);
      client.link.events.onConnected();
      return client;
    },
  };
}

function testClient(identity: string, attendance: Attendance, sink: FakeSink, link: FakeLink): TestClient {
  const sources = new Map<string, FakeSource>();
  const client: TestClient = {
    identity,
    sid: attendance.participantSid,
    attendance,
    sink,
    link,
    say: (message) => attendance.receive(message),
    publish: (change = {}) => {
      const request = trackRequest(change);
      attendance.receive({ kind: 'addTrack', request });
      const sid = client.sink.last('trackPublished').track?.sid ?? '';
      const source = new FakeSource(sid, request.kind);
      sources.set(sid, source);
      link.events.onTrackReady(sid, source, '0');
      return sid;
    },
    sourceOf: (trackSid) => {
      const source = sources.get(trackSid);
      if (source === undefined) throw new Error('no such track');
      return source;
    },
  };
  return client;
}
