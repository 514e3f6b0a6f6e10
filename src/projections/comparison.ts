import { modelsOf, numberAt, type Packed } from "./by-model.ts";
import { pair, placeOf } from "./by-pair.ts";
import type { Db } from "./db.ts";
import { cellOf, sum } from "./model-sums.ts";
import { type Interval, intervalOf } from "./moments.ts";
import { sumsQuery } from "./panel.ts";
import { panelCondition, type PanelFilter, type PanelParams, panelParams } from "./panel-filter.ts";
import { score, scoreWidth } from "./scored.ts";

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

/** Of the matches that both answered, by `pair`. */
type Sums = Record<keyof typeof pair, number>;

const names = ["points", "rps", "logLoss"] as const;

export function comparisonQueries(db: Db) {
  const sumsOf = sumsQuery(db);
  const cell = db.prepare<[string, number], Packed>(
    "SELECT models, numbers FROM model_pairs WHERE cell = ? AND retroactive = ?",
  );
  // The few that wait lead to their scores, not the other way round.
  const waiting = db.prepare<[PanelParams], Packed>(
    `SELECT models, numbers FROM model_pairs_waiting CROSS JOIN scores USING (match_id)
     WHERE ${panelCondition} ORDER BY place`,
  );

  function pairOf(first: string, second: string, filter: PanelFilter): Sums {
    const params = panelParams(filter);
    const sums = keptOf(cell.get(cellOf(params.competition, params.season), params.retro), first, second);
    for (const row of waiting.iterate(params)) addTo(sums, row, first, second);
    return sums;
  }

  return {
    /** `first` against `second`, over the matches that both answered. */
    compareModels(first: string, second: string, filter: PanelFilter): Comparison {
      if (first !== second) return comparisonOf(pairOf(first, second, filter));
      const n =
        sumsOf(filter)
          .find(({ model }) => model === first)
          ?.of(sum.n) ?? 0;
      return comparisonOf({ ...nothing, n });
    },
  };
}

const nothing: Sums = { n: 0, points: 0, pointsSquares: 0, rps: 0, rpsSquares: 0, logLoss: 0, logLossSquares: 0 };

function keptOf(row: Packed | undefined, first: string, second: string): Sums {
  const sums = { ...nothing };
  if (row === undefined) return sums;
  const known = modelsOf(row.models);
  const [one, other] = [known.indexOf(first), known.indexOf(second)];
  if (one < 0 || other < 0) return sums;
  const at = one < other ? placeOf(one, other) : placeOf(other, one);
  for (const [name, place] of Object.entries(pair) as [keyof Sums, number][])
    sums[name] = numberAt(row.numbers, at + place);
  if (one > other) for (const name of names) sums[name] = 0 - sums[name];
  return sums;
}

/** A match that waits. */
function addTo(sums: Sums, { models, numbers }: Packed, first: string, second: string): void {
  const known = modelsOf(models);
  const [one, other] = [known.indexOf(first) * scoreWidth, known.indexOf(second) * scoreWidth];
  const answered = (at: number) => at >= 0 && numberAt(numbers, at + score.fate) === 0;
  if (!answered(one) || !answered(other)) return;
  sums.n++;
  for (const name of names) {
    const less = numberAt(numbers, one + score[name]) - numberAt(numbers, other + score[name]);
    sums[name] += less;
    sums[`${name}Squares`] += less * less;
  }
}

function comparisonOf(sums: Sums): Comparison {
  const { n } = sums;
  const differenceOf = (name: (typeof names)[number]): Difference => {
    if (n === 0) return { mean: null, interval: null };
    const mean = sums[name] / n;
    // Differences vary by more than their mean: so little is lost by this that no digit matters.
    const squares = Math.max(0, sums[`${name}Squares`] - sums[name] * mean);
    return { mean, interval: intervalOf({ n, mean, squares }) };
  };
  return { n, points: differenceOf("points"), rps: differenceOf("rps"), logLoss: differenceOf("logLoss") };
}
