// Is a queue building on the way down? Read from one-way delays, whose zero nobody knows: only their change counts.
// The idea is that of draft-ietf-rmcat-gcc (delay variation between groups of packets, its trend against a threshold);
// the test here is a regression with its own standard error, so that jitter raises the bar by itself.

const GROUPS = 128;
/** Packets sent within this time count as one measurement, the quickest of them: a burst's own tail is no queue. */
const GROUP_MS = 15;
const TREND_WINDOW_MS = 750;
const STANDING_WINDOW_MS = 250;
const BASELINE_WINDOW_MS = 10_000;
const LEAST_SPAN_MS = 100;
const LEAST_GROUPS = 5;
/** Standard errors above zero that a slope needs; at four, 200 ms of even jitter does not pass for a queue. */
const SIGNIFICANCE = 4;
const LEAST_SLOPE = 0.02;
const LEAST_STANDING_MS = 12;
/** So much standing delay is a queue also when it does not grow any more. */
const STANDING_LIMIT_MS = 50;
const LARGEST_NOISE_MS = 150;
/** The far clock jumped (24-bit reference time wrapped, the page slept): start over. */
const CLOCK_JUMP_MS = 10_000;

export class DelayTrend {
  readonly #sentMs = new Float64Array(GROUPS);
  readonly #delayMs = new Float64Array(GROUPS);
  #count = 0;
  #groupStartMs = Number.NaN;
  #groupDelayMs = 0;
  #lastDelayMs = Number.NaN;
  #baselineMs = Number.POSITIVE_INFINITY;
  #earlierBaselineMs = Number.POSITIVE_INFINITY;
  #baselineSinceMs = 0;
  #slope = 0;
  #standingMs = 0;
  #noiseMs = 0;
  #significant = false;

  /** Milliseconds of delay gained per millisecond sent, over the last window; 0 where too little is known. */
  get slope(): number {
    return this.#slope;
  }

  /** Delay that even the quickest recent packets had above the quickest of the last ten seconds and more. */
  get standingMs(): number {
    return this.#standingMs;
  }

  /** Standard deviation of the delays around their trend: jitter that no sending slower would cure. */
  get noiseMs(): number {
    return this.#noiseMs;
  }

  get growing(): boolean {
    return this.#significant && this.#slope > LEAST_SLOPE && this.#standingMs > LEAST_STANDING_MS;
  }

  get standing(): boolean {
    return this.#standingMs > STANDING_LIMIT_MS + this.#noiseMs && !this.draining;
  }

  get draining(): boolean {
    return this.#slope < -0.05;
  }

  get quiet(): boolean {
    return this.#standingMs < LEAST_STANDING_MS * 2 + this.#noiseMs / 2;
  }

  /** In the order of sending; packets told of late are too old to say anything and are left out. */
  add(sentMs: number, arrivedMs: number): void {
    const delayMs = arrivedMs - sentMs;
    if (Math.abs(delayMs - this.#lastDelayMs) > CLOCK_JUMP_MS) this.reset();
    this.#lastDelayMs = delayMs;
    if (sentMs < this.#groupStartMs) return;
    if (sentMs - this.#groupStartMs <= GROUP_MS) {
      if (delayMs < this.#groupDelayMs) this.#groupDelayMs = delayMs;
      return;
    }
    if (!Number.isNaN(this.#groupStartMs)) this.#endGroup();
    this.#groupStartMs = sentMs;
    this.#groupDelayMs = delayMs;
  }

  /** Call once per feedback, after its packets were added. */
  evaluate(): void {
    const newest = this.#count - 1;
    if (newest < 0) return;
    const oldest = Math.max(0, this.#count - GROUPS);
    const nowMs = this.#at(this.#sentMs, newest);
    let n = 0;
    let sumX = 0;
    let sumY = 0;
    let sumXX = 0;
    let sumXY = 0;
    let sumYY = 0;
    let spanMs = 0;
    let lowest = Number.POSITIVE_INFINITY;
    const base = this.#at(this.#delayMs, newest);
    for (let i = newest; i >= oldest; i -= 1) {
      const x = this.#at(this.#sentMs, i) - nowMs;
      if (-x > TREND_WINDOW_MS) break;
      const y = this.#at(this.#delayMs, i) - base;
      if (-x <= STANDING_WINDOW_MS || n < 3) lowest = Math.min(lowest, y);
      spanMs = -x;
      n += 1;
      sumX += x;
      sumY += y;
      sumXX += x * x;
      sumXY += x * y;
      sumYY += y * y;
    }
    this.#standingMs = lowest + base - Math.min(this.#baselineMs, this.#earlierBaselineMs);
    this.#slope = 0;
    this.#significant = false;
    if (n < LEAST_GROUPS || spanMs < LEAST_SPAN_MS) return;
    const varianceX = sumXX - (sumX * sumX) / n;
    const covariance = sumXY - (sumX * sumY) / n;
    const varianceY = sumYY - (sumY * sumY) / n;
    this.#slope = covariance / varianceX;
    const residual = Math.max(0, varianceY - this.#slope * covariance) / (n - 2);
    this.#significant = this.#slope > SIGNIFICANCE * Math.sqrt(residual / varianceX);
    if (!this.growing) {
      this.#noiseMs += (Math.min(Math.sqrt(residual), LARGEST_NOISE_MS) - this.#noiseMs) * 0.05;
    }
  }

  /** What is measured now is the path's own delay: it did not fall although less was sent than came through. */
  acceptStanding(): void {
    const newest = this.#count - 1;
    if (newest < 0) return;
    this.#baselineMs = Math.min(this.#baselineMs, this.#earlierBaselineMs) + this.#standingMs;
    this.#earlierBaselineMs = Number.POSITIVE_INFINITY;
    this.#baselineSinceMs = this.#at(this.#sentMs, newest);
    this.#standingMs = 0;
  }

  reset(): void {
    this.#count = 0;
    this.#groupStartMs = Number.NaN;
    this.#lastDelayMs = Number.NaN;
    this.#baselineMs = Number.POSITIVE_INFINITY;
    this.#earlierBaselineMs = Number.POSITIVE_INFINITY;
    this.#slope = 0;
    this.#standingMs = 0;
    this.#significant = false;
  }

  #endGroup(): void {
    const index = this.#count % GROUPS;
    this.#sentMs[index] = this.#groupStartMs;
    this.#delayMs[index] = this.#groupDelayMs;
    if (this.#count === 0) this.#baselineSinceMs = this.#groupStartMs;
    this.#count += 1;
    if (this.#groupStartMs - this.#baselineSinceMs > BASELINE_WINDOW_MS) {
      this.#earlierBaselineMs = this.#baselineMs;
      this.#baselineMs = Number.POSITIVE_INFINITY;
      this.#baselineSinceMs = this.#groupStartMs;
    }
    if (this.#groupDelayMs < this.#baselineMs) this.#baselineMs = this.#groupDelayMs;
  }

  #at(values: Float64Array, group: number): number {
    return values[group % GROUPS] ?? 0;
  }
}
