const SENT = 4096;
const BUCKET_MS = 25;
const BUCKETS = 64;

/** Sent packets by their transport-wide sequence number, until feedback tells of them. Bounded: the oldest give way. */
export class SentPackets {
  readonly #sequence = new Int32Array(SENT).fill(-1);
  readonly #size = new Uint16Array(SENT);
  readonly #sentMs = new Float64Array(SENT);
  readonly #lost = new Uint8Array(SENT);

  add(sequence: number, sizeBytes: number, nowMs: number): void {
    const index = sequence % SENT;
    this.#sequence[index] = sequence;
    this.#size[index] = Math.min(sizeBytes, 0xffff);
    this.#sentMs[index] = nowMs;
    this.#lost[index] = 0;
  }

  /** Milliseconds; NaN for a packet that is unknown or was told of before. */
  sentMs(sequence: number): number {
    const index = sequence % SENT;
    return this.#sequence[index] === sequence ? (this.#sentMs[index] ?? Number.NaN) : Number.NaN;
  }

  sizeBytes(sequence: number): number {
    return this.#size[sequence % SENT] ?? 0;
  }

  wasLost(sequence: number): boolean {
    return this.#lost[sequence % SENT] === 1;
  }

  markLost(sequence: number): void {
    this.#lost[sequence % SENT] = 1;
  }

  forget(sequence: number): void {
    this.#sequence[sequence % SENT] = -1;
  }
}

/** Bytes over time on some clock, counted in buckets: the rate of the last moments without a list of packets. */
export class RateWindow {
  readonly #id = new Float64Array(BUCKETS).fill(-1);
  readonly #bytes = new Float64Array(BUCKETS);
  #newest = -1;
  #oldest = -1;

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
    if (this.#oldest === -1 || id < this.#oldest) this.#oldest = id;
  }

  /** Bits per second of the last `windowMs` (at most 1.5 s) before the newest bucket; null before that long is known. */
  bitsPerSecond(windowMs: number): number | null {
    const wanted = Math.round(windowMs / BUCKET_MS);
    if (this.#newest - this.#oldest < wanted) return null;
    let bytes = 0;
    for (let id = this.#newest - wanted; id < this.#newest; id += 1) {
      const index = ((id % BUCKETS) + BUCKETS) % BUCKETS;
      if (this.#id[index] === id) bytes += this.#bytes[index] ?? 0;
    }
    return (bytes * 8000) / (wanted * BUCKET_MS);
  }

  reset(): void {
    this.#id.fill(-1);
    this.#newest = -1;
    this.#oldest = -1;
  }
}
