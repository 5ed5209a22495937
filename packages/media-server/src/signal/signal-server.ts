import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { DisconnectReason } from '@livekit/protocol';
import { WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { MediaError } from '../media-error.ts';
import type { Access } from '../protocol/access.ts';
import type { ClientMessage, JoinWish } from '../protocol/client-messages.ts';
import { leave } from '../protocol/leave.ts';
import type { Attendance, Rooms } from '../sfu/rooms.ts';
import { AddressGate } from './address-gate.ts';
import { addressKey, clientAddress, type TrustedPeers } from './client-address.ts';
import { answerRefusal, asRefusal, Refusal, type RefusalOutcome, refuseUpgrade } from './refusal.ts';
import { SignalSocket } from './signal-socket.ts';
import { tokenOf } from './token-of.ts';

/** How often sockets are asked for a sign of life, and after how long a silence one counts as half-open. */
const aliveIntervalMs = 5000;
const silenceMs = 20_000;

export type JoinOutcome = 'joined' | 'resumed' | 'restart' | 'full' | RefusalOutcome;

export interface SignalServerOptions {
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly log: Log;
  /** Without it a room has to exist, or the token to hold roomCreate. */
  readonly autoCreate: boolean;
  readonly trusted: TrustedPeers;
  readonly readToken: (token: string) => Promise<Access>;
  readonly parseJoinWish: (url: URL, limits: Limits) => JoinWish;
  readonly parseMessage: (data: Buffer, isBinary: boolean, limits: Limits) => ClientMessage;
  readonly onOutcome: (outcome: JoinOutcome) => void;
  readonly onExpelled: (why: string) => void;
}

/** The client's way in: `/rtc` and `/rtc/v1` as WebSockets, and the two paths that tell why one was refused. */
export class SignalServer {
  readonly #options: SignalServerOptions;
  readonly #webSockets: WebSocketServer;
  readonly #gate: AddressGate;
  readonly #sockets = new Set<SignalSocket>();
  readonly #alive: NodeJS.Timeout;
  #emptied: (() => void) | null = null;
  #closed = false;

  constructor(options: SignalServerOptions) {
    this.#options = options;
    // No compression: a small frame that unpacks into a large one is one more thing to bound.
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.limits.maxSignalBytes,
    });
    this.#gate = new AddressGate(options.limits);
    this.#alive = setInterval(() => this.#checkAlive(), aliveIntervalMs);
  }

  static isSignalPath(path: string): boolean {
    return path === '/rtc' || path === '/rtc/v1';
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** `GET /rtc/validate`, `/rtc/v1/validate`: the client asks it when its WebSocket was refused, to learn why. */
  async validate(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    response.setHeader('access-control-allow-origin', '*');
    try {
      this.#admitAttempt(request);
      // The wish is read as from the path that the client is asking about.
      const asked = new URL(url);
      asked.pathname = url.pathname.replace(/\/validate$/, '');
      await this.#readWish(request, asked);
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('success');
    } catch (error) {
      answerRefusal(response, this.#logged(error));
    }
  }

  async upgrade(request: IncomingMessage, url: URL, socket: Duplex, head: Buffer): Promise<void> {
    let release = (): void => {};
    try {
      const key = this.#admitAttempt(request);
      release = this.#gate.hold(key, this.#options.clock.mediaMs());
      const { access, wish } = await this.#readWish(request, url);
      if (this.#closed || socket.destroyed) {
        release();
        socket.destroy();
        return;
      }
      this.#serve(access, wish, { request, socket, head, release });
    } catch (error) {
      release();
      const refusal = this.#logged(error);
      this.#options.onOutcome(refusal.outcome);
      refuseUpgrade(socket, refusal);
    }
  }

  /** Rooms have said goodbye before; whatever is still open after `graceMs` is cut off. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    clearInterval(this.#alive);
    for (const socket of this.#sockets) socket.close();
    if (this.#sockets.size > 0) {
      const cut = setTimeout(() => {
        for (const socket of this.#sockets) socket.terminate();
      }, graceMs);
      await new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
      clearTimeout(cut);
    }
    this.#webSockets.close();
  }

  #serve(
    access: Access,
    wish: JoinWish,
    way: {
      readonly request: IncomingMessage;
      readonly socket: Duplex;
      readonly head: Buffer;
      readonly release: () => void;
    },
  ): void {
    const { clock, limits, log, parseMessage, onExpelled, onOutcome } = this.#options;
    const signal: SignalSocket = new SignalSocket({
      clock,
      limits,
      log,
      parse: parseMessage,
      onExpelled,
      onGone: () => {
        way.release();
        this.#sockets.delete(signal);
        if (this.#sockets.size === 0) this.#emptied?.();
      },
    });
    const { attendance, outcome } = this.#enter(access, wish, signal);
    this.#sockets.add(signal);
    let attached = false;
    // Calls back at once or, where the handshake is not one, never: then `ws` has answered it.
    this.#webSockets.handleUpgrade(way.request, way.socket, way.head, (webSocket) => {
      attached = true;
      signal.attach(webSocket, attendance);
    });
    if (!attached) signal.abandon(attendance);
    onOutcome(attached ? outcome : 'invalid');
  }

  /** As LiveKit: what is wrong with this room or this resume is told by a leave message, not by an HTTP status. */
  #enter(
    access: Access,
    wish: JoinWish,
    signal: SignalSocket,
  ): { readonly attendance: Attendance | null; readonly outcome: JoinOutcome } {
    const { rooms } = this.#options;
    if (wish.reconnect) {
      const resumed = rooms.resume(access, wish, signal);
      if (resumed !== null) return { attendance: resumed, outcome: 'resumed' };
      signal.send(leave(DisconnectReason.STATE_MISMATCH, 'reconnect'));
      signal.close();
      return { attendance: null, outcome: 'restart' };
    }
    try {
      return { attendance: rooms.join(access, wish, signal), outcome: 'joined' };
    } catch (error) {
      if (!(error instanceof MediaError) || error.code !== 'resource_exhausted') throw error;
      signal.send(leave(DisconnectReason.JOIN_FAILURE, 'disconnect'));
      signal.close();
      return { attendance: null, outcome: 'full' };
    }
  }

  #admitAttempt(request: IncomingMessage): string {
    const { clock, trusted } = this.#options;
    const key = addressKey(clientAddress(request, trusted));
    const verdict = this.#gate.attempt(key, clock.mediaMs());
    if (verdict === 'rate') throw new Refusal(429, 'too many joins from this address', 'limit');
    if (verdict === 'sockets') throw new Refusal(429, 'too many connections from this address', 'limit');
    return key;
  }

  /** Everything that can be known to be wrong before a participant exists, in LiveKit's order. */
  async #readWish(
    request: IncomingMessage,
    url: URL,
  ): Promise<{ readonly access: Access; readonly wish: JoinWish }> {
    const { limits, rooms, readToken, parseJoinWish, autoCreate } = this.#options;
    const token = tokenOf(request, url);
    if (token === null) throw new Refusal(401, 'no permissions to access the room', 'unauthenticated');
    const access = await readToken(token);
    const wish = parseJoinWish(url, limits);
    const { grants } = access;
    if (!grants.roomJoin) throw new Refusal(401, 'permissions denied', 'not_allowed');
    if (access.identity === '') throw new Refusal(400, 'identity cannot be empty', 'invalid');
    const tooLong = `length exceeds limits: max length ${limits.maxNameLength}`;
    if (access.identity.length > limits.maxNameLength) {
      throw new Refusal(400, `participant identity ${tooLong}`, 'invalid');
    }
    if (grants.room === '') throw new Refusal(400, 'no room name', 'invalid');
    if (grants.room.length > limits.maxNameLength) throw new Refusal(400, `room name ${tooLong}`, 'invalid');
    if (!autoCreate && !grants.roomCreate && rooms.list([grants.room]).length === 0) {
      throw new Refusal(404, 'requested room does not exist', 'no_room');
    }
    if (!wish.reconnect && rooms.counts.participants >= limits.maxParticipants) {
      throw new Refusal(503, 'node has exceeded its configured limit', 'limit');
    }
    const asksForOwn = wish.metadata !== '' || Object.keys(wish.attributes).length > 0;
    if (asksForOwn && !grants.canUpdateOwnMetadata) {
      throw new Refusal(401, 'no permissions to access the room', 'not_allowed');
    }
    return { access, wish };
  }

  #logged(error: unknown): Refusal {
    const refusal = asRefusal(error);
    if (refusal.outcome === 'fault') this.#options.log.error({ err: error }, 'a join failed');
    return refusal;
  }

  #checkAlive(): void {
    const nowMs = this.#options.clock.mediaMs();
    for (const socket of this.#sockets) socket.checkAlive(nowMs, silenceMs);
    this.#gate.forgetQuiet(nowMs);
  }
}
