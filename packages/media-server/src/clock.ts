/** Two clocks, injected everywhere: wall time for what people and webhooks read, a monotonic one for media. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  readonly wallMs: () => number;
  /** Milliseconds since some moment, with fractions; never steps back. */
  readonly mediaMs: () => number;
}

export const systemClock: Clock = { wallMs: () => Date.now(), mediaMs: () => performance.now() };
