import type { Score } from "../../src/match/event.ts";
import { brier, logLoss, rps } from "../../src/match/scoring.ts";
import { tipPoints } from "../../src/forecast/tip.ts";
import { type Interval, mean, pairedBootstrap } from "./bootstrap.ts";
import { calibrationOf, type Bin } from "./calibration.ts";
import type { Said } from "./roll.ts";

/** Every figure of one forecaster, one value a match. */
export interface Scored {
  name: string;
  family: string | null;
  said: readonly Said[];
  rps: readonly number[];
  results: readonly Score[];
}

/** Means over the evaluated matches. null: it forecast no scores. */
export interface Figures {
  name: string;
  family: string | null;
  n: number;
  rps: number;
  logLoss: number;
  brier: number;
  exactLogLoss: number | null;
  /** A match: 2 for the tendency, 3 for the goal difference, 4 for the exact score. */
  points: number | null;
  /** Expected calibration error over the three outcomes. */
  calibration: number;
  reliability: readonly Bin[];
  /** Of the RPS over the Elo member's on the same matches; below 0 is better. */
  againstElo: Interval;
}

export function scored(name: string, family: string | null, said: readonly Said[], results: readonly Score[]): Scored {
  return { name, family, said, results, rps: said.map((it, i) => rps(it.probabilities, results[i] as Score)) };
}

/** `eloRps` are the reference's values on the same matches. */
export function figuresOf({ name, family, said, results, rps: ranked }: Scored, eloRps: readonly number[]): Figures {
  const over = (value: (it: Said, score: Score) => number | null) => {
    const values = said.map((it, i) => value(it, results[i] as Score));
    return values.every((it) => it !== null) ? mean(values) : null;
  };
  const { error, reliability } = calibrationOf(
    said.map(({ probabilities }) => probabilities),
    results,
  );
  return {
    name,
    family,
    n: said.length,
    rps: mean(ranked),
    logLoss: over((it, score) => logLoss(it.probabilities, score)) as number,
    brier: over((it, score) => brier(it.probabilities, score)) as number,
    exactLogLoss: over((it) => it.exactLogLoss),
    points: over((it, score) => it.tip && tipPoints(it.tip, score)),
    calibration: error,
    reliability,
    againstElo: pairedBootstrap(ranked.map((it, i) => it - (eloRps[i] as number))),
  };
}
