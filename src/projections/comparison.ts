import { modelsOf, numberAt } from "./by-model.ts";
import type { Db } from "./db.ts";
import { type Interval, intervalOf, type Moments, newMoments, observed } from "./moments.ts";
import { type PanelFilter, type PanelParams, panelParams, scoresWhere } from "./panel-filter.ts";
import { score, type ScoreRow, scoreWidth } from "./scored.ts";

/** How two models did over the matches that both answered and that were settled. Differences are first minus second. */
export interface Comparison {
  n: number;
  points: Difference;
  rps: Difference;
  logLoss: Difference;
}

/** Which of two models is better by a difference that chance does not explain: one whose interval leaves out 0. `sign`: 1 where more is better, else -1. */
export function betterOf({ mean, interval }: Difference, sign: 1 | -1): "first" | "second" | null {
  if (mean === null || interval === null || interval[0] * interval[1] <= 0) return null;
  return mean * sign > 0 ? "first" : "second";
}

/** The mean of the differences match by match, null without a common match, and its interval. */
export interface Difference {
  mean: number | null;
  interval: Interval | null;
}

export function comparisonQueries(db: Db) {
  return {
    /** `first` against `second`, match by match. */
    compareModels(first: string, second: string, filter: PanelFilter): Comparison {
      const [points, rps, logLoss] = [newMoments(), newMoments(), newMoments()];
      const rows = db.prepare<[PanelParams], Pick<ScoreRow, "models" | "numbers">>(
        `SELECT models, numbers ${scoresWhere(filter)} ORDER BY kickoff, match_id`,
      );
      for (const { models, numbers } of rows.iterate(panelParams(filter))) {
        const known = modelsOf(models);
        const [one, other] = [known.indexOf(first) * scoreWidth, known.indexOf(second) * scoreWidth];
        if (one < 0 || other < 0 || numberAt(numbers, one + score.fate) !== 0) continue;
        if (numberAt(numbers, other + score.fate) !== 0) continue;
        const less = (at: number) => numberAt(numbers, one + at) - numberAt(numbers, other + at);
        observed(points, less(score.points));
        observed(rps, less(score.rps));
        observed(logLoss, less(score.logLoss));
      }
      return { n: points.n, points: differenceOf(points), rps: differenceOf(rps), logLoss: differenceOf(logLoss) };
    },
  };
}

function differenceOf(moments: Moments): Difference {
  return { mean: moments.n === 0 ? null : moments.mean, interval: intervalOf(moments) };
}
