/** The few distributions that forecasts are made of. Pure; nothing here draws from the machine's randomness. */

/** Numbers in [0, 1) that are the same for the same seed (mulberry32, T. Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A standard normal number (Box and Muller 1958). */
export function seededNormal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export interface CountDistribution {
  /** The smallest count that so large a share of the cases does not exceed. */
  readonly quantile: (share: number) => number;
  /** The chance of at least so many. */
  readonly atLeast: (count: number) => number;
}

/**
 * A count with a mean and a variance: negative binomial, which is a Poisson count whose rate is gamma distributed. A
 * variance below the mean is taken as the mean (Poisson). Summed outward from the mode, so that no mean underflows.
 */
export function countDistribution(mean: number, variance: number): CountDistribution {
  if (mean <= 0) return { quantile: () => 0, atLeast: (count) => (count <= 0 ? 1 : 0) };
  // The ratio of two neighbours: P(k) / P(k − 1) = (k − 1 + size) / k × (1 − p), with (1 − p) = mean / (mean + size).
  const size = variance > mean * 1.000_001 ? (mean * mean) / (variance - mean) : Number.POSITIVE_INFINITY;
  const ratio = (k: number): number =>
    size === Number.POSITIVE_INFINITY ? mean / k : ((k - 1 + size) / k) * (mean / (mean + size));
  const mode =
    size > 1 ? Math.floor(size === Number.POSITIVE_INFINITY ? mean : (mean * (size - 1)) / size) : 0;
  const negligible = 1e-9;
  const below: number[] = [];
  for (let k = mode, weight = 1; k > 0; k -= 1) {
    weight /= ratio(k);
    if (weight < negligible) break;
    below.push(weight);
  }
  const first = mode - below.length;
  const weights = [...below.reverse(), 1];
  for (let k = mode + 1, weight = 1; ; k += 1) {
    weight *= ratio(k);
    if (weight < negligible && k > mean) break;
    weights.push(weight);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    quantile: (share) => {
      let sum = 0;
      const place = weights.findIndex((weight) => {
        sum += weight / total;
        return sum >= share;
      });
      return first + (place === -1 ? weights.length - 1 : place);
    },
    atLeast: (count) => {
      if (count <= first) return 1;
      return weights.slice(count - first).reduce((sum, weight) => sum + weight, 0) / total;
    },
  };
}
