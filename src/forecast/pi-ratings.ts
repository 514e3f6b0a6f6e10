import { GoalLevel } from "./goal-level.ts";
import { scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { readParams } from "./params.ts";
import { Seasons } from "./seasons.ts";

const defaults = {
  /** Learning rate lambda of the paper. */
  rate: 0.035,
  /** Gamma of the paper: how much a home match teaches about the away rating, and the other way round. */
  crossRate: 0.7,
  /** Home and away rating of an average team. The paper starts at 0 and needs a season to find home advantage. */
  venue: 0.2,
  /** Added to both ratings of a promoted team. */
  promoted: -0.3,
  /** Share of the forecast goal difference that is believed. */
  belief: 1,
};

/** A home and an away rating per team, in goals against an average team; their difference sets two Poisson means. */
export const piRatings: Family = {
  name: "pi-ratings",
  source: "Constantinou & Fenton 2013, Determining the level of ability of football teams by dynamic ratings",
  defaults,
  create: (params) => new PiRatings(readParams("pi-ratings", defaults, params)),
};

interface Ratings {
  home: number;
  away: number;
}

/** b and c of the paper. */
const base = 10;
const scale = 3;

class PiRatings implements RatingState {
  private readonly settings: typeof defaults;
  private readonly seasons = new Seasons();
  private readonly goals = new GoalLevel({ homeAdvantage: false });
  private readonly ratings = new Map<string, Ratings>();

  constructor(settings: typeof defaults) {
    this.settings = settings;
  }

  learn(match: PlayedMatch): void {
    const { season, score } = match;
    if (!this.seasons.has(season)) this.seasons.begin(season);
    const home = this.of(season, match.home);
    const away = this.of(season, match.away);
    this.goals.learn(this.means(home, away), score);

    const error = score.home - score.away - expectedDifference(home, away);
    const change = this.settings.rate * Math.sign(error) * scale * Math.log10(1 + Math.abs(error));
    const cross = this.settings.crossRate * change;
    this.ratings.set(match.home, { home: home.home + change, away: home.away + cross });
    this.ratings.set(match.away, { home: away.home - cross, away: away.away - change });
    this.seasons.enter(season, match.home);
    this.seasons.enter(season, match.away);
  }

  predict({ season, home, away }: FixtureToForecast): ScoreMatrix {
    return scoreMatrix(this.means(this.of(season, home), this.of(season, away)));
  }

  /** The two means whose difference is the forecast one at the competition's level of goals: level * (e^x - e^-x). */
  private means(home: Ratings, away: Ratings) {
    const half = (this.settings.belief * expectedDifference(home, away)) / 2;
    return this.goals.means(Math.asinh(half / this.goals.evenMean()));
  }

  private of(season: string, team: string): Ratings {
    const { venue, promoted } = this.settings;
    if (this.seasons.isNewcomer(season, team)) return { home: venue + promoted, away: promoted - venue };
    return this.ratings.get(team) ?? { home: venue, away: -venue };
  }
}

function expectedDifference(home: Ratings, away: Ratings): number {
  return goalsAgainstAverage(home.home) - goalsAgainstAverage(away.away);
}

function goalsAgainstAverage(rating: number): number {
  return Math.sign(rating) * (base ** (Math.abs(rating) / scale) - 1);
}
