import { GaussianState } from "./gaussian-state.ts";
import { boundedMean, type GoalMeans, mixture, rhoRange, scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { type Range, readParams } from "./params.ts";
import { Seasons } from "./seasons.ts";

const defaults = {
  /** Variance that each attack and defence gains a day ... */
  drift: 3e-5,
  /** ... and when a season begins. */
  seasonShock: 0.005,
  homeDrift: 1e-5,
  levelDrift: 3e-6,
  /** Variance of attack and defence where nothing is known of a team. */
  unknown: 0.06,
  /** Attack and defence of a promoted team, and their variance. */
  promoted: -0.1,
  promotedVariance: 0.02,
  /** Share of the state's covariance that a forecast is averaged over; 0 takes the means for certain. */
  doubt: 1,
  /** Dixon & Coles' low-score correction. */
  rho: 0,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  drift: { min: 0, max: 0.01 },
  seasonShock: { min: 0, max: 1 },
  homeDrift: { min: 0, max: 0.01 },
  levelDrift: { min: 0, max: 0.01 },
  unknown: { min: 0.0001, max: 1 },
  promoted: { min: -2, max: 2 },
  promotedVariance: { min: 0.0001, max: 1 },
  doubt: { min: 0, max: 1 },
  rho: rhoRange,
};

/**
 * Attacks and defences as a Gaussian random walk with the covariance of them all: a win also teaches about the teams the
 * loser has played. Poisson counts enter by the extended filter for exponential families.
 */
export const kalman: Family = {
  name: "kalman",
  source:
    "Rue & Salvesen 2000, Prediction and retrospective analysis of soccer matches in a league; filtered as in Fahrmeir 1992, Posterior mode estimation by extended Kalman filtering for multivariate dynamic generalized linear models",
  defaults,
  ranges,
  create: (params) => new KalmanFilter(readParams("kalman", { defaults, ranges }, params)),
};

const dayMs = 86_400_000;

/** Places of the competition's own quantities in the state; a team's attack and defence follow at an even place and the next. */
const level = 0;
const home = 1;

/** One of the quantities that add up to the two log means. Without an index it is not in the state yet. */
interface Term {
  index: number | null;
  mean: number;
  /** Its variance where it has no index, and what the state's has grown by since the last match otherwise. */
  extra: number;
  inHome: number;
  inAway: number;
}

class KalmanFilter implements RatingState {
  private readonly settings: typeof defaults;
  private readonly seasons = new Seasons();
  private readonly places = new Map<string, number>();
  private readonly state = new GaussianState();
  private latest: number | null = null;

  constructor(settings: typeof defaults) {
    this.settings = settings;
    this.state.append(Math.log(1.3), 0.02);
    this.state.append(0.13, 0.01);
  }

  learn({ kickoff, season, home: homeTeam, away: awayTeam, score }: PlayedMatch): void {
    this.driftTo(kickoff, season);
    if (!this.seasons.has(season)) this.seasons.begin(season);
    const h = this.enter(season, homeTeam);
    const a = this.enter(season, awayTeam);
    this.observe([level, home, h, a + 1], [1, 1, 1, -1], score.home);
    this.observe([level, home, a, h + 1], [1, -1, 1, -1], score.away);
  }

  predict({ kickoff, season, home: homeTeam, away: awayTeam }: FixtureToForecast): ScoreMatrix {
    const days = this.daysSince(kickoff);
    const { levelDrift, homeDrift, doubt, rho } = this.settings;
    const terms: Term[] = [
      { index: level, mean: this.state.mean(level), extra: days * levelDrift, inHome: 1, inAway: 1 },
      { index: home, mean: this.state.mean(home), extra: days * homeDrift, inHome: 1, inAway: -1 },
      { ...this.strength(kickoff, season, homeTeam, 0), inHome: 1, inAway: 0 },
      { ...this.strength(kickoff, season, homeTeam, 1), inHome: 0, inAway: -1 },
      { ...this.strength(kickoff, season, awayTeam, 0), inHome: 0, inAway: 1 },
      { ...this.strength(kickoff, season, awayTeam, 1), inHome: -1, inAway: 0 },
    ];
    const log = { home: 0, away: 0 };
    const spread = { home: 0, away: 0, both: 0 };
    for (const a of terms) {
      log.home += a.inHome * a.mean;
      log.away += a.inAway * a.mean;
      for (const b of terms) {
        const covariance =
          (a.index !== null && b.index !== null ? this.state.covariance(a.index, b.index) : 0) +
          (a === b ? a.extra : 0);
        spread.home += doubt * a.inHome * b.inHome * covariance;
        spread.away += doubt * a.inAway * b.inAway * covariance;
        spread.both += doubt * a.inHome * b.inAway * covariance;
      }
    }
    return averaged(log, spread, rho);
  }

  private observe(indices: readonly number[], weights: readonly number[], goals: number): void {
    this.state.observe(indices, weights, (log) => {
      const mean = boundedMean(Math.exp(log));
      return { surprise: (goals - mean) / mean, noise: 1 / mean };
    });
  }

  private driftTo(kickoff: number, season: string): void {
    const days = this.daysSince(kickoff);
    const { levelDrift, homeDrift } = this.settings;
    this.state.drift(level, days * levelDrift);
    this.state.drift(home, days * homeDrift);
    const growth = this.growth(days, season);
    for (const place of this.places.values()) {
      this.state.drift(place, growth);
      this.state.drift(place + 1, growth);
    }
    this.latest = Math.max(kickoff, this.latest ?? kickoff);
  }

  private growth(days: number, season: string): number {
    const { drift, seasonShock } = this.settings;
    return days * drift + (this.seasons.has(season) ? 0 : seasonShock);
  }

  private daysSince(kickoff: number): number {
    return Math.max(0, kickoff - (this.latest ?? kickoff)) / dayMs;
  }

  /** Attack (side 0) or defence (side 1) as the team goes into a match of this season. */
  private strength(kickoff: number, season: string, team: string, side: 0 | 1): Pick<Term, "index" | "mean" | "extra"> {
    const place = this.places.get(team);
    if (place === undefined || this.seasons.isNewcomer(season, team)) {
      const { mean, variance } = this.prior(season, team);
      return { index: null, mean, extra: variance };
    }
    const growth = this.growth(this.daysSince(kickoff), season);
    return { index: place + side, mean: this.state.mean(place + side), extra: growth };
  }

  private prior(season: string, team: string): { mean: number; variance: number } {
    const { promoted, promotedVariance, unknown } = this.settings;
    return this.seasons.isPromoted(season, team)
      ? { mean: promoted, variance: promotedVariance }
      : { mean: 0, variance: unknown };
  }

  /** The team's place in the state; new and promoted ones take their prior there. */
  private enter(season: string, team: string): number {
    const { mean, variance } = this.prior(season, team);
    let place = this.places.get(team);
    if (place === undefined) {
      place = this.state.append(mean, variance);
      this.state.append(mean, variance);
      this.places.set(team, place);
    } else if (this.seasons.isNewcomer(season, team)) {
      this.state.restart(place, mean, variance);
      this.state.restart(place + 1, mean, variance);
    }
    this.seasons.enter(season, team);
    return place;
  }
}

/** Gauss-Hermite points of a standard normal: exact up to the fifth moment. */
const nodes = [
  { at: -Math.sqrt(3), weight: 1 / 6 },
  { at: 0, weight: 2 / 3 },
  { at: Math.sqrt(3), weight: 1 / 6 },
];

/** The mean score matrix over two jointly normal log means, placed so that the expected goals are those without doubt: the filter has fitted these. */
function averaged(log: GoalMeans, spread: GoalMeans & { both: number }, rho: number): ScoreMatrix {
  const deviation = Math.sqrt(Math.max(0, spread.home));
  const slope = deviation > 0 ? spread.both / deviation : 0;
  const rest = Math.sqrt(Math.max(0, spread.away - slope * slope));
  if (deviation === 0 && rest === 0) return scoreMatrix({ home: Math.exp(log.home), away: Math.exp(log.away) }, rho);
  return mixture(
    nodes.flatMap((h) =>
      nodes.map((a) => ({
        weight: h.weight * a.weight,
        matrix: scoreMatrix(
          {
            home: Math.exp(log.home - spread.home / 2 + deviation * h.at),
            away: Math.exp(log.away - spread.away / 2 + slope * h.at + rest * a.at),
          },
          rho,
        ),
      })),
    ),
  );
}
