import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scoreMatrix } from "../../src/forecast/matrix.ts";
import type { ScoreMatrix } from "../../src/forecast/member.ts";
import { bestTip, tipPoints } from "../../src/forecast/tip.ts";

const score = (text: string) => {
  const [home, away] = text.split("-").map(Number);
  return { home: home ?? 0, away: away ?? 0 };
};

describe("points of a tip", () => {
  it.each([
    ["2-1", "2-1", 4],
    ["1-0", "2-1", 3],
    ["3-0", "2-1", 2],
    ["1-1", "2-1", 0],
    ["1-2", "2-1", 0],
    ["0-0", "1-1", 3],
    ["1-1", "1-1", 4],
    ["0-3", "1-2", 2],
  ])("%s against %s earns %d", (tip, result, points) => {
    expect(tipPoints(score(tip), score(result))).toBe(points);
  });
});

describe("best tip", () => {
  it("weighs tendency, difference and exact score", () => {
    // 0-0 is the likeliest score, but a home win by one is worth more: 2 * .6 + .6 + .35 against 3 * .4 + .4.
    const matrix: ScoreMatrix = [
      [0.4, 0, 0],
      [0.25, 0, 0],
      [0, 0.35, 0],
    ];
    expect(bestTip(matrix)).toEqual({ home: 2, away: 1 });
  });

  it("breaks ties by fewer goals, then by more home goals", () => {
    expect(
      bestTip([
        [0, 0.5],
        [0.5, 0],
      ]),
    ).toEqual({ home: 1, away: 0 });
    expect(
      bestTip([
        [0.5, 0],
        [0, 0.5],
      ]),
    ).toEqual({ home: 0, away: 0 });
  });

  it("has at least the expected points of every other score", () => {
    const means = fc.double({ min: 0.2, max: 4, noNaN: true });
    fc.assert(
      fc.property(means, means, fc.nat(10), fc.nat(10), (home, away, i, j) => {
        const matrix = scoreMatrix({ home, away });
        const expected = (tip: { home: number; away: number }) =>
          matrix.reduce(
            (sum, row, x) => sum + row.reduce((part, p, y) => part + p * tipPoints(tip, { home: x, away: y }), 0),
            0,
          );
        expect(expected(bestTip(matrix))).toBeGreaterThanOrEqual(expected({ home: i, away: j }) - 1e-12);
      }),
    );
  });
});
