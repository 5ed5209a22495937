import type { TrackKind, VideoQuality } from '../../protocol/client-messages.ts';
import { ReceiveStream } from '../../rtp/receive-stream.ts';
import { KeyFrameRequests } from './key-frame-requests.ts';

/**
 * A layer counts as flowing for so many of its usual frame intervals after its last packet, held between the bounds: a
 * camera's best layer that the encoder gave up is noticed in half a second, a still screen has more than two.
 */
const patienceFrames = 10;
const leastPatienceMs = 500;
const mostPatienceMs = 2_500;
/** What a layer costs is believed so slowly, up (a key frame is no rate) and down (nor is a still moment). */
const dearerMs = 1_000;
const cheaperMs = 8_000;

/** Which quality a simulcast id means: LiveKit's clients use q, h and f, and nothing where there is one encoding. */
export function qualityOfRid(rid: string, rids: readonly string[]): VideoQuality {
  switch (rid) {
    case 'q':
      return 0;
    case 'h':
      return 1;
    case 'f':
    case '':
      return 2;
    default: {
      // Somebody else's names: they are listed from the best to the least or the other way round, and both are
      // used, so that only their number says anything. The order of LiveKit's own clients is taken.
      const place = rids.indexOf(rid);
      return place <= 0 ? 0 : place === 1 ? 1 : 2;
    }
  }
}

/** One encoding of a track as it comes in: one SSRC, with the one that repairs it. */
export class Layer {
  readonly rid: string;
  readonly quality: VideoQuality;
  readonly ssrc: number;
  readonly receive: ReceiveStream;
  readonly keyFrames = new KeyFrameRequests();
  rtxSsrc: number | null = null;
  lastPacketMs = Number.NEGATIVE_INFINITY;
  #lastFrameMs = Number.NEGATIVE_INFINITY;
  #frameIntervalMs = 100;
  /** Of the frames so far; 1 where they build on each other one by one. */
  temporalLayers = 1;
  #cost = 0;
  #costMs = 0;

  constructor(rid: string, quality: VideoQuality, ssrc: number, kind: TrackKind) {
    this.rid = rid;
    this.quality = quality;
    this.ssrc = ssrc;
    this.receive = new ReceiveStream({ ssrc, clockRate: kind === 'audio' ? 48_000 : 90_000 });
  }

  /** A packet came; `endsFrame` with the last of a frame. */
  came(endsFrame: boolean, nowMs: number): void {
    this.lastPacketMs = nowMs;
    if (!endsFrame) return;
    const intervalMs = Math.min(1_000, nowMs - this.#lastFrameMs);
    this.#frameIntervalMs += (intervalMs - this.#frameIntervalMs) / 8;
    this.#lastFrameMs = nowMs;
  }

  get framesPerSecond(): number {
    return 1_000 / Math.max(1, this.#frameIntervalMs);
  }

  /** Bits per second that whoever is given this layer has to bear: the measured rate without its short moods. */
  cost(nowMs: number): number {
    const measured = this.receive.bitrate(nowMs);
    if (this.#cost === 0) this.#cost = measured;
    else if (this.isFlowing(nowMs)) {
      const slownessMs = measured > this.#cost ? dearerMs : cheaperMs;
      this.#cost += (measured - this.#cost) * (1 - Math.exp((this.#costMs - nowMs) / slownessMs));
    }
    this.#costMs = nowMs;
    return this.#cost;
  }

  isFlowing(nowMs: number): boolean {
    const patienceMs = Math.max(
      leastPatienceMs,
      Math.min(mostPatienceMs, this.#frameIntervalMs * patienceFrames),
    );
    return nowMs - this.lastPacketMs < patienceMs;
  }
}
