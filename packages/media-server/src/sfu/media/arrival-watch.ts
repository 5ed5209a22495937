/** Fewer on their way say nothing: they may have been sent just before the client counted. */
const fewestPackets = 10;
/** So long nothing may arrive at a client that is heard all the while. */
const patienceMs = 5_000;
/** A client is heard without a break while it pauses no longer: those that only receive video report once a second. */
const longestPauseMs = 3_000;

/** What one stream's receiver reports say of its packets' arrival. */
export class ArrivalCount {
  #sent = 0;
  #highestSequence: number | null = null;

  sent(): void {
    this.#sent++;
  }

  /** `quiet` where too little was sent to tell. */
  reported(highestSequence: number): 'arrives' | 'stands' | 'quiet' {
    if (highestSequence !== this.#highestSequence) {
      this.#highestSequence = highestSequence;
      this.#sent = 0;
      return 'arrives';
    }
    return this.#sent >= fewestPackets ? 'stands' : 'quiet';
  }
}

/**
 * Notices that nothing we send reaches a client whose own packets come in, as after its router gave it another address:
 * the library takes packets from anywhere, goes on sending to the old address, and notices only after half a minute.
 * Tells nothing of a client that was never seen to receive, nor of one that is silent itself.
 */
export class ArrivalWatch {
  #unprovenSinceMs: number | null = null;
  #heardSinceMs = 0;
  #lastHeardMs = Number.NEGATIVE_INFINITY;
  #everArrived = false;
  /** A report came by which packets that should long be there are not. */
  #stands = false;

  sent(nowMs: number): void {
    this.#unprovenSinceMs ??= nowMs;
  }

  heard(nowMs: number): void {
    if (nowMs - this.#lastHeardMs > longestPauseMs) this.#heardSinceMs = nowMs;
    this.#lastHeardMs = nowMs;
  }

  /** Some packet arrived, whichever. */
  arrived(): void {
    this.#everArrived = true;
    this.#unprovenSinceMs = null;
    this.#stands = false;
  }

  /** The count of a stream did not rise though enough was sent. */
  stood(): void {
    this.#stands = true;
  }

  isDeaf(nowMs: number): boolean {
    if (!this.#everArrived || !this.#stands || this.#unprovenSinceMs === null) return false;
    if (nowMs - this.#lastHeardMs > longestPauseMs) return false;
    return nowMs - Math.max(this.#unprovenSinceMs, this.#heardSinceMs) >= patienceMs;
  }
}
