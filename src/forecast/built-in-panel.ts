import type { Member } from "./member.ts";

/**
 * The panel a fresh installation runs. Within a family members differ by how fast they learn, what they make of a promoted
 * team, how home advantage moves, how much they shrink and which law turns strengths into scores; figures: docs/forecasting.md.
 * A change that moves any forecast needs a new version: answers are compared across time.
 */
export const builtInPanel: readonly Member[] = [
  member("elo", "elo", { k: 20, margin: 0 }),
  member("elo-margin", "elo", { k: 15 }),
  member("elo-slow", "elo", { k: 8, margin: 1.5, slope: 0.0021, levelRate: 0.0005 }),
  member("elo-margin-squared", "elo", { k: 8, margin: 2, rho: -0.05 }),
  member("elo-steep", "elo", { k: 10, slope: 0.0023, promoted: 0 }),
  member("elo-fast", "elo", { k: 22, reversion: 0.05 }),
  member("elo-still-home", "elo", { k: 12, homeRate: 0.0003, home: 80, levelRate: 0.005, promoted: 40 }),
  member("elo-fading", "elo", { k: 20, reversion: 0.15, promoted: 60, rho: 0.05 }),

  member("goal-elo", "goal-difference-elo", { rate: 0.03 }),
  member("goal-elo-fast", "goal-difference-elo", { rate: 0.045, promoted: 0, levelRate: 0.0004 }),
  member("goal-elo-bent", "goal-difference-elo", { rate: 0.05, bend: 0.6, reversion: 0.12, levelRate: 0.004 }),
  member("goal-elo-bold", "goal-difference-elo", {
    rate: 0.024,
    belief: 1.2,
    homeRate: 0.008,
    levelRate: 0.003,
    rho: -0.08,
  }),

  member("pi", "pi-ratings", { promoted: -0.4 }),
  member("pi-fast", "pi-ratings", { rate: 0.048, crossRate: 0.85, promoted: -0.4 }),
  member("pi-venue", "pi-ratings", { rate: 0.05, crossRate: 0.45, belief: 0.95, promoted: -0.45, levelRate: 0.004 }),

  member("poisson", "poisson", { promotedRidge: 15 }),
  member("poisson-quick", "poisson", { halfLifeDays: 200, ridge: 4 }),
  member("poisson-long", "poisson", { halfLifeDays: 550, ridge: 1, promotedRidge: 12 }),
  member("poisson-wary", "poisson", { halfLifeDays: 400, ridge: 8, promoted: -0.2 }),
  member("dixon-coles", "dixon-coles", { halfLifeDays: 365, rho: -0.1, rhoRidge: 4000, promotedRidge: 20, ridge: 3 }),
  member("dixon-coles-quick", "dixon-coles", { halfLifeDays: 240, ridge: 1, rho: -0.05 }),
  member("dixon-coles-long", "dixon-coles", {
    halfLifeDays: 450,
    rho: 0.06,
    rhoRidge: 4000,
    promoted: -0.18,
    promotedRidge: 15,
  }),
  member("bivariate", "bivariate-poisson", { halfLifeDays: 300, common: 0.12, commonMatches: 1000, promotedRidge: 15 }),
  member("bivariate-long", "bivariate-poisson", { halfLifeDays: 480, ridge: 3, common: 0.2, commonMatches: 2000 }),

  member("kalman", "kalman", { unknown: 0.1, promotedVariance: 0.04 }),
  member("kalman-certain", "kalman", {
    doubt: 0,
    unknown: 0.1,
    promoted: -0.12,
    promotedVariance: 0.04,
    homeDrift: 3e-6,
  }),
  member("kalman-quick", "kalman", { drift: 7e-5, doubt: 0.5, rho: -0.06 }),
  member("kalman-seasonal", "kalman", { drift: 4e-6, seasonShock: 0.02, unknown: 0.1, doubt: 0.5, levelDrift: 2e-5 }),
  member("kalman-roaming-home", "kalman", { homeDrift: 6e-5, drift: 1.5e-5, promoted: -0.16, rho: 0.05 }),

  member("gas", "score-driven", { promoted: -0.1 }),
  member("gas-fast", "score-driven", {
    attack: 0.02,
    attackAgainst: 0.008,
    defence: 0.016,
    promoted: -0.1,
    boostHalfLife: 12,
    home: 0.002,
  }),
  member("gas-slow", "score-driven", {
    attack: 0.009,
    attackAgainst: 0.0036,
    defence: 0.0072,
    promoted: -0.1,
    boost: 6,
    boostHalfLife: 16,
    home: 0.002,
  }),
  member("gas-separate", "score-driven", {
    attack: 0.018,
    attackAgainst: 0,
    defence: 0.018,
    promoted: -0.12,
    rho: -0.06,
  }),
  member("gas-plain", "score-driven", {
    power: 0,
    attack: 0.012,
    attackAgainst: 0.006,
    defence: 0.012,
    promoted: -0.14,
    home: 0.0015,
    level: 0.0002,
  }),
  member("gas-scaled", "score-driven", { power: 1, promoted: -0.1, rho: 0.05 }),
  member("gas-still-home", "score-driven", { home: 0.0004, boost: 4, boostHalfLife: 12, promoted: -0.1 }),
  member("gas-roaming-home", "score-driven", { home: 0.006, promoted: -0.15, level: 0.003 }),
  member("gas-fading", "score-driven", {
    reversion: 0.08,
    attack: 0.019,
    attackAgainst: 0.004,
    defence: 0.015,
    promoted: -0.08,
  }),
  member("gas-newcomers", "score-driven", { promoted: -0.18, boost: 4, boostHalfLife: 16, home: 0.002 }),

  member("base-rates", "base-rates", {}),
  member("form", "form", { halfLifeMatches: 25, prior: 8 }),
  member("kernel", "kernel", { bandwidth: 40, prior: 150 }),
];

function member(name: string, family: string, params: Readonly<Record<string, number>>): Member {
  return { name, family, version: "1", params };
}
