import type { Probabilities } from "./event.ts";
import type { Tendency } from "./settlement.ts";

/**
 * Ranked probability score of a three-way forecast, 0 (best) to 1: mean squared distance of the cumulative distributions over
 * the ordered outcomes home, draw, away (Epstein 1969, Murphy 1970).
 */
export function rankedProbabilityScore(forecast: Probabilities, outcome: Tendency): number {
  const home = forecast.home - (outcome === "home" ? 1 : 0);
  const notAway = forecast.home + forecast.draw - (outcome === "away" ? 0 : 1);
  return (home * home + notAway * notAway) / 2;
}

/** A forecast of zero for what happened would cost infinity; no member is punished beyond this probability. */
const leastProbability = 1e-12;

/** Negative natural logarithm of the probability given to what happened. */
export function logLoss(forecast: Probabilities, outcome: Tendency): number {
  return -Math.log(Math.max(forecast[outcome], leastProbability));
}
