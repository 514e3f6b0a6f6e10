import { EloTable } from "./elo-table.ts";
import { GoalLevel, levelDefaults, levelRanges } from "./goal-level.ts";
import { type GoalMeans, rhoRange, scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { type Range, readParams } from "./params.ts";

const defaults = {
  k: 15,
  /** Home advantage in Elo points, in the expected result only: goals have their own (GoalLevel). */
  home: 50,
  /** Power of the margin's logarithm by which a match counts: 0 is Elo's win, draw or loss. */
  margin: 1,
  reversion: 0.03,
  promoted: 25,
  relegated: 3,
  /** Log goals per Elo point, for each of the two means: fitted on four leagues up to 2016/17, without what the tests evaluate. */
  slope: 0.0019,
  ...levelDefaults,
  /** Dixon & Coles' low-score correction. */
  rho: 0,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  k: { min: 0, max: 200 },
  home: { min: -400, max: 400 },
  margin: { min: 0, max: 5 },
  reversion: { min: 0, max: 1 },
  promoted: { min: -500, max: 500 },
  relegated: { min: 1, max: 20, whole: true },
  slope: { min: 0, max: 0.02 },
  ...levelRanges,
  rho: rhoRange,
};

/** Elo 1978 with the margin of victory; the rating difference sets two Poisson means. */
export const elo: Family = {
  name: "elo",
  source:
    "Elo 1978, The Rating of Chessplayers; the margin as in Hvattum & Arntzen 2010; ratings to goals as in Ley, Van de Wiele & Van Eetvelde 2019",
  defaults,
  ranges,
  create: (params) => createElo(params),
};

export interface EloState extends RatingState {
  /** Elo points at the start of a match of this season; 1500 for a team of which nothing is known. */
  rating(season: string, team: string): number;
  expectedGoals(fixture: FixtureToForecast): GoalMeans;
}

export function createElo(params: Readonly<Record<string, number>> = {}): EloState {
  return new Elo(readParams("elo", { defaults, ranges }, params));
}

class Elo implements EloState {
  private readonly settings: typeof defaults;
  private readonly table: EloTable;
  private readonly goals: GoalLevel;

  constructor(settings: typeof defaults) {
    this.settings = settings;
    this.table = new EloTable({ initial: 1500, ...settings });
    this.goals = new GoalLevel(settings);
  }

  learn({ season, home, away, score }: PlayedMatch): void {
    const difference = this.table.difference(season, home, away);
    this.goals.learn(this.goals.means(this.settings.slope * difference), score);

    const expected = 1 / (1 + 10 ** (-(difference + this.settings.home) / 400));
    const actual = (Math.sign(score.home - score.away) + 1) / 2;
    // The margin counts by its logarithm, 1 for a draw and for one goal: a 7-0 says little more than a 4-0.
    const margin = Math.log2(1 + Math.max(1, Math.abs(score.home - score.away))) ** this.settings.margin;
    this.table.learn(season, home, away, this.settings.k * margin * (actual - expected));
  }

  predict(fixture: FixtureToForecast): ScoreMatrix {
    return scoreMatrix(this.expectedGoals(fixture), this.settings.rho);
  }

  expectedGoals({ season, home, away }: FixtureToForecast): GoalMeans {
    return this.goals.means(this.settings.slope * this.table.difference(season, home, away));
  }

  rating(season: string, team: string): number {
    return this.table.rating(season, team);
  }
}
