const DURATION_MS = 120;
const FACTOR = 1.6;
/** Until the first probe that finds the link full or worse: most links bear many times the first guess. */
const FIRST_FACTOR = 2.5;
const LARGEST_STEP_BYTES = 16_000;
const AFTER_SUCCESS_MS = 600;
const AFTER_FAILURE_MS = 5_000;
const LONGEST_PAUSE_MS = 10_000;
/** Feedback of the last packets is waited for so long. */
const PATIENCE_MS = 1_000;
const LEAST_PACKETS = 5;

/** A short stretch of padding that lifts what is sent above the estimate, and what came of it. */
export class Probe {
  #nextMs = Number.NaN;
  #pauseMs = AFTER_FAILURE_MS;
  #factor = FIRST_FACTOR;
  #running = false;
  #startMs = 0;
  #estimate = 0;
  #sentBytes = 0;
  #sentPackets = 0;
  #full = false;

  #receivedBytes = 0;
  #receivedPackets = 0;
  #firstArrivalMs = Number.POSITIVE_INFINITY;
  #lastArrivalMs = Number.NEGATIVE_INFINITY;
  #firstArrivalBytes = 0;
  #newestSentMs = 0;
  #lastSentMs = 0;

  /** Bytes of padding to send now on top of all else, so that in all more than the estimate goes out by the factor. */
  size(estimate: number, nowMs: number): number {
    if (Number.isNaN(this.#nextMs)) this.#nextMs = nowMs + AFTER_SUCCESS_MS;
    if (!this.#running) {
      if (nowMs < this.#nextMs) return 0;
      this.#begin(estimate, nowMs);
    }
    const elapsedMs = nowMs - this.#startMs;
    if (elapsedMs > DURATION_MS) return 0;
    // A step ahead of time, so that the first question has an answer.
    const due =
      (this.#estimate * this.#factor * Math.min(DURATION_MS, elapsedMs + 20)) / 8000 - this.#sentBytes;
    return Math.max(0, Math.min(LARGEST_STEP_BYTES, Math.floor(due)));
  }

  sent(_sequence: number, sizeBytes: number, nowMs: number): void {
    if (!this.#running || nowMs - this.#startMs > DURATION_MS) return;
    this.#sentBytes += sizeBytes;
    this.#sentPackets += 1;
    this.#lastSentMs = nowMs;
  }

  received(_sequence: number, sizeBytes: number, sentMs: number, arrivedMs: number): void {
    if (!this.#running || sentMs < this.#startMs) return;
    if (sentMs > this.#newestSentMs) this.#newestSentMs = sentMs;
    if (sentMs > this.#lastSentMs) return;
    this.#receivedBytes += sizeBytes;
    this.#receivedPackets += 1;
    if (arrivedMs < this.#firstArrivalMs) {
      this.#firstArrivalMs = arrivedMs;
      this.#firstArrivalBytes = sizeBytes;
    }
    if (arrivedMs > this.#lastArrivalMs) this.#lastArrivalMs = arrivedMs;
  }

  /** Whether the last result is all the link bears: clearly less came through than was sent. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * Bits per second that came through, once the probe is over and was worth it; else null. `quickestMs` is the delay of a
   * packet that nothing holds up, between both clocks: a receiver that slept takes in at once what came one by one.
   */
  result(nowMs: number, quickestMs: number): number | null {
    if (!this.#running || nowMs - this.#startMs < DURATION_MS) return null;
    const over = this.#newestSentMs >= this.#lastSentMs;
    if (!over && nowMs - this.#startMs < DURATION_MS + PATIENCE_MS) return null;
    this.#running = false;
    const enough =
      this.#receivedPackets >= LEAST_PACKETS && this.#receivedPackets >= this.#sentPackets * 0.85 && over;
    const firstMs = Math.min(this.#firstArrivalMs, this.#startMs + quickestMs);
    const spanMs = Math.max(this.#lastArrivalMs - firstMs, DURATION_MS);
    const rate = ((this.#receivedBytes - this.#firstArrivalBytes) * 8000) / spanMs;
    if (!enough || rate < this.#estimate) {
      this.#fail(nowMs);
      return null;
    }
    this.#nextMs = nowMs + AFTER_SUCCESS_MS;
    this.#pauseMs = AFTER_FAILURE_MS;
    this.#full = rate < (0.85 * this.#sentBytes * 8000) / DURATION_MS;
    if (this.#full) this.#factor = FACTOR;
    return rate;
  }

  /** The link is full: no more for a while, and longer each time. */
  abandon(nowMs: number): void {
    this.#factor = FACTOR;
    if (this.#running) this.#fail(nowMs);
    else this.#nextMs = Math.max(this.#nextMs || 0, nowMs + AFTER_FAILURE_MS);
    this.#running = false;
  }

  #fail(nowMs: number): void {
    this.#factor = FACTOR;
    this.#nextMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 1.5);
  }

  #begin(estimate: number, nowMs: number): void {
    this.#running = true;
    this.#startMs = nowMs;
    this.#estimate = estimate;
    this.#sentBytes = 0;
    this.#sentPackets = 0;
    this.#receivedBytes = 0;
    this.#receivedPackets = 0;
    this.#firstArrivalMs = Number.POSITIVE_INFINITY;
    this.#lastArrivalMs = Number.NEGATIVE_INFINITY;
    this.#newestSentMs = 0;
    this.#lastSentMs = nowMs;
  }
}
