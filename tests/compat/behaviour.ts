import type { Observation } from './observation.ts';
import type { World } from './world.ts';

export type ClientName = 'Chromium' | 'Firefox' | 'rtc-node' | 'server SDK' | 'webhooks' | 'HTTP';

export interface Behaviour {
  /** A whole sentence, unique in the list: the table and the differences name it. */
  readonly sentence: string;
  readonly clients: readonly ClientName[];
  /** Part of the short form, which every change is tried with. */
  readonly short: boolean;
  /** By itself: it measures, so that others at work would disturb it. */
  readonly alone: boolean;
  readonly timeLimitMs: number;
  readonly expected: Observation;
  readonly observe: (world: World) => Promise<Observation>;
}

export interface BehaviourGroup {
  readonly title: string;
  readonly behaviours: readonly Behaviour[];
}

const usualTimeLimitMs = 15_000;

/** `expected` is what LiveKit does, as its protocol or documentation says; the run fails where LiveKit does otherwise. */
export function behaviour(
  sentence: string,
  {
    expected,
    clients,
    short = false,
    alone = false,
    timeLimitMs = usualTimeLimitMs,
  }: {
    readonly expected: Observation;
    readonly clients: readonly ClientName[];
    readonly short?: boolean;
    readonly alone?: boolean;
    readonly timeLimitMs?: number;
  },
  observe: (world: World) => Promise<Observation>,
): Behaviour {
  return { sentence, clients, short, alone, timeLimitMs, expected, observe };
}
