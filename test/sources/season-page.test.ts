import { describe, expect, onTestFinished, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { createFootballData } from "../../src/sources/football-data.ts";
import type { Known, KnownMatch } from "../../src/sources/known.ts";
import type { SourcePage } from "../../src/sources/source.ts";
import { type FootballDataMatch, startFootballData } from "../support/football-data-server.ts";

const key = "canary-key-0123456789";
const now = Date.parse("2025-08-31T12:00:00Z");
const day = 24 * 60 * 60_000;
const { signal } = new AbortController();

/** Two matches of one day, and what the log makes of the pages it is given. */
async function scene() {
  const server = await startFootballData({ key });
  const full = server.lists.get("BL1-2025") ?? [];
  const [first, second] = full as [FootballDataMatch, FootballDataMatch];
  Object.assign(first, { utcDate: "2025-08-23T13:30:00Z", status: "IN_PLAY" });
  Object.assign(second, { utcDate: "2025-08-23T13:30:00Z", status: "IN_PLAY" });
  server.lists.set("BL1-2025", [first, second]);
  const matches = new Map<string, KnownMatch>();
  const known: Known = { matches: (_, season) => (season === "2025-26" ? [...matches.values()] : []) };
  const learn = ({ observations }: SourcePage, name = "football-data") => {
    for (const { matchId: id, fixture, result } of observations) {
      const { matchday, teams } = fixture;
      const status = result === null ? fixture.status : "finished";
      const source = { name, ref: fixture.source.ref };
      const kickoff = Date.parse(fixture.kickoff);
      matches.set(id, { id, matchday, kickoff, status, ...teams, source: () => source });
    }
  };
  /** As after a restart: what is remembered of earlier pages is gone, the log is not. */
  const open = () => {
    const options = { url: server.url, key, competitions: ["BL1"], known, clock: wallClock, perMinute: 1000 };
    const source = createFootballData(options);
    onTestFinished(() => source.close());
    return source;
  };
  onTestFinished(() => server.down());
  const all = await open().fixtures("bl1", { from: now - 7 * day, to: now + 2 * day }, now, signal);
  learn(all);
  const [a, b] = all.observations.map(({ matchId }) => matchId) as [string, string];
  const told = (...list: unknown[]) => server.lists.set("BL1-2025", list as FootballDataMatch[]);
  const sweep = (...ids: string[]) => open().results("bl1", ids, now, signal);
  return { server, first, second, a, b, told, sweep, matches, learn, open };
}

const goneIn = ({ rejected }: SourcePage) => rejected.filter(({ code }) => code === "gone").map(({ match }) => match);

describe("a match that a sweep does not find", () => {
  test("is gone when the season has it no longer", async () => {
    const { second, a, b, told, sweep, server } = await scene();
    told(second);
    const before = server.asked.length;
    const page = await sweep(a, b);
    expect([page.observations.map(({ matchId }) => matchId), goneIn(page)]).toEqual([[b], [a]]);
    expect(server.asked.length - before).toBe(2);
  });

  test.for([
    ["unreadable", { utcDate: "yesterday" }],
    ["unknown-status", { status: "ABANDONED_BY_ALIENS" }],
    ["no-teams", { homeTeam: { name: null } }],
    ["other-season", { season: { startDate: "2024-08-22", endDate: "2025-05-16" } }],
    ["absurd-score", { status: "FINISHED", score: { duration: "REGULAR", fullTime: { home: 99, away: 0 } } }],
    ["no-90-minute-score", { status: "FINISHED", score: { fullTime: { home: 1, away: 0 } } }],
    ["implausible-date", { utcDate: "2026-12-23T13:30:00Z" }],
    ["same-club", { awayTeam: { name: "FC Bayern München" } }],
    [
      "early-score",
      {
        utcDate: "2025-09-05T13:30:00Z",
        status: "FINISHED",
        score: { duration: "REGULAR", fullTime: { home: 1, away: 0 } },
      },
    ],
  ] as const)("is not when it is there and told as %s", async ([code, change]) => {
    const { first, second, a, b, told, sweep } = await scene();
    told({ ...first, ...change }, second);
    const page = await sweep(a, b);
    expect(page.observations.map(({ matchId }) => matchId)).toEqual([b]);
    expect([...page.rejected, ...page.quarantined].map((it) => it.code)).toEqual([code]);
  });

  test("has moved, though another on its old day cannot be read: one call more finds it", async () => {
    const { first, second, a, b, told, sweep, server } = await scene();
    told({ ...first, utcDate: "2025-10-04T13:30:00Z", status: "TIMED" }, { ...second, status: "UNHEARD_OF" });
    const before = server.asked.length;
    const page = await sweep(a, b);
    expect(page.observations.map(({ matchId, fixture }) => [matchId, fixture.kickoff])).toEqual([
      [a, "2025-10-04T13:30:00.000Z"],
    ]);
    expect([goneIn(page), server.asked.length - before]).toEqual([[], 2]);
  });

  test("has moved, though the provider's clock is wrong", async () => {
    const { first, second, a, b, told, sweep, server } = await scene();
    told({ ...first, utcDate: "2025-10-04T13:30:00Z", status: "TIMED" }, second);
    server.fault = { kind: "skewed", ms: 60 * 60_000 };
    const page = await sweep(a, b);
    expect([page.observations.length, goneIn(page)]).toEqual([2, []]);
  });

  test.for([null, {}, { utcDate: "2025-08-23T13:30:00Z" }, { id: "x", utcDate: "2025-08-23T13:30:00Z" }])(
    "is not when an entry bears no number: it may be that one, %j",
    async (entry) => {
      const { second, a, b, told, sweep, server } = await scene();
      told(second, entry);
      const before = server.asked.length;
      expect(goneIn(await sweep(a, b))).toEqual([]);
      expect(server.asked.length - before).toBe(1);
      told(second);
      expect(goneIn(await sweep(a, b))).toEqual([a]);
    },
  );

  test("and that another provider numbered may be any entry that is not made out", async () => {
    const { first, second, a, b, told, sweep, matches } = await scene();
    for (const match of matches.values()) match.source = () => ({ name: "api-football", ref: String(first.id) });
    told({ ...first, id: 77, status: "UNHEARD_OF" }, second);
    expect(goneIn(await sweep(a, b))).toEqual([]);
    told(second);
    expect(goneIn(await sweep(a, b))).toEqual([a]);
  });
});

describe("a match with the number it had", () => {
  const kickoff = "2026-05-21T18:30:00Z";
  const later = Date.parse("2026-05-20T12:00:00Z");

  async function playOff() {
    const it = await scene();
    const { homeTeam, awayTeam } = it.first;
    const match = {
      ...it.first,
      id: 540017,
      utcDate: kickoff,
      status: "TIMED",
      stage: "RELEGATION",
      homeTeam,
      awayTeam,
    };
    const poll = () => it.open().fixtures("bl1", { from: later, to: later + 2 * day }, later, signal);
    const shown = async (...list: unknown[]) => {
      it.told(...list);
      const page = await poll();
      it.learn(page);
      return {
        seen: page.observations.map(({ matchId, fixture }) => [fixture.source.ref, matchId, fixture.matchday]),
        doubts: page.quarantined.map(({ code, match }) => [match.split(" ")[0], code]),
      };
    };
    const id = `${it.a}-2`;
    expect((await shown(it.first, match)).seen).toEqual([
      ["540001", it.a, "1"],
      ["540017", id, "RELEGATION"],
    ]);
    return { ...it, match, id, shown };
  }

  test("stays that one when its stage is renamed and it moves by a week in one poll", async () => {
    const { match, id, shown } = await playOff();
    const moved = { ...match, stage: "PLAYOFFS", utcDate: "2026-05-28T18:30:00Z" };
    expect(await shown(moved)).toEqual({ seen: [["540017", id, "PLAYOFFS"]], doubts: [] });
    const again = { ...moved, stage: "FINAL", utcDate: "2026-06-04T18:30:00Z" };
    expect(await shown(again)).toEqual({ seen: [["540017", id, "FINAL"]], doubts: [] });
  });

  test("stays that one when its stage is told no longer, or as a round of the league", async () => {
    const { match, id, shown, first, a } = await playOff();
    const untold = { ...match, stage: null, matchday: null, utcDate: "2026-05-28T18:30:00Z" };
    expect(await shown(untold)).toEqual({ seen: [["540017", id, "RELEGATION"]], doubts: [] });
    const numbered = { ...untold, matchday: 34, utcDate: "2026-06-04T18:30:00Z" };
    expect((await shown(first, numbered)).seen).toEqual([
      ["540001", a, "1"],
      ["540017", id, "34"],
    ]);
  });

  test("is not displaced by a new number under its old name", async () => {
    const { match, id, shown } = await playOff();
    const moved = { ...match, stage: "PLAYOFFS", utcDate: "2026-05-28T18:30:00Z" };
    const { seen, doubts } = await shown(moved, { ...match, id: 540018 });
    expect(seen).toEqual([["540017", id, "PLAYOFFS"]]);
    expect(doubts).toEqual([["540018", "second-meeting"]]);
  });

  test("gives way to its replay when it is cancelled", async () => {
    const { match, id, shown } = await playOff();
    const replay = { ...match, id: 540018, utcDate: "2026-05-24T18:30:00Z" };
    expect((await shown({ ...match, status: "CANCELLED" }, replay)).seen).toEqual([["540018", id, "RELEGATION"]]);
  });

  test("of another provider is no such number: numbers are each one's own", async () => {
    const { match, shown, matches } = await playOff();
    for (const known of matches.values()) known.source = () => ({ name: "api-football", ref: "540017" });
    const moved = { ...match, stage: "PLAYOFFS", utcDate: "2026-05-28T18:30:00Z" };
    expect(await shown(moved)).toEqual({ seen: [], doubts: [["540017", "unknown-leg"]] });
    const other = { ...match, awayTeam: { name: "SC Freiburg" } };
    expect((await shown(other)).doubts).toEqual([]);
  });

  test("is neither another one nor gone when its clubs are told otherwise", async () => {
    const { match, id, shown, sweep } = await playOff();
    const swapped = { ...match, homeTeam: match.awayTeam, awayTeam: match.homeTeam };
    for (const wrong of [swapped, { ...match, awayTeam: { name: "SC Freiburg" } }]) {
      expect(await shown(wrong)).toEqual({ seen: [], doubts: [["540017", "number-of-another-match"]] });
      expect(goneIn(await sweep(id))).toEqual([]);
    }
    expect((await shown(match)).seen).toEqual([["540017", id, "RELEGATION"]]);
  });
});

test("a match that is told under way after its end is remarked on, and not when it is played again", async () => {
  const { first, a, told, matches, open } = await scene();
  const known = matches.get(a);
  if (known === undefined) throw new Error("no match");
  matches.set(a, { ...known, status: "finished" });
  const remarks = async (change: object) => {
    told({ ...first, ...change });
    const page = await open().fixtures("bl1", { from: now, to: now + day }, now, signal);
    return page.quarantined;
  };
  expect(await remarks({ status: "PAUSED" })).toEqual([
    { code: "un-ended", match: a, text: expect.stringContaining("in-play again after its end: its result stands") },
  ]);
  expect(await remarks({ status: "TIMED", utcDate: "2025-08-24T13:30:00Z" })).toMatchObject([{ code: "un-ended" }]);
  expect(await remarks({ status: "TIMED", utcDate: "2025-08-24T13:30:01Z" })).toEqual([]);
  expect(await remarks({ status: "TIMED", utcDate: "2025-09-23T13:30:00Z" })).toEqual([]);
});
