import { DisconnectReason, SignalResponse } from '@livekit/protocol';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { MediaError } from '../media-error.ts';
import type { ClientMessage } from '../protocol/client-messages.ts';
import { leave } from '../protocol/leave.ts';
import { encodeServerMessage, type ServerMessage } from '../protocol/server-messages.ts';
import type { Attendance, SignalSink } from '../sfu/rooms.ts';
import { TokenBucket } from './token-bucket.ts';

/** Bytes that may wait for a client that does not read; a large room's join response fits many times. */
const maxWaitingBytes = 4 * 1024 * 1024;
/** A client that does not answer our close frame within this is cut off. */
const closeTimeoutMs = 2000;

export interface SignalSocketOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly log: Log;
  readonly parse: (data: Buffer, isBinary: boolean, limits: Limits) => ClientMessage;
  /** Nothing of the socket is left. Called once. */
  readonly onGone: () => void;
  /** For the metrics: a socket closed because of what the client did. */
  readonly onExpelled: (why: 'message' | 'rate' | 'slow' | 'silent' | 'fault') => void;
}

/**
 * One client's WebSocket: parses what comes, in order, and bounds what goes. What is sent before `attach` waits for it,
 * because a participant joins before the upgrade is answered, so that a refusal can still be a plain HTTP status.
 */
export class SignalSocket implements SignalSink {
  readonly #options: SignalSocketOptions;
  readonly #messages: TokenBucket;
  #waiting: ServerMessage[] = [];
  #socket: WebSocket | null = null;
  #attendance: Attendance | null = null;
  /** A client that speaks JSON is answered in JSON. */
  #speaksJson = false;
  #ending = false;
  #gone = false;
  #heardAtMs = 0;
  #closeTimer: NodeJS.Timeout | undefined;

  constructor(options: SignalSocketOptions) {
    this.#options = options;
    const { messagesPerSecond } = options.limits;
    this.#messages = new TokenBucket(messagesPerSecond, 2 * messagesPerSecond, options.clock.mediaMs());
  }

  /** @param attendance null where there is only a leave message to give */
  attach(socket: WebSocket, attendance: Attendance | null): void {
    this.#socket = socket;
    this.#attendance = attendance;
    this.#heardAtMs = this.#options.clock.mediaMs();
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('pong', () => this.#onControl());
    socket.on('ping', () => this.#onControl());
    // Always followed by `close`: an oversized frame, a broken one, a reset.
    socket.on('error', () => {});
    socket.on('close', () => this.#onClose());
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#write(message);
    if (this.#ending) this.#closeSocket();
  }

  /** The upgrade failed after the participant had joined. */
  abandon(attendance: Attendance | null): void {
    this.#attendance = attendance;
    this.#onClose();
  }

  send(message: ServerMessage): void {
    if (this.#ending) return;
    if (this.#socket === null) this.#waiting.push(message);
    else this.#write(message);
  }

  close(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#closeSocket();
  }

  /** Cuts it off without a word, for the end of the server. */
  terminate(): void {
    this.#ending = true;
    this.#socket?.terminate();
  }

  /** To be called every few seconds: asks for a sign of life and ends a socket that has given none for too long. */
  checkAlive(nowMs: number, silenceMs: number): void {
    if (this.#socket === null || this.#ending) return;
    if (nowMs - this.#heardAtMs > silenceMs) {
      this.#options.onExpelled('silent');
      this.#socket.terminate();
      return;
    }
    this.#socket.ping();
  }

  #onHeard(): void {
    this.#heardAtMs = this.#options.clock.mediaMs();
  }

  /** Costs what a message does; `ws` itself ends who does not read the answers to its pings. */
  #onControl(): void {
    this.#onHeard();
    if (!this.#ending && !this.#messages.take(this.#heardAtMs)) this.#expel('rate');
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.#onHeard();
    if (this.#ending || this.#attendance === null) return;
    if (!this.#messages.take(this.#heardAtMs)) {
      this.#expel('rate');
      return;
    }
    try {
      const bytes = Buffer.isBuffer(data)
        ? data
        : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
      this.#speaksJson = !isBinary;
      this.#attendance.receive(this.#options.parse(bytes, isBinary, this.#options.limits));
    } catch (error) {
      if (error instanceof MediaError) {
        this.#expel('message');
        return;
      }
      // Ours, not the client's; still only this client pays for it.
      const participant = this.#attendance.participantSid;
      this.#options.log.error({ err: error, participant }, 'a signalling message could not be handled');
      this.#expel('fault');
    }
  }

  /** The participant leaves at once: a client that breaks the protocol is not waited for. */
  #expel(why: 'message' | 'rate' | 'fault'): void {
    const attendance = this.#attendance;
    this.#options.onExpelled(why);
    this.#options.log.info(
      { participant: attendance?.participantSid, why },
      'a signalling socket was closed',
    );
    this.send(leave(DisconnectReason.STATE_MISMATCH, 'disconnect'));
    this.close();
    try {
      attendance?.receive({ kind: 'leave', reason: DisconnectReason.STATE_MISMATCH });
    } catch (error) {
      this.#options.log.error({ err: error }, 'a participant could not be removed');
    }
  }

  #write(message: ServerMessage): void {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== socket.OPEN) return;
    socket.send(
      this.#speaksJson ? new SignalResponse({ message }).toJsonString() : encodeServerMessage(message),
    );
    if (socket.bufferedAmount <= maxWaitingBytes) return;
    this.#options.onExpelled('slow');
    socket.terminate();
  }

  #closeSocket(): void {
    const socket = this.#socket;
    if (socket === null) return;
    socket.close(1000);
    this.#closeTimer = setTimeout(() => socket.terminate(), closeTimeoutMs);
  }

  #onClose(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#closeTimer);
    const said = this.#ending;
    this.#ending = true;
    this.#waiting = [];
    try {
      if (!said) this.#attendance?.signalLost(this);
    } catch (error) {
      this.#options.log.error({ err: error }, 'a lost signalling socket could not be reported');
    }
    this.#options.onGone();
  }
}
