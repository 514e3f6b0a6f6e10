import { boundedRho, scoreMatrix } from "./matrix.ts";
import type { Family } from "./member.ts";
import { goalMeans } from "./poisson-newton.ts";
import { type Range, readParams } from "./params.ts";
import { fitDefaults, fitRanges, PoissonFit, type DependenceStep } from "./poisson-fit.ts";

const defaults = {
  ...fitDefaults,
  /** Prior mean of rho; long histories of European leagues put it near there. */
  rho: -0.02,
  /** Precision of that prior: a standard deviation of .05. A season alone says little about rho. */
  rhoRidge: 400,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  ...fitRanges,
  rho: { min: -0.2, max: 0.2 },
  rhoRidge: { min: 0.01, max: 1000000 },
};

/** The batch Poisson fit with a correction of the scores 0-0, 1-0, 0-1 and 1-1; rho is fitted given the means. */
export const dixonColes: Family = {
  name: "dixon-coles",
  source: "Dixon & Coles 1997, Modelling association football scores and inefficiencies in the football betting market",
  defaults,
  ranges,
  create(params) {
    const settings = readParams("dixon-coles", { defaults, ranges }, params);
    const fit = new PoissonFit(settings, settings.rho, rhoStep(settings.rho, settings.rhoRidge));
    return {
      learn: (match) => fit.learn(match),
      predict(fixture) {
        const { means, dependence } = fit.predict(fixture);
        return scoreMatrix(means, dependence);
      },
    };
  },
};

/** rho stays where every tau is well above 0 for ordinary means. */
const rhoBound = 0.2;

/** One Newton step on the penalised log likelihood of rho: log tau = log(1 + c rho), c as in Dixon & Coles' (4.2). */
export function rhoStep(mean: number, ridge: number): DependenceStep {
  return (rho, beta, matches) => {
    let gradient = ridge * (mean - rho);
    let information = ridge;
    for (const { weight, home, away, score } of matches) {
      if (score.home > 1 || score.away > 1) continue;
      const means = goalMeans(beta, home, away);
      const c = coefficient(score.home, score.away, means.home, means.away);
      const slope = c / Math.max(0.05, 1 + c * boundedRho(rho, means.home, means.away));
      gradient += weight * slope;
      information += weight * slope * slope;
    }
    return Math.min(rhoBound, Math.max(-rhoBound, rho + gradient / information));
  };
}

/** Of scores up to 1-1. */
function coefficient(home: number, away: number, lambda: number, mu: number): number {
  if (home === 0) return away === 0 ? -lambda * mu : lambda;
  return away === 0 ? mu : -1;
}
