import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assertDistribution,
  expectedGoalsOf,
  probabilitiesOf,
  probabilityOf,
  scoreMatrix,
  tau,
} from "../../src/forecast/matrix.ts";

describe("score matrix", () => {
  it("is the product of two Poisson laws", () => {
    const matrix = scoreMatrix({ home: 2, away: 1 });
    expect(matrix[0]?.[0]).toBeCloseTo(Math.exp(-3), 12);
    expect(matrix[2]?.[1]).toBeCloseTo(2 * Math.exp(-3), 12);
    expect(matrix).toHaveLength(11);
    expect(probabilitiesOf(matrix).home).toBeCloseTo(0.6057, 3);
    expect(expectedGoalsOf(matrix).home).toBeCloseTo(2, 4);
    expect(expectedGoalsOf(matrix).away).toBeCloseTo(1, 6);
  });

  it("puts ten goals and more into its last row", () => {
    const matrix = scoreMatrix({ home: 6, away: 1 });
    expect(matrix[10]?.reduce((sum, p) => sum + p, 0)).toBeCloseTo(0.0839, 3);
    expect(probabilityOf(matrix, { home: 14, away: 0 })).toBe(matrix[10]?.[0]);
  });

  it("moves mass between the four low scores only, as Dixon and Coles do", () => {
    const plain = scoreMatrix({ home: 1.5, away: 1.2 });
    const corrected = scoreMatrix({ home: 1.5, away: 1.2 }, -0.1);
    const ratio = (i: number, j: number) => (corrected[i]?.[j] ?? 0) / (plain[i]?.[j] ?? 1);
    expect(ratio(0, 0)).toBeCloseTo(1 + 1.5 * 1.2 * 0.1, 12);
    expect(ratio(0, 1)).toBeCloseTo(1 - 1.5 * 0.1, 12);
    expect(ratio(1, 0)).toBeCloseTo(1 - 1.2 * 0.1, 12);
    expect(ratio(1, 1)).toBeCloseTo(1.1, 12);
    expect(ratio(2, 1)).toBe(1);
    expect(tau(2, 0, 1.5, 1.2, -0.1)).toBe(1);
  });

  it("is a distribution for any means and any rho", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (home, away, rho) => {
          const matrix = scoreMatrix({ home, away }, rho);
          assertDistribution(matrix, "any");
          const { home: win, draw, away: loss } = probabilitiesOf(matrix);
          expect(win + draw + loss).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it.each([
    ["NaN", [[Number.NaN]]],
    ["a negative probability", [[-0.1, 1.1]]],
    ["a sum below 1", [[0.5, 0.4]]],
  ])("is refused with %s", (_, matrix) => {
    expect(() => assertDistribution(matrix, "broken")).toThrow(/^broken: /);
  });
});
