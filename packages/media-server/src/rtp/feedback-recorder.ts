import { SequenceUnwrapper } from './sequence.ts';
import {
  FEEDBACK_HEADER_BYTES,
  fitsFeedbackDelta,
  toFeedbackTicks,
  writeTransportFeedback,
} from './transport-feedback.ts';

/** Packets whose arrival is remembered: some seconds of one client's upstream; a power of two. */
const WINDOW = 2048;
/** A feedback stays below what every path takes in one datagram. */
const MAX_FEEDBACK_BYTES = 1100;

/**
 * Arrivals of one client's packets of all streams, told back to it every 50 ms or so (draft-holmer-rmcat-transport-wide-
 * cc-extensions-01). A packet that comes after its neighbours were told of is told of later, together with them.
 */
export class TransportFeedbackRecorder {
  readonly #unwrapper = new SequenceUnwrapper();
  /** By number modulo the window; NaN where nothing came. */
  readonly #arrivals = new Float64Array(WINDOW).fill(Number.NaN);
  /** Unwrapped: the next number to tell of, and the newest; equal to `highest + 1` when all is told. */
  #next = 0;
  #highest: number | null = null;
  /** Would follow the last packet that was too old to be remembered. */
  #strayNext: number | null = null;
  #mediaSsrc = 0;
  #feedbackCount = 0;

  /** `arrivalMs` as early as it can be had: every delay in between looks like a full line to the client. */
  record(transportSeq16: number, arrivalMs: number, mediaSsrc: number): void {
    const seq = this.#unwrapper.unwrap(transportSeq16);
    this.#mediaSsrc = mediaSsrc;
    if (this.#highest === null || seq - this.#highest >= WINDOW) {
      this.#startAt(seq, arrivalMs);
      return;
    }
    if (this.#highest - seq >= WINDOW) {
      // One could be a stray of long ago; two in a row are a client that counts anew.
      if (seq === this.#strayNext) this.#startAt(seq, arrivalMs);
      this.#strayNext = seq + 1;
      return;
    }
    if (seq > this.#highest) {
      for (let skipped = this.#highest + 1; skipped < seq; skipped += 1) {
        this.#arrivals[slot(skipped)] = Number.NaN;
      }
      this.#highest = seq;
      this.#next = Math.max(this.#next, seq - WINDOW + 1);
    } else if (!Number.isNaN(this.#arrivals[slot(seq)])) {
      return;
    } else if (seq < this.#next) {
      this.#next = seq;
    }
    this.#arrivals[slot(seq)] = arrivalMs;
  }

  /** Feedback about all that came since the last call: none, one, or several where one would be too long. */
  build(senderSsrc: number): Buffer[] {
    const feedbacks: Buffer[] = [];
    while (this.#highest !== null && this.#next <= this.#highest) {
      const arrivalsMs = this.#take(this.#highest);
      feedbacks.push(
        writeTransportFeedback({
          senderSsrc,
          mediaSsrc: this.#mediaSsrc,
          baseSequenceNumber: this.#next & 0xffff,
          feedbackCount: this.#feedbackCount,
          arrivalsMs,
        }),
      );
      this.#feedbackCount = (this.#feedbackCount + 1) & 0xff;
      this.#next += arrivalsMs.length;
    }
    return feedbacks;
  }

  /** As many statuses from `next` on as one feedback holds; the last one is an arrival, as the newest packet is one. */
  #take(highest: number): (number | null)[] {
    const arrivalsMs: (number | null)[] = [];
    let before: number | null = null;
    let deltaBytes = 0;
    let untilLastArrival = 0;
    for (let seq = this.#next; seq <= highest; seq += 1) {
      const arrivalMs = this.#arrivals[slot(seq)] ?? Number.NaN;
      if (Number.isNaN(arrivalMs)) {
        arrivalsMs.push(null);
        continue;
      }
      const ticks = toFeedbackTicks(arrivalMs);
      const delta = before === null ? 0 : ticks - before;
      const bytes = before === null || delta < 0 || delta > 0xff ? 2 : 1;
      const chunkBytes = 2 * Math.ceil((arrivalsMs.length + 1) / 7);
      const full = FEEDBACK_HEADER_BYTES + chunkBytes + deltaBytes + bytes > MAX_FEEDBACK_BYTES;
      if (before !== null && (full || !fitsFeedbackDelta(delta))) break;
      arrivalsMs.push(arrivalMs);
      untilLastArrival = arrivalsMs.length;
      before = ticks;
      deltaBytes += bytes;
    }
    arrivalsMs.length = untilLastArrival;
    return arrivalsMs;
  }

  #startAt(seq: number, arrivalMs: number): void {
    this.#arrivals.fill(Number.NaN);
    this.#arrivals[slot(seq)] = arrivalMs;
    this.#highest = seq;
    this.#next = seq;
  }
}

/** Right below zero too, where a packet of before the first one came late. */
function slot(seq: number): number {
  return seq & (WINDOW - 1);
}
