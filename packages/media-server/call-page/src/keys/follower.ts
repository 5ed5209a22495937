import type { CallPage } from '@naer/core/contract/call-page';
import { RequestFailure } from '../request-failure.ts';

/** How long after a request that failed the same is tried again. */
const againMs = 2_000;

/**
 * Takes each step for the newest page only, one after the other: steps wait for cryptography and for the network, and
 * pages come meanwhile.
 */
export class Follower {
  readonly #step: (page: CallPage) => Promise<void>;
  #next: CallPage | null = null;
  #running: Promise<void> | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(step: (page: CallPage) => Promise<void>) {
    this.#step = step;
  }

  follow(page: CallPage): void {
    if (this.#closed) return;
    this.#next = page;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** When every page that was given has been followed. */
  async settled(): Promise<void> {
    await this.#running;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
  }

  async #run(): Promise<void> {
    // The first step begins after `follow` has returned: pages may come from within what listens to us.
    await Promise.resolve();
    for (let page = this.#take(); page !== null; page = this.#take()) {
      clearTimeout(this.#again);
      try {
        await this.#step(page);
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        this.#again = setTimeout(() => this.follow(page), againMs);
      }
    }
  }

  #take(): CallPage | null {
    const page = this.#closed ? null : this.#next;
    this.#next = null;
    return page;
  }
}
