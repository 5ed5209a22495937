const SENT = 4096;
const BUCKET_MS = 25;
const BUCKETS = 64;

const OUTSTANDING = 0;
const LOST = 1;
const RECEIVED = 2;

/**
 * Sent packets by their transport-wide sequence number (16 bits), and what feedback told of each. Bounded: the oldest give
 * way. What overtook and was overtaken is told apart from what was lost by waiting a little before it is counted.
 */
export class SentPackets {
  readonly #sequence = new Int32Array(SENT).fill(-1);
  readonly #size = new Uint16Array(SENT);
  readonly #sentMs = new Float64Array(SENT);
  readonly #state = new Uint8Array(SENT);
  readonly #again = new Uint8Array(SENT);
  /** The next one to count as received or lost, and the next one to be sent. */
  #uncounted = 0;
  #next = 0;
  #received = 0;
  #lost = 0;

  add(sequence: number, sizeBytes: number, nowMs: number): void {
    const index = sequence % SENT;
    this.#sequence[index] = sequence;
    this.#size[index] = Math.min(sizeBytes, 0xffff);
    this.#sentMs[index] = nowMs;
    this.#state[index] = OUTSTANDING;
    this.#again[index] = 0;
    this.#next = (sequence + 1) & 0xffff;
    if (((this.#next - this.#uncounted) & 0xffff) > SENT) this.#uncounted = (this.#next - SENT) & 0xffff;
  }

  /** Milliseconds; NaN for a packet that is unknown or was told of as received before. */
  sentMs(sequence: number): number {
    const index = sequence % SENT;
    if (this.#sequence[index] !== sequence || this.#state[index] === RECEIVED) return Number.NaN;
    return this.#sentMs[index] ?? Number.NaN;
  }

  sizeBytes(sequence: number): number {
    return this.#size[sequence % SENT] ?? 0;
  }

  markLost(sequence: number): void {
    this.#state[sequence % SENT] = LOST;
  }

  markReceived(sequence: number): void {
    this.#state[sequence % SENT] = RECEIVED;
  }

  /** The same packet under the same number once more: when it arrives tells nothing any more of how long it took. */
  markAgain(sequence: number): void {
    if (this.#sequence[sequence % SENT] === sequence) this.#again[sequence % SENT] = 1;
  }

  wasAgain(sequence: number): boolean {
    return this.#again[sequence % SENT] === 1;
  }

  /** Counts what was sent before `untilMs` and told of; what no feedback ever told of counts neither way. */
  count(untilMs: number): void {
    while (this.#uncounted !== this.#next) {
      const index = this.#uncounted % SENT;
      if (this.#sequence[index] === this.#uncounted) {
        if ((this.#sentMs[index] ?? 0) >= untilMs) return;
        const state = this.#state[index];
        if (state === RECEIVED) this.#received += 1;
        else if (state === LOST) this.#lost += 1;
      }
      this.#uncounted = (this.#uncounted + 1) & 0xffff;
    }
  }

  get counted(): number {
    return this.#received + this.#lost;
  }

  /** The fraction lost of what was counted, and a new count. */
  takeLoss(): number {
    const loss = this.#lost / Math.max(1, this.counted);
    this.#received = 0;
    this.#lost = 0;
    return loss;
  }
}

/** Bytes over time on some clock, counted in buckets: the rate of the last moments without a list of packets. */
export class RateWindow {
  readonly #id = new Float64Array(BUCKETS).fill(-1);
  readonly #bytes = new Float64Array(BUCKETS);
  #newest = -1;
  #oldest = -1;
  #newestMs = Number.NEGATIVE_INFINITY;

  add(timeMs: number, bytes: number): void {
    const id = Math.floor(timeMs / BUCKET_MS);
    // A clock that went back by more than the window starts the count over.
    if (this.#newest - id > BUCKETS || id - this.#newest > 40 * BUCKETS) this.reset();
    const index = ((id % BUCKETS) + BUCKETS) % BUCKETS;
    if (this.#id[index] !== id) {
      this.#id[index] = id;
      this.#bytes[index] = 0;
    }
    this.#bytes[index] = (this.#bytes[index] ?? 0) + bytes;
    if (this.#newest === -1 || id > this.#newest) this.#newest = id;
    if (timeMs > this.#newestMs) this.#newestMs = timeMs;
    if (this.#oldest === -1 || id < this.#oldest) this.#oldest = id;
  }

  /** Bits per second of the last `windowMs` (at most 1.5 s) and what came with the newest; null before that long is known. */
  bitsPerSecond(windowMs: number): number | null {
    const wanted = Math.round(windowMs / BUCKET_MS);
    if (this.#newest - this.#oldest < wanted) return null;
    let bytes = 0;
    // The newest is not over yet, but after a rest of the receiver nearly everything is in it.
    for (let id = this.#newest - wanted; id <= this.#newest; id += 1) {
      const index = ((id % BUCKETS) + BUCKETS) % BUCKETS;
      if (this.#id[index] === id) bytes += this.#bytes[index] ?? 0;
    }
    const spanMs = Math.max(wanted * BUCKET_MS, this.#newestMs - (this.#newest - wanted) * BUCKET_MS);
    return (bytes * 8000) / spanMs;
  }

  reset(): void {
    this.#id.fill(-1);
    this.#newest = -1;
    this.#oldest = -1;
    this.#newestMs = Number.NEGATIVE_INFINITY;
  }
}
