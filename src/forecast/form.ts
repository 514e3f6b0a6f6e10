import { GoalLevel, levelDefaults, levelRanges } from "./goal-level.ts";
import { boundedMean, type GoalMeans, scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { type Range, readParams } from "./params.ts";
import { RatedTeams } from "./rated-teams.ts";

const defaults = {
  /** A match counts half after this many later ones of the team. */
  halfLifeMatches: 15,
  /** Goals at the average rate that every team is credited with. */
  prior: 12,
  /** Log of a promoted team's attack; it concedes by as much more. */
  promoted: -0.12,
  ...levelDefaults,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  halfLifeMatches: { min: 0.1, max: 10000 },
  prior: { min: 0.01, max: 10000 },
  promoted: { min: -2, max: 2 },
  ...levelRanges,
};

/** Goals for and against of a team's recent matches over what the venue makes usual. Knows no opponents: how far does form alone go? */
export const form: Family = {
  name: "form",
  source:
    "Goddard & Asimakopoulos 2004, Forecasting football results and the efficiency of fixed-odds betting (recent results by venue); attack times defence as in Maher 1982",
  defaults,
  ranges,
  create: (params) => new Form(readParams("form", { defaults, ranges }, params)),
};

/** Decayed sums of goals and of what an average team would have had at the same venues, the prior included. */
interface Goals {
  scored: number;
  scoredUsual: number;
  conceded: number;
  concededUsual: number;
}

class Form implements RatingState {
  private readonly settings: typeof defaults;
  private readonly level: GoalLevel;
  private readonly teams: RatedTeams<Goals>;

  constructor(settings: typeof defaults) {
    this.settings = settings;
    this.level = new GoalLevel(settings);
    this.teams = new RatedTeams<Goals>({ unknown: this.credit(0), promoted: () => this.credit(settings.promoted) });
  }

  learn({ season, home, away, score }: PlayedMatch): void {
    const usual = this.level.means(0);
    const h = this.teams.of(season, home);
    const a = this.teams.of(season, away);
    this.level.learn(means(usual, h, a), score);
    this.teams.learn(
      season,
      [
        home,
        this.after(h, { scored: score.home, scoredUsual: usual.home, conceded: score.away, concededUsual: usual.away }),
      ],
      [
        away,
        this.after(a, { scored: score.away, scoredUsual: usual.away, conceded: score.home, concededUsual: usual.home }),
      ],
    );
  }

  predict({ season, home, away }: FixtureToForecast): ScoreMatrix {
    return scoreMatrix(means(this.level.means(0), this.teams.of(season, home), this.teams.of(season, away)));
  }

  private credit(logAttack: number): Goals {
    const { prior } = this.settings;
    return {
      scored: prior * Math.exp(logAttack),
      scoredUsual: prior,
      conceded: prior * Math.exp(-logAttack),
      concededUsual: prior,
    };
  }

  /** The prior does not fade: what has faded of it comes back as an average team's goals. */
  private after(before: Goals, match: Goals): Goals {
    const keep = 2 ** (-1 / this.settings.halfLifeMatches);
    const credit = (1 - keep) * this.settings.prior;
    return {
      scored: keep * before.scored + credit + match.scored,
      scoredUsual: keep * before.scoredUsual + credit + match.scoredUsual,
      conceded: keep * before.conceded + credit + match.conceded,
      concededUsual: keep * before.concededUsual + credit + match.concededUsual,
    };
  }
}

function means(usual: GoalMeans, home: Goals, away: Goals): GoalMeans {
  return {
    home: boundedMean((usual.home * (home.scored / home.scoredUsual) * away.conceded) / away.concededUsual),
    away: boundedMean((usual.away * (away.scored / away.scoredUsual) * home.conceded) / home.concededUsual),
  };
}
