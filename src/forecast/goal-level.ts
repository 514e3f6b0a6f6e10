import type { Score } from "../match/event.ts";
import { boundedMean, type GoalMeans } from "./matrix.ts";
import type { Range } from "./params.ts";

export const levelDefaults = {
  /** Share of a match's surprise by which the goals a match move, once the competition is known. */
  levelRate: 1 / 800,
  /** The same for home advantage, which moves faster. */
  homeRate: 1 / 400,
};

export const levelRanges = {
  levelRate: { min: 0, max: 0.5 },
  homeRate: { min: 0, max: 0.5 },
} as const satisfies Record<keyof typeof levelDefaults, Range>;

/** The long-run values of European leagues weigh as much as this many matches. */
const priorMatches = 40;

/**
 * From a strength advantage to Poisson means: log of the home mean = level + home + advantage, of the away mean
 * level - home - advantage. Level and home advantage follow the competition's results by stochastic gradient: a plain
 * average while little is known, an exponential one later.
 */
export class GoalLevel {
  private readonly rates: typeof levelDefaults;
  private readonly learnsHome: boolean;
  private level = Math.log(1.3);
  private home: number;
  private matches = 0;

  /** Without `homeAdvantage` the advantage given to `means` has to hold it. */
  constructor(rates: typeof levelDefaults = levelDefaults, { homeAdvantage } = { homeAdvantage: true }) {
    this.rates = rates;
    this.home = homeAdvantage ? 0.13 : 0;
    this.learnsHome = homeAdvantage;
  }

  means(advantage: number): GoalMeans {
    return {
      home: boundedMean(Math.exp(this.level + this.home + advantage)),
      away: boundedMean(Math.exp(this.level - this.home - advantage)),
    };
  }

  /** The goals a team scores on average against an equal on neutral ground. */
  evenMean(): number {
    return Math.exp(this.level);
  }

  learn(expected: GoalMeans, score: Score): void {
    const average = 1 / (priorMatches + this.matches);
    const home = score.home - expected.home;
    const away = score.away - expected.away;
    // Divided by its information the gradient step is the one an average over the matches would take.
    const information = expected.home + expected.away;
    this.level += ((home + away) / information) * Math.max(average, this.rates.levelRate);
    if (this.learnsHome) this.home += ((home - away) / information) * Math.max(average, this.rates.homeRate);
    this.matches++;
  }
}
