import type { Score } from "../match/event.ts";
import { surprise } from "../match/scoring.ts";
import { probabilityOf } from "./matrix.ts";
import type { ScoreMatrix } from "./member.ts";

/** Logarithmic score of the exact score in nats; the three-way rules are in match/scoring.ts. */
export function exactLogLoss(matrix: ScoreMatrix, score: Score): number {
  return surprise(probabilityOf(matrix, score));
}
