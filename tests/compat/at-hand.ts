import { firefoxAtHand } from '../support/firefox.ts';
import type { Behaviour } from './behaviour.ts';

export interface AtHand {
  readonly behaviours: readonly Behaviour[];
  /** Firefox as it calls itself; null where there is none. */
  readonly firefox: string | null;
  /** What is not tried and why, as a sentence; null where all is. */
  readonly leftOut: string | null;
}

/** Those of the behaviours whose clients this machine has. */
export async function withClientsAtHand(behaviours: readonly Behaviour[]): Promise<AtHand> {
  const firefox = await firefoxAtHand();
  const tried = behaviours.filter(({ clients }) => firefox !== null || !clients.includes('Firefox'));
  const missing = behaviours.length - tried.length;
  return {
    behaviours: tried,
    firefox,
    leftOut:
      missing === 0
        ? null
        : `${missing} behaviours of Firefox are left out: none is installed here (Debian: firefox-esr; NAER_TEST_FIREFOX names another).`,
  };
}
