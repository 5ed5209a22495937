import type { Observation } from './behaviour.ts';

/** Where ours does otherwise than LiveKit on purpose. Whatever differs and is not here fails the run. */
export interface Difference {
  readonly sentence: string;
  readonly ours: Observation;
  /** A whole sentence for people who come from LiveKit. */
  readonly reason: string;
}

export const differences: readonly Difference[] = [];
