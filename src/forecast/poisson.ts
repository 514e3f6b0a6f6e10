import { scoreMatrix } from "./matrix.ts";
import type { Family } from "./member.ts";
import { readParams } from "./params.ts";
import { fitDefaults, fitRanges, PoissonFit } from "./poisson-fit.ts";

/** Maher 1982 with weights that decay (Dixon & Coles 1997) and shrinkage. */
export const poisson: Family = {
  name: "poisson",
  source: "Maher 1982, Modelling association football scores",
  defaults: fitDefaults,
  ranges: fitRanges,
  create(params) {
    const fit = new PoissonFit(readParams("poisson", { defaults: fitDefaults, ranges: fitRanges }, params));
    return {
      learn: (match) => fit.learn(match),
      predict: (fixture) => scoreMatrix(fit.predict(fixture).means),
    };
  },
};
