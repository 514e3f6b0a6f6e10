import { describe, expect, it } from "vitest";
import { scoreMatrix } from "../../src/forecast/matrix.ts";
import { exactLogLoss } from "../../src/forecast/scoring.ts";
import { brier, logLoss, rps } from "../../src/match/scoring.ts";

const forecast = { home: 0.5, draw: 0.3, away: 0.2 };

describe("scoring rules", () => {
  it.each([
    // (.5 - 1)^2 and (.8 - 1)^2, halved; then 0 and 1; then 0 and 0.
    ["a home win", { home: 1, away: 0 }, (0.25 + 0.04) / 2, 0.25 + 0.09 + 0.04, 0.5],
    ["a draw", { home: 2, away: 2 }, (0.25 + 0.04) / 2, 0.25 + 0.49 + 0.04, 0.3],
    ["an away win", { home: 0, away: 3 }, (0.25 + 0.64) / 2, 0.25 + 0.09 + 0.64, 0.2],
  ])("score %s as computed by hand", (_, score, ranked, quadratic, probability) => {
    expect(rps(forecast, score)).toBeCloseTo(ranked, 12);
    expect(brier(forecast, score)).toBeCloseTo(quadratic, 12);
    expect(logLoss(forecast, score)).toBeCloseTo(-Math.log(probability), 12);
  });

  it("give 0 to certainty that was right and stay finite for certainty that was wrong", () => {
    const sure = { home: 1, draw: 0, away: 0 };
    expect([rps, brier, logLoss].map((rule) => rule(sure, { home: 1, away: 0 }))).toEqual([0, 0, 0]);
    expect(rps(sure, { home: 0, away: 1 })).toBe(1);
    expect(brier(sure, { home: 0, away: 1 })).toBe(2);
    expect(logLoss(sure, { home: 0, away: 1 })).toBeCloseTo(34.54, 2);
  });

  it("see a near miss as better than a far one only by rank", () => {
    const near = { home: 0, draw: 1, away: 0 };
    const far = { home: 0, draw: 0, away: 1 };
    const score = { home: 1, away: 0 };
    expect(rps(near, score)).toBeLessThan(rps(far, score));
    expect(brier(near, score)).toBe(brier(far, score));
  });

  it("score the exact score by its own probability", () => {
    expect(exactLogLoss(scoreMatrix({ home: 2, away: 1 }), { home: 0, away: 0 })).toBeCloseTo(3, 12);
  });
});
