import fc from "fast-check";
import { expect, test } from "vitest";
import { comparisonQueries } from "../../src/projections/comparison.ts";
import { intervalOf, newMoments, observed } from "../../src/projections/moments.ts";
import { createRows } from "../../src/projections/rows.ts";
import { fates } from "../../src/projections/scored.ts";
import { createScoreBook, scoreRow } from "../../src/projections/scores.ts";
import { dump, tables } from "./support.ts";

const models = ["elo", "pi", "dixon", "gas"] as const;

const entry = fc.record({
  model: fc.constantFrom(...models),
  fate: fc.oneof({ weight: 3, arbitrary: fc.constant("answered" as const) }, fc.constantFrom(...fates)),
  points: fc.integer({ min: 0, max: 9 }),
  rps: fc.double({ min: 0, max: 1, noNaN: true }),
});
/** Answers come in any order, and of other models each time. */
const entries = fc.uniqueArray(entry, { selector: ({ model }) => model });

const settlement = fc.record({
  match: fc.integer({ min: 0, max: 9 }),
  // A void settlement scores nobody.
  live: fc.option(entries),
  retro: fc.option(entries),
  next: fc.constantFrom("go on", "restart", "fail"),
});

type Settlement = typeof settlement extends fc.Arbitrary<infer S> ? S : never;

const filters = [{}, { competition: "pl" }, { season: "s1" }, { competition: "bl1", season: "s0" }];

function rowsOf({ match, live, retro }: Settlement) {
  return [live, retro].flatMap((some, retroactive) => {
    if (some === null || some.length === 0) return [];
    const of = { match_id: `m${match}`, retroactive: retroactive as 0 | 1, outcome: "home" as const };
    const where = { competition: competitionOf(match), season: seasonOf(match), kickoff: Date.UTC(2017, match, 1) };
    const numbers = some.map(({ model, fate, points, rps }) => ({
      model,
      numbers: fate === "answered" ? { fate, points, rps, logLoss: 3 * rps } : { fate, cost: 2 },
    }));
    return [scoreRow({ ...of, ...where }, numbers)];
  });
}

const competitionOf = (match: number) => (match % 2 === 0 ? "pl" : "bl1");
const seasonOf = (match: number) => (match % 3 === 0 ? "s0" : "s1");

/** Takes settlements and corrections, over restarts and transactions that fail and come again. */
function settle(settlements: readonly Settlement[], most: number) {
  const { db } = tables();
  let rows = createRows(db);
  let book = createScoreBook(db, rows, most);
  const standing = new Map<number, Settlement>();
  const take = (it: Settlement) => {
    const found = rowsOf(it);
    if (standing.has(it.match)) book.rescore(`m${it.match}`, found);
    else book.score(found);
  };
  for (const it of settlements) {
    if (it.next === "fail") {
      rows.flush();
      db.exec("BEGIN");
      take(it);
      rows.flush();
      db.exec("ROLLBACK");
      book.forget();
    }
    take(it);
    standing.set(it.match, it);
    if (it.next !== "restart") continue;
    rows.flush();
    rows = createRows(db);
    book = createScoreBook(db, rows, most);
  }
  rows.flush();
  return { db, standing };
}

const runs = fc.tuple(fc.array(settlement, { maxLength: 30 }), fc.integer({ min: 1, max: 6 }));

test("two models compared are what their scores that stand say, match by match", () => {
  fc.assert(
    fc.property(runs, ([settlements, most]) => {
      const { db, standing } = settle(settlements, most);
      try {
        for (const filter of filters)
          for (const retro of [false, true])
            for (const first of models)
              for (const second of models) {
                const found = comparisonQueries(db).compareModels(first, second, { ...filter, retro });
                expectComparison(found, pairsOf(standing, { ...filter, retro }, first, second));
              }
      } finally {
        db.close();
      }
    }),
    { numRuns: 30 },
  );
});

test("the rows are the same to the last bit, whatever was interrupted on the way", () => {
  fc.assert(
    fc.property(runs, ([settlements, most]) => {
      const straight = settle(
        settlements.map((it) => ({ ...it, next: "go on" })),
        most,
      );
      const interrupted = settle(settlements, most);
      try {
        expect(dump(interrupted.db)).toEqual(dump(straight.db));
      } finally {
        for (const { db } of [straight, interrupted]) db.close();
      }
    }),
    { numRuns: 30 },
  );
});

interface Filter {
  competition?: string;
  season?: string;
  retro: boolean;
}

function pairsOf(standing: ReadonlyMap<number, Settlement>, filter: Filter, first: string, second: string) {
  return [...standing.values()].flatMap(({ match, live, retro }) => {
    if ((filter.competition ?? competitionOf(match)) !== competitionOf(match)) return [];
    if ((filter.season ?? seasonOf(match)) !== seasonOf(match)) return [];
    const answers = ((filter.retro ? retro : live) ?? []).filter(({ fate }) => fate === "answered");
    const [one, other] = [first, second].map((model) => answers.find((it) => it.model === model));
    return one === undefined || other === undefined
      ? []
      : [{ points: one.points - other.points, rps: one.rps - other.rps, logLoss: 3 * one.rps - 3 * other.rps }];
  });
}

function expectComparison(
  found: ReturnType<ReturnType<typeof comparisonQueries>["compareModels"]>,
  pairs: ReturnType<typeof pairsOf>,
) {
  expect(found.n).toBe(pairs.length);
  for (const name of ["points", "rps", "logLoss"] as const) {
    const moments = newMoments();
    for (const it of pairs) observed(moments, it[name]);
    const { mean, interval } = found[name];
    if (pairs.length === 0) expect(mean).toBeNull();
    else expect(mean).toBeCloseTo(moments.mean, 9);
    const wanted = intervalOf(moments);
    expect(interval === null).toBe(wanted === null);
    // Where all differences are alike, their squares leave a spread that is not quite 0.
    for (const [i, end] of (interval ?? []).entries()) expect(end).toBeCloseTo(wanted?.[i] ?? Number.NaN, 5);
  }
}
