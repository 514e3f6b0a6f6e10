import { GoalLevel, levelDefaults, levelRanges } from "./goal-level.ts";
import { rhoRange, scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { type Range, readParams } from "./params.ts";
import { RatedTeams } from "./rated-teams.ts";

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
  levelRate: levelDefaults.levelRate,
  rho: 0,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  rate: { min: 0, max: 1 },
  crossRate: { min: 0, max: 1 },
  venue: { min: -1, max: 1 },
  promoted: { min: -3, max: 3 },
  belief: { min: 0, max: 5 },
  levelRate: levelRanges.levelRate,
  rho: rhoRange,
};

/** A home and an away rating per team, in goals against an average team; their difference sets two Poisson means. */
export const piRatings: Family = {
  name: "pi-ratings",
  source: "Constantinou & Fenton 2013, Determining the level of ability of football teams by dynamic ratings",
  defaults,
  ranges,
  create: (params) => new PiRatings(readParams("pi-ratings", { defaults, ranges }, params)),
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
  private readonly goals: GoalLevel;
  private readonly teams: RatedTeams<Ratings>;

  constructor(settings: typeof defaults) {
    this.settings = settings;
    const { venue, promoted, levelRate } = settings;
    this.goals = new GoalLevel({ ...levelDefaults, levelRate }, { homeAdvantage: false });
    this.teams = new RatedTeams<Ratings>({
      unknown: { home: venue, away: -venue },
      promoted: () => ({ home: venue + promoted, away: promoted - venue }),
    });
  }

  learn({ season, home: homeTeam, away: awayTeam, score }: PlayedMatch): void {
    const home = this.teams.of(season, homeTeam);
    const away = this.teams.of(season, awayTeam);
    this.goals.learn(this.means(home, away), score);

    const error = score.home - score.away - expectedDifference(home, away);
    const change = this.settings.rate * Math.sign(error) * scale * Math.log10(1 + Math.abs(error));
    const cross = this.settings.crossRate * change;
    this.teams.learn(
      season,
      [homeTeam, { home: home.home + change, away: home.away + cross }],
      [awayTeam, { home: away.home - cross, away: away.away - change }],
    );
  }

  predict({ season, home, away }: FixtureToForecast): ScoreMatrix {
    return scoreMatrix(this.means(this.teams.of(season, home), this.teams.of(season, away)), this.settings.rho);
  }

  /** The two means whose difference is the forecast one at the competition's level of goals: level * (e^x - e^-x). */
  private means(home: Ratings, away: Ratings) {
    const half = (this.settings.belief * expectedDifference(home, away)) / 2;
    return this.goals.means(Math.asinh(half / this.goals.evenMean()));
  }
}

function expectedDifference(home: Ratings, away: Ratings): number {
  return goalsAgainstAverage(home.home) - goalsAgainstAverage(away.away);
}

function goalsAgainstAverage(rating: number): number {
  return Math.sign(rating) * (base ** (Math.abs(rating) / scale) - 1);
}
