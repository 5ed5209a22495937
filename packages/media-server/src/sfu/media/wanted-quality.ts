import type { VideoQuality } from '../../protocol/client-messages.ts';
import type { AnnouncedTrack } from '../link.ts';

export interface Wish {
  readonly disabled: boolean;
  readonly quality: VideoQuality;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly priority: number;
}

/** What holds until the client says more: everything, as LiveKit has it. */
export const unspokenWish: Wish = { disabled: false, quality: 2, width: 0, height: 0, fps: 0, priority: 0 };

/** A layer may be this much smaller than what the page shows before the next one is worth its bits (as LiveKit). */
const tolerance = 0.9;

/**
 * The lowest layer that fills what the page shows, or null where the page shows nothing. Heights are compared: they
 * mean the same for portrait and landscape in what clients announce and ask for.
 */
export function wantedQuality(wish: Wish, layers: AnnouncedTrack['layers']): VideoQuality | null {
  if (wish.disabled) return null;
  if (wish.height <= 0) return wish.quality;
  const needed = Math.floor(wish.height * tolerance);
  let best: AnnouncedTrack['layers'][number] | null = null;
  let largest: AnnouncedTrack['layers'][number] | null = null;
  for (const layer of layers) {
    if (layer.height <= 0) continue;
    if (largest === null || layer.height > largest.height) largest = layer;
    if (layer.height >= needed && (best === null || layer.height < best.height)) best = layer;
  }
  return (best ?? largest)?.quality ?? 2;
}
