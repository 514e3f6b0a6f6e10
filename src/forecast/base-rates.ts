import { type GoalMeans, scoreMatrix } from "./matrix.ts";
import type { Family, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { type Range, readParams } from "./params.ts";

const defaults = {
  /** Mean goals where nothing is known: the long-run figures of European first divisions. */
  home: 1.5,
  away: 1.15,
  /** Matches those figures weigh as much as. */
  priorMatches: 40,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  home: { min: 0.1, max: 6 },
  away: { min: 0.1, max: 6 },
  priorMatches: { min: 0.01, max: 100000 },
};

/** Knows no team: the competition's mean home and away goals. What every other member has to beat. */
export const baseRates: Family = {
  name: "base-rates",
  source: "climatology, the reference forecast of Murphy 1970; Poisson goals as in Maher 1982",
  defaults,
  ranges,
  create: (params) => new BaseRates(readParams("base-rates", { defaults, ranges }, params)),
};

class BaseRates implements RatingState {
  private matches: number;
  private readonly goals: GoalMeans;

  constructor(settings: typeof defaults) {
    this.matches = settings.priorMatches;
    this.goals = { home: settings.home * settings.priorMatches, away: settings.away * settings.priorMatches };
  }

  learn(match: PlayedMatch): void {
    this.matches++;
    this.goals.home += match.score.home;
    this.goals.away += match.score.away;
  }

  predict(): ScoreMatrix {
    return scoreMatrix({ home: this.goals.home / this.matches, away: this.goals.away / this.matches });
  }
}
