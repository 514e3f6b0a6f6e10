import { type GoalMeans, goalsMax, poissonLaw } from "./matrix.ts";
import type { Family, ScoreMatrix } from "./member.ts";
import { type Range, readParams } from "./params.ts";
import { fitDefaults, fitRanges, PoissonFit, type DependenceStep } from "./poisson-fit.ts";
import { goalMeans } from "./poisson-newton.ts";

const defaults = {
  ...fitDefaults,
  /** Prior mean of the goals both sides have in common. */
  common: 0.08,
  /** Matches that prior weighs as much as. */
  commonMatches: 200,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  ...fitRanges,
  common: { min: 0, max: 1 },
  commonMatches: { min: 0.01, max: 1000000 },
};

/** Both counts share a third one, the pace of the match; the batch Poisson fit gives the means, expectation maximisation the shared part. */
export const bivariatePoisson: Family = {
  name: "bivariate-poisson",
  source: "Karlis & Ntzoufras 2003, Analysis of sports data by using bivariate Poisson models",
  defaults,
  ranges,
  create(params) {
    const settings = readParams("bivariate-poisson", { defaults, ranges }, params);
    const fit = new PoissonFit(settings, settings.common, commonStep(settings.common, settings.commonMatches));
    return {
      learn: (match) => fit.learn(match),
      predict(fixture) {
        const { means, dependence } = fit.predict(fixture);
        return bivariateMatrix(means, dependence);
      },
    };
  },
};

/** The common part is less than either mean. */
function boundedCommon(common: number, { home, away }: GoalMeans): number {
  return Math.max(0, Math.min(common, 0.9 * home, 0.9 * away));
}

/** Of marginal means and the common one. */
export function bivariateMatrix(means: GoalMeans, common: number): ScoreMatrix {
  const part = boundedCommon(common, means);
  const shared = poissonLaw(part);
  const home = poissonLaw(means.home - part);
  const away = poissonLaw(means.away - part);
  const matrix = Array.from({ length: goalsMax + 1 }, () => Array.from({ length: goalsMax + 1 }, () => 0));
  for (const [k, pk] of shared.entries()) {
    for (const [i, pi] of home.entries()) {
      const row = matrix[Math.min(goalsMax, i + k)] as number[];
      for (const [j, pj] of away.entries()) {
        const column = Math.min(goalsMax, j + k);
        row[column] = (row[column] as number) + pk * pi * pj;
      }
    }
  }
  return matrix;
}

/** One step of expectation maximisation (their section 3.1) for the common mean, the marginal means given. */
export function commonStep(mean: number, weight: number): DependenceStep {
  return (common, beta, matches) => {
    let goals = weight * mean;
    let total = weight;
    for (const match of matches) {
      const means = goalMeans(beta, match.home, match.away);
      goals += match.weight * expectedCommon(match.score.home, match.score.away, means, boundedCommon(common, means));
      total += match.weight;
    }
    return goals / total;
  };
}

/** Expected common goals of a score: sum of k p(k) over the ways in which it splits. */
function expectedCommon(home: number, away: number, means: GoalMeans, common: number): number {
  const ratio = common / ((means.home - common) * (means.away - common));
  let term = 1;
  let sum = 1;
  let weighted = 0;
  for (let k = 1; k <= Math.min(home, away); k++) {
    term *= (ratio * (home - k + 1) * (away - k + 1)) / k;
    sum += term;
    weighted += k * term;
  }
  return weighted / sum;
}
