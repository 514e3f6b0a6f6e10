import { boundedMean, type GoalMeans, rhoRange, scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { type Range, readParams } from "./params.ts";
import { RatedTeams } from "./rated-teams.ts";

const defaults = {
  /** What a team's scaled surprise in goals scored adds to its attack ... */
  attack: 0.015,
  /** ... and the surprise in goals conceded takes from it. */
  attackAgainst: 0.006,
  defence: 0.012,
  home: 0.003,
  level: 0.0005,
  /** The surprise is (goals - mean) / mean^power. */
  power: 0.25,
  /** Attack and defence of a promoted team. */
  promoted: -0.03,
  /** Share of attack and defence that is lost between seasons. */
  reversion: 0,
  /** Steps are 1 + boost times as long for a team never seen, and this extra halves every `boostHalfLife` matches. */
  boost: 3,
  boostHalfLife: 8,
  /** Dixon & Coles' low-score correction. */
  rho: 0,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  attack: { min: 0, max: 0.2 },
  attackAgainst: { min: 0, max: 0.2 },
  defence: { min: 0, max: 0.2 },
  home: { min: 0, max: 0.1 },
  level: { min: 0, max: 0.1 },
  power: { min: 0, max: 1 },
  promoted: { min: -2, max: 2 },
  reversion: { min: 0, max: 1 },
  boost: { min: 0, max: 20 },
  boostHalfLife: { min: 0.1, max: 1000 },
  rho: rhoRange,
};

/** Attack and defence that move by the scaled score of the Poisson likelihood after every match. */
export const scoreDriven: Family = {
  name: "score-driven",
  source: "Koopman & Lit 2015, A dynamic bivariate Poisson model; Koopman & Lit 2019, score-driven time series models",
  defaults,
  ranges,
  create: (params) => new ScoreDriven(readParams("score-driven", { defaults, ranges }, params)),
};

interface Strength {
  attack: number;
  defence: number;
  matches: number;
}

class ScoreDriven implements RatingState {
  private readonly settings: typeof defaults;
  private readonly teams: RatedTeams<Strength>;
  private level = Math.log(1.3);
  private home = 0.13;
  private matches = 0;

  constructor(settings: typeof defaults) {
    this.settings = settings;
    const { promoted, reversion } = settings;
    this.teams = new RatedTeams<Strength>({
      unknown: { attack: 0, defence: 0, matches: 0 },
      promoted: (remembered) => ({ attack: promoted, defence: promoted, matches: remembered?.matches ?? 0 }),
      carriedOver: ({ attack, defence, matches }) => ({
        attack: (1 - reversion) * attack,
        defence: (1 - reversion) * defence,
        matches,
      }),
    });
  }

  learn({ season, home: homeTeam, away: awayTeam, score }: PlayedMatch): void {
    const home = this.teams.of(season, homeTeam);
    const away = this.teams.of(season, awayTeam);
    const means = this.means(home, away);
    const surprise = { home: this.surprise(score.home, means.home), away: this.surprise(score.away, means.away) };

    this.teams.learn(
      season,
      [homeTeam, this.moved(home, surprise.home, surprise.away)],
      [awayTeam, this.moved(away, surprise.away, surprise.home)],
    );
    // A league plays some ten matches while each of its teams plays one.
    const gain = this.gain(this.matches / 10);
    this.level += gain * this.settings.level * (surprise.home + surprise.away);
    this.home += gain * this.settings.home * (surprise.home - surprise.away);
    this.matches++;
  }

  predict({ season, home, away }: FixtureToForecast): ScoreMatrix {
    return scoreMatrix(this.means(this.teams.of(season, home), this.teams.of(season, away)), this.settings.rho);
  }

  private means(home: Strength, away: Strength): GoalMeans {
    return {
      home: boundedMean(Math.exp(this.level + this.home + home.attack - away.defence)),
      away: boundedMean(Math.exp(this.level - this.home + away.attack - home.defence)),
    };
  }

  private surprise(goals: number, mean: number): number {
    return (goals - mean) / mean ** this.settings.power;
  }

  private moved(team: Strength, scored: number, conceded: number): Strength {
    const { attack, attackAgainst, defence } = this.settings;
    const gain = this.gain(team.matches);
    return {
      attack: team.attack + gain * (attack * scored - attackAgainst * conceded),
      defence: team.defence - gain * defence * conceded,
      matches: team.matches + 1,
    };
  }

  private gain(matches: number): number {
    return 1 + this.settings.boost * 2 ** (-matches / this.settings.boostHalfLife);
  }
}
