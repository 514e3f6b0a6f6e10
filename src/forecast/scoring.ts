import type { Probabilities, Score } from "../match/event.ts";
import { probabilityOf } from "./matrix.ts";
import type { ScoreMatrix } from "./member.ts";

export type Outcome = keyof Probabilities;

export function outcomeOf(score: Score): Outcome {
  if (score.home > score.away) return "home";
  return score.home < score.away ? "away" : "draw";
}

/** A forecast that ruled out what happened would score infinity and drown every mean; it scores as if it had left this much. */
const probabilityMin = 1e-15;

/** Ranked probability score over home < draw < away, 0 (sure and right) to 1; lower is better. Epstein 1969, in the form of Murphy 1970. */
export function rps(forecast: Probabilities, score: Score): number {
  const outcome = outcomeOf(score);
  const first = forecast.home - (outcome === "home" ? 1 : 0);
  const second = forecast.home + forecast.draw - (outcome === "away" ? 0 : 1);
  return (first * first + second * second) / 2;
}

/** Logarithmic score of home/draw/away in nats, from 0; lower is better. Good 1952. */
export function logLoss(forecast: Probabilities, score: Score): number {
  return surprise(forecast[outcomeOf(score)]);
}

/** Sum of squared errors over the three outcomes, 0 to 2; lower is better. Brier 1950. */
export function brier(forecast: Probabilities, score: Score): number {
  const outcome = outcomeOf(score);
  const error = (of: Outcome) => (forecast[of] - (of === outcome ? 1 : 0)) ** 2;
  return error("home") + error("draw") + error("away");
}

/** Logarithmic score of the exact score in nats. */
export function exactLogLoss(matrix: ScoreMatrix, score: Score): number {
  return surprise(probabilityOf(matrix, score));
}

function surprise(probability: number): number {
  // Math.max also turns -0, the surprise of certainty, into 0.
  return Math.max(0, -Math.log(Math.max(probability, probabilityMin)));
}
