import { assert, boolean, constantFrom, integer, option, property, record } from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { type Status, statuses } from "../../src/match/status.ts";
import { cursorOf, InvalidCursor } from "../../src/projections/cursor.ts";
import type { Db } from "../../src/projections/db.ts";
import { listingQueries, type MatchFilter, type MatchSummary } from "../../src/projections/listing.ts";
import { day, history, hour, kickoff } from "../support/history.ts";
import { interleave, messagesOf, tables } from "./support.ts";

const competitions = ["pl", "sa"];
const seasons = ["2015-16", "2016-17"];

/** Some of each kind, several at each instant. */
const lives = Array.from({ length: 120 }, (_, i) => {
  const status = statuses[i % 11] ?? "scheduled";
  return history(`m-${(i * 37) % 120}`, kickoff - 2 * day).scheduled({
    competition: competitions[i % 2] ?? "",
    season: seasons[(i >> 1) % 2] ?? "",
    purpose: i % 3 === 0 ? "history" : "live",
    status,
    kickoff: kickoff + (i % 7) * hour,
  });
});

function listed() {
  const { db, projector, queries } = tables();
  onTestFinished(() => void db.close());
  projector.apply(messagesOf(interleave(lives)));
  return queries;
}

const filters = record({
  status: option(constantFrom<Status>(...statuses), { nil: undefined }),
  competition: option(constantFrom(...competitions, "nope"), { nil: undefined }),
  season: option(constantFrom(...seasons), { nil: undefined }),
  purpose: option(constantFrom("live", "history"), { nil: undefined }),
  from: option(
    integer({ min: -1, max: 8 }).map((n) => kickoff + n * hour),
    { nil: undefined },
  ),
  to: option(
    integer({ min: -1, max: 8 }).map((n) => kickoff + n * hour),
    { nil: undefined },
  ),
}).map(
  (filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as MatchFilter,
);

function fits(match: MatchSummary, { status, competition, season, purpose, from, to }: MatchFilter): boolean {
  return (
    (status === undefined || match.status === status) &&
    (competition === undefined || match.competition === competition) &&
    (season === undefined || match.season === season) &&
    (purpose === undefined || match.purpose === purpose) &&
    (from === undefined || match.kickoff >= from) &&
    (to === undefined || match.kickoff <= to)
  );
}

test("the pages of any filter are the matches that fit, in order, each once", () => {
  const queries = listed();
  const all = queries.matches({ limit: 1000 }).matches;
  expect(all).toHaveLength(120);
  assert(
    property(filters, integer({ min: 1, max: 50 }), (filter, limit) => {
      const paged: MatchSummary[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = queries.matches({ ...filter, limit, ...(cursor === undefined ? {} : { cursor }) });
        expect(page.matches.length).toBeLessThanOrEqual(limit);
        paged.push(...page.matches);
        cursor = page.cursor;
      }
      const naive = all
        .filter((match) => fits(match, filter))
        .sort((a, b) => a.kickoff - b.kickoff || (a.id < b.id ? -1 : 1));
      expect(paged.map(({ id }) => id)).toEqual(naive.map(({ id }) => id));
    }),
  );
});

test("matches written between two pages neither repeat nor hide one", () => {
  const { db, projector, queries } = tables();
  onTestFinished(() => void db.close());
  const at = (id: string, hours: number) =>
    history(id, kickoff - 2 * day).scheduled({ kickoff: kickoff + hours * hour });
  projector.apply(messagesOf(interleave([at("a", 0), at("b", 1), at("c", 2), at("d", 3)])));
  const first = queries.matches({ limit: 2 });
  projector.apply(messagesOf(interleave([at("before", 0.5), at("after", 2.5)]), projector.sequence + 1));
  const second = queries.matches({ limit: 9, cursor: first.cursor ?? "" });
  expect(first.matches.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(second.matches.map(({ id }) => id)).toEqual(["c", "after", "d"]);
});

test.each(["", "MTIz", "!!!!", "MTIzLmE=", " MTIzLmE", "MTIzLkE", "OTk5OTk5OTk5OTk5OTk5OTk5LmE", "MC5h\u0000"])(
  "%j is no cursor",
  (cursor) => {
    expect(() => listed().matches({ cursor })).toThrow(InvalidCursor);
  },
);

test("every filter walks an index that holds all it is filtered by, and nothing is sorted or counted", () => {
  const { db } = tables();
  onTestFinished(() => void db.close());
  const asked: string[] = [];
  const watched = { prepare: (sql: string) => (asked.push(sql), db.prepare(sql)) } as unknown as Db;
  const cursor = cursorOf({ at: kickoff, tie: "m-1" });
  assert(
    property(filters, boolean(), (filter, paged) => {
      asked.length = 0;
      const { matches: ask } = listingQueries(watched);
      ask({ ...filter, ...(paged ? { cursor } : {}) });
      const plan = db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${(asked[0] ?? "").replaceAll(/@\w+/g, "1")}`)
        .all()
        .map(({ detail }) => detail);
      const walks = plan.filter((line) => /SEARCH|SCAN/.test(line));
      expect(walks.length).toBeGreaterThan(0);
      for (const walk of walks) {
        expect(walk).toMatch(/^SEARCH matches USING INDEX matches_listed\w* \(purpose=\? AND status=\?/);
        if (filter.competition !== undefined) expect(walk).toContain("competition=?");
        if (filter.season !== undefined) expect(walk).toContain("season=?");
        if (filter.from !== undefined || paged) expect(walk).toMatch(/kickoff>|\(kickoff,id\)>/);
        if (filter.to !== undefined) expect(walk).toContain("kickoff<");
      }
      expect(plan.join()).not.toContain("TEMP B-TREE");
    }),
  );
});
