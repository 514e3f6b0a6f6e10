import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readArchive } from "../../scripts/evaluate/archive.ts";
import { evaluate } from "../../scripts/evaluate/report.ts";
import { highestPairs } from "../../scripts/evaluate/diversity.ts";
import { builtInPanel } from "../../src/forecast/built-in-panel.ts";
import { families, kinds } from "../../src/forecast/families.ts";
import { assertDistribution } from "../../src/forecast/matrix.ts";
import type { RatingState } from "../../src/forecast/member.ts";
import { bestTip, tipPoints } from "../../src/forecast/tip.ts";
import { division } from "./leagues.ts";
import { fixtures, histories } from "./support.ts";

function stateOf({ family, params }: (typeof builtInPanel)[number]): RatingState {
  const found = families.get(family);
  if (!found) throw new Error(family);
  return found.create(params);
}

describe("the built-in panel", () => {
  it("has 42 members of seven kinds, each of its own name and parameters", () => {
    const counts = [...kinds].map(([kind, of]) => [
      kind,
      builtInPanel.filter(({ family }) => of.some(({ name }) => name === family)).length,
    ]);
    expect(Object.fromEntries(counts)).toEqual({
      elo: 8,
      "goal-difference elo": 4,
      "pi-ratings": 3,
      "batch poisson": 9,
      kalman: 5,
      "score-driven": 10,
      reference: 3,
    });
    expect(new Set(builtInPanel.map(({ name }) => name)).size).toBe(42);
    expect(new Set(builtInPanel.map(({ family, params }) => JSON.stringify([family, params]))).size).toBe(42);
    for (const { name } of builtInPanel) expect(name).toMatch(/^[a-z0-9][a-z0-9.-]{0,62}$/);
  });

  it("leaves no family out, and every family cites its source", () => {
    expect(new Set(builtInPanel.map(({ family }) => family))).toEqual(new Set(families.keys()));
    for (const { source } of families.values()) expect(source).toMatch(/\d{4}/);
  });

  it.each(builtInPanel)(
    "$name is a distribution after any season, and its tip has the most expected points",
    (member) => {
      fc.assert(
        fc.property(histories, fixtures, (history, next) => {
          const state = stateOf(member);
          for (const match of history) state.learn(match);
          const matrix = state.predict(next);
          assertDistribution(matrix, member.name);
          const expected = (tip: { home: number; away: number }) =>
            matrix.reduce(
              (sum, row, home) => sum + row.reduce((part, p, away) => part + p * tipPoints(tip, { home, away }), 0),
              0,
            );
          const best = expected(bestTip(matrix));
          for (let home = 0; home < 6; home++) {
            for (let away = 0; away < 6; away++) expect(expected({ home, away })).toBeLessThanOrEqual(best + 1e-12);
          }
        }),
        { numRuns: 25 },
      );
    },
  );
});

/** Two seasons with two of history each; the figures of more leagues and seasons are in docs/forecasting.md. */
describe("the built-in panel over two seasons of the Premier League", () => {
  const matches = division("English Premier League");
  const { competitions } = evaluate(
    builtInPanel,
    [{ competition: "english-premier-league", matches, odds: new Map() }],
    { from: "2015-16", to: "2016-17" },
  );
  const [report] = competitions;
  if (!report) throw new Error("nothing was evaluated");
  const of = (name: string) => report.members.find((it) => it.name === name) ?? report.panel;

  it("is better than Elo, and than base rates by far, by no more than results allow", () => {
    expect(report.panel.n).toBe(760);
    expect(report.panel.rps).toBeLessThan(of("elo").rps);
    expect(report.panel.rps).toBeLessThan(of("base-rates").rps - 0.02);
    expect(report.panel.logLoss).toBeLessThan(of("elo").logLoss);
    // Closing odds, which know far more, are hardly ever below .18: this low means look-ahead.
    expect(report.panel.rps).toBeGreaterThan(0.18);
  });

  it("has no two members that give the same tips in more than 97 % of the matches, of either season too", () => {
    const [most] = highestPairs(report.diversity.members, report.diversity.sameTips);
    expect(most?.value, `${most?.a} and ${most?.b}`).toBeLessThanOrEqual(0.97);
    expect(report.diversity.seasons.map(({ season, n }) => [season, n])).toEqual([
      ["2015-16", 380],
      ["2016-17", 380],
    ]);
    for (const { season, a, b, value } of report.diversity.seasons)
      expect(value, `${a} and ${b} in ${season}`).toBeLessThanOrEqual(0.97);
  });

  it("is what each member's version promised: a change that moves these needs a new version of the member", () => {
    const promised = builtInPanel.map(({ name, version }) => [`${name}@${version}`, of(name).rps.toFixed(5)]);
    expect(Object.fromEntries(promised)).toMatchInlineSnapshot(`
      {
        "base-rates@1": "0.22826",
        "bivariate-long@2": "0.20038",
        "bivariate@2": "0.20075",
        "dixon-coles-long@2": "0.20117",
        "dixon-coles-quick@2": "0.19975",
        "dixon-coles@1": "0.20044",
        "elo-fading@2": "0.19998",
        "elo-fast@2": "0.19962",
        "elo-margin-squared@2": "0.19919",
        "elo-margin@2": "0.20007",
        "elo-slow@2": "0.19909",
        "elo-steep@2": "0.19950",
        "elo-still-home@2": "0.19968",
        "elo@1": "0.20138",
        "form@1": "0.20125",
        "gas-fading@2": "0.20117",
        "gas-fast@2": "0.20103",
        "gas-newcomers@2": "0.20030",
        "gas-plain@2": "0.20091",
        "gas-roaming-home@2": "0.20201",
        "gas-scaled@2": "0.20193",
        "gas-separate@2": "0.20104",
        "gas-slow@2": "0.20216",
        "gas-still-home@2": "0.20082",
        "gas@2": "0.20084",
        "goal-elo-bent@2": "0.20055",
        "goal-elo-bold@2": "0.20034",
        "goal-elo-fast@2": "0.19983",
        "goal-elo@2": "0.20048",
        "kalman-certain@2": "0.20015",
        "kalman-quick@2": "0.19954",
        "kalman-roaming-home@2": "0.20124",
        "kalman-seasonal@2": "0.19974",
        "kalman@2": "0.20035",
        "kernel@2": "0.19993",
        "pi-fast@2": "0.19943",
        "pi-venue@2": "0.20031",
        "pi@2": "0.19966",
        "poisson-long@2": "0.20148",
        "poisson-quick@2": "0.19968",
        "poisson-wary@2": "0.20034",
        "poisson@2": "0.20067",
      }
    `);
  });
});

/** With and without seasons to learn from: 20 seasons, the first of each league forecast from nothing. */
describe("the built-in panel over each season of the archive", () => {
  const { competitions } = evaluate(builtInPanel, readArchive(), { from: null, to: null });
  const seasons = competitions.flatMap(({ diversity }) => diversity.seasons);

  it("covers five leagues", () => {
    expect(seasons).toHaveLength(20);
  });

  it.each(seasons)("$competition $season has no two members of the same tips in over 97 %: $a and $b", ({ value }) => {
    expect(value).toBeLessThanOrEqual(0.97);
  });

  it.each(competitions)("$competition: the panel is better than its Elo member", ({ members, panel }) => {
    expect(panel.rps).toBeLessThan(members.find(({ name }) => name === "elo")?.rps ?? 0);
  });
});
