/** Mean and spread of what was observed so far. */
export interface Moments {
  n: number;
  mean: number;
  /** Sum of squared deviations from the mean. */
  squares: number;
}

/** Where a mean lies with 95 % confidence: lower end, upper end. */
export type Interval = [from: number, to: number];

export function newMoments(): Moments {
  return { n: 0, mean: 0, squares: 0 };
}

/** Welford 1962: no large sums cancel, so a million matches lose no digits. */
export function observed(moments: Moments, value: number): void {
  moments.n++;
  const before = value - moments.mean;
  moments.mean += before / moments.n;
  moments.squares += before * (value - moments.mean);
}

/** The 97.5th percentile of the standard normal distribution. */
const z = 1.959964;

/** The normal approximation of the mean's interval; null where fewer than two values tell nothing of their spread. */
export function intervalOf({ n, mean, squares }: Moments): Interval | null {
  if (n < 2) return null;
  const half = z * Math.sqrt(squares / (n - 1) / n);
  return [mean - half, mean + half];
}
