import { EloTable } from "./elo-table.ts";
import { GoalLevel, levelDefaults, levelRanges } from "./goal-level.ts";
import { type GoalMeans, rhoRange, scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { type Range, readParams } from "./params.ts";

const defaults = {
  /** Share of the error in goals by which both ratings move. */
  rate: 0.05,
  /** Goals of error beyond which an error counts less and less. */
  bend: 2,
  reversion: 0.03,
  /** In goals, above the mean of the weakest. */
  promoted: 0.15,
  relegated: 3,
  /** Share of the forecast goal difference that is believed. */
  belief: 1,
  ...levelDefaults,
  rho: 0,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  rate: { min: 0, max: 1 },
  /** Far beyond any error it is no bend at all. */
  bend: { min: 0.05, max: 1_000_000 },
  reversion: { min: 0, max: 1 },
  promoted: { min: -3, max: 3 },
  relegated: { min: 1, max: 20, whole: true },
  belief: { min: 0, max: 5 },
  ...levelRanges,
  rho: rhoRange,
};

/** Ratings in goals: their difference and home advantage forecast the goal difference, whose error moves them. */
export const goalDifferenceElo: Family = {
  name: "goal-difference-elo",
  source:
    "Stefani 1980, Improved least squares football, basketball, and soccer predictions; goals instead of results in Elo's update as in Hvattum & Arntzen 2010",
  defaults,
  ranges,
  create: (params) => new GoalDifferenceElo(readParams("goal-difference-elo", { defaults, ranges }, params)),
};

class GoalDifferenceElo implements RatingState {
  private readonly settings: typeof defaults;
  private readonly table: EloTable;
  private readonly goals: GoalLevel;

  constructor(settings: typeof defaults) {
    this.settings = settings;
    this.table = new EloTable({ initial: 0, ...settings });
    this.goals = new GoalLevel(settings);
  }

  learn({ season, home, away, score }: PlayedMatch): void {
    const { rate, bend } = this.settings;
    const means = this.means(season, home, away);
    const error = score.home - score.away - (means.home - means.away);
    this.goals.learn(means, score);
    this.table.learn(season, home, away, rate * bend * Math.asinh(error / bend));
  }

  predict({ season, home, away }: FixtureToForecast): ScoreMatrix {
    return scoreMatrix(this.means(season, home, away), this.settings.rho);
  }

  /** Two means that differ by the forecast goals where the home advantage is 0: level * (e^x - e^-x). */
  private means(season: string, home: string, away: string): GoalMeans {
    const half = (this.settings.belief * this.table.difference(season, home, away)) / 2;
    return this.goals.means(Math.asinh(half / this.goals.evenMean()));
  }
}
