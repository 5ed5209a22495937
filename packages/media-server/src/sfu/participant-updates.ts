import { type ParticipantInfo, ParticipantInfo_State } from '@livekit/protocol';

/**
 * How long news of one who only listens may wait, so that joining and becoming active are told together. LiveKit
 * collects for three seconds, for rooms of thousands; ours are small.
 */
export const updateBatchMs = 250;

/** News of participants on their way to the others: what matters at once goes at once, the rest in batches. */
export class ParticipantUpdates {
  readonly #waiting = new Map<string, ParticipantInfo>();

  /** What has to be told now. News that are told now replace those of the same identity that still wait. */
  push(info: ParticipantInfo, immediate: boolean): ParticipantInfo[] {
    const replaced = this.#waiting.get(info.identity);
    const isNow =
      immediate ||
      info.isPublisher ||
      info.state === ParticipantInfo_State.DISCONNECTED ||
      (replaced !== undefined && replaced.sid !== info.sid);
    if (!isNow) {
      this.#waiting.set(info.identity, info);
      return [];
    }
    this.#waiting.delete(info.identity);
    return [info];
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
