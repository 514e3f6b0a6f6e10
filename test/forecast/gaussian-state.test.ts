import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GaussianState } from "../../src/forecast/gaussian-state.ts";

describe("a Gaussian state", () => {
  it("takes an observation as computed by hand", () => {
    const state = new GaussianState();
    const a = state.append(1, 2);
    const b = state.append(3, 1);
    // Of a - b, with 3 + 1 = 4 of variance in all: a moves by 2/4 of the surprise, b by -1/4.
    state.observe([a, b], [1, -1], (sum) => {
      expect(sum).toBe(-2);
      return { surprise: 2, noise: 1 };
    });
    expect([state.mean(a), state.mean(b)]).toEqual([2, 2.5]);
    expect([state.covariance(a, a), state.covariance(b, b), state.covariance(a, b)]).toEqual([1, 0.75, 0.5]);
  });

  it("forgets one quantity and leaves the others", () => {
    const state = new GaussianState();
    for (let i = 0; i < 3; i++) state.append(0, 1);
    state.observe([0, 1, 2], [1, 1, 1], () => ({ surprise: 1, noise: 1 }));
    const kept = state.covariance(0, 2);
    state.restart(1, -0.5, 4);
    expect([state.mean(1), state.covariance(1, 1), state.covariance(0, 1), state.covariance(1, 2)]).toEqual([
      -0.5, 4, 0, 0,
    ]);
    expect(state.covariance(0, 2)).toBe(kept);
  });

  it("keeps what it knows as it grows, symmetric and with variances above 0", () => {
    const index = fc.nat(39);
    const pairs = fc.tuple(index, index, fc.double({ min: -3, max: 3, noNaN: true }));
    fc.assert(
      fc.property(fc.array(pairs, { maxLength: 30 }), (observations) => {
        const state = new GaussianState();
        for (let i = 0; i < 40; i++) state.append(i, 1 + i);
        for (const [a, b, surprise] of observations) state.observe([a, b], [1, 0.5], () => ({ surprise, noise: 0.5 }));
        for (let i = 0; i < 40; i++) {
          expect(state.covariance(i, i)).toBeGreaterThan(0);
          for (let j = 0; j < i; j++) expect(state.covariance(i, j)).toBeCloseTo(state.covariance(j, i), 9);
        }
      }),
      { numRuns: 20 },
    );
  });
});
