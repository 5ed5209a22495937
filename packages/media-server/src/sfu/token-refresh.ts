import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Access } from '../protocol/access.ts';
import type { Participant } from './participant.ts';

/** As LiveKit: a client always holds a token with which it can come back. */
const refreshIntervalMs = 5 * 60_000;
const validForSeconds = 10 * 60;

/** Signs a token that says what `access` says; `expiresAt` of it counts. */
export type SignToken = (access: Access) => Promise<string>;

/** Sends a participant a fresh token at its join, every few minutes, and whenever what it says has changed. */
export class TokenRefresh {
  readonly #sign: SignToken | null;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(sign: SignToken | null, clock: Clock, log: Log) {
    this.#sign = sign;
    this.#clock = clock;
    this.#log = log;
  }

  start(participant: Participant): void {
    this.refresh(participant);
    participant.timers.every(refreshIntervalMs, () => this.refresh(participant));
  }

  refresh(participant: Participant): void {
    if (this.#sign === null || participant.closed) return;
    // A longer life than this, where the first token has it, is kept.
    const expiresAt = Math.max(
      participant.access.expiresAt,
      Math.ceil(this.#clock.wallMs() / 1000) + validForSeconds,
    );
    this.#sign({ ...participant.access, expiresAt }).then(
      (value) => participant.send({ case: 'refreshToken', value }),
      () => this.#log.warn({ participant: participant.sid }, 'token could not be signed'),
    );
  }
}
