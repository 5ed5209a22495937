/** The value below which this share (0…1) lies, by nearest rank; NaN of none. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export interface Line {
  /** Of y for one of x. */
  readonly slope: number;
  /** y in the middle of all x: what the slope is measured against. */
  readonly middle: number;
  /** Standard error of the slope: how far chance alone may have turned it. */
  readonly slopeError: number;
}

/** Least squares. NaN for fewer than three points. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const count = points.length;
  if (count < 3) return { slope: Number.NaN, middle: Number.NaN, slopeError: Number.NaN };
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  let [xx, xy] = [0, 0];
  for (const [x, y] of points) {
    xx += (x - meanX) ** 2;
    xy += (x - meanX) * (y - meanY);
  }
  const slope = xy / xx;
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, middle: meanY, slopeError: Math.sqrt(rest / (count - 2) / xx) };
}
