import type { Probabilities, Score } from "./event.ts";
import { type Tendency, tendency } from "./settlement.ts";

/** A forecast that ruled out what happened would score infinity and drown every mean; it scores as if it had left this much. */
const probabilityMin = 1e-15;

/** Ranked probability score over home < draw < away, 0 (sure and right) to 1; lower is better. Epstein 1969, in the form of Murphy 1970. */
export function rps(forecast: Probabilities, score: Score): number {
  const outcome = tendency(score);
  const first = forecast.home - (outcome === "home" ? 1 : 0);
  const second = forecast.home + forecast.draw - (outcome === "away" ? 0 : 1);
  return (first * first + second * second) / 2;
}

/** Logarithmic score of home/draw/away in nats, from 0; lower is better. Good 1952. */
export function logLoss(forecast: Probabilities, score: Score): number {
  return surprise(forecast[tendency(score)]);
}

/** Sum of squared errors over the three outcomes, 0 to 2; lower is better. Brier 1950. */
export function brier(forecast: Probabilities, score: Score): number {
  const outcome = tendency(score);
  const error = (of: Tendency) => (forecast[of] - (of === outcome ? 1 : 0)) ** 2;
  return error("home") + error("draw") + error("away");
}

/** The logarithmic score, in nats, of a probability given to what happened. */
export function surprise(probability: number): number {
  // Math.max also turns -0, the surprise of certainty, into 0.
  return Math.max(0, -Math.log(Math.max(probability, probabilityMin)));
}
