const UNKNOWN = 0;
/** Not seen yet: its outgoing number is kept for it. */
const MISSING = 1;
const GIVEN = 2;
const LEFT_OUT = 3;

/**
 * Turns incoming numbers (unwrapped) into outgoing ones without gaps for what was left out on purpose, and with a number
 * kept for what is missing and may come late. Remembers the last `size` incoming numbers (a power of two).
 */
export class NumberMapper {
  readonly #mask: number;
  readonly #maxGap: number;
  /** The low 32 bits of the incoming number an entry is for. */
  readonly #incoming: Int32Array;
  readonly #outgoing: Int32Array;
  readonly #state: Uint8Array;
  #highestIn = Number.NEGATIVE_INFINITY;
  #highestOut: number;

  /** A jump of more than `maxGap` is a restart of the sender: no numbers are kept for what seems to be missing. */
  constructor(size: number, maxGap: number, firstOut: number) {
    this.#mask = size - 1;
    this.#maxGap = Math.min(maxGap, size - 1);
    this.#incoming = new Int32Array(size);
    this.#outgoing = new Int32Array(size);
    this.#state = new Uint8Array(size);
    this.#highestOut = firstOut - 1;
  }

  /** The last number given or kept. */
  get highestOut(): number {
    return this.#highestOut;
  }

  /** The next incoming number, whatever it is, continues what went out; what was before it is forgotten. */
  restart(): void {
    this.#state.fill(UNKNOWN);
    this.#highestIn = Number.NEGATIVE_INFINITY;
  }

  isNewest(incoming: number): boolean {
    return incoming > this.#highestIn;
  }

  /** The outgoing number (its low 32 bits); null for what was left out, is too old or, unless `again`, has been given. */
  give(incoming: number, again: boolean): number | null {
    const index = incoming & this.#mask;
    if (incoming > this.#highestIn) {
      this.#keepFor(incoming);
      this.#highestOut += 1;
      this.#put(incoming, this.#highestOut, GIVEN);
      this.#highestIn = incoming;
      return this.#highestOut | 0;
    }
    if (this.#incoming[index] !== (incoming | 0)) return null;
    const state = this.#state[index];
    if (state === MISSING) this.#state[index] = GIVEN;
    else if (state !== GIVEN || !again) return null;
    return this.#outgoing[index] ?? null;
  }

  /** Takes an outgoing number for something that came from nowhere (padding). */
  insert(): number {
    this.#highestOut += 1;
    return this.#highestOut;
  }

  /** False where a number is kept for it already: leaving it out would leave a hole. */
  leaveOut(incoming: number): boolean {
    if (incoming > this.#highestIn) {
      // Before the first one nothing is to be continued.
      if (this.#highestIn === Number.NEGATIVE_INFINITY) return true;
      this.#keepFor(incoming);
      this.#put(incoming, 0, LEFT_OUT);
      this.#highestIn = incoming;
      return true;
    }
    const index = incoming & this.#mask;
    return this.#incoming[index] !== (incoming | 0) || this.#state[index] !== MISSING;
  }

  #keepFor(incoming: number): void {
    if (incoming - this.#highestIn - 1 > this.#maxGap) return;
    for (let missing = this.#highestIn + 1; missing < incoming; missing += 1) {
      this.#highestOut += 1;
      this.#put(missing, this.#highestOut, MISSING);
    }
  }

  #put(incoming: number, outgoing: number, state: number): void {
    const index = incoming & this.#mask;
    this.#incoming[index] = incoming | 0;
    this.#outgoing[index] = outgoing | 0;
    this.#state[index] = state;
  }
}
