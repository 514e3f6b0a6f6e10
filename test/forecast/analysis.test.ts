import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse, formOf, tableOf } from "../../src/forecast/analysis.ts";
import { fixture, fixtures, histories, played } from "./support.ts";

const history = [
  played("a", 1, 0, "b", { at: 0, season: "zero" }),
  played("a", 2, 2, "b", { at: 100 }),
  played("c", 0, 3, "a", { at: 107 }),
  played("b", 1, 0, "c", { at: 108.5 }),
];

describe("analysis", () => {
  it("tells form, rest and meetings, newest first", () => {
    const analysis = analyse(fixture("b", "a", { at: 114 }), history);
    expect(analysis.form.home.map(({ opponent, venue, outcome }) => [opponent, venue, outcome])).toEqual([
      ["c", "home", "win"],
      ["a", "away", "draw"],
      ["a", "away", "loss"],
    ]);
    expect(analysis.restDays).toEqual({ home: 5.5, away: 7 });
    expect(analysis.headToHead.map((match) => match.score)).toEqual([
      { home: 2, away: 2 },
      { home: 1, away: 0 },
    ]);
    expect(analysis.inputs).toEqual({ results: 4, latestKickoff: "2015-11-25T03:00:00.000Z" });
    expect(analysis.ratings.away).toBeGreaterThan(1500);
  });

  it("tables this season only", () => {
    const { table } = analyse(fixture("b", "a", { at: 114 }), history);
    expect(
      table.map(({ position, team, played: p, points, goalsFor, goalsAgainst }) => [
        position,
        team,
        p,
        points,
        goalsFor,
        goalsAgainst,
      ]),
    ).toEqual([
      [1, "a", 2, 4, 5, 2],
      [2, "b", 2, 4, 3, 2],
      [3, "c", 2, 0, 0, 4],
    ]);
  });

  it("keeps the last five matches and the last six meetings", () => {
    const many = Array.from({ length: 9 }, (_, at) => played("a", at, 0, "b", { at }));
    expect(formOf("a", many).map((entry) => entry.score.home)).toEqual([8, 7, 6, 5, 4]);
    expect(analyse(fixture("b", "a", { at: 20 }), many).headToHead).toHaveLength(6);
  });

  it("breaks equal points by difference, goals, then team", () => {
    const table = tableOf([played("d", 1, 1, "c"), played("b", 2, 2, "a")]);
    expect(table.map((row) => row.team)).toEqual(["a", "b", "c", "d"]);
  });

  it("knows nothing without history, and says so", () => {
    expect(analyse(fixture("a", "b"), [])).toEqual({
      inputs: { results: 0, latestKickoff: null },
      form: { home: [], away: [] },
      table: [],
      ratings: { home: 1500, away: 1500 },
      movement: { home: null, away: null },
      restDays: { home: null, away: null },
      headToHead: [],
      expectedGoals: { home: 1.48, away: 1.14 },
      sources: {
        results: "the competition's results in the log, newest revisions",
        ratings: "Elo 1978, K 15, with home advantage and margin",
        expectedGoals: "Elo 1978, K 15, with home advantage and margin",
      },
    });
  });

  it("tells how far ratings have moved over the last five matches", () => {
    const many = Array.from({ length: 7 }, (_, at) => played("a", at < 2 ? 0 : 1, at < 2 ? 1 : 0, "b", { at }));
    const [before, after] = [
      analyse(fixture("a", "b", { at: 10 }), many.slice(0, 2)),
      analyse(fixture("a", "b", { at: 10 }), many),
    ];
    expect(before.movement.home).toBeCloseTo(before.ratings.home - 1500, 1);
    expect(after.movement.home).toBeCloseTo(after.ratings.home - before.ratings.home, 0);
    expect(after.movement.home).toBeGreaterThan(0);
    expect(after.movement.away).toBeCloseTo(-(after.movement.home ?? 0), 1);
  });

  it("takes the expected goals of the panel where there is one", () => {
    const panel = { goals: { home: 2.345, away: 0.5 }, of: 42 };
    const { expectedGoals, sources } = analyse(fixture("a", "b"), [], panel);
    expect([expectedGoals, sources.expectedGoals]).toEqual([
      { home: 2.35, away: 0.5 },
      "equal mean of 42 members of the panel",
    ]);
  });

  it("adds up for any history", () => {
    fc.assert(
      fc.property(histories, fixtures, (matches, next) => {
        const { table, expectedGoals, ratings } = analyse(next, matches);
        const sum = (of: (row: (typeof table)[number]) => number) => table.reduce((total, row) => total + of(row), 0);
        expect(sum((row) => row.played)).toBe(2 * matches.filter((match) => match.season === next.season).length);
        expect(sum((row) => row.goalsFor - row.goalsAgainst)).toBe(0);
        expect(sum((row) => row.won - row.lost)).toBe(0);
        expect(Object.values({ ...expectedGoals, ...ratings, x: ratings.away }).every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
