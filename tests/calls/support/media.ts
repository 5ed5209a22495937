import type { Page } from 'playwright-core';
import { patienceMs, until } from './until.ts';

/** What a page has received over all of its connections that still are; see `page/received.js`. */
export interface Received {
  /** Pictures that were decoded, of camera and screen together. */
  readonly frames: number;
  readonly videoPackets: number;
  readonly audioPackets: number;
  /** Sum of the energy of the sound that was played (W3C webrtc-stats, totalAudioEnergy). */
  readonly energy: number;
}

export const received = (page: Page): Promise<Received> => page.evaluate<Received>('naerReceived()');

/** From now on more pictures are decoded and more sound is heard. Rejects where that does not happen. */
export async function perceives(
  page: Page,
  { frames = 10, limitMs = patienceMs }: { readonly frames?: number; readonly limitMs?: number } = {},
): Promise<Received> {
  let from = await received(page);
  return until(
    'more picture and sound arriving',
    async () => {
      const now = await received(page);
      // A connection that was made anew counts from nothing.
      if (now.frames < from.frames || now.energy < from.energy) from = now;
      return now.frames >= from.frames + frames && now.energy > from.energy + 1e-5 && now;
    },
    limitMs,
  );
}
