import { SubscribedCodec, SubscribedQuality, SubscribedQualityUpdate } from '@livekit/protocol';
import type { VideoQuality } from '../../protocol/client-messages.ts';

/** How long less has to be wanted before the publisher is told; more is told at once (LiveKit's `dynacast_pause_delay`). */
export const dynacastPauseDelayMs = 5_000;
/** How long a new track is left alone while nobody has subscribed yet (LiveKit's wait for the first quality update). */
export const dynacastFirstWaitMs = 10_000;

/** What all subscribers together want of one track, null for nothing, and when the publisher has to hear of it. Pure. */
export class Dynacast {
  readonly #bornMs: number;
  #told: VideoQuality | null | undefined;
  #lessSinceMs: number | null = null;

  constructor(nowMs: number) {
    this.#bornMs = nowMs;
  }

  /** True where `wanted` has to be told now; it counts as told then. */
  update(wanted: VideoQuality | null, nowMs: number): boolean {
    if (this.#told === undefined) {
      if (wanted === null && nowMs - this.#bornMs < dynacastFirstWaitMs) return false;
      return this.#tell(wanted);
    }
    if (wanted === this.#told) {
      this.#lessSinceMs = null;
      return false;
    }
    if ((wanted ?? -1) > (this.#told ?? -1)) return this.#tell(wanted);
    this.#lessSinceMs ??= nowMs;
    return nowMs - this.#lessSinceMs >= dynacastPauseDelayMs && this.#tell(wanted);
  }

  #tell(wanted: VideoQuality | null): true {
    this.#told = wanted;
    this.#lessSinceMs = null;
    return true;
  }
}

/** `codec` without `video/`, by which clients compare it. */
export function subscribedQualityUpdate(
  trackSid: string,
  codec: string,
  wanted: VideoQuality | null,
): SubscribedQualityUpdate {
  const qualities = ([0, 1, 2] as const).map(
    (quality) => new SubscribedQuality({ quality, enabled: wanted !== null && quality <= wanted }),
  );
  return new SubscribedQualityUpdate({
    trackSid,
    subscribedQualities: qualities,
    subscribedCodecs: [new SubscribedCodec({ codec, qualities })],
  });
}
