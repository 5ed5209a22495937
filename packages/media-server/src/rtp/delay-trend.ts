// Is a queue building on the way down? Read from one-way delays, whose zero nobody knows: only their change counts.
// The idea is that of draft-ietf-rmcat-gcc (delay variation between groups of packets, its trend against a threshold);
// the test here is a regression with its own standard error, so that jitter raises the bar by itself.

const GROUPS = 128;
/** Packets sent within this time count as one measurement, the quickest of them: a burst's own tail is no queue. */
const GROUP_MS = 15;
const TREND_WINDOW_MS = 750;
const STANDING_WINDOW_MS = 90;
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
/** With each evaluation, ten to twenty a second. */
const FORGETTING = 0.999;
/** The far clock jumped (24-bit reference time wrapped, the page slept): start over. */
const CLOCK_JUMP_MS = 10_000;

export class DelayTrend {
  /** The quickest packet's delay of each stretch of `GROUP_MS`, by the number of the stretch. */
  readonly #delayMs = new Float64Array(GROUPS);
  readonly #id = new Float64Array(GROUPS).fill(Number.NaN);
  #newest = Number.NaN;
  #lastDelayMs = Number.NaN;
  #baselineMs = Number.POSITIVE_INFINITY;
  #earlierBaselineMs = Number.POSITIVE_INFINITY;
  #baselineSince = 0;
  #trendFrom = Number.NEGATIVE_INFINITY;
  #slope = 0;
  #standingMs = 0;
  #knownNoiseMs = Number.NaN;
  #toleratedMs = 0;
  #significant = false;
  #blind = true;

  /** Milliseconds of delay gained per millisecond sent, over the last window; 0 where too little is known. */
  get slope(): number {
    return this.#slope;
  }

  /** Delay that even the quickest recent packets had above the quickest of the last ten seconds and more. */
  get standingMs(): number {
    return this.#standingMs;
  }

  /** The quickest of the last ten seconds and more, between two clocks: only differences mean something. */
  get baselineMs(): number {
    return Math.min(this.#baselineMs, this.#earlierBaselineMs);
  }

  /** Standard deviation of the delays around their trend: jitter that no sending slower would cure. */
  get noiseMs(): number {
    return this.#knownNoiseMs || 0;
  }

  /** Nothing is known yet of what was sent since `startAnew`. */
  get blind(): boolean {
    return this.#blind;
  }

  get growing(): boolean {
    const leastMs = LEAST_STANDING_MS + this.#toleratedMs;
    return this.#significant && this.#slope > LEAST_SLOPE && this.#standingMs > leastMs;
  }

  /** So clear that one look is enough: a queue that gains a fifth of the time that passes. */
  get steep(): boolean {
    return this.growing && this.#slope > 0.2 && this.#standingMs > LEAST_STANDING_MS * 2 + this.noiseMs;
  }

  get standing(): boolean {
    return this.#standingMs > STANDING_LIMIT_MS + this.noiseMs + this.#toleratedMs && !this.draining;
  }

  get draining(): boolean {
    return this.#slope < -0.05;
  }

  get quiet(): boolean {
    return !this.#blind && this.#standingMs < LEAST_STANDING_MS * 2 + this.noiseMs / 2 + this.#toleratedMs;
  }

  /** In any order: jitter lets packets overtake each other, and the slow ones are told of late. */
  add(sentMs: number, arrivedMs: number): void {
    const delayMs = arrivedMs - sentMs;
    if (Math.abs(delayMs - this.#lastDelayMs) > CLOCK_JUMP_MS) this.reset();
    this.#lastDelayMs = delayMs;
    const id = Math.floor(sentMs / GROUP_MS);
    if (id <= this.#newest - GROUPS) return;
    const index = id % GROUPS;
    if (this.#id[index] !== id) {
      this.#id[index] = id;
      this.#delayMs[index] = delayMs;
    } else if (delayMs < (this.#delayMs[index] ?? delayMs)) {
      this.#delayMs[index] = delayMs;
    }
    if (!(id <= this.#newest)) this.#advance(id);
    if (delayMs < this.#baselineMs) this.#baselineMs = delayMs;
  }

  /** Call once per feedback, after its packets were added. */
  evaluate(): void {
    if (Number.isNaN(this.#newest)) return;
    this.#toleratedMs *= FORGETTING;
    const base = this.#delayMs[this.#newest % GROUPS] ?? 0;
    let n = 0;
    let sumX = 0;
    let sumY = 0;
    let sumXX = 0;
    let sumXY = 0;
    let sumYY = 0;
    let spanMs = 0;
    let lowest = Number.POSITIVE_INFINITY;
    let looked = 0;
    for (let back = 0; back < TREND_WINDOW_MS / GROUP_MS; back += 1) {
      const id = this.#newest - back;
      const index = id % GROUPS;
      if (this.#id[index] !== id) continue;
      const x = -back * GROUP_MS;
      const y = (this.#delayMs[index] ?? 0) - base;
      if (-x <= STANDING_WINDOW_MS || looked < 3) lowest = Math.min(lowest, y);
      looked += 1;
      if (id < this.#trendFrom) continue;
      spanMs = -x;
      n += 1;
      sumX += x;
      sumY += y;
      sumXX += x * x;
      sumXY += x * y;
      sumYY += y * y;
    }
    this.#standingMs = lowest + base - this.baselineMs;
    this.#slope = 0;
    this.#significant = false;
    this.#blind = n === 0;
    if (n < LEAST_GROUPS || spanMs < LEAST_SPAN_MS) return;
    const varianceX = sumXX - (sumX * sumX) / n;
    const covariance = sumXY - (sumX * sumY) / n;
    const varianceY = sumYY - (sumY * sumY) / n;
    this.#slope = covariance / varianceX;
    const residual = Math.max(0, varianceY - this.#slope * covariance) / (n - 2);
    this.#significant = this.#slope > SIGNIFICANCE * Math.sqrt(residual / varianceX);
    const noiseMs = Math.min(Math.sqrt(residual), LARGEST_NOISE_MS);
    if (Number.isNaN(this.#knownNoiseMs)) this.#knownNoiseMs = noiseMs;
    else if (!this.growing) this.#knownNoiseMs += (noiseMs - this.#knownNoiseMs) * 0.05;
  }

  /** What is measured now is the path's own delay: it did not fall although less was sent than came through. */
  acceptStanding(): void {
    this.#baselineMs = this.baselineMs + this.#standingMs;
    this.#earlierBaselineMs = Number.POSITIVE_INFINITY;
    this.#baselineSince = this.#newest;
    this.#standingMs = 0;
  }

  /** The path holds packets up by so much now and then, however little is sent: no queue of ours. Forgotten within minutes. */
  tolerateStanding(): void {
    this.#toleratedMs = Math.max(this.#toleratedMs, this.#standingMs);
  }

  /** The trend of what is sent from now on: something was done about the one so far. */
  startAnew(nowMs: number): void {
    this.#trendFrom = Math.ceil(nowMs / GROUP_MS);
  }

  reset(): void {
    this.#trendFrom = Number.NEGATIVE_INFINITY;
    this.#id.fill(Number.NaN);
    this.#newest = Number.NaN;
    this.#lastDelayMs = Number.NaN;
    this.#baselineMs = Number.POSITIVE_INFINITY;
    this.#earlierBaselineMs = Number.POSITIVE_INFINITY;
    this.#slope = 0;
    this.#standingMs = 0;
    this.#significant = false;
  }

  #advance(id: number): void {
    if (Number.isNaN(this.#newest)) this.#baselineSince = id;
    this.#newest = id;
    if ((id - this.#baselineSince) * GROUP_MS <= BASELINE_WINDOW_MS) return;
    this.#earlierBaselineMs = this.#baselineMs;
    this.#baselineMs = Number.POSITIVE_INFINITY;
    this.#baselineSince = id;
  }
}
