import { GoalLevel } from "./goal-level.ts";
import { type GoalMeans, scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { readParams } from "./params.ts";
import { Seasons } from "./seasons.ts";

const defaults = {
  k: 15,
  /** Home advantage in Elo points, in the expected result only: goals have their own (GoalLevel). */
  home: 50,
  /** Share of the distance to the mean that a rating loses between seasons. */
  reversion: 0.03,
  /** A promoted team starts this far above the mean of the weakest teams of the season before ... */
  promoted: 25,
  /** ... so many of them: which teams went down is not known before the new season is under way. */
  relegated: 3,
  /** Log goals per Elo point, for each of the two means: fitted on four leagues up to 2016/17, without what the tests evaluate. */
  slope: 0.0019,
};

/** Elo 1978 with the margin of victory; the rating difference sets two Poisson means. */
export const elo: Family = {
  name: "elo",
  source: "Elo 1978, The Rating of Chessplayers; ratings to goals as in Ley, Van de Wiele & Van Eetvelde 2019",
  defaults,
  create: (params) => createElo(params),
};

export interface EloState extends RatingState {
  /** Elo points at the start of a match of this season; 1500 for a team of which nothing is known. */
  rating(season: string, team: string): number;
  expectedGoals(fixture: FixtureToForecast): GoalMeans;
}

export function createElo(params: Readonly<Record<string, number>> = {}): EloState {
  return new Elo(readParams("elo", defaults, params));
}

const initial = 1500;

class Elo implements EloState {
  private readonly settings: typeof defaults;
  private readonly seasons = new Seasons();
  private readonly goals = new GoalLevel();
  private ratings = new Map<string, number>();
  private entry = initial;

  constructor(settings: typeof defaults) {
    this.settings = settings;
  }

  learn(match: PlayedMatch): void {
    const { season, home, away, score } = match;
    if (!this.seasons.has(season)) {
      const { ratings, entry } = this.newSeason();
      this.ratings = ratings;
      this.entry = entry;
      this.seasons.begin(season);
    }
    const strength = { home: this.rating(season, home), away: this.rating(season, away) };
    const difference = strength.home - strength.away;
    this.goals.learn(this.goals.means(this.settings.slope * difference), score);

    const expected = 1 / (1 + 10 ** (-(difference + this.settings.home) / 400));
    const actual = (Math.sign(score.home - score.away) + 1) / 2;
    // The margin counts by its logarithm, 1 for a draw and for one goal: a 7-0 says little more than a 4-0.
    const margin = Math.log2(1 + Math.max(1, Math.abs(score.home - score.away)));
    const change = this.settings.k * margin * (actual - expected);
    this.ratings.set(home, strength.home + change);
    this.ratings.set(away, strength.away - change);
    this.seasons.enter(season, home);
    this.seasons.enter(season, away);
  }

  predict(fixture: FixtureToForecast): ScoreMatrix {
    return scoreMatrix(this.expectedGoals(fixture));
  }

  expectedGoals({ season, home, away }: FixtureToForecast): GoalMeans {
    return this.goals.means(this.settings.slope * (this.rating(season, home) - this.rating(season, away)));
  }

  rating(season: string, team: string): number {
    // A season nobody has played in yet is rated as its first match would find it, and nothing is kept.
    const { ratings, entry } = this.seasons.has(season)
      ? { ratings: this.ratings, entry: this.entry }
      : this.newSeason();
    if (this.seasons.isNewcomer(season, team)) return entry;
    return ratings.get(team) ?? initial;
  }

  private newSeason(): { ratings: Map<string, number>; entry: number } {
    const teams = [...this.seasons.latestTeams()];
    if (teams.length === 0) return { ratings: this.ratings, entry: initial };
    const mean = meanOf(teams.map((team) => this.ratings.get(team) ?? initial));
    const keep = 1 - this.settings.reversion;
    const ratings = new Map([...this.ratings].map(([team, rating]) => [team, mean + keep * (rating - mean)]));
    const weakest = teams
      .map((team) => ratings.get(team) ?? initial)
      .sort((a, b) => a - b)
      .slice(0, this.settings.relegated);
    return { ratings, entry: meanOf(weakest) + this.settings.promoted };
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
