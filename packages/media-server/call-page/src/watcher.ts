import type { CallPage } from '@naer/core/contract/call-page';
import type { CallApi } from './api.ts';
import { type FailureCode, RequestFailure } from './request-failure.ts';
import type { ServiceState } from './session-state.ts';

/** Refusals that no waiting changes. */
const final: ReadonlySet<FailureCode> = new Set(['link_not_valid', 'link_in_use', 'link_pin']);
/** Refusals after which there is no use in asking again by itself. */
export const isFinal = (failure: RequestFailure): boolean => final.has(failure.code);

const firstPauseMs = 500;
const longestPauseMs = 8_000;
/** A service that answers at once without anything new is not asked more often than this. */
const leastMs = 1_000;

export interface WatcherDeps {
  readonly api: Pick<CallApi, 'watch'>;
  readonly now: () => number;
  /** 0 to 1: pages that lost the service together do not come back together. */
  readonly random: () => number;
  /** The version that is shown, to be told of newer ones. */
  readonly version: () => number | null;
  readonly onPage: (page: CallPage) => void;
  readonly onService: (state: ServiceState) => void;
  readonly onRefused: (failure: RequestFailure) => void;
}

/** Keeps asking the service for what is new, through networks that come and go, until it is closed or refused. */
export class Watcher {
  readonly #deps: WatcherDeps;
  readonly #ending = new AbortController();
  #lostSince: number | null = null;
  #wake: (() => void) | null = null;

  private constructor(deps: WatcherDeps) {
    this.#deps = deps;
  }

  static start(deps: WatcherDeps): Watcher {
    const watcher = new Watcher(deps);
    void watcher.#run();
    return watcher;
  }

  /** The network came back, or the page is looked at again: does not wait for the end of a pause. */
  poke(): void {
    this.#wake?.();
  }

  close(): void {
    this.#ending.abort();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { api, now, version, onPage, onService, onRefused } = this.#deps;
    let pauseMs = firstPauseMs;
    while (!this.#ending.signal.aborted) {
      const asked = now();
      const after = version();
      try {
        const page = await api.watch(after, this.#ending.signal);
        if (this.#ending.signal.aborted) return;
        this.#lostSince = null;
        pauseMs = firstPauseMs;
        onService({ state: 'reached' });
        onPage(page);
        if (page.version === after && now() - asked < leastMs) await this.#pause(leastMs);
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        if (!(error instanceof RequestFailure)) throw error;
        if (isFinal(error)) {
          onRefused(error);
          return;
        }
        if (error.code !== 'too_many_requests') {
          this.#lostSince ??= now();
          onService({
            state: error.code === 'offline' ? 'offline' : 'unreachable',
            since: this.#lostSince,
          });
        }
        await this.#pause(error.retryAfterMs ?? pauseMs * (0.5 + this.#deps.random() / 2));
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
    });
  }
}
