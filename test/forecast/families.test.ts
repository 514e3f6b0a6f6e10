import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createElo } from "../../src/forecast/elo.ts";
import { families } from "../../src/forecast/families.ts";
import { assertDistribution, expectedGoalsOf, probabilitiesOf } from "../../src/forecast/matrix.ts";
import { fixture, fixtures, histories, played } from "./support.ts";

const names = [...families.keys()];
const skilled = names.filter((name) => name !== "base-rates");

function create(name: string, params: Record<string, number> = {}) {
  const family = families.get(name);
  if (!family) throw new Error(name);
  return family.create(params);
}

describe.each(names)("family %s", (name) => {
  it("is a distribution after any history, for teams known and new", () => {
    fc.assert(
      fc.property(histories, fixtures, (history, next) => {
        const state = create(name);
        for (const match of history) state.learn(match);
        assertDistribution(state.predict(next), name);
      }),
    );
  });

  it("answers the same whatever it was asked before", () => {
    fc.assert(
      fc.property(histories, fixtures, fixtures, (history, other, next) => {
        const quiet = create(name);
        const asked = create(name);
        for (const match of history) {
          quiet.learn(match);
          asked.predict(other);
          asked.learn(match);
        }
        expect(asked.predict(next)).toEqual(quiet.predict(next));
      }),
    );
  });

  it("begins like a European first division: a home side scores more", () => {
    const goals = expectedGoalsOf(create(name).predict(fixture("a", "b")));
    expect(goals.home).toBeGreaterThan(1.4);
    expect(goals.home).toBeLessThan(1.6);
    expect(goals.away).toBeGreaterThan(1.1);
    expect(goals.away).toBeLessThan(1.2);
  });

  it("names a parameter that it does not have", () => {
    expect(() => create(name, { halflife: 3 })).toThrow(/no parameter "halflife"; it has /);
    const [known = ""] = Object.keys(families.get(name)?.defaults ?? {});
    expect(() => create(name, { [known]: Number.NaN })).toThrow(/must be a number from /);
  });

  it("has a range for every parameter, with the default in it, and refuses what is beyond", () => {
    const { defaults = {}, ranges = {} } = families.get(name) ?? {};
    expect(Object.keys(ranges).toSorted()).toEqual(Object.keys(defaults).toSorted());
    expect(() => create(name, defaults)).not.toThrow();
    for (const [parameter, { min, max }] of Object.entries(ranges)) {
      for (const beyond of [min - 1, max + 1, 1e300, Number.POSITIVE_INFINITY])
        expect(() => create(name, { [parameter]: beyond }), parameter).toThrow(`${parameter} must be a `);
    }
  });

  it("is a distribution at the ends of its ranges too", () => {
    const { defaults = {}, ranges = {} } = families.get(name) ?? {};
    const extreme = fc.record(
      Object.fromEntries(
        Object.entries(ranges).map(([parameter, { min, max }]) => [
          parameter,
          fc.constantFrom(min, max, defaults[parameter] ?? min),
        ]),
      ),
    );
    fc.assert(
      fc.property(extreme, histories, fixtures, (params, history, next) => {
        const state = create(name, params);
        for (const match of history) state.learn(match);
        assertDistribution(state.predict(next), name);
      }),
    );
  });

  it("follows its parameters", () => {
    const sample = Array.from({ length: 30 }, (_, at) => played("a", (at * 7) % 4, at % 2, "b", { at }));
    const others = ["d", "e", "f"].map((team, index) => played("c", index, 1, team, { at: 32 + index }));
    const late = [...sample, ...others, played("g", 1, 1, "a", { at: 40, season: "two" })];
    const forecasts = (params: Record<string, number>) => {
      const state = create(name, params);
      for (const match of late) state.learn(match);
      return [
        state.predict(fixture("a", "b", { at: 50, season: "two" })),
        state.predict(fixture("new", "b", { at: 50, season: "two" })),
      ];
    };
    const { defaults = {}, ranges = {} } = families.get(name) ?? {};
    for (const [parameter, { min, max }] of Object.entries(ranges)) {
      const more = (defaults[parameter] ?? 0) * 2 + 1;
      const other = more <= max ? more : max === defaults[parameter] ? min : max;
      expect(forecasts({ [parameter]: other }), parameter).not.toEqual(forecasts({}));
    }
  });
});

describe.each(skilled)("family %s", (name) => {
  it("learns who is stronger", () => {
    const state = create(name);
    for (let at = 0; at < 60; at += 4) {
      state.learn(played("strong", 3, 0, "weak", { at }));
      state.learn(played("weak", 0, 2, "strong", { at: at + 2 }));
    }
    const atHome = probabilitiesOf(state.predict(fixture("strong", "weak", { at: 70 })));
    const away = probabilitiesOf(state.predict(fixture("weak", "strong", { at: 70 })));
    expect(atHome.home).toBeGreaterThan(0.6);
    expect(away.away).toBeGreaterThan(away.home);
  });

  it("lets a promoted team start anew, also one known from years ago", () => {
    const state = afterRelegation(name);
    const goals = (away: string) => expectedGoalsOf(state.predict(fixture("b", away, { at: 420, season: "three" })));
    expect(goals("gone")).toEqual(goals("new"));
    expect(goals("gone")).not.toEqual(goals("c"));
  });
});

// Where an entrant starts above the weakest teams instead.
const byElo = ["elo", "goal-difference-elo", "kernel"];
describe.each(skilled.filter((name) => !byElo.includes(name)))("family %s", (name) => {
  it("expects less of a promoted team than of an average one", () => {
    const state = afterRelegation(name);
    const margin = (away: string) => {
      const goals = expectedGoalsOf(state.predict(fixture("b", away, { at: 420, season: "three" })));
      return goals.home - goals.away;
    };
    expect(margin("new")).toBeGreaterThan(margin("c"));
  });
});

/** Five teams, of which `gone` loses everything and goes down, and a season of draws between the other four. */
function afterRelegation(name: string) {
  const state = create(name);
  const league = (season: string, start: number, teams: string[]) => {
    const pairs = teams.flatMap((home) => teams.filter((away) => away !== home).map((away) => [home, away] as const));
    for (const [round, [home, away]] of pairs.entries()) {
      const [homeGoals, awayGoals] = home === "gone" ? [0, 2] : away === "gone" ? [3, 0] : [1, 1];
      state.learn(played(home, homeGoals, awayGoals, away, { at: start + round, season }));
    }
  };
  league("one", 0, ["gone", "a", "b", "c", "d"]);
  league("two", 200, ["a", "b", "c", "d"]);
  return state;
}

describe("base rates", () => {
  it("are the mean goals, with 40 matches of prior", () => {
    const state = create("base-rates");
    for (let at = 0; at < 40; at++) state.learn(played("a", 3, 1, "b", { at }));
    const goals = expectedGoalsOf(state.predict(fixture("c", "d")));
    expect(goals.home).toBeCloseTo(2.25, 4);
    expect(goals.away).toBeCloseTo(1.075, 4);
  });
});

describe("elo", () => {
  it("moves by K times the surprise, as computed by hand", () => {
    const elo = createElo({ k: 15, home: 50 });
    elo.learn(played("a", 1, 0, "b"));
    const expected = 1 / (1 + 10 ** (-50 / 400));
    expect(elo.rating("one", "a")).toBeCloseTo(1500 + 15 * (1 - expected), 10);
    expect(elo.rating("one", "b")).toBeCloseTo(1500 - 15 * (1 - expected), 10);
  });

  it("counts the margin by its logarithm and a draw in full", () => {
    const change = (home: number, away: number) => {
      const elo = createElo({ home: 0 });
      elo.learn(played("a", home, away, "b"));
      return elo.rating("one", "a") - 1500;
    };
    expect(change(1, 0)).toBeCloseTo(7.5, 10);
    expect(change(3, 0)).toBeCloseTo(15, 10);
    expect(change(0, 0)).toBe(0);
  });

  it("reverts between seasons and lets newcomers start above the weakest", () => {
    const elo = createElo({ relegated: 1, promoted: 25, reversion: 0.03 });
    elo.learn(played("a", 1, 0, "b"));
    const a = elo.rating("one", "a");
    const b = elo.rating("one", "b");
    expect(elo.rating("two", "a")).toBeCloseTo(1500 + 0.97 * (a - 1500), 10);
    expect(elo.rating("two", "new")).toBeCloseTo(1500 + 0.97 * (b - 1500) + 25, 10);
    expect(elo.rating("one", "a")).toBe(a);
  });
});

describe("pi-ratings", () => {
  it("expects the goal difference of the paper's formula", () => {
    const state = create("pi-ratings", { venue: 0, rate: 1, crossRate: 0 });
    state.learn(played("a", 2, 0, "b"));
    // Error 2: both ratings move by 3 log10(3); the difference is then 2 * (10^(log10 3) - 1) = 4.
    const goals = expectedGoalsOf(state.predict(fixture("a", "b", { at: 7 })));
    expect(goals.home - goals.away).toBeCloseTo(4, 1);
  });
});

describe("score-driven", () => {
  it("moves attack and defence by the scaled surprise, as computed by hand", () => {
    const state = create("score-driven", { boost: 0, level: 0, home: 0, attackAgainst: 0, power: 0 });
    state.learn(played("a", 3, 1, "b"));
    const before = { home: 1.3 * Math.exp(0.13), away: 1.3 * Math.exp(-0.13) };
    const goals = expectedGoalsOf(state.predict(fixture("a", "b", { at: 7 })));
    // Attack of a: .015 (3 - 1.48); defence of b: -.012 of the same.
    expect(goals.home).toBeCloseTo(before.home * Math.exp(0.027 * (3 - before.home)), 4);
    expect(goals.away).toBeCloseTo(before.away * Math.exp(0.027 * (1 - before.away)), 4);
  });
});

describe("goal-difference elo", () => {
  it("moves by its share of the error in goals, as computed by hand", () => {
    const state = create("goal-difference-elo", { rate: 0.1, bend: 1e6 });
    const before = { home: 1.3 * Math.exp(0.13), away: 1.3 * Math.exp(-0.13) };
    state.learn(played("a", 3, 0, "b"));
    // Both ratings move by a tenth of the error. Level and home advantage take what an average over 40 matches would.
    const error = 3 - (before.home - before.away);
    const total = before.home + before.away;
    const level = Math.log(1.3) + (3 - total) / total / 40;
    const home = 0.13 + error / total / 40;
    const advantage = Math.asinh(0.1 * error * Math.exp(-level));
    const goals = expectedGoalsOf(state.predict(fixture("a", "b", { at: 7 })));
    expect(goals.home).toBeCloseTo(Math.exp(level + home + advantage), 4);
    expect(goals.away).toBeCloseTo(Math.exp(level - home - advantage), 4);
  });
});

describe("kalman", () => {
  it("moves attack and defence by their share of the variance, as computed by hand", () => {
    const state = create("kalman", { doubt: 0, unknown: 0.05, drift: 0, homeDrift: 0, levelDrift: 0 });
    state.learn(played("a", 3, 1, "b"));
    // log 1.3 + .13: variance .02 of the level, .01 of home advantage, .05 of attack and of defence each; noise 1 / mean.
    const mean = 1.3 * Math.exp(0.13);
    const step = (3 - mean) / mean / (0.02 + 0.01 + 0.05 + 0.05 + 1 / mean);
    const attackAndDefence = 0.1 * step;
    const later = expectedGoalsOf(state.predict(fixture("a", "c", { at: 7 })));
    const same = expectedGoalsOf(state.predict(fixture("a", "b", { at: 7 })));
    expect(Math.log(same.home / later.home)).toBeCloseTo(attackAndDefence / 2, 2);
  });

  it("is less sure of a season that has not begun", () => {
    const forecasts = (season: string) => {
      const state = create("kalman", { seasonShock: 0.3, promoted: 0 });
      for (let at = 0; at < 60; at += 2) state.learn(played("a", 2, 0, "b", { at }));
      return probabilitiesOf(state.predict(fixture("a", "b", { at: 62, season })));
    };
    expect(forecasts("two").home).toBeLessThan(forecasts("one").home);
  });
});

describe("form", () => {
  it("forgets old matches by its half-life, and knows no opponents", () => {
    const after = (halfLifeMatches: number) => {
      const state = create("form", { halfLifeMatches });
      for (let at = 0; at < 20; at++) state.learn(played("a", 4, 0, "b", { at }));
      for (let at = 20; at < 30; at++) state.learn(played("a", 0, 2, "b", { at }));
      return expectedGoalsOf(state.predict(fixture("a", "c", { at: 40 }))).home;
    };
    expect(after(3)).toBeLessThan(after(30));
  });
});

describe("kernel", () => {
  it("forecasts what happened between teams as far apart", () => {
    const state = create("kernel", { prior: 1 });
    for (let at = 0; at < 40; at++) state.learn(played(`a${at}`, 2, 2, `b${at}`, { at }));
    expect(state.predict(fixture("c", "d", { at: 60 }))[2]?.[2]).toBeGreaterThan(0.9);
  });
});
