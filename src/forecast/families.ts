import { baseRates } from "./base-rates.ts";
import { bivariatePoisson } from "./bivariate-poisson.ts";
import { dixonColes } from "./dixon-coles.ts";
import { elo } from "./elo.ts";
import { form } from "./form.ts";
import { goalDifferenceElo } from "./goal-difference-elo.ts";
import { kalman } from "./kalman.ts";
import { kernel } from "./kernel.ts";
import type { Family } from "./member.ts";
import { piRatings } from "./pi-ratings.ts";
import { poisson } from "./poisson.ts";
import { scoreDriven } from "./score-driven.ts";

/** Ways of rating a competition, each with the laws and reference forecasts that belong to it. */
export const kinds: ReadonlyMap<string, readonly Family[]> = new Map([
  ["elo", [elo]],
  ["goal-difference elo", [goalDifferenceElo]],
  ["pi-ratings", [piRatings]],
  ["batch poisson", [poisson, dixonColes, bivariatePoisson]],
  ["kalman", [kalman]],
  ["score-driven", [scoreDriven]],
  ["reference", [baseRates, form, kernel]],
]);

/** What a member may name as its family. */
export const families: ReadonlyMap<string, Family> = new Map(
  [...kinds.values()].flat().map((family) => [family.name, family]),
);
