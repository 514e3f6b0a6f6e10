import type { Probabilities, Score } from "../match/event.ts";
import type { ScoreMatrix } from "./member.ts";
import type { Range } from "./params.ts";

/** The last row and column of a matrix stand for this many goals or more. */
export const goalsMax = 10;

/** Means outside this range are never right for football, and a runaway one would push the mass into the last row. */
const meanMin = 0.1;
const meanMax = 6;

/** Of a low-score correction: beyond it single scores would get no probability at all for means as they are. */
export const rhoRange = { min: -0.3, max: 0.3 } as const satisfies Range;

export interface GoalMeans {
  home: number;
  away: number;
}

export function boundedMean(mean: number): number {
  return Math.min(meanMax, Math.max(meanMin, mean));
}

/** Two independent Poisson counts (Maher 1982). `rho` adds the low-score correction of Dixon & Coles 1997. Means are bounded to .1 ... 6. */
export function scoreMatrix(means: GoalMeans, rho = 0): ScoreMatrix {
  const lambda = boundedMean(means.home);
  const mu = boundedMean(means.away);
  const home = poissonLaw(lambda);
  const away = poissonLaw(mu);
  const matrix = home.map((p) => away.map((q) => p * q));
  if (rho === 0) return matrix;
  const bounded = boundedRho(rho, lambda, mu);
  for (const [i, j] of lowScores) {
    const row = matrix[i] as number[];
    row[j] = (row[j] as number) * tau(i, j, lambda, mu, bounded);
  }
  return matrix;
}

/** The weighted mean of score matrices; the weights need not sum to 1. */
export function mixture(parts: readonly { weight: number; matrix: ScoreMatrix }[]): ScoreMatrix {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const mixed = Array.from({ length: goalsMax + 1 }, () => Array.from({ length: goalsMax + 1 }, () => 0));
  for (const { weight, matrix } of parts) {
    const share = weight / total;
    for (let i = 0; i <= goalsMax; i++) {
      const into = mixed[i] as number[];
      const from = matrix[i] as readonly number[];
      for (let j = 0; j <= goalsMax; j++) into[j] = (into[j] as number) + share * (from[j] as number);
    }
  }
  return mixed;
}

const lowScores = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** Dixon & Coles 1997, (4.2): how much likelier a score is than under independence. Its changes cancel, so the matrix keeps its sum. */
export function tau(home: number, away: number, lambda: number, mu: number, rho: number): number {
  if (home === 0 && away === 0) return 1 - lambda * mu * rho;
  if (home === 0 && away === 1) return 1 + lambda * rho;
  if (home === 1 && away === 0) return 1 + mu * rho;
  if (home === 1 && away === 1) return 1 - rho;
  return 1;
}

/** Keeps every tau at 0 or above (Dixon & Coles 1997, below (4.2)). */
export function boundedRho(rho: number, lambda: number, mu: number): number {
  return Math.min(Math.max(rho, -1 / lambda, -1 / mu), 1 / (lambda * mu), 1);
}

/** P(0), ..., P(goalsMax - 1), P(goalsMax or more). */
export function poissonLaw(mean: number): number[] {
  const law: number[] = [];
  let p = Math.exp(-mean);
  let below = 0;
  for (let k = 0; k < goalsMax; k++) {
    law.push(p);
    below += p;
    p *= mean / (k + 1);
  }
  law.push(Math.max(0, 1 - below));
  return law;
}

export function probabilitiesOf(matrix: ScoreMatrix): Probabilities {
  const sums = { home: 0, draw: 0, away: 0 };
  matrix.forEach((row, i) => {
    row.forEach((p, j) => {
      if (i > j) sums.home += p;
      else if (i < j) sums.away += p;
      else sums.draw += p;
    });
  });
  return sums;
}

/** "`goalsMax` or more" counts as `goalsMax`. */
export function expectedGoalsOf(matrix: ScoreMatrix): GoalMeans {
  const goals = { home: 0, away: 0 };
  matrix.forEach((row, i) => {
    row.forEach((p, j) => {
      goals.home += i * p;
      goals.away += j * p;
    });
  });
  return goals;
}

export function probabilityOf(matrix: ScoreMatrix, score: Score): number {
  return matrix[Math.min(score.home, goalsMax)]?.[Math.min(score.away, goalsMax)] ?? 0;
}

/** A member whose matrix is no distribution has a defect: throws, so that it never becomes a tip. */
export function assertDistribution(matrix: ScoreMatrix, model: string): void {
  let sum = 0;
  for (const row of matrix) {
    for (const p of row) {
      if (!(p >= 0 && p <= 1)) throw new Error(`${model}: a score has probability ${p}`);
      sum += p;
    }
  }
  if (!(Math.abs(sum - 1) <= 1e-9)) throw new Error(`${model}: the score matrix sums to ${sum}, not 1`);
}
