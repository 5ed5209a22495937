/** Milliseconds between two requests for one layer: an encoder answers each with a frame of many times the usual size. */
export const keyFrameIntervalMs = 500;

/** An encoder lets go by what is asked so soon after the request before (libwebrtc, EncoderRtcpFeedback). */
const unheardMs = 300;

/**
 * Decides when a layer's publisher is asked for a key frame (RFC 4585 section 6.3.1), however many subscribers want
 * one: the first wish is passed on at once, and one more soon after it was answered (somebody who came a moment
 * later); all others share, so that two intervals see two requests. A wish that was not answered is repeated. Pure: the owner sends the request when `due` says so.
 */
export class KeyFrameRequests {
  #wanted = false;
  #lastRequestMs = Number.NEGATIVE_INFINITY;
  #requestBeforeMs = Number.NEGATIVE_INFINITY;
  /** Requests since the last answer: each waits longer, for an encoder that does not answer is short of something. */
  #unanswered = 0;

  /** A subscriber waits for a key frame. True where the request has to go out now; it counts as sent then. */
  want(nowMs: number): boolean {
    this.#wanted = true;
    return this.due(nowMs);
  }

  /** True, once for each interval, while a wish is open. */
  due(nowMs: number): boolean {
    const isUnheard = this.#unanswered === 1 && this.#lastRequestMs - this.#requestBeforeMs < unheardMs;
    const intervalMs = isUnheard
      ? unheardMs
      : keyFrameIntervalMs * 2 ** Math.max(0, Math.min(3, this.#unanswered - 1));
    const againMs =
      this.#unanswered === 0
        ? this.#requestBeforeMs + 2 * keyFrameIntervalMs
        : this.#lastRequestMs + intervalMs;
    if (!this.#wanted || nowMs < againMs) return false;
    this.#requestBeforeMs = this.#lastRequestMs;
    this.#lastRequestMs = nowMs;
    this.#unanswered++;
    return true;
  }

  /** A key frame came, or nobody waits any more. */
  answered(): void {
    this.#wanted = false;
    this.#unanswered = 0;
  }
}
