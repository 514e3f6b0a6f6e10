import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { startApiFootball } from "../support/api-football-server.ts";
import { startFootballData } from "../support/football-data-server.ts";
import { startFulltime } from "../support/node-process.ts";
import { apiFootballFixture, footballDataMatch, presentSeason } from "../support/provider-match.ts";
import { tempDir } from "../support/temp.ts";

const key = "canary-key-0123456789";
const hour = 3_600_000;

interface Checked {
  schemaVersion: number;
  source: string;
  offer: { budget: object | null; competitions: { code: string; id: string | null }[] } | null;
  followed: { id: string; matches: number; finished: number; lineups: boolean | null; sample: { matchId: string } }[];
}

async function check(args: readonly string[], more: Record<string, string>) {
  const run = await startFulltime(tempDir(), ["source", "check", ...args], { FULLTIME_SOURCE_KEY: key, ...more }).ended;
  expect(run.stdout + run.stderr).not.toContain(key);
  return { ...run, json: <T>() => JSON.parse(run.stdout) as T };
}

async function footballData() {
  const server = await startFootballData({ key });
  onTestFinished(() => server.down());
  const now = wallClock.now();
  const score = { duration: "REGULAR", fullTime: { home: 2, away: 1 } };
  server.lists.set(presentSeason.footballData, [
    { ...footballDataMatch({ number: 1, pairing: 0, kickoff: now - 3 * hour }), status: "FINISHED", score },
    footballDataMatch({ number: 2, pairing: 11, kickoff: now + 20 * hour }),
    footballDataMatch({ number: 3, pairing: 12, kickoff: now + 40 * hour }),
    { ...footballDataMatch({ number: 4, pairing: 13, kickoff: now + 41 * hour }), status: "ODD" },
  ]);
  return {
    server,
    more: { FULLTIME_SOURCE: "football-data", FULLTIME_SOURCE_URL: server.url, FULLTIME_COMPETITIONS: "BL1" },
  };
}

describe("source check", { timeout: 120_000 }, () => {
  test("says what football-data.org offers and how a match would be recorded", async () => {
    const { more } = await footballData();
    const [people, script] = await Promise.all([check([], more), check(["--json"], more)]);
    expect(script).toMatchObject({ code: 0, stderr: "" });
    expect(script.json<Checked>()).toMatchObject({
      schemaVersion: 1,
      source: "football-data",
      offer: { budget: null, competitions: [{ code: "PL" }, { code: "BL1", id: "bl1" }, { code: "BSA", id: null }] },
      followed: [
        {
          id: "bl1",
          matches: 3,
          finished: 1,
          lineups: false,
          rejected: [{ code: "unknown-status" }],
          sample: { fixture: { source: { ref: "2" }, status: "scheduled" } },
        },
      ],
    });
    expect(people.code).toBe(0);
    expect(people.stdout).toMatch(/calls {2}10 a minute, no daily limit/);
    expect(people.stdout).toMatch(/BL1 +bl1 +Bundesliga .*followed/);
    expect(people.stdout).toMatch(/3 matches, 1 finished; line-ups: no/);
    expect(people.stdout).toContain(script.json<Checked>().followed[0]?.sample.matchId);
  });

  test("says what API-Football offers, by its name; without competitions it looks at one", async () => {
    const server = await startApiFootball({ key });
    onTestFinished(() => server.down());
    server.lists.set(presentSeason.apiFootball, [
      apiFootballFixture({ number: 7, pairing: 3, kickoff: wallClock.now() + hour }),
    ]);
    const url = { FULLTIME_SOURCE_URL: server.url };
    const run = await check(["api-football", "--json"], { ...url, FULLTIME_COMPETITIONS: "bl1" });
    expect(run.json<Checked>()).toMatchObject({
      source: "api-football",
      offer: { plan: "Free", budget: { limit: 100 }, perMinute: 300, competitions: [{ code: "78", lineups: true }] },
      followed: [{ id: "bl1", matches: 1, lineups: true }],
    });
    const people = await check(["api-football"], url);
    expect(people.code).toBe(0);
    expect(people.stderr).toContain("FULLTIME_COMPETITIONS names none; 39 is looked at");
    expect(people.stdout).toMatch(/9\d of 100 left today, whole again at .* 00:00:00 UTC/);
  });

  test("exits 5 for a refused key, 6 for a source that cannot be reached, 1 for a spent quota, 2 for a wrong word", async () => {
    const { server, more } = await footballData();
    const refused = await check([], { ...more, FULLTIME_SOURCE_KEY: "another-canary" });
    expect(refused).toMatchObject({ code: 5, stdout: "", stderr: expect.stringContaining("FULLTIME_SOURCE_KEY") });
    expect(refused.stderr).not.toContain("another-canary");
    server.fault = { kind: "html" };
    expect(await check([], more)).toMatchObject({ code: 6, stderr: expect.stringContaining("web page") });
    server.fault = { kind: "status", status: 404 };
    expect(await check([], more)).toMatchObject({ code: 6, stderr: expect.stringContaining("HTTP 404") });
    await server.down();
    expect(await check([], more)).toMatchObject({ code: 6, stderr: expect.stringContaining("cannot be reached") });

    const spent = await startApiFootball({ key, perDay: 0 });
    onTestFinished(() => spent.down());
    const quota = await check(["api-football"], { FULLTIME_SOURCE_URL: spent.url, FULLTIME_COMPETITIONS: "78" });
    expect(quota).toMatchObject({ code: 1, stderr: expect.stringMatching(/used up.*ask again after .* 00:00 UTC/s) });
    expect(await check(["elsewhere"], {})).toMatchObject({ code: 2 });
  });

  test("tells of a competition that is refused, and what the others have: exit 4", async () => {
    const { more } = await footballData();
    const both = { ...more, FULLTIME_COMPETITIONS: "PL,BL1" };
    const [people, script] = await Promise.all([check([], both), check(["--json"], both)]);
    for (const run of [people, script]) {
      expect(run.code).toBe(4);
      expect(run.stderr).toMatch(/^error: pl matches: football-data\.org refuses the request \(HTTP 404\)/);
    }
    expect(people.stdout).toMatch(/pl {2}Premier League \(PL\)\n {2}no matches: .*HTTP 404/);
    expect(people.stdout).toMatch(/bl1 {2}Bundesliga \(BL1\)\n {2}3 matches, 1 finished/);
    expect(script.json<Checked>().followed).toMatchObject([
      { id: "pl", matches: 0, sample: null, failed: { what: "matches", category: "permanent" } },
      { id: "bl1", matches: 3, failed: null },
    ]);
    const alone = await check([], { ...more, FULLTIME_COMPETITIONS: "PL" });
    expect(alone).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error: pl matches: .*HTTP 404/) });
    expect(alone.stdout).toContain("10 a minute");
  });

  test("trusts a certificate of NODE_EXTRA_CA_CERTS, beside the system's", async () => {
    const server = await startFootballData({ key, tls: true });
    onTestFinished(() => server.down());
    server.lists.set(presentSeason.footballData, []);
    const more = {
      FULLTIME_SOURCE: "football-data",
      FULLTIME_SOURCE_URL: server.url,
      FULLTIME_COMPETITIONS: "BL1",
    };
    const authority = join(tempDir(), "ca.pem");
    writeFileSync(authority, server.ca ?? "");
    const [without, trusted] = await Promise.all([
      check([], more),
      check([], { ...more, NODE_EXTRA_CA_CERTS: authority }),
    ]);
    expect(without).toMatchObject({ code: 6, stderr: expect.stringContaining("NODE_EXTRA_CA_CERTS") });
    expect(trusted).toMatchObject({ code: 0, stderr: "" });
  });

  test("a key with letters that no header can carry is exit 2, and not told", async () => {
    const run = await check([], { FULLTIME_SOURCE: "football-data", FULLTIME_SOURCE_KEY: "k\u0435y\u20130" });
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^error: FULLTIME_SOURCE_KEY: holds characters that no HTTP header can carry/);
    expect(run.stderr).not.toContain("\u20130");
  });

  test("a token in the query of an address is not told by its error", async () => {
    const FULLTIME_SOURCE_URL = "https://relay.example/v4?token=hunter2";
    const [source, shown] = await Promise.all([
      check([], { FULLTIME_SOURCE: "football-data", FULLTIME_SOURCE_URL }),
      startFulltime(tempDir(), ["config"], {
        FULLTIME_ALERT_URL: "https://ops.example/hook?token=hunter2",
        FULLTIME_ALERT_SECRET: "0123456789abcdef",
      }).ended,
    ]);
    expect(source).toMatchObject({ code: 2, stderr: expect.stringContaining("https://relay.example/v4?********") });
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("https://ops.example/hook?********") });
    for (const run of [source, shown]) expect(run.stdout + run.stderr).not.toContain("hunter2");
  });

  test("asks the archive too, which needs no key", async () => {
    const run = await check(["--json"], { FULLTIME_SOURCE_KEY: "" });
    expect(run.json<Checked>()).toMatchObject({
      source: "archive",
      offer: null,
      followed: [{ id: "pl", lineups: false }],
    });
  });
});
