/** Longer than receivers of audio alone pause between their reports. */
const silenceMs = 6_000;

/**
 * A client that resumes asks for an ICE restart, in case its network is another one, and the library below has none. It is
 * answered as if nothing had to change: clients keep the pair of addresses that works until a better one does, so that
 * nothing is interrupted where the network is the same, which is nearly always. Where it is not, the client falls silent.
 */
export class KeptPath {
  #lastHeardMs = Number.NEGATIVE_INFINITY;
  #askedMs: number | null = null;

  heard(nowMs: number): void {
    this.#lastHeardMs = nowMs;
    this.#askedMs = null;
  }

  restartAsked(nowMs: number): void {
    // Of one that sends and receives nothing, silence says nothing; the transport itself notices that it is gone.
    if (nowMs - this.#lastHeardMs <= silenceMs) this.#askedMs ??= nowMs;
  }

  /** Told once: the path is lost, and only a new connection helps. */
  isLost(nowMs: number): boolean {
    if (this.#askedMs === null || nowMs - this.#askedMs <= silenceMs) return false;
    this.#askedMs = null;
    return true;
  }
}
