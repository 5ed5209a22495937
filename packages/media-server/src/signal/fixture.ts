// The edges with rooms that only remember what was asked of them, on a real port of 127.0.0.1.
import {
  ParticipantInfo,
  Room as RoomInfo,
  SignalRequest,
  SignalResponse,
  TrackInfo,
} from '@livekit/protocol';
import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import pino from 'pino';
import { WebSocket } from 'ws';
import { agentDispatchService } from '../admin/agent-dispatches.ts';
import { Metrics } from '../admin/metrics.ts';
import { roomService } from '../admin/room-service.ts';
import { TwirpServer } from '../admin/twirp.ts';
import { egressService, ingressService, sipService } from '../admin/unconfigured-services.ts';
import { HttpFront } from '../http-front.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { MediaError } from '../media-error.ts';
import type { Access } from '../protocol/access.ts';
import type { ClientMessage, JoinWish } from '../protocol/client-messages.ts';
import { parseJoinWish } from '../protocol/join-wish.ts';
import { parseClientMessage } from '../protocol/parse-client-message.ts';
import { createTokenReader } from '../protocol/token-reader.ts';
import { Secret } from '../secret.ts';
import type { Attendance, RoomCounts, Rooms, SignalSink } from '../sfu/rooms.ts';
import { trustPeers } from './client-address.ts';
import { SignalServer } from './signal-server.ts';

export const apiKey = 'edge-key';
export const apiSecret = 'edge-secret-of-at-least-32-characters';

export function tokenFor(grants: VideoGrant, identity = 'anna', secret = apiSecret): Promise<string> {
  const token = new AccessToken(apiKey, secret, { identity, ttl: 600 });
  token.addGrant(grants);
  return token.toJwt();
}

export const joinToken = (identity = 'anna', room = 'stue'): Promise<string> =>
  tokenFor({ roomJoin: true, room }, identity);

export interface Visit {
  readonly access: Access;
  readonly wish: JoinWish;
  readonly sink: SignalSink;
  readonly received: ClientMessage[];
  lost: number;
}

/** Says yes to everybody unless told otherwise. */
export class RememberingRooms implements Rooms {
  readonly visits: Visit[] = [];
  readonly calls: unknown[][] = [];
  readonly names = new Set<string>();
  refusal: MediaError | null = null;
  resumable = false;
  onReceive: (message: ClientMessage, visit: Visit) => void = () => {};
  counts: RoomCounts = { rooms: 0, participants: 0, publishedTracks: 0, subscriptions: 0 };

  join(access: Access, wish: JoinWish, sink: SignalSink): Attendance {
    if (this.refusal !== null) throw this.refusal;
    sink.send({ case: 'pong', value: 1n });
    return this.#attend({ access, wish, sink, received: [], lost: 0 });
  }

  resume(access: Access, wish: JoinWish, sink: SignalSink): Attendance | null {
    return this.resumable ? this.#attend({ access, wish, sink, received: [], lost: 0 }) : null;
  }

  create(name: string, settings: unknown): RoomInfo {
    this.#call('create', name, settings);
    this.names.add(name);
    return new RoomInfo({ name, sid: `RM_${name}` });
  }

  list(names: readonly string[]): RoomInfo[] {
    this.#call('list', names);
    const found = [...this.names].filter((name) => names.length === 0 || names.includes(name));
    return found.map((name) => new RoomInfo({ name, sid: `RM_${name}` }));
  }

  remove(name: string): void {
    this.#call('remove', name);
    this.#find(name);
  }

  participants(room: string): ParticipantInfo[] {
    this.#call('participants', room);
    this.#find(room);
    return [new ParticipantInfo({ identity: 'anna' })];
  }

  participant(room: string, identity: string): ParticipantInfo {
    this.#call('participant', room, identity);
    this.#find(room);
    return new ParticipantInfo({ identity });
  }

  removeParticipant(...call: Parameters<Rooms['removeParticipant']>): void {
    this.#call('removeParticipant', ...call);
  }

  muteTrack(...call: Parameters<Rooms['muteTrack']>): TrackInfo {
    this.#call('muteTrack', ...call);
    return new TrackInfo({ sid: call[2], muted: call[3] });
  }

  updateParticipant(...call: Parameters<Rooms['updateParticipant']>): ParticipantInfo {
    this.#call('updateParticipant', ...call);
    return new ParticipantInfo({ identity: call[1] });
  }

  updateSubscriptions(...call: Parameters<Rooms['updateSubscriptions']>): void {
    this.#call('updateSubscriptions', ...call);
  }

  sendData(...call: Parameters<Rooms['sendData']>): void {
    this.#call('sendData', ...call);
  }

  updateMetadata(room: string, metadata: string): RoomInfo {
    this.#call('updateMetadata', room, metadata);
    this.#find(room);
    return new RoomInfo({ name: room, metadata });
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    for (const { sink } of this.visits) sink.close();
    return Promise.resolve();
  }

  #attend(visit: Visit): Attendance {
    this.visits.push(visit);
    return {
      participantSid: `PA_${this.visits.length}`,
      receive: (message) => {
        visit.received.push(message);
        this.onReceive(message, visit);
      },
      signalLost: () => {
        visit.lost += 1;
      },
    };
  }

  #find(name: string): void {
    if (!this.names.has(name)) throw new MediaError('not_found', 'requested room does not exist');
  }

  #call(...call: unknown[]): void {
    this.calls.push(call);
  }
}

export interface Edges {
  readonly rooms: RememberingRooms;
  readonly signal: SignalServer;
  readonly url: string;
  /** Moves the clock that limits and silence are measured by. */
  advance(ms: number): void;
  readonly outcomes: string[];
  readonly expelled: string[];
  draining: boolean;
  /** @throws Error where a socket is left */
  close(): Promise<void>;
}

export async function startEdges(
  options: {
    readonly limits?: Partial<Limits>;
    readonly autoCreate?: boolean;
    readonly metricsToken?: string;
  } = {},
): Promise<Edges> {
  let nowMs = 1000;
  const limits = { ...defaultLimits, ...options.limits };
  const log = pino({ level: 'silent' });
  const autoCreate = options.autoCreate ?? true;
  const clock = { wallMs: () => nowMs, mediaMs: () => nowMs };
  const rooms = new RememberingRooms();
  const tokens = createTokenReader({ apiKey, apiSecret });
  const readToken = (token: string) => tokens.read(token);
  const trusted = trustPeers([]);
  const [outcomes, expelled]: [string[], string[]] = [[], []];
  const metrics = new Metrics();
  const signal = new SignalServer({
    rooms,
    clock,
    limits,
    log,
    autoCreate,
    trusted,
    readToken,
    parseJoinWish,
    parseMessage: parseClientMessage,
    onOutcome: (outcome) => outcomes.push(outcome),
    onExpelled: (why) => expelled.push(why),
  });
  const twirp = new TwirpServer(
    {
      'livekit.RoomService': roomService(rooms, limits),
      'livekit.Egress': egressService,
      'livekit.Ingress': ingressService,
      'livekit.SIP': sipService,
      'livekit.AgentDispatchService': agentDispatchService({ rooms, limits, clock, autoCreate }),
    },
    log,
  );
  const edges = { draining: false };
  const front = new HttpFront({
    config: {
      http: { host: '127.0.0.1', port: 0, trustedProxies: [] },
      limits,
      metricsToken: options.metricsToken === undefined ? null : new Secret(options.metricsToken),
    },
    trusted,
    signal,
    twirp,
    metrics,
    readToken,
    isDraining: () => edges.draining,
    log,
  });
  const port = await front.listen();
  return Object.assign(edges, {
    rooms,
    signal,
    url: `http://127.0.0.1:${port}`,
    advance: (ms: number) => {
      nowMs += ms;
    },
    outcomes,
    expelled,
    close: async () => {
      await signal.close(500);
      await front.close();
      metrics.close();
      if (signal.openSockets !== 0) throw new Error(`${signal.openSockets} sockets left open`);
    },
  });
}

/** A client that only speaks when told to; what it hears is kept in order. */
export class TestClient {
  readonly socket: WebSocket;
  readonly heard: SignalResponse[] = [];
  readonly closed: Promise<number>;
  readonly #waiting: ((message: SignalResponse) => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
      const message = isBinary
        ? SignalResponse.fromBinary(bytes)
        : SignalResponse.fromJsonString(bytes.toString('utf8'));
      this.heard.push(message);
      this.#waiting.shift()?.(message);
    });
    this.closed = new Promise((resolve) => socket.on('close', resolve));
  }

  next(): Promise<SignalResponse> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  say(message: SignalRequest['message']): void {
    this.socket.send(new SignalRequest({ message }).toBinary());
  }
}

/** @throws Error `<status> <body>` where the upgrade was refused */
export function connect(url: string, headers: Record<string, string> = {}): Promise<TestClient> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers });
    const client = new TestClient(socket);
    socket.once('open', () => resolve(client));
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => reject(new Error(`${response.statusCode} ${body}`)));
    });
  });
}
