import type { Score } from "../match/event.ts";
import { boundedMean, type GoalMeans } from "./matrix.ts";
import type { FixtureToForecast, PlayedMatch } from "./member.ts";
import type { Range } from "./params.ts";
import { type Beta, newtonStep, type Prior, type WeightedMatch } from "./poisson-newton.ts";
import { Seasons } from "./seasons.ts";

export const fitDefaults = {
  halfLifeDays: 320,
  /** Precision of the normal prior of each attack and defence. */
  ridge: 2,
  /** Prior mean and precision in a promoted team's first season. */
  promoted: -0.12,
  promotedRidge: 30,
  refitDays: 7,
};

/** Every precision above 0: a team without a match would else have no estimate. */
export const fitRanges = {
  halfLifeDays: { min: 1, max: 10_000 },
  ridge: { min: 0.01, max: 10_000 },
  promoted: { min: -2, max: 2 },
  promotedRidge: { min: 0.01, max: 10_000 },
  refitDays: { min: 1, max: 366 },
} as const satisfies Record<keyof typeof fitDefaults, Range>;

/** The next value of how the two counts depend on each other, such as Dixon & Coles' dependence, given the fit of the means. */
export type DependenceStep = (dependence: number, beta: Beta, matches: readonly WeightedMatch[]) => number;

interface Fit {
  beta: Beta;
  dependence: number;
}

interface Played {
  kickoff: number;
  home: number;
  away: number;
  score: Score;
}

const dayMs = 86_400_000;

/** Epoch day 0 was a Thursday. Periods begin on Friday at 00:00 UTC: a weekend is forecast from everything up to midweek. */
const periodOrigin = dayMs;

/** A match that weighs less is not worth its time: it is over 13 half-lives old. */
const weightMin = 1e-4;

/** The competition's level and home advantage where it has few matches, in long-run values of European leagues. */
const commonPriors: readonly Prior[] = [
  { mean: Math.log(1.3), ridge: 10 },
  { mean: 0.13, ridge: 10 },
];

/** A fit from nothing needs some steps, the weekly one only its first. */
const stepsMax = 8;
const stepEnough = 1e-3;

/**
 * Independent Poisson goals with an attack and a defence per team and exponential weights, refitted once a period by a
 * warm-started Newton step. Which fit answers is a function of the matches learnt and of the fixture, never of what was
 * asked before: that keeps a forecast the same whenever it is made.
 */
export class PoissonFit {
  private readonly settings: typeof fitDefaults;
  private readonly stepDependence: DependenceStep;
  private readonly seasons = new Seasons();
  private readonly indices = new Map<string, number>();
  private readonly played: Played[] = [];
  private fitted: Fit;
  private fittedPeriod = Number.NEGATIVE_INFINITY;
  /** The fit of a period in which nothing has been learnt yet. */
  private ahead: { period: number; season: string; fit: Fit } | null = null;

  constructor(settings: typeof fitDefaults, dependence = 0, stepDependence: DependenceStep = () => dependence) {
    this.settings = settings;
    this.stepDependence = stepDependence;
    this.fitted = { beta: Float64Array.from(commonPriors, ({ mean }) => mean), dependence };
  }

  learn({ kickoff, season, home, away, score }: PlayedMatch): void {
    this.fitted = this.fitAt(kickoff, season);
    this.fittedPeriod = Math.max(this.fittedPeriod, this.period(kickoff));
    this.ahead = null;
    if (!this.seasons.has(season)) this.seasons.begin(season);
    this.seasons.enter(season, home);
    this.seasons.enter(season, away);
    this.played.push({ kickoff, home: this.indexOf(home), away: this.indexOf(away), score });
  }

  predict({ kickoff, season, home, away }: FixtureToForecast): { means: GoalMeans; dependence: number } {
    const { beta, dependence } = this.fitAt(kickoff, season);
    const level = beta[0] as number;
    const advantage = beta[1] as number;
    const [homeAttack, homeDefence] = this.strength(beta, season, home);
    const [awayAttack, awayDefence] = this.strength(beta, season, away);
    const means = {
      home: boundedMean(Math.exp(level + advantage + homeAttack - awayDefence)),
      away: boundedMean(Math.exp(level - advantage + awayAttack - homeDefence)),
    };
    return { means, dependence };
  }

  private strength(beta: Beta, season: string, team: string): readonly [attack: number, defence: number] {
    const index = this.indices.get(team);
    const attack = index === undefined ? undefined : beta[2 + 2 * index];
    const defence = index === undefined ? undefined : beta[3 + 2 * index];
    // A team that is not in the fit yet, or is there from the years before its relegation, is what its prior says.
    if (attack === undefined || defence === undefined || this.seasons.isNewcomer(season, team)) {
      const { mean } = this.prior(season, team);
      return [mean, mean];
    }
    return [attack, defence];
  }

  private fitAt(kickoff: number, season: string): Fit {
    const period = this.period(kickoff);
    if (period <= this.fittedPeriod || this.played.length === 0) return this.fitted;
    if (this.ahead?.period !== period || this.ahead.season !== season) {
      this.ahead = { period, season, fit: this.refit(periodOrigin + period * this.settings.refitDays * dayMs, season) };
    }
    return this.ahead.fit;
  }

  private period(kickoff: number): number {
    return Math.floor((kickoff - periodOrigin) / (this.settings.refitDays * dayMs));
  }

  private refit(at: number, season: string): Fit {
    const before = this.fitted;
    const priors = [...commonPriors];
    for (const team of this.indices.keys()) {
      const prior = this.prior(season, team);
      priors.push(prior, prior);
    }
    const beta = new Float64Array(priors.length);
    beta.set(before.beta);
    const matches = this.weighted(at);
    const steps = beta.length > before.beta.length ? stepsMax : 1;
    for (let step = 0; step < steps; step++) {
      if (newtonStep(beta, priors, matches) < stepEnough) break;
    }
    return { beta, dependence: this.stepDependence(before.dependence, beta, matches) };
  }

  private weighted(at: number): WeightedMatch[] {
    const matches: WeightedMatch[] = [];
    for (const { kickoff, home, away, score } of this.played) {
      const weight = 2 ** ((kickoff - at) / dayMs / this.settings.halfLifeDays);
      if (weight >= weightMin) matches.push({ weight, home, away, score });
    }
    return matches;
  }

  private prior(season: string, team: string): Prior {
    const { promoted, promotedRidge, ridge } = this.settings;
    return this.seasons.isPromoted(season, team) ? { mean: promoted, ridge: promotedRidge } : { mean: 0, ridge };
  }

  private indexOf(team: string): number {
    const known = this.indices.get(team);
    if (known !== undefined) return known;
    this.indices.set(team, this.indices.size);
    return this.indices.size - 1;
  }
}
