import { ByModel, type Packed } from "./by-model.ts";
import type { Db } from "./db.ts";
import { binCount, binWidth, cellOf, isEmpty, sum, sumsWidth } from "./model-sums.ts";
import { type Interval, intervalOf, type Moments } from "./moments.ts";
import { type PanelFilter, panelParams } from "./panel-filter.ts";

/** How one model did over the settled matches of a filter. */
export interface PanelRow {
  model: string;
  /** Settled answers. */
  n: number;
  points: number;
  /** Tips with the exact score, with the right goal difference (exact ones too), with the right tendency (both too). */
  exact: number;
  difference: number;
  tendency: number;
  /** Of the mean points a match; null with fewer than two answers, as all intervals. */
  pointsInterval: Interval | null;
  /** Mean ranked probability score, null without an answer. */
  rps: number | null;
  rpsInterval: Interval | null;
  /** Mean negative natural logarithm of the probability given to what happened. */
  logLoss: number | null;
  logLossInterval: Interval | null;
  /** Expected calibration error of the three class probabilities, 0 (best) to 1. */
  calibration: number | null;
  abstained: number;
  failed: number;
  /** Not called, because it had failed too often in a row. */
  resting: number;
  /** Of settled answers, and of abstentions and failures that were paid for. */
  cost: number;
}

/** What is kept of each model in one cell. */
export type SumsOf = (filter: PanelFilter) => { model: string; of: (at: number) => number }[];

export function sumsQuery(db: Db): SumsOf {
  const select = db.prepare<[string, number], Packed>(
    "SELECT models, numbers FROM model_sums WHERE cell = ? AND retroactive = ?",
  );
  return (filter) => {
    const { competition, season, retro } = panelParams(filter);
    const row = select.get(cellOf(competition, season), retro);
    if (row === undefined) return [];
    const { models, numbers } = new ByModel(sumsWidth, row);
    return models.flatMap((model, i) => {
      const first = i * sumsWidth;
      return isEmpty(numbers, first) ? [] : { model, of: (at: number) => numbers[first + at] ?? 0 };
    });
  };
}

export function panelQueries(db: Db) {
  const sumsOf = sumsQuery(db);
  return {
    /** By points, most first, then by name. */
    panel: (filter: PanelFilter): PanelRow[] =>
      sumsOf(filter)
        .map(({ model, of }) => rowOf(model, of))
        .sort((a, b) => b.points - a.points || (a.model < b.model ? -1 : 1)),
  };
}

function rowOf(model: string, of: (at: number) => number): PanelRow {
  const n = of(sum.n);
  const moments = (mean: number): Moments => ({ n, mean: of(mean), squares: of(mean + 1) });
  const mean = (at: number) => (n === 0 ? null : of(at));
  return {
    model,
    n,
    points: of(sum.points),
    exact: of(sum.exact),
    difference: of(sum.difference),
    tendency: of(sum.tendency),
    pointsInterval: intervalOf(moments(sum.pointsMean)),
    rps: mean(sum.rpsMean),
    rpsInterval: intervalOf(moments(sum.rpsMean)),
    logLoss: mean(sum.logLossMean),
    logLossInterval: intervalOf(moments(sum.logLossMean)),
    calibration: n === 0 ? null : calibrationOf(n, of),
    abstained: of(sum.abstained),
    failed: of(sum.failed),
    resting: of(sum.resting),
    cost: of(sum.cost),
  };
}

/**
 * Expected calibration error (Naeini, Cooper, Hauskrecht 2015): over ten equal bins of the class probabilities, the gap
 * between what was foretold and how often it happened, weighted by the bin's share.
 */
function calibrationOf(n: number, of: (at: number) => number): number {
  const bins = Array.from({ length: binCount }, (_, i) => sum.bins + i * binWidth);
  return bins.reduce((gaps, bin) => gaps + Math.abs(of(bin + 1) - of(bin + 2)), 0) / (3 * n);
}
