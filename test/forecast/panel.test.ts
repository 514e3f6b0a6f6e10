import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInPanel } from "../../src/forecast/built-in-panel.ts";
import type { FixtureToForecast, Forecast, PlayedMatch, RatingState } from "../../src/forecast/member.ts";
import { createPanel } from "../../src/forecast/panel.ts";
import { storeOf } from "./leagues.ts";
import { starterPanel } from "./starter-panel.ts";
import { day, fixture, fixtures, histories, hour, inOrder, played } from "./support.ts";

const usableAfter = 3 * hour;
const asOf = (next: FixtureToForecast) => next.kickoff - 6 * hour;

/** A panel of one member that counts what it learns, to see what is learnt again. */
function countingPanel() {
  const learnt: string[] = [];
  let created = -1; // createPanel builds one state to check the parameters
  const state = (): RatingState => ({
    learn: (match) => learnt.push(match.matchId),
    predict: () => [[1]],
  });
  const family = {
    name: "counting",
    source: "",
    defaults: {},
    ranges: {},
    create: () => {
      created++;
      return state();
    },
  };
  const panel = createPanel(
    [{ name: "m", family: "counting", version: "1", params: {} }],
    new Map([["counting", family]]),
  );
  return { panel, learnt, created: () => created };
}

describe("panel", () => {
  const history = Array.from({ length: 10 }, (_, at) => played("a", at % 3, 1, "b", { at }));

  it("has a roster of names and versions", () => {
    expect(createPanel(starterPanel).roster).toEqual(
      starterPanel.map(({ name, version }) => ({ model: name, version })),
    );
  });

  it("learns only what is new as time goes on, each match once", () => {
    const { panel, learnt, created } = countingPanel();
    for (let at = 1; at < 12; at++) {
      const next = fixture("a", "b", { at });
      panel.forecast("m", next, asOf(next), storeOf(history), usableAfter);
    }
    expect(learnt).toEqual(history.map((match) => match.matchId));
    expect(created()).toBe(1);
  });

  it("keeps its place while another instant is asked for", () => {
    const { panel, learnt, created } = countingPanel();
    for (let at = 1; at < 6; at++) {
      for (const next of [fixture("a", "b", { at }), fixture("a", "b", { at: at + 5 })]) {
        panel.forecast("m", next, asOf(next), storeOf(history), usableAfter);
      }
    }
    expect(created()).toBe(2);
    expect(learnt.length).toBeLessThanOrEqual(20);
  });

  it("starts anew after a correction", () => {
    const { panel, learnt, created } = countingPanel();
    const next = fixture("a", "b", { at: 20 });
    panel.forecast("m", next, asOf(next), storeOf(history), usableAfter);
    const corrected = history.map((match, index) => (index === 4 ? { ...match, score: { home: 9, away: 0 } } : match));
    panel.forecast("m", next, asOf(next), storeOf(corrected), usableAfter);
    expect(created()).toBe(2);
    expect(learnt).toHaveLength(20);
  });

  it("uses a result exactly from `usableAfter` on", () => {
    const panel = createPanel(starterPanel);
    const [first] = history as [PlayedMatch];
    const count = (instant: number) => panel.at("l", instant, storeOf(history), usableAfter).inputs;
    expect(count(first.kickoff + usableAfter - 1)).toEqual({ results: 0, latestKickoff: null });
    expect(count(first.kickoff + usableAfter)).toEqual({ results: 1, latestKickoff: "2015-08-08T15:00:00.000Z" });
  });

  it("gives one instant's forecasts from the results read then, whatever is asked in between", () => {
    const panel = createPanel(starterPanel);
    const next = fixture("a", "b", { at: 5 });
    const view = panel.at("l", asOf(next), storeOf(history), usableAfter);
    const before = view.forecast("gas", next);
    const later = fixture("a", "b", { at: 30 });
    panel.forecast("gas", later, asOf(later), storeOf(history), usableAfter);
    panel.forecast("gas", later, asOf(later), storeOf(history.slice(3)), usableAfter);
    expect(view.forecast("gas", next)).toEqual(before);
  });

  it("abstains for a model it does not have, naming those it has", () => {
    const next = fixture("a", "b", { at: 5 });
    const answer = createPanel(starterPanel).forecast("oracle", next, asOf(next), storeOf([]), usableAfter);
    expect(answer).toEqual({ abstained: expect.stringMatching(/no member "oracle"; it has base-rates, elo-k15/) });
  });

  it("refuses to forecast a match from results of its own time", () => {
    const next = fixture("a", "b", { at: 5 });
    const panel = createPanel(starterPanel);
    expect(() => panel.forecast("gas", next, next.kickoff + usableAfter, storeOf(history), usableAfter)).toThrow(
      /its own result/,
    );
  });

  it("refuses a store that breaks its promise, and learns nothing from it", () => {
    const { panel, learnt } = countingPanel();
    const next = fixture("a", "b", { at: 5 });
    const from = (results: PlayedMatch[]) => () =>
      panel.forecast("m", next, asOf(next), { results: () => results }, usableAfter);
    expect(from(history)).toThrow(/out of place/);
    expect(from(history.slice(0, 3).toReversed())).toThrow(/out of place/);
    expect(from([played("a", Number.NaN, 0, "b")])).toThrow(/NaN-0 is no score/);
    expect(learnt).toEqual([]);
  });

  it("refuses members that cannot work, naming them", () => {
    const member = { name: "x", family: "gas", version: "1", params: {} };
    expect(() => createPanel([member])).toThrow(/member "x" is of family "gas"; there is elo, /);
    const twice = { ...member, family: "elo" };
    expect(() => createPanel([twice, twice])).toThrow(/two members are called "x"/);
    expect(() => createPanel([{ ...twice, params: { K: 3 } }])).toThrow(/no parameter "K"/);
  });
});

describe("any sequence of questions", () => {
  const models = builtInPanel.map(({ name }) => name);
  const forecastBy = (panel: ReturnType<typeof createPanel>, next: FixtureToForecast, matches: PlayedMatch[]) =>
    models.map((model) => panel.forecast(model, next, asOf(next), storeOf(matches), usableAfter));

  it("is answered to the last bit as from scratch: back in time, after corrections, by one member or all", () => {
    fc.assert(
      fc.property(
        histories,
        fc.array(fc.record({ next: fixtures, corrected: fc.option(fc.nat()), model: fc.constantFrom(...models) }), {
          minLength: 1,
          maxLength: 8,
        }),
        (history, questions) => {
          const panel = createPanel(builtInPanel);
          let matches = history;
          for (const { next, corrected, model } of questions) {
            if (corrected !== null) {
              matches = matches.map((match, index) =>
                index === corrected % matches.length ? { ...match, score: { home: 7, away: 0 } } : match,
              );
            }
            const ask = (from: typeof panel) => from.forecast(model, next, asOf(next), storeOf(matches), usableAfter);
            expect(ask(panel)).toStrictEqual(ask(createPanel(builtInPanel)));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("never sees a result after the usable instant, not by an hour", () => {
    const hoursBefore = fc.integer({ min: -2, max: 14 });
    fc.assert(
      fc.property(
        histories,
        fixtures,
        fc.array(hoursBefore, { minLength: 4 }),
        fc.nat(9),
        (history, next, near, seed) => {
          const around = near.map((hours, index) => ({
            ...played("a", index % 4, 1, "b", { season: next.season }),
            matchId: `near-${index}`,
            kickoff: next.kickoff - hours * hour,
          }));
          const matches = inOrder([...history, ...around]);
          const until = asOf(next) - usableAfter;
          const scrambled = matches.map((match, index) =>
            match.kickoff <= until
              ? match
              : { ...match, score: { home: (seed + 3 * index) % 8, away: (seed + index) % 5 } },
          );
          expect(forecastBy(createPanel(builtInPanel), next, scrambled)).toStrictEqual(
            forecastBy(createPanel(builtInPanel), next, matches),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("but does see the one at it", () => {
    const next = fixture("a", "b", { at: 10 });
    const at = (score: { home: number; away: number }) => ({
      ...played("a", 0, 0, "b"),
      kickoff: next.kickoff - 9 * hour - 7 * day,
      score,
    });
    const one = forecastBy(createPanel(builtInPanel), next, [at({ home: 5, away: 0 })]) as Forecast[];
    const other = forecastBy(createPanel(builtInPanel), next, [at({ home: 0, away: 5 })]) as Forecast[];
    one.forEach((forecast, index) => {
      expect(forecast.probabilities.home, models[index]).toBeGreaterThan(other[index]?.probabilities.home ?? 1);
    });
  });
});
