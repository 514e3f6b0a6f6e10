import type { Score } from "../match/event.ts";
import { createElo } from "./elo.ts";
import { goalsMax, mixture, scoreMatrix } from "./matrix.ts";
import type { Family, FixtureToForecast, PlayedMatch, RatingState, ScoreMatrix } from "./member.ts";
import { type Range, readParams } from "./params.ts";

const defaults = {
  /** Standard deviation of the kernel in Elo points. */
  bandwidth: 60,
  /** Matches' worth of the Poisson law that fills in the scores not seen yet. */
  prior: 60,
  /** Of the Elo ratings it looks matches up by. */
  k: 15,
  /** A match counts half after this many later ones of the competition. */
  halfLifeMatches: 1500,
};

const ranges: Readonly<Record<keyof typeof defaults, Range>> = {
  bandwidth: { min: 1, max: 1000 },
  prior: { min: 0.01, max: 1000000 },
  k: { min: 0, max: 200 },
  halfLifeMatches: { min: 1, max: 100000 },
};

/** What happened in past matches between teams as far apart as these two: kernel regression on the Elo difference. */
export const kernel: Family = {
  name: "kernel",
  source: "Nadaraya 1964, On estimating regression; Watson 1964, Smooth regression analysis",
  defaults,
  ranges,
  create: (params) => new Kernel(readParams("kernel", { defaults, ranges }, params)),
};

interface Seen {
  difference: number;
  score: Score;
}

class Kernel implements RatingState {
  private readonly settings: typeof defaults;
  private readonly elo;
  private readonly seen: Seen[] = [];

  constructor(settings: typeof defaults) {
    this.settings = settings;
    this.elo = createElo({ k: settings.k });
  }

  learn(match: PlayedMatch): void {
    const difference = this.difference(match);
    this.elo.learn(match);
    this.seen.push({ difference, score: match.score });
  }

  predict(fixture: FixtureToForecast): ScoreMatrix {
    const { bandwidth, prior, halfLifeMatches } = this.settings;
    const difference = this.difference(fixture);
    const counts = Array.from({ length: goalsMax + 1 }, () => Array.from({ length: goalsMax + 1 }, () => 0));
    const keep = 2 ** (-1 / halfLifeMatches);
    let age = 1;
    let total = 0;
    for (let index = this.seen.length - 1; index >= 0; index--) {
      const { difference: other, score } = this.seen[index] as Seen;
      const distance = (other - difference) / bandwidth;
      const weight = age * Math.exp(-0.5 * distance * distance);
      age *= keep;
      const row = counts[Math.min(score.home, goalsMax)] as number[];
      const column = Math.min(score.away, goalsMax);
      row[column] = (row[column] as number) + weight;
      total += weight;
    }
    const law = { weight: prior, matrix: scoreMatrix(this.elo.expectedGoals(fixture)) };
    if (total === 0) return law.matrix;
    return mixture([law, { weight: total, matrix: counts.map((row) => row.map((count) => count / total)) }]);
  }

  private difference({ season, home, away }: FixtureToForecast): number {
    return this.elo.rating(season, home) - this.elo.rating(season, away);
  }
}
