import { baseRates } from "./base-rates.ts";
import { dixonColes } from "./dixon-coles.ts";
import { elo } from "./elo.ts";
import type { Family } from "./member.ts";
import { piRatings } from "./pi-ratings.ts";
import { poisson } from "./poisson.ts";
import { scoreDriven } from "./score-driven.ts";

/** What a member may name as its family. */
export const families: ReadonlyMap<string, Family> = new Map(
  [baseRates, elo, piRatings, poisson, dixonColes, scoreDriven].map((family) => [family.name, family]),
);
