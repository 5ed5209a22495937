import type { MediaLink } from './link.ts';
import type { Timer, Timers } from './timers.ts';

/** What waits for the channel of one who is just joining, at most: LiveKit's own bound. */
const maxWaitingBytes = 100_000;
const retryMs = 50;

/**
 * Reliable data on its way to one participant: kept, in order and bounded, until its channel is open. Lossy data waits
 * for nobody.
 */
export class DataOutbox {
  readonly #link: Pick<MediaLink, 'sendData'>;
  readonly #timers: Timers;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #retry: Timer | null = null;

  constructor(link: Pick<MediaLink, 'sendData'>, timers: Timers) {
    this.#link = link;
    this.#timers = timers;
  }

  send(kind: 'reliable' | 'lossy', bytes: Uint8Array): void {
    if (kind === 'lossy') {
      this.#link.sendData('lossy', bytes);
      return;
    }
    if (this.#waiting.length === 0 && this.#link.sendData('reliable', bytes)) return;
    if (this.#waitingBytes + bytes.length > maxWaitingBytes) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#retry ??= this.#timers.every(retryMs, () => this.#flush());
  }

  #flush(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined) break;
      if (!this.#link.sendData('reliable', next)) return;
      this.#waiting.shift();
      this.#waitingBytes -= next.length;
    }
    this.#retry?.cancel();
    this.#retry = null;
  }
}
