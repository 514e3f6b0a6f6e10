import { describe, expect, it } from "vitest";
import { createPanel } from "../../src/forecast/panel.ts";
import { exactLogLoss } from "../../src/forecast/scoring.ts";
import { logLoss, rps } from "../../src/match/scoring.ts";
import { tipPoints } from "../../src/forecast/tip.ts";
import { division, storeOf } from "./leagues.ts";
import { starterPanel } from "./starter-panel.ts";
import { hour } from "./support.ts";

const matches = division("English Premier League");
const evaluated = matches.filter((match) => match.season === "2016-17");

/** Means over the season, every match forecast at T-6 h from results at least 3 h old then. */
function evaluate(store = storeOf(matches)) {
  const panel = createPanel(starterPanel);
  const sums = new Map(panel.roster.map(({ model }) => [model, { rps: 0, logLoss: 0, exact: 0, points: 0 }]));
  for (const match of evaluated) {
    const view = panel.at(match.competition, match.kickoff - 6 * hour, store, 3 * hour);
    for (const [model, sum] of sums) {
      const forecast = view.forecast(model, match);
      if ("abstained" in forecast) throw new Error(forecast.abstained);
      sum.rps += rps(forecast.probabilities, match.score) / evaluated.length;
      sum.logLoss += logLoss(forecast.probabilities, match.score) / evaluated.length;
      sum.exact += exactLogLoss(forecast.matrix, match.score) / evaluated.length;
      sum.points += tipPoints(forecast.tip, match.score) / evaluated.length;
    }
  }
  return sums;
}

describe("Premier League 2016/17 from three seasons of history", () => {
  const started = process.cpuUsage();
  const scores = evaluate();
  const { user, system } = process.cpuUsage(started);
  const base = scores.get("base-rates");
  const skilled = [...scores].filter(([model]) => model !== "base-rates");

  it("covers the whole season", () => {
    expect(evaluated).toHaveLength(380);
  });

  it.each(skilled)("%s beats base rates by every rule, and by no more than results allow", (_, score) => {
    expect(score.rps).toBeLessThan(base?.rps ?? 0);
    expect(score.logLoss).toBeLessThan(base?.logLoss ?? 0);
    expect(score.exact).toBeLessThan(base?.exact ?? 0);
    expect(score.points).toBeGreaterThan(base?.points ?? 9);
    // Closing odds, which know far more, are hardly ever below .18: this low means look-ahead.
    expect(score.rps).toBeGreaterThan(0.17);
  });

  it("is what each member's version promised: a change that moves these needs a new version of the member", () => {
    const promised = starterPanel.map(({ name, version }) => [`${name}@${version}`, scores.get(name)?.rps.toFixed(5)]);
    expect(Object.fromEntries(promised)).toMatchInlineSnapshot(`
      {
        "base-rates@1": "0.22800",
        "dixon-coles-h320@1": "0.19038",
        "elo-k15@1": "0.18892",
        "gas@1": "0.19050",
        "pi-ratings@1": "0.18980",
        "poisson-h320@1": "0.19030",
      }
    `);
  });

  it("takes well under two seconds of one core for 380 matches and six members", () => {
    expect((user + system) / 1000).toBeLessThan(2000);
  });
});
