import { describe, expect, it } from "vitest";
import { bivariateMatrix, commonStep } from "../../src/forecast/bivariate-poisson.ts";
import { assertDistribution, expectedGoalsOf, probabilitiesOf, scoreMatrix } from "../../src/forecast/matrix.ts";

describe("bivariate Poisson", () => {
  it("is the product of two laws without a common part", () => {
    const means = { home: 1.6, away: 1.1 };
    bivariateMatrix(means, 0).forEach((row, i) => {
      row.forEach((p, j) => expect(p).toBeCloseTo(scoreMatrix(means)[i]?.[j] ?? Number.NaN, 12));
    });
  });

  it("gives the probabilities of the paper's formula", () => {
    // P(1, 1) = e^-(.9 + .4 + .2) (.9 * .4 + .2)
    expect(bivariateMatrix({ home: 1.1, away: 0.6 }, 0.2)[1]?.[1]).toBeCloseTo(Math.exp(-1.5) * (0.36 + 0.2), 12);
  });

  it("keeps the means, makes draws likelier, and stays a distribution where the common part is too large", () => {
    const means = { home: 1.5, away: 1.2 };
    const goals = expectedGoalsOf(bivariateMatrix(means, 0.3));
    expect(goals.home).toBeCloseTo(1.5, 4);
    expect(goals.away).toBeCloseTo(1.2, 4);
    expect(probabilitiesOf(bivariateMatrix(means, 0.3)).draw).toBeGreaterThan(probabilitiesOf(scoreMatrix(means)).draw);
    assertDistribution(bivariateMatrix(means, 5), "too large");
  });

  it("finds the common part in scores that go together, and little where they do not", () => {
    const beta = Float64Array.of(0.2, 0, 0, 0, 0, 0);
    const fit = (scores: { home: number; away: number }[]) => {
      const matches = scores.map((score) => ({ weight: 1, home: 0, away: 1, score }));
      let common = 0.1;
      for (let step = 0; step < 200; step++) common = commonStep(0.1, 1)(common, beta, matches);
      return common;
    };
    const together = Array.from({ length: 100 }, (_, i) => ({ home: i % 4, away: i % 4 }));
    const apart = Array.from({ length: 100 }, (_, i) => ({ home: i % 4, away: 3 - (i % 4) }));
    expect(fit(together)).toBeGreaterThan(0.6);
    expect(fit(apart)).toBeLessThan(0.1);
  });
});
