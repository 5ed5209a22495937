import { type ParticipantInfo, ParticipantInfo_State } from '@livekit/protocol';

/**
 * How long news of one who only listens may wait, so that joining and becoming active are told together. LiveKit
 * collects for three seconds, for rooms of thousands; ours are small.
 */
export const updateBatchMs = 250;

/**
 * How much of one participant is told at once, a second and at most at a time: everybody's downlink pays for it. What is
 * over waits for the next batch, where only the newest counts, so that nothing is lost but what was true for a moment.
 */
const immediatePerSecond = 10;
const immediateBurst = 20;
/** What counts once more for every so many characters of metadata and attributes. */
const charactersPerCost = 2048;

/** News of participants on their way to the others: what matters at once goes at once, the rest in batches. */
export class ParticipantUpdates {
  readonly #waiting = new Map<string, ParticipantInfo>();
  /** What was told of whom lately, by identity; it wears off. */
  readonly #spent = new Map<string, { readonly cost: number; readonly atMs: number }>();

  /**
   * What has to be told now (Clock.mediaMs). News that are told now replace those of the same identity that still wait;
   * an end is never late, and neither is one who takes another's place.
   */
  push(info: ParticipantInfo, immediate: boolean, nowMs: number): ParticipantInfo[] {
    const replaced = this.#waiting.get(info.identity);
    const isEnd = info.state === ParticipantInfo_State.DISCONNECTED;
    const isOther = replaced !== undefined && replaced.sid !== info.sid;
    const isNow = isEnd || isOther || ((immediate || info.isPublisher) && this.#isInBudget(info, nowMs));
    if (isEnd) this.#spent.delete(info.identity);
    if (!isNow) {
      this.#waiting.set(info.identity, info);
      return [];
    }
    this.#waiting.delete(info.identity);
    return [info];
  }

  #isInBudget(info: ParticipantInfo, nowMs: number): boolean {
    let characters = info.metadata.length;
    for (const [key, value] of Object.entries(info.attributes)) characters += key.length + value.length;
    const price = Math.min(immediateBurst, 1 + characters / charactersPerCost);
    const before = this.#spent.get(info.identity);
    const wornOff = before === undefined ? 0 : ((nowMs - before.atMs) / 1000) * immediatePerSecond;
    const cost = Math.max(0, (before?.cost ?? 0) - wornOff) + price;
    if (cost > immediateBurst) return false;
    this.#spent.set(info.identity, { cost, atMs: nowMs });
    return true;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** All that waits. */
  take(): ParticipantInfo[] {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    return waiting;
  }
}
