const BUCKETS = 20;
const BUCKET_MS = 50;
const WINDOW_MS = BUCKETS * BUCKET_MS;

/** Bits a second over the last second, in steps of 50 ms and in fixed memory. */
export class RateMeter {
  readonly #bytes = new Float64Array(BUCKETS);
  #total = 0;
  /** Number of the newest bucket since the clock's zero. */
  #newest = Number.NEGATIVE_INFINITY;
  #firstMs: number | null = null;

  add(bytes: number, nowMs: number): void {
    this.#firstMs ??= nowMs;
    this.#advance(nowMs);
    const at = this.#newest % BUCKETS;
    this.#bytes[at] = (this.#bytes[at] ?? 0) + bytes;
    this.#total += bytes;
  }

  /** During the first second: over the time that has passed, though 200 ms at least, so that one packet is no rate. */
  bitsPerSecond(nowMs: number): number {
    if (this.#firstMs === null) return 0;
    this.#advance(nowMs);
    const spanMs = Math.min(WINDOW_MS, Math.max(200, nowMs - this.#firstMs));
    return (this.#total * 8000) / spanMs;
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    if (bucket <= this.#newest) return;
    if (bucket - this.#newest >= BUCKETS) {
      this.#bytes.fill(0);
      this.#total = 0;
    } else {
      for (let old = this.#newest + 1; old <= bucket; old += 1) {
        const at = old % BUCKETS;
        this.#total -= this.#bytes[at] ?? 0;
        this.#bytes[at] = 0;
      }
    }
    this.#newest = bucket;
  }
}
