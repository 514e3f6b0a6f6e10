import { ByModel, keepNumbers } from "./by-model.ts";
import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";
import { type Flag } from "./upsert.ts";
import { fates, type Scored, score } from "./scored.ts";

export const modelSumsSchema = `
-- cell: of which competition and season (cellOf); one row answers any filter, however long the log.
CREATE TABLE model_sums (
  cell TEXT NOT NULL,
  retroactive INTEGER NOT NULL,
  models TEXT NOT NULL,
  numbers BLOB NOT NULL,
  PRIMARY KEY (cell, retroactive)
) STRICT;
CREATE TABLE model_months (
  competition TEXT NOT NULL,
  season TEXT NOT NULL,
  retroactive INTEGER NOT NULL,
  -- As 2017-01, of the kick-off in UTC.
  month TEXT NOT NULL,
  models TEXT NOT NULL,
  numbers BLOB NOT NULL,
  PRIMARY KEY (competition, season, retroactive, month)
) STRICT;
`;

/** Of all competitions or of one, of all seasons or of one. */
export function cellOf(competition: string | null, season: string | null): string {
  return JSON.stringify([competition, season]);
}

/** Those that a settled match is in. */
export function cellsOf({ competition, season }: Pick<Scored, "competition" | "season">): string[] {
  return [cellOf(null, null), cellOf(competition, null), cellOf(null, season), cellOf(competition, season)];
}

/** Equal bins of a probability; its numbers are how many fell into it, their sum, and how many of them happened. */
export const binCount = 10;
export const binWidth = 3;

export function binOf(probability: number): number {
  return Math.min(binCount - 1, Math.max(0, Math.floor(probability * binCount)));
}

/** Where each number of a model is. Means and squares (sums of squared deviations) as in moments.ts. */
export const sum = {
  n: 0,
  points: 1,
  exact: 2,
  difference: 3,
  tendency: 4,
  cost: 5,
  abstained: 6,
  failed: 7,
  resting: 8,
  pointsMean: 9,
  pointsSquares: 10,
  rpsMean: 11,
  rpsSquares: 12,
  logLossMean: 13,
  logLossSquares: 14,
  /** Of the differences of its RPS from the mean of all that answered the match. */
  behind: 15,
  behindSquares: 16,
  bins: 17,
} as const;
export const sumsWidth = sum.bins + binCount * binWidth;

/** The numbers of a model in a month. */
export const monthly = { n: 0, points: 1, rps: 2 } as const;
export const monthlyWidth = 3;

/** A row of sums: of which competition and season, in time or in hindsight. */
export interface CellKey {
  cell: string;
  retroactive: Flag;
}

interface MonthKey {
  competition: string;
  season: string;
  retroactive: Flag;
  month: string;
}

export interface ModelSums {
  add(scored: Scored): void;
  /** What was added once; all but rounding errors go. */
  takeBack(scored: Scored): void;
  forget(): void;
}

/** Added to in the order of the log, so that sums of floats come out the same in every build. */
export function keepModelSums(db: Db, rows: Rows): ModelSums {
  const cells = keepNumbers<CellKey, ByModel>(
    db,
    rows,
    "model_sums",
    ["cell", "retroactive"],
    (it) => new ByModel(sumsWidth, it),
  );
  const months = keepNumbers<MonthKey, ByModel>(
    db,
    rows,
    "model_months",
    ["competition", "season", "retroactive", "month"],
    (it) => new ByModel(monthlyWidth, it),
  );

  function change(scored: Scored, sign: 1 | -1): void {
    const { competition, season, retroactive, kickoff } = scored;
    for (const cell of cellsOf(scored)) {
      changeCell(cells.toChange({ cell, retroactive }), scored, sign);
    }
    const month = { competition, season, retroactive, month: new Date(kickoff).toISOString().slice(0, 7) };
    changeMonth(months.toChange(month), scored, sign);
  }

  return {
    add: (scored) => change(scored, 1),
    takeBack: (scored) => change(scored, -1),
    forget() {
      cells.forget();
      months.forget();
    },
  };
}

function changeCell(sums: ByModel, { models, outcome, byModel, meanRps }: Scored, sign: 1 | -1): void {
  const { numbers: from, width } = byModel;
  for (const [i, model] of models.entries()) {
    const at = sums.of(model);
    const to = sums.numbers;
    const of = i * width;
    add(to, at + sum.cost, sign * numberOf(from, of + score.cost));
    const fate = fates[numberOf(from, of + score.fate)];
    if (fate === undefined) throw new Error(`${model} came to ${from[of + score.fate]}`);
    if (fate === "answered") changeAnswered(to, at, { from, of, outcome, meanRps }, sign);
    else add(to, at + sum[fate], sign);
    if (isEmpty(to, at)) to.fill(0, at, at + sumsWidth);
  }
}

/** The numbers of one model in a match. */
interface Answered extends Pick<Scored, "outcome" | "meanRps"> {
  from: Float64Array;
  of: number;
}

// No function is made in here: for each model of each settlement, that was half of its time.
function changeAnswered(to: Float64Array, at: number, { from, of, outcome, meanRps }: Answered, sign: 1 | -1): void {
  add(to, at + sum.n, sign);
  add(to, at + sum.points, sign * numberOf(from, of + score.points));
  add(to, at + sum.exact, sign * numberOf(from, of + score.exact));
  add(to, at + sum.difference, sign * numberOf(from, of + score.difference));
  add(to, at + sum.tendency, sign * numberOf(from, of + score.tendency));
  const n = numberOf(to, at + sum.n);
  observe(to, at + sum.pointsMean, numberOf(from, of + score.points), n, sign);
  observe(to, at + sum.rpsMean, numberOf(from, of + score.rps), n, sign);
  observe(to, at + sum.logLossMean, numberOf(from, of + score.logLoss), n, sign);
  const behind = numberOf(from, of + score.rps) - meanRps;
  add(to, at + sum.behind, sign * behind);
  add(to, at + sum.behindSquares, sign * (behind * behind));
  for (const foretold of outcomes) {
    const probability = numberOf(from, of + score[foretold]);
    const bin = at + sum.bins + binOf(probability) * binWidth;
    add(to, bin, sign);
    add(to, bin + 1, sign * probability);
    add(to, bin + 2, foretold === outcome ? sign : 0);
  }
  // No rounding error is left of a model that has nothing any more.
  if (n === 0) to.fill(0, at + sum.pointsMean, at + sumsWidth);
}

const outcomes = ["home", "draw", "away"] as const;

function add(to: Float64Array, at: number, by: number): void {
  to[at] = numberOf(to, at) + by;
}

function numberOf(numbers: Float64Array, at: number): number {
  return numbers[at] ?? 0;
}

export function isEmpty(sums: Float64Array, at: number): boolean {
  return [sum.n, sum.abstained, sum.failed, sum.resting].every((name) => sums[at + name] === 0);
}

/** Welford 1962, and its inverse; mean and squares stand side by side. `n`: with the value, or without it once it is taken back. */
function observe(to: Float64Array, at: number, value: number, n: number, sign: 1 | -1): void {
  if (n === 0) return to.fill(0, at, at + 2) && undefined;
  const before = to[at] ?? 0;
  const mean = before + (sign * (value - before)) / n;
  to[at] = mean;
  to[at + 1] = Math.max(0, (to[at + 1] ?? 0) + sign * (value - before) * (value - mean));
}

function changeMonth(sums: ByModel, { models, byModel }: Scored, sign: 1 | -1): void {
  const { numbers: from, width } = byModel;
  for (const [i, model] of models.entries()) {
    const of = i * width;
    if (from[of + score.fate] !== 0) continue;
    const at = sums.of(model);
    const to = sums.numbers;
    add(to, at + monthly.n, sign);
    add(to, at + monthly.points, sign * numberOf(from, of + score.points));
    add(to, at + monthly.rps, sign * numberOf(from, of + score.rps));
    if (to[at] === 0) to.fill(0, at, at + monthlyWidth);
  }
}
