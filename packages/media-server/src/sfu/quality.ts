import { ConnectionQuality } from '@livekit/protocol';
import type { LinkStats } from './link.ts';

/** How often qualities are told, as LiveKit does. */
export const qualityIntervalMs = 5_000;

/** What a score starts from and moves towards, between 0 (nothing comes) and 100. */
const best = 100;
const lost = 20;
/** Down fast, up slowly, as LiveKit: a quality that dropped is believed at once, one that recovered later. */
const falling = 0.8;
const rising = 0.4;
/**
 * One percent of loss costs so many points (LiveKit's weight for video, with which 2 % is no longer excellent and 6 %
 * poor; Opus with FEC bears nearly twice as much).
 */
const lossWeight = 10;
const audioLossWeight = 8 / 1.5;

export interface QualityReading {
  readonly stats: LinkStats;
  /** Something should have come from this participant: its microphone is open, or its signal is gone. */
  readonly expectsMedia: boolean;
  readonly sendsVideo: boolean;
  readonly receivesVideo: boolean;
}

export interface Quality {
  readonly quality: ConnectionQuality;
  /** Mean opinion score, 1 … 4.5. */
  readonly score: number;
}

/** One participant's quality over time, from what RTCP tells of both directions. */
export class QualityScore {
  #score = best;
  #packetsIn = 0;

  /** Once an interval. Delay and loss by a simplified E-model (ITU-T G.107), as LiveKit has it. */
  observe(reading: QualityReading): Quality {
    const { stats } = reading;
    const arrived = stats.packetsIn - this.#packetsIn;
    this.#packetsIn = stats.packetsIn;
    if (reading.expectsMedia && arrived <= 0) {
      this.#score = lost;
    } else {
      const delayMs =
        (stats.roundTripMs ?? 0) / 2 + 2 * Math.max(stats.upstreamJitterMs, stats.downstreamJitterMs);
      const delayCost = delayMs > 160 ? (delayMs - 120) / 10 : delayMs / 40;
      const lossCost = Math.max(
        stats.upstreamLoss * 100 * (reading.sendsVideo ? lossWeight : audioLossWeight),
        stats.downstreamLoss * 100 * (reading.receivesVideo ? lossWeight : audioLossWeight),
      );
      const now = Math.max(30, best - delayCost - lossCost);
      this.#score += (now - this.#score) * (now < this.#score ? falling : rising);
    }
    return { quality: qualityOf(this.#score), score: opinionScore(this.#score) };
  }
}

function qualityOf(score: number): ConnectionQuality {
  if (score > 80) return ConnectionQuality.EXCELLENT;
  if (score > 40) return ConnectionQuality.GOOD;
  if (score > lost) return ConnectionQuality.POOR;
  return ConnectionQuality.LOST;
}

/** ITU-T G.107 annex B: from a rating of 0 … 100 to a mean opinion score. */
function opinionScore(rating: number): number {
  if (rating <= 0) return 1;
  if (rating >= 100) return 4.5;
  return 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating);
}
