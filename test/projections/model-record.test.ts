import { expect, onTestFinished, test } from "vitest";
import { modelRecordQueries } from "../../src/projections/model-record.ts";
import { regressionQueries } from "../../src/projections/regressions.ts";
import { createRows } from "../../src/projections/rows.ts";
import { createScoreBook, scoreRow } from "../../src/projections/scores.ts";
import { flag } from "../../src/projections/upsert.ts";
import { tables } from "./support.ts";

interface Score {
  match: number;
  model: string;
  kickoff?: number;
  retro?: boolean;
  points?: number;
  rps?: number;
  p?: readonly [number, number, number];
  outcome?: "home" | "draw" | "away";
}

const day = 86_400_000;
const january = Date.UTC(2017, 0, 31, 23);

function given(scores: readonly Score[]) {
  const { db } = tables();
  onTestFinished(() => void db.close());
  const rows = createRows(db);
  const book = createScoreBook(db, rows);
  for (const match of new Set(scores.map((it) => it.match)))
    for (const retro of [false, true]) {
      const some = scores.filter((it) => it.match === match && (it.retro === true) === retro);
      if (some.length > 0) book.score([rowOf(match, some)]);
    }
  rows.flush();
  return { ...modelRecordQueries(db), ...regressionQueries(db) };
}

function rowOf(match: number, some: readonly Score[]) {
  const { kickoff = january, retro, outcome = "home" } = some[0] ?? {};
  const retroactive = flag(retro === true);
  return scoreRow(
    { match_id: `m${match}`, retroactive, competition: "pl", season: "2016-17", kickoff, outcome },
    some.map(({ model, points = 2, rps = 0.2, p: [home, draw, away] = [0.5, 0.3, 0.2] }) => ({
      model,
      numbers: { fate: "answered", points, rps, logLoss: 1, home, draw, away },
    })),
  );
}

test("calibration: each probability falls into its bin, the last one holds certainty", () => {
  const { modelRecord } = given([
    { match: 1, model: "elo", p: [1, 0, 0], outcome: "home" },
    { match: 2, model: "elo", p: [0.55, 0.25, 0.2], outcome: "draw" },
    { match: 2, model: "pi", p: [0.1, 0.1, 0.8], outcome: "draw" },
  ]);
  const { calibration } = modelRecord("elo", { retro: false });
  expect(calibration.map(({ n }) => n)).toEqual([2, 0, 2, 0, 0, 1, 0, 0, 0, 1]);
  expect(calibration[9]).toEqual({ from: 0.9, to: 1, n: 1, foretold: 1, happened: 1 });
  expect(calibration[2]).toMatchObject({ foretold: expect.closeTo(0.225), happened: 0.5 });
  expect(calibration[1]).toEqual({ from: 0.1, to: 0.2, n: 0, foretold: null, happened: null });
});

test("months are those of the kick-off in UTC, oldest first, of the filter alone", () => {
  const { modelRecord } = given([
    { match: 1, model: "elo", kickoff: january + 2 * 3_600_000, points: 6 },
    { match: 2, model: "elo", points: 1, rps: 0.1 },
    { match: 3, model: "elo", points: 3, rps: 0.3 },
    { match: 4, model: "elo", points: 9, retro: true },
  ]);
  expect(modelRecord("elo", { retro: false }).months).toEqual([
    { month: "2017-01", n: 2, points: 4, rps: expect.closeTo(0.2) },
    { month: "2017-02", n: 1, points: 6, rps: 0.2 },
  ]);
  expect(modelRecord("elo", { season: "1901-02", retro: false }).months).toEqual([]);
});

/** Two models that differ by chance, until one of them is `worse` by that much in the last sixty days. */
function career(worse: number): Score[] {
  return Array.from({ length: 200 }, (_, match) => {
    const kickoff = january - (200 - match) * day;
    const noise = ((match * 7919) % 101) / 1000;
    const late = kickoff >= january - 61 * day;
    return [
      { match, model: "steady", kickoff, rps: 0.2 },
      { match, model: "worn", kickoff, rps: 0.15 + noise + (late ? worse : 0) },
    ];
  }).flat();
}

test("a model that has fallen behind the others of late is named, and nobody else", () => {
  const [found, ...others] = given(career(0.05)).regressions({ retro: false });
  expect(found).toMatchObject({ model: "worn", late: expect.closeTo(0.025, 2), before: expect.closeTo(0, 2) });
  expect(found?.errors).toBeGreaterThan(3.25);
  expect(others).toEqual([]);
});

test.each([
  ["chance", career(0.005)],
  ["too few answers", career(0.3).slice(-40)],
  ["no answers", []],
])("%s is no regression", (_, scores) => {
  expect(given(scores).regressions({ retro: false })).toEqual([]);
});
