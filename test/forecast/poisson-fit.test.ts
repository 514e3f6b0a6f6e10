import { describe, expect, it } from "vitest";
import { rhoStep } from "../../src/forecast/dixon-coles.ts";
import { cholesky, solve } from "../../src/forecast/linear.ts";
import { fitDefaults, PoissonFit } from "../../src/forecast/poisson-fit.ts";
import { goalMeans, newtonStep } from "../../src/forecast/poisson-newton.ts";
import { fixture, played } from "./support.ts";

describe("linear solver", () => {
  it("solves a system computed by hand", () => {
    const b = Float64Array.of(10, 8);
    solve(cholesky(Float64Array.of(4, 0, 2, 3), 2), b, 2);
    expect(b[0]).toBeCloseTo(1.75, 12);
    expect(b[1]).toBeCloseTo(1.5, 12);
  });

  it("refuses a matrix that is not positive definite", () => {
    expect(() => cholesky(Float64Array.of(1, 0, 2, 1), 2)).toThrow(/not positive definite: pivot 1/);
  });
});

describe("Newton step", () => {
  const matches = [
    { weight: 1, home: 0, away: 1, score: { home: 3, away: 1 } },
    { weight: 0.5, home: 1, away: 0, score: { home: 0, away: 2 } },
    { weight: 0.8, home: 1, away: 0, score: { home: 2, away: 2 } },
  ];
  const priors = [0.2, 0.1, 0, 0, 0, 0].map((mean) => ({ mean, ridge: 2 }));

  it("ends where the gradient of the penalised likelihood is zero", () => {
    const beta = new Float64Array(6);
    for (let step = 0; step < 20; step++) newtonStep(beta, priors, matches);
    const objective = (at: Float64Array) => {
      let sum = 0;
      for (const { weight, home, away, score } of matches) {
        const means = goalMeans(at, home, away);
        sum +=
          weight * (score.home * Math.log(means.home) - means.home + score.away * Math.log(means.away) - means.away);
      }
      return priors.reduce((value, { mean, ridge }, i) => value - (ridge / 2) * ((at[i] ?? 0) - mean) ** 2, sum);
    };
    for (let i = 0; i < 6; i++) {
      const moved = (by: number) => objective(beta.map((value, j) => (i === j ? value + by : value)));
      expect((moved(1e-4) - moved(-1e-4)) / 2e-4).toBeCloseTo(0, 6);
    }
  });

  it("does not overshoot from far away", () => {
    const beta = Float64Array.of(-3, 0, 0, 0, 0, 0);
    newtonStep(beta, priors, matches);
    expect(Math.max(...beta.map(Math.abs))).toBeLessThanOrEqual(3);
  });
});

describe("weekly fit", () => {
  // Day 0 is a Saturday; the next period begins on day 6.
  it("changes from Friday to Friday only", () => {
    const fit = new PoissonFit({ ...fitDefaults });
    fit.learn(played("a", 5, 0, "b", { at: 0 }));
    const untaught = fit.predict(fixture("a", "b", { at: 5 })).means;
    const refitted = fit.predict(fixture("a", "b", { at: 6 })).means;
    expect(untaught.home).toBeCloseTo(1.3 * Math.exp(0.13), 10);
    expect(refitted.home).toBeGreaterThan(untaught.home);
    expect(fit.predict(fixture("a", "b", { at: 5 })).means).toEqual(untaught);
  });

  it("forgets by its half-life", () => {
    const after = (halfLifeDays: number) => {
      const fit = new PoissonFit({ ...fitDefaults, halfLifeDays });
      for (let at = 0; at < 20; at++) fit.learn(played("a", 4, 0, "b", { at }));
      for (let at = 400; at < 410; at++) fit.learn(played("a", 0, 2, "b", { at }));
      return fit.predict(fixture("a", "b", { at: 420 })).means.home;
    };
    expect(after(100)).toBeLessThan(after(1000));
  });
});

describe("rho", () => {
  const beta = Float64Array.of(0.2, 0.1, 0, 0, 0, 0);
  const draws = Array.from({ length: 200 }, () => ({ weight: 1, home: 0, away: 1, score: { home: 0, away: 0 } }));
  const narrow = draws.map((match) => ({ ...match, score: { home: 1, away: 0 } }));

  it("stays at its prior without low scores", () => {
    const high = draws.map((match) => ({ ...match, score: { home: 2, away: 2 } }));
    expect(rhoStep(-0.02, 400)(-0.02, beta, high)).toBe(-0.02);
  });

  it("falls with many goalless draws and rises with many 1-0, within bounds", () => {
    expect(rhoStep(-0.02, 400)(-0.02, beta, draws)).toBeLessThan(-0.1);
    expect(rhoStep(-0.02, 400)(-0.02, beta, narrow)).toBeGreaterThan(0.05);
    expect(rhoStep(-0.02, 0.001)(-0.02, beta, draws)).toBe(-0.2);
  });
});
