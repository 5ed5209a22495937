import type { TroubleStep } from '@naer/core/contract/call-codes';
import { type Measure, measure, qualityOf } from './measure.ts';
import type { MediaRoom } from './room.ts';
import type { Quality } from './state.ts';

/** What should come and does not for this long is told. */
const missedAfterMs = 8_000;

/** What truly arrives from the others, whatever the connection says of itself. */
export class Arrivals {
  readonly #room: Pick<MediaRoom, 'read' | 'stats'>;
  readonly #now: () => number;
  /** How much of somebody was decoded when the key did not fit them: once there is more, it fits again. */
  readonly #undecodable = new Map<string, number>();
  /** Since when a sound or picture that is said to be on stands still, by `identity kind`. */
  readonly #still = new Map<string, number>();
  #measure: Measure | null = null;

  constructor(room: Pick<MediaRoom, 'read' | 'stats'>, now: () => number) {
    this.#room = room;
    this.#now = now;
  }

  async look(): Promise<void> {
    const before = this.#measure;
    this.#measure = measure(await this.#room.stats(), before);
    for (const [identity, decoded] of this.#undecodable)
      if (this.#decoded(identity) > decoded) this.#undecodable.delete(identity);
    const expected = this.#expected();
    for (const key of expected) {
      const bytes = this.#measure.arrived.get(key)?.bytes ?? 0;
      if (bytes !== (before?.arrived.get(key)?.bytes ?? 0)) this.#still.delete(key);
      else if (!this.#still.has(key)) this.#still.set(key, this.#now());
    }
    for (const key of this.#still.keys()) if (!expected.has(key)) this.#still.delete(key);
  }

  keyDidNotFit(identity: string): void {
    this.#undecodable.set(identity, this.#decoded(identity));
  }

  /** Another key is in use: what did not fit before may fit now. */
  keyChanged(): void {
    this.#undecodable.clear();
  }

  isUndecodable(identity: string): boolean {
    return this.#undecodable.has(identity);
  }

  /** Most serious first. */
  troubles(): TroubleStep[] {
    const missing = (kind: string) =>
      [...this.#still].some(([key, since]) => key.endsWith(kind) && this.#now() - since >= missedAfterMs);
    return [
      ...(this.#undecodable.size > 0 ? (['key-mismatch'] as const) : []),
      ...(missing(' audio') ? (['no-sound'] as const) : []),
      ...(missing(' video') ? (['no-picture'] as const) : []),
    ];
  }

  quality(): Quality {
    return this.#measure === null ? 'good' : qualityOf(this.#measure);
  }

  measured() {
    const { roundTripMs = null, lossPercent = null, codecs = [] } = this.#measure ?? {};
    return { roundTripMs, lossPercent, codecs: [...codecs] };
  }

  #expected(): Set<string> {
    const expected = new Set<string>();
    for (const { identity, camera, microphone } of this.#room.read().others) {
      if (camera?.live) expected.add(`${identity} video`);
      if (microphone?.live) expected.add(`${identity} audio`);
    }
    return expected;
  }

  #decoded(identity: string): number {
    const of = (kind: string) => this.#measure?.arrived.get(`${identity} ${kind}`)?.decoded ?? 0;
    return of('video') + of('audio');
  }
}
