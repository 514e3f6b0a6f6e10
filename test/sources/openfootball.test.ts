import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { KnownMatch } from "../../src/sources/known.ts";
import { createOpenfootball, seasonPage } from "../../src/sources/openfootball.ts";
import { directoryFiles, oneFile, type SeasonFiles } from "../../src/sources/season-files.ts";
import { archiveRows } from "../../src/sources/archive-file.ts";
import { bundesliga, entry, file, leagueNamed, learn, sixClubs } from "../support/openfootball.ts";
import { sharedFootball } from "../support/shared-data.ts";
import { tempDir } from "../support/temp.ts";

const season = "2025-26";
const before = Date.parse("2025-08-01T00:00:00Z");
const after = Date.parse("2026-06-01T00:00:00Z");
const signal = new AbortController().signal;
const [home, away] = ["Hamburger SV", "FC Augsburg"];
const id = "bl1-2025-26-hamburger-sv-augsburg";

function page(matches: readonly unknown[], now = after, known: readonly KnownMatch[] = []) {
  return seasonPage(bundesliga, season, file(matches), now, { matches: () => known });
}

function one(more: object, now = after, known: readonly KnownMatch[] = []) {
  return page([entry(1, home, away, { ...more })], now, known);
}

describe("a match of a file", () => {
  test("is told by our names, at the league's local time", () => {
    expect(one({ score: {} }).observations).toEqual([
      {
        matchId: id,
        fixture: {
          competition: "bl1",
          season,
          matchday: "1",
          teams: { home: { id: "hamburger-sv", name: home }, away: { id: "augsburg", name: away } },
          kickoff: "2025-08-23T13:30:00.000Z",
          timeAssumed: false,
          status: "scheduled",
          source: { name: "openfootball", ref: "2025-26/de.1 Matchday 1: Hamburger SV v FC Augsburg" },
        },
        result: null,
      },
    ]);
    expect(one({ time: undefined }).observations[0]?.fixture).toMatchObject({
      kickoff: "2025-08-23T11:30:00.000Z",
      timeAssumed: true,
    });
  });

  const regular = { home: 2, away: 2 };
  test.each([
    [{ ft: [2, 2] }, { regular, extraTime: null, shootOut: null }, "regular"],
    [{ ht: [0, 2], ft: [2, 2] }, { regular, extraTime: null, shootOut: null }, "regular"],
    [{ ft: [2, 2], et: [3, 2] }, { regular, extraTime: { home: 3, away: 2 }, shootOut: null }, "extra-time"],
    [
      { ft: [2, 2], et: [3, 3], p: [4, 2] },
      { regular, extraTime: { home: 3, away: 3 }, shootOut: { home: 4, away: 2 } },
      "shoot-out",
    ],
  ])("with the score %o has ended", (score, told, how) => {
    const { observations } = one({ score });
    expect(observations).toMatchObject([{ fixture: { status: "finished" }, result: { score: told, how } }]);
  });

  test.each(["cancelled", "awarded", "postponed", "abandoned"])("%s is so, whatever score it has", (status) => {
    for (const more of [{ status }, { status: ` ${status.toUpperCase()}`, score: { ft: [3, 0] } }])
      expect(one(more).observations).toMatchObject([{ fixture: { status }, result: null }]);
  });

  test.each([
    ["unknown-status", { status: "SNOWED_OFF" }, 'the status "SNOWED_OFF" is none we know'],
    ["unreadable-time", { time: "evening" }, '"evening" is no time of day like 15:30'],
    ["unreadable-time", { date: "2026-03-29", time: "02:30" }, "the clocks skip it"],
  ])("is rejected as %s: %o", (code, more, text) => {
    const { observations, rejected } = page([entry(1, home, away, more), entry(2, away, home)]);
    expect(rejected).toEqual([
      { code, match: "2025-26/de.1 Matchday 1: Hamburger SV v FC Augsburg", text: expect.stringContaining(text) },
    ]);
    expect(observations).toHaveLength(1);
  });

  test.each([
    [
      "no-90-minute-score",
      { et: [1, 0] },
      "there is a score after extra time or a shoot-out, and none after 90 minutes",
    ],
    ["contradictory-score", { ft: [0, 0], p: [3, 3] }, "a shoot-out does not end 3-3"],
    ["contradictory-score", { ht: [2, 0], ft: [1, 0] }, "2-0 at half-time cannot become 1-0"],
    ["contradictory-score", { ft: [2, 0], et: [1, 0] }, "2-0 cannot become 1-0 in extra time"],
    ["contradictory-score", { ft: [2, 1], p: [5, 4] }, "2-1 after 90 minutes is decided, and it is no second leg"],
    ["contradictory-score", { ft: [1, 1], et: [2, 1], p: [5, 4] }, "extra time from 1-1 to 2-1 leaves no shoot-out"],
    ["contradictory-score", { ft: [1, 1], et: [1, 1] }, "extra time from 1-1 to 1-1 decides nothing"],
    ["absurd-score", { ft: [50, 0] }, "50-0 has more goals than any match on record (36)"],
  ])("with a score that is in doubt waits in quarantine as %s: %o", (code, score, text) => {
    const { observations, rejected, quarantined } = page([entry(1, home, away, { score }), entry(2, away, home)]);
    const match = "2025-26/de.1 Matchday 1: Hamburger SV v FC Augsburg";
    const words = `${text}; it waits until openfootball corrects it: tell them`;
    expect([quarantined, rejected, observations.length]).toEqual([[{ code, match, text: words }], [], 1]);
  });

  test("of a second leg may end level, or decided by another's goals", () => {
    const leg = { round: "Relegation", score: { ft: [0, 3], p: [5, 6] } };
    expect(one(leg).observations).toMatchObject([{ result: { how: "shoot-out" } }]);
  });

  test.each([
    [null],
    ["x"],
    [{ team1: home }],
    [entry(1, home, away, { score: { ft: [1, -1] } })],
    [entry(1, home, "")],
  ])("that is not as documented is rejected, and the others are told: %o", (broken) => {
    const { observations, rejected } = page([entry(2, away, home), broken]);
    expect(rejected).toMatchObject([{ code: "unreadable-match", match: "2025-26/de.1 match 2" }]);
    expect(observations).toHaveLength(1);
  });

  test("with a score before its kick-off is in doubt", () => {
    const { observations, quarantined } = one({ score: { ft: [1, 0] } }, before);
    expect([observations, quarantined.map(({ code }) => code)]).toEqual([[], ["early-score"]]);
  });
});

describe("a date without a word", () => {
  const knownAs = (status: KnownMatch["status"]): KnownMatch => ({
    id,
    matchday: "1",
    kickoff: Date.parse("2025-08-23T13:30:00Z"),
    status,
    home: { id: "hamburger-sv", name: home },
    away: { id: "augsburg", name: away },
  });

  test.each(["finished", "postponed", "abandoned", "cancelled", "awarded"] as const)(
    "takes nothing back of a match that is %s",
    (status) => expect(one({}, after, [knownAs(status)]).observations).toEqual([]),
  );

  test.each(["postponed", "abandoned", "cancelled"] as const)(
    "that is ahead is the new one of a match that was %s",
    (status) => {
      expect(one({}, before, [knownAs(status)]).observations).toMatchObject([{ fixture: { status: "scheduled" } }]);
    },
  );

  test("after the kick-off invents no match under way: the file says nothing of it", () => {
    expect(one({}).observations).toMatchObject([{ fixture: { status: "scheduled" } }]);
  });
});

test.each([[null], [[]], ["text"], [{}], [{ matches: "none" }], [{ matches: Array.from({ length: 2001 }, () => 0) }]])(
  "JSON that is no such file is a permanent error: %o",
  (json) => {
    const read = () => seasonPage(bundesliga, season, json, after, { matches: () => [] });
    expect(read).toThrow(expect.objectContaining({ name: "SourceError", category: "permanent" }));
  },
);

describe("the source", () => {
  const known = { matches: () => [] };
  const files = (seasons: Record<string, unknown>): SeasonFiles => ({
    read: (_league, season) => Promise.resolve(seasons[season] ?? null),
    close: () => Promise.resolve(),
  });
  const source = (seasons: Record<string, unknown>, season: string | null = null) =>
    createOpenfootball({ files: files(seasons), leagues: [bundesliga], season, known });
  const window = (now: number) => ({ from: null, to: now + 48 * 60 * 60 * 1000 });
  const matches = sixClubs();

  test("tells the whole season that is on, whatever the window", async () => {
    const now = Date.parse("2025-10-01T12:00:00Z");
    const page = await source({ [season]: file(matches), "2024-25": file([]) }).fixtures(
      "bl1",
      window(now),
      now,
      signal,
    );
    expect(page).toMatchObject({ rejected: [], quarantined: [], budget: null, exhausted: false });
    expect(page.observations).toHaveLength(30);
  });

  test("reads the season to come where there is one", async () => {
    const now = Date.parse("2026-08-02T12:00:00Z");
    const both = source({ [season]: file(matches), "2026-27": file([]) });
    expect((await both.fixtures("bl1", window(now), now, signal)).observations).toHaveLength(30);
    const next = source({ [season]: file(matches) });
    expect((await next.fixtures("bl1", window(now), now, signal)).observations).toHaveLength(30);
    await expect(source({}).fixtures("bl1", window(now), now, signal)).rejects.toMatchObject({
      category: "permanent",
      message: "there is no 2025-26/de.1.json: check FULLTIME_SOURCE_URL and FULLTIME_COMPETITIONS",
    });
  });

  test("answers a sweep with the matches that were asked for", async () => {
    const asked = ["bl1-2025-26-bayern-munchen-sc-freiburg", "bl1-2025-26-rb-leipzig-vfb-stuttgart", "pl-2025-26-a-b"];
    const page = await source({ [season]: file(matches) }).results("bl1", asked, after, signal);
    expect(page.observations.map(({ matchId }) => matchId).sort()).toEqual(asked.slice(0, 2));
  });

  test("is exhausted a week after a season that is over, a month after one that is not, and never without one season", async () => {
    const last = Date.parse("2025-10-25T13:30:00Z");
    const day = 24 * 60 * 60 * 1000;
    const ended = matches.map((it) => ({ ...it, score: { ft: [1, 0] } }));
    const exhausted = async (all: unknown[], now: number, only: string | null = season) =>
      (await source({ [season]: file(all) }, only).fixtures("bl1", window(now), now, signal)).exhausted;
    expect(await exhausted(ended, last + 7 * day - 1)).toBe(false);
    expect(await exhausted(ended, last + 7 * day)).toBe(true);
    expect(await exhausted(matches, last + 30 * day - 1)).toBe(false);
    expect(await exhausted(matches, last + 30 * day)).toBe(true);
    expect(await exhausted(ended, last + 100 * day, null)).toBe(false);
  });

  test("has no line-ups, and no other competition", async () => {
    const it = source({});
    expect(await it.lineups("bl1", id, after, signal)).toEqual({
      available: false,
      why: "openfootball has no line-ups",
    });
    await expect(it.fixtures("pl", window(after), after, signal)).rejects.toMatchObject({ category: "permanent" });
  });
});

describe("files", () => {
  test("are read by season and code, and again when they change", async () => {
    const dir = tempDir();
    mkdirSync(join(dir, season));
    const path = join(dir, season, "de.1.json");
    const files = directoryFiles(dir);
    expect(await files.read(bundesliga, season, after, signal)).toBeNull();
    writeFileSync(path, JSON.stringify(file([1])));
    const first = await files.read(bundesliga, season, after, signal);
    expect(first).toEqual(file([1]));
    expect(await files.read(bundesliga, season, after, signal)).toBe(first);
    writeFileSync(path, JSON.stringify(file([2])));
    utimesSync(path, 1, 1);
    expect(await oneFile(path).read(bundesliga, "any", after, signal)).toEqual(file([2]));
    expect(await files.read(bundesliga, season, after, signal)).toEqual(file([2]));
  });

  test.each(["", "{", "<html></html>", '{"matches": [}'])(
    "that are no JSON (%o) may be whole again next time",
    async (text) => {
      const path = join(tempDir(), "broken.json");
      writeFileSync(path, text);
      await expect(oneFile(path).read(bundesliga, season, after, signal)).rejects.toMatchObject({
        name: "SourceError",
        category: "transient",
        message: expect.stringContaining("broken.json is no JSON"),
      });
    },
  );
});

describe.skipIf(sharedFootball === null)("real seasons", () => {
  const dir = sharedFootball ?? "";
  const real = (league: string, season: string) =>
    seasonPage(
      leagueNamed(league),
      season,
      JSON.parse(readFileSync(join(dir, season, `${leagueNamed(league).codes.openfootball}.json`), "utf8")) as unknown,
      after,
      { matches: () => [] },
    );

  test.each(["2013-14", "2014-15", "2015-16", "2016-17"])(
    "%s has the archive's matches under the archive's ids",
    (season) => {
      for (const league of ["pl", "bl1"]) {
        const archive = archiveRows().matches.filter((it) => it.competition === league && it.season === season);
        const ids = real(league, season).observations.map(({ matchId }) => matchId);
        expect(ids.toSorted()).toEqual(archive.map((it) => it.id).toSorted());
      }
    },
  );

  test("the month in the wrong year of 2019-20 is in doubt, and nothing else", () => {
    const { observations, rejected, quarantined } = real("pl", "2019-20");
    expect([observations.length, rejected.length, quarantined.length]).toEqual([314, 0, 66]);
    expect(new Set(quarantined.map(({ code, text }) => `${code} ${text.slice(0, 7)}`))).toEqual(
      new Set(["implausible-date 2019-07"]),
    );
  });

  test("have no match that begins before the time that one without a time gets", () => {
    const begin = new Map<string, string>();
    for (const season of readdirSync(dir))
      for (const name of readdirSync(join(dir, season))) {
        const code = name.slice(0, 4);
        const { matches } = JSON.parse(readFileSync(join(dir, season, name), "utf8")) as {
          matches: { time?: string }[];
        };
        for (const { time } of matches) {
          const at = time?.padStart(5, "0") ?? "99:99";
          if (at < (begin.get(code) ?? "99:99")) begin.set(code, at);
        }
      }
    const assumed = (id: string) => leagueNamed(id).kickoff;
    expect(Object.fromEntries(begin)).toEqual({ "de.1": assumed("bl1"), "en.1": assumed("pl") });
  });

  test("all others are told whole", () => {
    for (const season of ["2017-18", "2018-19", "2020-21", "2021-22"])
      for (const [league, matches] of [
        ["pl", 380],
        ["bl1", 306],
      ] as const) {
        const { observations, rejected, quarantined } = real(league, season);
        expect([observations.length, rejected, quarantined]).toEqual([matches, [], []]);
        const known = new Map<string, KnownMatch>();
        learn(known, { observations, rejected, quarantined, budget: null, exhausted: false });
        expect(known.size).toBe(matches);
      }
  });
});
