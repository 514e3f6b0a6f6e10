import type { Score } from "../match/event.ts";
import { cholesky, solve } from "./linear.ts";
import { boundedMean, type GoalMeans } from "./matrix.ts";

/** A match between teams known by their index, with its weight in the fit. */
export interface WeightedMatch {
  weight: number;
  home: number;
  away: number;
  score: Score;
}

/** Normal prior of one parameter: its mean and precision. */
export interface Prior {
  mean: number;
  ridge: number;
}

/**
 * Parameters of independent Poisson goals: level, home, then attack and defence of team 0, of team 1 and so on. The log
 * of the home mean is level + home + attack - the other's defence, of the away mean level - home + attack - defence.
 */
export type Beta = Float64Array;

export function goalMeans(beta: Beta, home: number, away: number): GoalMeans {
  const level = beta[0] as number;
  const advantage = beta[1] as number;
  return {
    home: boundedMean(Math.exp(level + advantage + (beta[2 + 2 * home] as number) - (beta[3 + 2 * away] as number))),
    away: boundedMean(Math.exp(level - advantage + (beta[2 + 2 * away] as number) - (beta[3 + 2 * home] as number))),
  };
}

/** Moves `beta` towards the maximum of the penalised log likelihood; answers the longest move the step asked for. */
export function newtonStep(beta: Beta, priors: readonly Prior[], matches: readonly WeightedMatch[]): number {
  const size = beta.length;
  const gradient = new Float64Array(size);
  const information = new Float64Array(size * size);
  for (const [index, { mean, ridge }] of priors.entries()) {
    gradient[index] = ridge * (mean - (beta[index] as number));
    information[index * size + index] = ridge;
  }
  for (const { weight, home, away, score } of matches) {
    const means = goalMeans(beta, home, away);
    addGoals(gradient, information, 2 + 2 * home, 3 + 2 * away, 1, weight * means.home, weight * score.home);
    addGoals(gradient, information, 2 + 2 * away, 3 + 2 * home, -1, weight * means.away, weight * score.away);
  }
  solve(cholesky(information, size), gradient, size);
  let longest = 0;
  for (const move of gradient) longest = Math.max(longest, Math.abs(move));
  // Far from the maximum the quadratic model overshoots.
  const scale = longest > 1 ? 1 / longest : 1;
  for (let i = 0; i < size; i++) add(beta, i, scale * (gradient[i] as number));
  return longest;
}

/** Gradient and lower triangle of the information of one count, whose log mean has `side` as its derivative by home. */
function addGoals(
  gradient: Float64Array,
  information: Float64Array,
  attack: number,
  defence: number,
  side: 1 | -1,
  mean: number,
  goals: number,
): void {
  const size = gradient.length;
  const residual = goals - mean;
  add(gradient, 0, residual);
  add(gradient, 1, side * residual);
  add(gradient, attack, residual);
  add(gradient, defence, -residual);
  add(information, 0, mean);
  add(information, size, side * mean);
  add(information, size + 1, mean);
  add(information, attack * size, mean);
  add(information, attack * size + 1, side * mean);
  add(information, attack * size + attack, mean);
  add(information, defence * size, -mean);
  add(information, defence * size + 1, -side * mean);
  add(information, defence * size + defence, mean);
  add(information, Math.max(attack, defence) * size + Math.min(attack, defence), -mean);
}

function add(target: Float64Array, index: number, value: number): void {
  target[index] = (target[index] as number) + value;
}
