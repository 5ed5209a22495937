// Counters that wrap, as plain numbers that do not. Sequence numbers wrap every few minutes, timestamps of video after
// half a day; at 2^53 the plain numbers last longer than anything here.

const SEQUENCE_MODULUS = 0x1_0000;
const TIMESTAMP_MODULUS = 0x1_0000_0000;

/** How far `b` is ahead of `a`, both 16 bits: −32,768…32,767. */
export function sequenceDistance(a: number, b: number): number {
  return ((b - a) << 16) >> 16;
}

/** How far `b` is ahead of `a`, both 32 bits: −2^31…2^31−1. */
export function timestampDistance(a: number, b: number): number {
  return (b - a) | 0;
}

/**
 * Extends 16-bit numbers: the first one stays as it is, each later one is the value nearest to the highest so far. Right
 * for any number of wraps and for reordering up to 2^15. May be below zero for what came before the first;
 * `& 0xffff` gives the 16 bits back in every case.
 */
export class SequenceUnwrapper {
  #highest: number | null = null;

  unwrap(seq16: number): number {
    if (this.#highest === null) {
      this.#highest = seq16;
      return seq16;
    }
    const value = this.#highest + sequenceDistance(this.#highest % SEQUENCE_MODULUS, seq16);
    if (value > this.#highest) this.#highest = value;
    return value;
  }
}

/** The same for 32-bit timestamps; `>>> 0` gives the 32 bits back. */
export class TimestampUnwrapper {
  #highest: number | null = null;

  unwrap(timestamp32: number): number {
    if (this.#highest === null) {
      this.#highest = timestamp32;
      return timestamp32;
    }
    const value = this.#highest + timestampDistance(this.#highest % TIMESTAMP_MODULUS, timestamp32);
    if (value > this.#highest) this.#highest = value;
    return value;
  }
}
