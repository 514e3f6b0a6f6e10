import type { Probabilities, Score } from "../../src/match/event.ts";
import { tendency } from "../../src/match/settlement.ts";

/** Forecasts of one range of probability: what was said on average, and how often it came true. */
export interface Bin {
  from: number;
  to: number;
  n: number;
  forecast: number;
  observed: number;
}

const bins = 10;

/** Reliability of home, draw and away together, in ten bins; the error is the mean gap over all of them (Naeini, Cooper & Hauskrecht 2015). */
export function calibrationOf(
  forecasts: readonly Probabilities[],
  results: readonly Score[],
): { error: number; reliability: Bin[] } {
  const sums = Array.from({ length: bins }, () => ({ n: 0, forecast: 0, observed: 0 }));
  for (const [index, forecast] of forecasts.entries()) {
    const outcome = tendency(results[index] as Score);
    for (const of of ["home", "draw", "away"] as const) {
      const bin = sums[Math.min(bins - 1, Math.floor(forecast[of] * bins))] as (typeof sums)[number];
      bin.n++;
      bin.forecast += forecast[of];
      bin.observed += of === outcome ? 1 : 0;
    }
  }
  const gaps = sums.reduce((sum, { forecast, observed }) => sum + Math.abs(forecast - observed), 0);
  const reliability = sums.flatMap(({ n, forecast, observed }, index) =>
    n === 0 ? [] : [{ from: index / bins, to: (index + 1) / bins, n, forecast: forecast / n, observed: observed / n }],
  );
  return { error: gaps / (3 * forecasts.length), reliability };
}
