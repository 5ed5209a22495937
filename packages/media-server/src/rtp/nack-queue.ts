// Which missing packets to ask for, and when. An answer takes a round trip, so asking again sooner only doubles the
// traffic of a line that is losing packets already; and a packet of a second ago is of no use to a conversation.

/** More than this at once is an outage: a key frame mends it, packets one by one do not. */
const MAX_TRACKED = 200;
const MAX_TRIES = 6;
const GIVE_UP_MS = 1000;
/** Wi-Fi and multi-core senders swap neighbours; those need nobody to ask. */
const REORDER_WAIT_MS = 10;
const MIN_SPACING_MS = 20;
const DEFAULT_ROUND_TRIP_MS = 100;
const MAX_ROUND_TRIP_MS = 1000;
/** Packets asked for, in a second and at once: what bounds the storm however bad the line is. */
const ASKS_PER_SECOND = 300;
const ASKS_AT_ONCE = MAX_TRACKED;

interface Missing {
  readonly sinceMs: number;
  nextMs: number;
  tries: number;
}

const nothing: readonly number[] = [];

/** The gaps of one stream; numbers are unwrapped ones, times are those of the media clock. */
export class NackQueue {
  /** In ascending order, for each gap is found at the front. */
  readonly #missing = new Map<number, Missing>();
  /** Nothing is due before; lets the usual call return at once. */
  #nextMs = Number.POSITIVE_INFINITY;
  #spacingMs = DEFAULT_ROUND_TRIP_MS + REORDER_WAIT_MS;
  #giveUpMs = GIVE_UP_MS;
  #budget = ASKS_AT_ONCE;
  #budgetMs = Number.NEGATIVE_INFINITY;

  setRoundTrip(ms: number): void {
    if (!(ms >= 0)) return;
    const roundTripMs = Math.min(ms, MAX_ROUND_TRIP_MS);
    // A little more than the round trip: the answer to the first ask shall win against the second ask.
    this.#spacingMs = Math.max(MIN_SPACING_MS, roundTripMs + REORDER_WAIT_MS);
    this.#giveUpMs = Math.max(GIVE_UP_MS, 3 * roundTripMs);
  }

  /** All numbers from `first` up to, without, `end` were jumped over. */
  addGap(first: number, end: number, nowMs: number): void {
    const nextMs = nowMs + REORDER_WAIT_MS;
    for (let seq = Math.max(first, end - MAX_TRACKED); seq < end; seq += 1) {
      this.#missing.set(seq, { sinceMs: nowMs, nextMs, tries: 0 });
    }
    if (nextMs < this.#nextMs) this.#nextMs = nextMs;
    if (this.#missing.size <= MAX_TRACKED) return;
    let excess = this.#missing.size - MAX_TRACKED;
    for (const seq of this.#missing.keys()) {
      if (excess === 0) break;
      this.#missing.delete(seq);
      excess -= 1;
    }
  }

  received(seq: number): void {
    this.#missing.delete(seq);
  }

  clear(): void {
    this.#missing.clear();
    this.#nextMs = Number.POSITIVE_INFINITY;
  }

  /** Numbers (16 bits, ascending but for the wrap) to ask for now; they count as asked for. */
  due(nowMs: number): readonly number[] {
    if (nowMs < this.#nextMs || this.#missing.size === 0) return nothing;
    this.#refill(nowMs);
    const due: number[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [seq, missing] of this.#missing) {
      if (nowMs - missing.sinceMs > this.#giveUpMs) {
        this.#missing.delete(seq);
        continue;
      }
      if (missing.nextMs <= nowMs && this.#budget >= 1) {
        this.#budget -= 1;
        due.push(seq & 0xffff);
        missing.tries += 1;
        missing.nextMs = nowMs + this.#spacingMs;
        if (missing.tries === MAX_TRIES) {
          this.#missing.delete(seq);
          continue;
        }
      }
      if (missing.nextMs < nextMs) nextMs = missing.nextMs;
    }
    this.#nextMs = nextMs;
    return due;
  }

  #refill(nowMs: number): void {
    const grown = this.#budget + ((nowMs - this.#budgetMs) * ASKS_PER_SECOND) / 1000;
    this.#budget = Math.min(ASKS_AT_ONCE, grown);
    this.#budgetMs = nowMs;
  }
}
