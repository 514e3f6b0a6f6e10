import type { Db } from "./db.ts";
import { type Interval, intervalOf, type Moments, newMoments, observed } from "./moments.ts";
import { panelCondition, type PanelFilter, type PanelParams, panelParams } from "./panel-filter.ts";
import type { ScoreRow, SilenceRow } from "./scores.ts";

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

const where = `WHERE ${panelCondition}`;

/** Named, as a season has 16,000 rows and every column more costs milliseconds. */
const needed = "model, points, exact, difference, tendency, rps, log_loss, home, draw, away, outcome, cost";

type Needed = Omit<ScoreRow, "match_id" | "competition" | "season" | "kickoff" | "retroactive">;

export function panelQueries(db: Db) {
  // In a fixed order, so that sums of floats come out the same in every build.
  const scores = db.prepare<[PanelParams], Needed>(
    `SELECT ${needed} FROM scores ${where} ORDER BY model, kickoff, match_id`,
  );
  const silences = db.prepare<[PanelParams], Pick<SilenceRow, "model" | "outcome" | "cost"> & { count: number }>(
    `SELECT model, outcome, count(*) AS count, sum(cost) AS cost FROM silences ${where} GROUP BY model, outcome ORDER BY model, outcome`,
  );
  const pairs = db.prepare<
    [PanelParams & { first: string; second: string }],
    { points: number; rps: number; log_loss: number }
  >(
    `SELECT a.points - b.points AS points, a.rps - b.rps AS rps, a.log_loss - b.log_loss AS log_loss
     FROM (SELECT * FROM scores ${where} AND model = @first) a
     JOIN (SELECT * FROM scores ${where} AND model = @second) b ON b.match_id = a.match_id
     ORDER BY a.kickoff, a.match_id`,
  );
  return {
    /** `first` against `second`, match by match. */
    compareModels(first: string, second: string, filter: PanelFilter): Comparison {
      const [points, rps, logLoss] = [newMoments(), newMoments(), newMoments()];
      for (const row of pairs.all({ ...panelParams(filter), first, second })) {
        observed(points, row.points);
        observed(rps, row.rps);
        observed(logLoss, row.log_loss);
      }
      return { n: points.n, points: differenceOf(points), rps: differenceOf(rps), logLoss: differenceOf(logLoss) };
    },
    /** By points, most first, then by name. */
    panel(filter: PanelFilter): PanelRow[] {
      const params = panelParams(filter);
      const tallies = new Map<string, Tally>();
      const tallyOf = (model: string): Tally => {
        let tally = tallies.get(model);
        if (tally === undefined) tallies.set(model, (tally = newTally(model)));
        return tally;
      };
      for (const row of scores.all(params)) add(tallyOf(row.model), row);
      for (const { model, outcome, count, cost } of silences.all(params)) {
        const { row } = tallyOf(model);
        row[outcome] += count;
        row.cost += cost;
      }
      return [...tallies.values()].map(finish).sort((a, b) => b.points - a.points || (a.model < b.model ? -1 : 1));
    },
  };
}

function differenceOf(moments: Moments): Difference {
  return { mean: moments.n === 0 ? null : moments.mean, interval: intervalOf(moments) };
}

interface Tally {
  row: PanelRow;
  points: Moments;
  rps: Moments;
  logLoss: Moments;
  bins: { count: number; probability: number; happened: number }[];
}

const binCount = 10;

function newTally(model: string): Tally {
  const counts = {
    n: 0,
    points: 0,
    exact: 0,
    difference: 0,
    tendency: 0,
    abstained: 0,
    failed: 0,
    resting: 0,
    cost: 0,
  };
  const bins = Array.from({ length: binCount }, () => ({ count: 0, probability: 0, happened: 0 }));
  const unknown = {
    pointsInterval: null,
    rps: null,
    rpsInterval: null,
    logLoss: null,
    logLossInterval: null,
    calibration: null,
  };
  const moments = { points: newMoments(), rps: newMoments(), logLoss: newMoments() };
  return { row: { model, ...counts, ...unknown }, ...moments, bins };
}

function add(tally: Tally, score: Needed): void {
  const { row, bins } = tally;
  row.n++;
  row.points += score.points;
  row.exact += score.exact;
  row.difference += score.difference;
  row.tendency += score.tendency;
  row.cost += score.cost;
  observed(tally.points, score.points);
  observed(tally.rps, score.rps);
  observed(tally.logLoss, score.log_loss);
  for (const outcome of ["home", "draw", "away"] as const) {
    const probability = score[outcome];
    const bin = bins[Math.min(binCount - 1, Math.max(0, Math.floor(probability * binCount)))];
    if (bin === undefined) continue;
    bin.count++;
    bin.probability += probability;
    bin.happened += score.outcome === outcome ? 1 : 0;
  }
}

/**
 * Expected calibration error (Naeini, Cooper, Hauskrecht 2015): over ten equal bins of the class probabilities, the gap
 * between what was foretold and how often it happened, weighted by the bin's share.
 */
function finish({ row, points, rps, logLoss, bins }: Tally): PanelRow {
  if (row.n === 0) return row;
  const gaps = bins.reduce((sum, bin) => sum + Math.abs(bin.probability - bin.happened), 0);
  return {
    ...row,
    pointsInterval: intervalOf(points),
    rps: rps.mean,
    rpsInterval: intervalOf(rps),
    logLoss: logLoss.mean,
    logLossInterval: intervalOf(logLoss),
    calibration: gaps / (3 * row.n),
  };
}
