import fc from "fast-check";
import { describe, expect, it } from "vitest";
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

  it("has no two members that give the same tips in more than 97 % of the matches", () => {
    const [most] = highestPairs(report.diversity.members, report.diversity.sameTips);
    expect(most?.value, `${most?.a} and ${most?.b}`).toBeLessThanOrEqual(0.97);
  });

  it("is what each member's version promised: a change that moves these needs a new version of the member", () => {
    const promised = builtInPanel.map(({ name, version }) => [`${name}@${version}`, of(name).rps.toFixed(5)]);
    expect(Object.fromEntries(promised)).toMatchInlineSnapshot(`
      {
        "base-rates@1": "0.22826",
        "bivariate-long@1": "0.20035",
        "bivariate@1": "0.20018",
        "dixon-coles-long@1": "0.20080",
        "dixon-coles-quick@1": "0.19980",
        "dixon-coles@1": "0.20044",
        "elo-fading@1": "0.19990",
        "elo-fast@1": "0.19957",
        "elo-margin-squared@1": "0.19926",
        "elo-margin@1": "0.19960",
        "elo-slow@1": "0.19936",
        "elo-steep@1": "0.19999",
        "elo-still-home@1": "0.19956",
        "elo@1": "0.20138",
        "form@1": "0.20125",
        "gas-fading@1": "0.20115",
        "gas-fast@1": "0.20028",
        "gas-newcomers@1": "0.20037",
        "gas-plain@1": "0.20093",
        "gas-roaming-home@1": "0.20197",
        "gas-scaled@1": "0.20143",
        "gas-separate@1": "0.20077",
        "gas-slow@1": "0.20150",
        "gas-still-home@1": "0.20044",
        "gas@1": "0.20108",
        "goal-elo-bent@1": "0.20088",
        "goal-elo-bold@1": "0.20063",
        "goal-elo-fast@1": "0.20006",
        "goal-elo@1": "0.20016",
        "kalman-certain@1": "0.20009",
        "kalman-quick@1": "0.19955",
        "kalman-roaming-home@1": "0.20112",
        "kalman-seasonal@1": "0.19990",
        "kalman@1": "0.20034",
        "kernel@1": "0.19979",
        "pi-fast@1": "0.19941",
        "pi-venue@1": "0.20041",
        "pi@1": "0.20015",
        "poisson-long@1": "0.20099",
        "poisson-quick@1": "0.19982",
        "poisson-wary@1": "0.20049",
        "poisson@1": "0.20037",
      }
    `);
  });
});
