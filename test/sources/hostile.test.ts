import { describe, expect, test } from "vitest";
import { errorOf } from "../../src/sources/api-football-errors.ts";
import { readFixture } from "../../src/sources/api-football-fixture.ts";
import { lineupsSchema as ofApiFootball } from "../../src/sources/api-football-schema.ts";
import { leagueOf } from "../../src/sources/competitions.ts";
import { readMatch } from "../../src/sources/football-data-match.ts";
import { lineupsSchema as ofFootballData } from "../../src/sources/football-data-schema.ts";
import { readEach } from "../../src/sources/live.ts";
import { envelope } from "../support/provider-server.ts";

const league = leagueOf("football-data", "BL1");
if (league === null) throw new Error("no BL1");
const season = "2025-26";
const endless = "x".repeat(1 << 20);

type Document = Record<string, Record<string, unknown>>;

/** Arrays in arrays, deeper than any stack. */
function deep(): unknown {
  let value: unknown = "bottom";
  for (let i = 0; i < 100_000; i++) value = [value];
  return value;
}

const [match] = (envelope("football-data", "BL1-2025") as { matches: Document[] }).matches;
const [fixture] = (envelope("api-football", "fixtures-78-2025") as { response: Document[] }).response;
if (match === undefined || fixture === undefined) throw new Error("no documents");

const withId = (id: unknown) => [
  { ...match, id },
  { ...fixture, fixture: { ...fixture.fixture, id } },
];

const providers = [
  ["football-data", match, (raw: unknown) => readMatch(raw, league, season)],
  ["api-football", fixture, (raw: unknown) => readFixture(raw, league, season)],
] as const;

describe.each(providers)("%s", (name, good, read) => {
  const isMatch = name === "football-data";
  const of = (more: { name?: string; round?: string; status?: string; id?: unknown }): unknown => {
    const { name: club, round, status } = more;
    if ("id" in more) return withId(more.id)[isMatch ? 0 : 1];
    if (isMatch)
      return {
        ...good,
        ...(club === undefined ? {} : { homeTeam: { ...good.homeTeam, name: club } }),
        ...(round === undefined ? {} : { stage: round }),
        ...(status === undefined ? {} : { status }),
      };
    return {
      ...good,
      ...(club === undefined
        ? {}
        : { teams: { ...good.teams, home: { ...(good.teams?.home as object), name: club } } }),
      ...(round === undefined ? {} : { league: { ...good.league, round } }),
      ...(status === undefined ? {} : { fixture: { ...good.fixture, status: { short: status } } }),
    };
  };

  test.each([{ name: endless }, { round: endless }, { status: endless }, { id: endless }])(
    "an endless word keeps out its own match alone, and the remark stays short",
    (more) => {
      const { told, refused } = readEach([good, of(more), good], read);
      expect([told.length, refused.length]).toEqual([2, 1]);
      expect(JSON.stringify(refused).length).toBeLessThan(1000);
    },
  );

  test.each([
    ["a deep array", deep()],
    ["an object", { toString: 1 }],
    ["a flag", true],
    ["nothing", null],
  ])("%s is no number of a match", (_, id) =>
    expect(read(of({ id }))).toMatchObject({ code: "unreadable", match: "a match without id", ref: null }),
  );
});

test("errors of any depth are told in a few words", () => {
  const quote = (words: string) => words.slice(0, 160);
  expect(errorOf({ plan: deep() }, 0, quote)?.message).toContain("plan: [");
  expect(errorOf([deep()], 0, quote)).toMatchObject({ category: "permanent" });
});

test("line-ups with an endless name or without end are not as documented", () => {
  const player = { name: endless };
  const many = Array.from({ length: 1000 }, () => ({ name: "Finn Dahmen" }));
  for (const players of [[player], many]) {
    expect(ofFootballData.safeParse({ homeTeam: { lineup: players }, awayTeam: {} }).success).toBe(false);
    const side = { team: { name: "Augsburg" }, startXI: players.map((it) => ({ player: it })) };
    expect(ofApiFootball.safeParse([side, side]).success).toBe(false);
  }
});
