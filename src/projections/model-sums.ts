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

interface CellKey {
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
      changeCell(cells.of({ cell, retroactive }), scored, sign);
      cells.changed({ cell, retroactive });
    }
    const month = { competition, season, retroactive, month: new Date(kickoff).toISOString().slice(0, 7) };
    changeMonth(months.of(month), scored, sign);
    months.changed(month);
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
  const { numbers: from } = byModel;
  for (const [i, model] of models.entries()) {
    const at = sums.of(model);
    const to = sums.numbers;
    const of = i * byModel.width;
    const value = (name: keyof typeof score) => from[of + score[name]] ?? 0;
    const add = (name: number, by: number) => {
      to[at + name] = (to[at + name] ?? 0) + sign * by;
    };
    add(sum.cost, value("cost"));
    const fate = fates[value("fate")];
    if (fate === undefined) throw new Error(`${model} came to ${value("fate")}`);
    if (fate !== "answered") {
      add(sum[fate], 1);
      if (isEmpty(to, at)) to.fill(0, at, at + sumsWidth);
      continue;
    }
    add(sum.n, 1);
    for (const name of ["points", "exact", "difference", "tendency"] as const) add(sum[name], value(name));
    const n = to[at + sum.n] ?? 0;
    observe(to, at + sum.pointsMean, value("points"), n, sign);
    observe(to, at + sum.rpsMean, value("rps"), n, sign);
    observe(to, at + sum.logLossMean, value("logLoss"), n, sign);
    const behind = value("rps") - meanRps;
    add(sum.behind, behind);
    add(sum.behindSquares, behind * behind);
    for (const foretold of ["home", "draw", "away"] as const) {
      const bin = sum.bins + binOf(value(foretold)) * binWidth;
      add(bin, 1);
      add(bin + 1, value(foretold));
      add(bin + 2, foretold === outcome ? 1 : 0);
    }
    // No rounding error is left of a model that has nothing any more.
    if (n === 0) to.fill(0, at + sum.pointsMean, at + sumsWidth);
    if (isEmpty(to, at)) to.fill(0, at, at + sumsWidth);
  }
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
  for (const [i, model] of models.entries()) {
    const of = i * byModel.width;
    if (byModel.numbers[of + score.fate] !== 0) continue;
    const at = sums.of(model);
    const to = sums.numbers;
    to[at] = (to[at] ?? 0) + sign;
    to[at + monthly.points] = (to[at + monthly.points] ?? 0) + sign * (byModel.numbers[of + score.points] ?? 0);
    to[at + monthly.rps] = (to[at + monthly.rps] ?? 0) + sign * (byModel.numbers[of + score.rps] ?? 0);
    if (to[at] === 0) to.fill(0, at, at + monthlyWidth);
  }
}
