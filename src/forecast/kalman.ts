import { boundedMean, scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { GaussianState } from "./gaussian-state.ts";
import { readParams } from "./params.ts";
import { Seasons } from "./seasons.ts";

const defaults = {
  /** Variance that each attack and defence gains a day ... */
  drift: 3e-5,
  /** ... and at the start of a season. */
  seasonShock: 0.005,
  homeDrift: 1e-5,
  levelDrift: 3e-6,
  /** Variance of a team of which nothing is known. */
  unknown: 0.06,
  /** Attack and defence of a promoted team, and their variance. */
  promoted: -0.1,
  promotedVariance: 0.02,
  /** Share of the state's covariance that the forecast is averaged over; 0 takes the state for certain. */
  doubt: 1,
  rho: 0,
};

/**
 * Attacks and defences as a Gaussian random walk, with the covariance of all of them: a win teaches about every team the
 * loser has played. The Poisson counts enter through the extended Kalman filter of exponential families.
 */
export const kalman: Family = {
  name: "kalman",
  source:
    "Kalman 1960; Fahrmeir 1992, Posterior mode estimation by extended Kalman filtering for multivariate dynamic GLMs; the model of Rue & Salvesen 2000, Prediction and retrospective analysis of soccer matches in a league",
  defaults,
  create: (params) => new KalmanFilter(readParams("kalman", defaults, params)),
};

const dayMs = 86_400_000;

/** Positions in the state: the level and home advantage, then attack and defence of each team. */
const level = 0;
const home = 1;

/** What the log mean of one side's goals is made of: level + side * home + attack - defence. */
interface Side {
  side: 1 | -1;
  attack: number;
  defence: number;
}

class KalmanFilter implements RatingState {
  private readonly settings: typeof defaults;
  private readonly seasons = new Seasons();
  private readonly indices = new Map<string, number>();
  private readonly state = new GaussianState();
  private at: number | null = null;

  constructor(settings: typeof defaults) {
    this.settings = settings;
    this.state.append(Math.log(1.3), 0.02);
    this.state.append(0.13, 0.01);
  }

  learn({ kickoff, season, home: homeTeam, away: awayTeam, score }: PlayedMatch): void {
    if (!this.seasons.has(season)) {
      if (this.at !== null) this.driftTeams(this.settings.seasonShock);
      this.seasons.begin(season);
    }
    this.driftTo(kickoff);
    const { forHome, forAway } = sides(this.enter(season, homeTeam), this.enter(season, awayTeam));
    this.observe(forHome, score.home);
    this.observe(forAway, score.away);
  }

  predict({ kickoff, season, home: homeTeam, away: awayTeam }: FixtureToForecast): ScoreMatrix {
    const h = this.prior(season, homeTeam);
    const a = this.prior(season, awayTeam);
    const { state } = this;
    const base = state.mean(level);
    const advantage = state.mean(home);
    const log = {
      home: base + advantage + h.attack - a.defence,
      away: base - advantage + a.attack - h.defence,
    };
    return this.averaged(log, this.covariance(kickoff, season, h, a));
  }

  private observe({ side, attack, defence }: Side, goals: number): void {
    this.state.observe([level, home, attack, defence], [1, side, 1, -1], (log) => {
      const mean = boundedMean(Math.exp(log));
      return { surprise: (goals - mean) / mean, variance: 1 / mean };
    });
  }

  /** The team's index; one that is new or promoted starts from its prior. */
  private enter(season: string, team: string): number {
    const prior = this.prior(season, team);
    let { index } = prior;
    if (index === null) {
      index = this.indices.get(team) ?? null;
      if (index === null) {
        index = this.state.append(prior.attack, prior.variance);
        this.state.append(prior.defence, prior.variance);
        this.indices.set(team, index);
      } else {
        this.state.restart(index, prior.attack, prior.variance);
        this.state.restart(index + 1, prior.defence, prior.variance);
      }
    }
    this.seasons.enter(season, team);
    return index;
  }
}
