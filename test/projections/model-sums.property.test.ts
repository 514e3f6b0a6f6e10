import fc from "fast-check";
import { expect, test } from "vitest";
import { intervalOf, newMoments, observed } from "../../src/projections/moments.ts";
import { panelQueries } from "../../src/projections/panel.ts";
import { modelRecordQueries } from "../../src/projections/model-record.ts";
import { createRows } from "../../src/projections/rows.ts";
import { fates } from "../../src/projections/scored.ts";
import { createScoreBook, scoreRow } from "../../src/projections/scores.ts";
import { tables } from "./support.ts";

const models = ["elo", "pi", "dixon"] as const;

const entry = fc.record({
  fate: fc.constantFrom(...fates),
  points: fc.integer({ min: 0, max: 9 }),
  rps: fc.double({ min: 0, max: 1, noNaN: true }),
  home: fc.double({ min: 0, max: 1, noNaN: true }),
});

const settlement = fc.record({
  match: fc.integer({ min: 0, max: 7 }),
  // A void settlement scores nobody.
  entries: fc.option(fc.tuple(...models.map(() => fc.option(entry)))),
  /** What is held back goes to the tables, and what is in memory is forgotten. */
  restart: fc.boolean(),
});

const competitions = ["pl", "bl1"];
const filters = [{}, { competition: "pl" }, { season: "s1" }, { competition: "bl1", season: "s0" }];

test("the sums of any settlements and corrections are those of the scores that stand", () => {
  fc.assert(
    fc.property(fc.array(settlement, { maxLength: 40 }), (settlements) => {
      const { db } = tables();
      try {
        let rows = createRows(db);
        let book = createScoreBook(db, rows);
        const standing = new Map<number, ReturnType<typeof scoreOf>>();
        for (const { match, entries, restart } of settlements) {
          const known = standing.has(match);
          const found = scoreOf(match, entries);
          standing.set(match, found);
          if (known) book.rescore(`m${match}`, found.rows);
          else book.score(found.rows);
          if (!restart) continue;
          rows.flush();
          rows = createRows(db);
          book = createScoreBook(db, rows);
        }
        rows.flush();
        for (const filter of filters) {
          const fitting = [...standing.values()].filter(
            (it) =>
              it.entries.length > 0 &&
              (filter.competition ?? it.competition) === it.competition &&
              (filter.season ?? it.season) === it.season,
          );
          const panel = panelQueries(db).panel({ ...filter, retro: false });
          const answered = models.filter((model) =>
            fitting.some((it) => it.entries.some((one) => one.model === model)),
          );
          expect(panel.map(({ model }) => model).sort()).toEqual([...answered].sort());
          for (const row of panel) expectRow(row, fitting);
          for (const model of models) {
            const { months } = modelRecordQueries(db).modelRecord(model, { ...filter, retro: false });
            expect(months.reduce((n, it) => n + it.n, 0)).toBe(panel.find((it) => it.model === model)?.n ?? 0);
          }
        }
      } finally {
        db.close();
      }
    }),
    { numRuns: 60 },
  );
});

type Entries = readonly ({ fate: (typeof fates)[number]; points: number; rps: number; home: number } | null)[] | null;

function scoreOf(match: number, some: Entries) {
  const competition = competitions[match % 2] ?? "pl";
  const season = `s${match % 3 === 0 ? 0 : 1}`;
  const entries = (some ?? []).flatMap((it, i) => {
    if (it === null) return [];
    const { fate, points, rps, home } = it;
    const silent = { fate, cost: 2 } as const;
    const numbers = fate === "answered" ? { fate, points, rps, logLoss: 3 * rps, home, cost: 1 } : silent;
    return { model: models[i] ?? "elo", points, rps, numbers };
  });
  const of = { match_id: `m${match}`, retroactive: 0, outcome: "home", competition, season } as const;
  const row = scoreRow({ ...of, kickoff: Date.UTC(2017, match, 1) }, entries);
  return { competition, season, entries, rows: entries.length === 0 ? [] : [row] };
}

function expectRow(
  row: ReturnType<ReturnType<typeof panelQueries>["panel"]>[number],
  fitting: ReturnType<typeof scoreOf>[],
) {
  const all = fitting.flatMap(({ entries }) => entries.filter((it) => it.model === row.model));
  const answers = all.filter((it) => it.numbers.fate === "answered");
  const [points, rps] = [newMoments(), newMoments()];
  for (const it of answers) {
    observed(points, it.points);
    observed(rps, it.rps);
  }
  const silent = (fate: string) => all.filter((it) => it.numbers.fate === fate).length;
  expect(row).toMatchObject({
    n: answers.length,
    points: answers.reduce((total, it) => total + it.points, 0),
    abstained: silent("abstained"),
    failed: silent("failed"),
    resting: silent("resting"),
    cost: 2 * all.length - answers.length,
    rps: answers.length === 0 ? null : expect.closeTo(rps.mean, 9),
  });
  expectInterval(row.pointsInterval, intervalOf(points));
  expectInterval(row.rpsInterval, intervalOf(rps));
}

/** Where all values are alike, taking others back leaves a spread that is not quite 0. */
function expectInterval(found: readonly number[] | null, wanted: readonly number[] | null) {
  expect(found === null).toBe(wanted === null);
  for (const [i, end] of (found ?? []).entries()) expect(end).toBeCloseTo(wanted?.[i] ?? Number.NaN, 5);
}
