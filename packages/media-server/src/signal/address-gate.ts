import type { Limits } from '../limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** How many sockets and joins one address may have; keeps nothing of an address that is quiet. */
export class AddressGate {
  readonly #limits: Pick<Limits, 'maxSocketsPerAddress' | 'joinsPerSecondPerAddress'>;
  readonly #addresses = new Map<string, { sockets: number; readonly joins: TokenBucket }>();

  constructor(limits: Pick<Limits, 'maxSocketsPerAddress' | 'joinsPerSecondPerAddress'>) {
    this.#limits = limits;
  }

  /** One attempt, whatever becomes of it: it is spent before a token is verified, since that costs. */
  attempt(key: string, nowMs: number): 'ok' | 'rate' | 'sockets' {
    const entry = this.#entry(key, nowMs);
    if (!entry.joins.take(nowMs)) return 'rate';
    return entry.sockets < this.#limits.maxSocketsPerAddress ? 'ok' : 'sockets';
  }

  /** Counts a socket; the function given back, called once or more, counts it out again. */
  hold(key: string, nowMs: number): () => void {
    const entry = this.#entry(key, nowMs);
    entry.sockets += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      entry.sockets -= 1;
    };
  }

  /** To be called now and then: forgets addresses without sockets whose rate has filled up again. */
  forgetQuiet(nowMs: number): void {
    for (const [key, entry] of this.#addresses) {
      if (entry.sockets === 0 && entry.joins.isFull(nowMs)) this.#addresses.delete(key);
    }
  }

  get size(): number {
    return this.#addresses.size;
  }

  #entry(key: string, nowMs: number): { sockets: number; readonly joins: TokenBucket } {
    const known = this.#addresses.get(key);
    if (known !== undefined) return known;
    const rate = this.#limits.joinsPerSecondPerAddress;
    const entry = { sockets: 0, joins: new TokenBucket(rate, rate, nowMs) };
    this.#addresses.set(key, entry);
    return entry;
  }
}
