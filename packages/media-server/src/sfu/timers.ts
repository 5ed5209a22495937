/** One running timer; cancelling it twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Every timer of one owner (a room, a participant), so that closing the owner leaves none. A throw in a timer goes to
 * the owner, never to the process.
 */
export class Timers {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get count(): number {
    return this.#running.size;
  }

  /** Calls once, `delayMs` from now; never after `close()`. */
  after(delayMs: number, run: () => void): Timer {
    if (this.#closed) return { cancel: () => {} };
    const handle = setTimeout(() => {
      this.#running.delete(handle);
      this.#guarded(run);
    }, delayMs);
    return this.#keep(handle);
  }

  /** Calls every `intervalMs`, for the first time after one interval. */
  every(intervalMs: number, run: () => void): Timer {
    if (this.#closed) return { cancel: () => {} };
    return this.#keep(setInterval(() => this.#guarded(run), intervalMs));
  }

  close(): void {
    this.#closed = true;
    for (const handle of this.#running) clearTimeout(handle);
    this.#running.clear();
  }

  #keep(handle: NodeJS.Timeout): Timer {
    this.#running.add(handle);
    return {
      cancel: () => {
        clearTimeout(handle);
        this.#running.delete(handle);
      },
    };
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#onError(error);
    }
  }
}
