import { expect, onTestFinished, test } from "vitest";
import { defaultPolicy as policy } from "../../src/match/policy.ts";
import { InvalidCursor } from "../../src/projections/cursor.ts";
import { type History, day, history, hour, kickoff, minute } from "../support/history.ts";
import { interleave, messagesOf, tables } from "./support.ts";

function given(...lives: History[]) {
  const { db, projector, queries } = tables();
  onTestFinished(() => void db.close());
  projector.apply(messagesOf(interleave(lives)));
  return queries;
}

const match = (id: string, at = kickoff) => history(id, kickoff - 2 * day).scheduled({ kickoff: at });

test("due matches come live before retro, ahead before begun, nearest kick-off first", () => {
  const retro = match("retro-x").at(kickoff + 2 * hour);
  retro.dispatch();
  retro.retro();
  const queries = given(
    retro,
    match("begun"),
    match("far", kickoff + 5 * hour),
    match("near", kickoff + 2 * hour),
    match("later", kickoff + 2 * day),
  );
  const now = kickoff + hour;
  expect(queries.dueIds(kickoff - 7 * hour)).toEqual([]);
  expect(queries.dueIds(now)).toEqual(["near", "far", "begun"]);
  expect(queries.dueIds(kickoff + 2 * hour)).toEqual(["far", "near", "begun", "retro-x"]);
  expect(queries.nextMatchDueAt(now)).toBe(kickoff + 2 * hour);
  expect(queries.nextMatchDueAt(kickoff + 9 * day)).toBeNull();
});

test("requests in flight are counted by stage, retro ones apart", () => {
  const retro = match("r").at(kickoff + hour);
  retro.dispatch();
  retro.retro().dispatch();
  const answered = match("c")
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
  const queries = given(
    match("a").requested("analyse"),
    match("b").requested("analyse").requested("lineups"),
    answered,
    retro,
  );
  expect(queries.inFlight()).toEqual({ analyse: 2, lineups: 1, predict: 0, settle: 0, retro: 1 });
  expect(queries.oldestRequest("lineups")).toBe(5);
  expect(queries.oldestRequest("settle")).toBeNull();
});

test("matches that await a result", () => {
  const over = match("over")
    .at(kickoff + 2 * hour)
    .finished();
  const queries = given(
    match("a"),
    match("b"),
    match("c", kickoff + hour),
    over,
    match("d").scheduled({ status: "postponed" }),
  );
  expect(queries.awaitingKickoffs("pl", 0)).toEqual([kickoff, kickoff + hour]);
  expect(queries.awaitingKickoffs("pl", kickoff + 1)).toEqual([kickoff + hour]);
  expect(queries.awaitingMatches("pl", kickoff, 0)).toEqual(["a", "b"]);
  expect(queries.awaitingKickoffs("bl1", 0)).toEqual([]);
});

test("matches are paged by kick-off and id", () => {
  const ids = ["e", "d", "c", "b", "a"];
  const queries = given(...ids.map((id) => match(id, id === "e" ? kickoff - hour : kickoff)));
  const first = queries.matches({ competition: "pl", limit: 2 });
  expect(first.matches.map(({ id }) => id)).toEqual(["e", "a"]);
  const second = queries.matches({ competition: "pl", limit: 2, cursor: first.cursor ?? "" });
  expect(second.matches.map(({ id }) => id)).toEqual(["b", "c"]);
  const third = queries.matches({ competition: "pl", limit: 2, cursor: second.cursor ?? "" });
  expect(third.matches.map(({ id }) => id)).toEqual(["d"]);
  expect(third.cursor).toBeNull();
  expect(queries.matches({ status: "finished" }).matches).toEqual([]);
  expect(queries.matches({ from: kickoff + 1 }).matches).toEqual([]);
  expect(queries.matches({ to: kickoff - 1, purpose: "live", season: "2016-17" }).matches).toHaveLength(1);
  expect(() => queries.matches({ cursor: "'; DROP" })).toThrow(InvalidCursor);
});

test("gaps come most urgent first and leave out what has none", () => {
  const good = match("good")
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
  const unsettled = match("unsettled", kickoff - 4 * hour)
    .at(kickoff - 3 * hour)
    .requested("analyse")
    .analysed()
    .finished();
  const queries = given(
    good,
    match("info", kickoff + 4 * hour),
    unsettled,
    match("missed", kickoff - 2 * hour),
    match("critical", kickoff + minute),
    match("warning", kickoff + 2 * hour),
  );
  const gaps = queries.gaps(kickoff - hour, 48 * hour, 7 * day, policy);
  expect(gaps.map(({ matchId, severity }) => `${matchId} ${severity}`)).toEqual([
    "critical critical",
    "warning warning",
    "info info",
    "unsettled missed",
    "missed missed",
  ]);
  expect(gaps[0]).toMatchObject({
    homeTeam: "A",
    awayTeam: "B",
    kickoffTime: "2017-01-14T15:01:00.000Z",
    hoursUntilKickoff: 1,
    missing: ["analyse"],
    dueSince: "2017-01-14T09:01:00.000Z",
    nextAction: "will be asked for",
  });
  expect(queries.gaps(kickoff - hour, 0, 0, policy)).toEqual([]);
  expect(queries.coverage(kickoff - hour, policy)).toEqual({
    percent: 25,
    matches: 4,
    withGap: 3,
    gaps: { critical: 1, warning: 1, info: 1, missed: 2 },
    withoutPredictions: 2,
    window: { from: "2017-01-14T14:00:00.000Z", to: "2017-01-14T20:00:00.000Z" },
  });
  expect(given().coverage(kickoff, policy).percent).toBe(100);
});

test("the tally counts live matches by what they have", () => {
  const done = match("done")
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed()
    .at(kickoff - 30 * minute)
    .requested("predict")
    .predicted();
  done
    .at(kickoff + 2 * hour)
    .finished()
    .requested("settle")
    .settled();
  const off = match("off").scheduled({ status: "cancelled" }).requested("settle").settled();
  const old = match("old").scheduled({ purpose: "history" }).finished();
  const queries = given(done, off, old, match("open"));
  expect(queries.tally()).toEqual({
    matches: 4,
    live: 3,
    analysed: 1,
    lineups: 0,
    predicted: 1,
    finished: 1,
    settled: 1,
    void: 1,
    failed: 0,
    events: 16,
  });
  expect(queries.results("pl", kickoff).map(({ matchId }) => matchId)).toEqual(["done", "old"]);
});

test("a result of an assumed kick-off is known once the match has been played, whenever on that day that was", () => {
  const day = match("day", kickoff).scheduled({ kickoff, timeAssumed: true }).finished();
  const evening = match("evening", kickoff + 8 * hour).finished();
  const queries = given(day, evening);
  const known = (at: number) => queries.results("pl", at).map(({ matchId }) => matchId);
  expect(known(kickoff + 8 * hour - 1)).toEqual([]);
  expect(known(kickoff + 8 * hour)).toEqual(["evening"]);
  expect(known(kickoff + 12 * hour)).toEqual(["evening", "day"]);
});
