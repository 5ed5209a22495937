import { setTimeout as delay } from 'node:timers/promises';

/**
 * On a machine that does much else everything takes longer: `NAER_COMPAT_PATIENCE=3` triples every limit. `npm test` has the
 * most of it, since two files with browsers share two processors there; a limit says only when to give up.
 */
const patience = Number(process.env.NAER_COMPAT_PATIENCE ?? (process.env.VITEST === undefined ? 1 : 4));
const usualLimitMs = 10_000;
const askEveryMs = 40;

/** Asks again until there is an answer; a condition that has no event of its own to wait for. */
export async function until<Found>(
  what: string,
  ask: () => Promise<Found | null | undefined | false> | Found | null | undefined | false,
  limitMs = usualLimitMs,
): Promise<Found> {
  const giveUpAt = performance.now() + limitMs * patience;
  for (;;) {
    const found = await ask();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > giveUpAt) throw new Error(`${what} did not happen within ${limitMs} ms`);
    await delay(askEveryMs);
  }
}

export async function within<Value>(what: string, limitMs: number, promise: Promise<Value>): Promise<Value> {
  const stop = new AbortController();
  const limit = delay(limitMs * patience, undefined, { signal: stop.signal, ref: false }).then(() => {
    throw new Error(`${what} took longer than ${limitMs} ms`);
  });
  limit.catch(() => undefined);
  try {
    return await Promise.race([promise, limit]);
  } finally {
    stop.abort();
  }
}

/** Something a client or a webhook told, with what it said of it. */
export interface Happening {
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** Everything that was told, in order, so that nothing is missed between two waits. */
export class EventLog<Entry extends Happening = Happening> {
  readonly entries: Entry[] = [];
  readonly #waiting = new Set<() => void>();

  add(entry: Entry): void {
    this.entries.push(entry);
    for (const look of this.#waiting) look();
  }

  all(event: string): Entry[] {
    return this.entries.filter((entry) => entry.event === event);
  }

  /** The first that fits, also of those that came before; `after` leaves out what was there at that length. */
  heard(
    event: string,
    fits: (entry: Entry) => boolean = () => true,
    { limitMs = usualLimitMs, after = 0 }: { readonly limitMs?: number; readonly after?: number } = {},
  ): Promise<Entry> {
    const find = () => this.entries.slice(after).find((entry) => entry.event === event && fits(entry));
    const already = find();
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = () => {
        const entry = find();
        if (entry === undefined) return;
        finish();
        resolve(entry);
      };
      const timer = setTimeout(() => {
        finish();
        const heard = this.entries.map((entry) => entry.event).join(', ');
        reject(new Error(`${event} was not heard within ${limitMs} ms, only: ${heard.slice(-300)}`));
      }, limitMs * patience);
      this.#waiting.add(look);
    });
  }
}
