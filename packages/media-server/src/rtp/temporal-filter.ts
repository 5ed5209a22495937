import type { FrameFacts } from './frames.ts';

/**
 * Leaves out the upper temporal layers of one outgoing stream, where the page needs fewer frames a second. Down at once; up
 * by one layer at a time, and only where the stream says that it can be joined (VP8: Y bit, RFC 7741 section 4.2), since a
 * frame may build on others of its layer. What it refuses belongs into `StreamRewriter.dropped`.
 */
export class TemporalFilter {
  #target = Number.POSITIVE_INFINITY;
  #current = Number.POSITIVE_INFINITY;
  #timestamp = -1;
  #taken = true;

  /** Null: all of them. */
  setHighest(layer: number | null): void {
    this.#target = layer ?? Number.POSITIVE_INFINITY;
  }

  /** All packets of a frame get the same answer; `timestamp` is the RTP timestamp by which they belong together. */
  takes(frame: FrameFacts, timestamp: number): boolean {
    const { temporalLayer } = frame;
    if (temporalLayer === null) return true;
    if (timestamp === this.#timestamp) return this.#taken;
    if (this.#target < this.#current || (frame.keyFrame && frame.start)) this.#current = this.#target;
    const next = temporalLayer === this.#current + 1 && temporalLayer <= this.#target;
    if (next && frame.start && frame.switchUp === true) this.#current = temporalLayer;
    this.#timestamp = timestamp;
    this.#taken = temporalLayer <= this.#current;
    return this.#taken;
  }
}

/**
 * The highest temporal layer needed for `wantedFps` of a stream with `fps` in all, each layer doubling the one below;
 * null where all are (also with 0: any).
 */
export function highestTemporalLayer(wantedFps: number, fps: number, layers: number): number | null {
  if (wantedFps <= 0 || fps <= 0) return null;
  for (let layer = 0; layer < layers - 1; layer += 1) {
    // A tenth less than wished is not seen, and cameras seldom keep their rate to the digit.
    if (fps / 2 ** (layers - 1 - layer) >= wantedFps * 0.9) return layer;
  }
  return null;
}
