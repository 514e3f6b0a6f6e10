import { describe, expect, onTestFinished, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { createFootballData } from "../../src/sources/football-data.ts";
import { type Known, nothingKnown } from "../../src/sources/known.ts";
import type { LiveOptions } from "../../src/sources/live.ts";
import { startFootballData } from "../support/football-data-server.ts";

const key = "canary-key-0123456789";
const now = Date.parse("2025-08-31T12:00:00Z");
const day = 24 * 60 * 60_000;
const { signal } = new AbortController();

async function scene(options: Partial<LiveOptions> & { limit?: { count: number; windowMs: number } } = {}) {
  const { limit, ...more } = options;
  const server = await startFootballData({ key, ...(limit === undefined ? {} : { limit }) });
  const source = createFootballData({
    url: server.url,
    key,
    competitions: ["BL1"],
    known: nothingKnown,
    clock: wallClock,
    perMinute: 1000,
    ...more,
  });
  onTestFinished(async () => {
    await source.close();
    await server.down();
  });
  const season = () =>
    source.fixtures("bl1", { from: now - 7 * day, to: now + 2 * day }, now, new AbortController().signal);
  return { server, source, season };
}

/** Of one match, by the provider's number. */
function statusOf(page: Awaited<ReturnType<Awaited<ReturnType<typeof scene>>["season"]>>, ref: number) {
  const found = page.observations.find(({ fixture }) => fixture.source.ref === String(ref));
  return found === undefined ? null : { status: found.fixture.status, score: found.result?.score ?? null };
}

const goals = (home: number, away: number) => ({ home, away });

describe("a season", () => {
  test("is one call, with every documented status as ours and the score after 90 minutes", async () => {
    const { server, season } = await scene();
    const page = await season();
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]).toMatchObject({ path: "/v4/competitions/BL1/matches" });
    expect(Object.fromEntries(page.observations.map(({ fixture }) => [fixture.source.ref, fixture.status]))).toEqual({
      "540001": "finished",
      "540002": "finished",
      "540003": "finished",
      "540006": "awarded",
      "540007": "cancelled",
      "540008": "postponed",
      "540009": "interrupted",
      "540010": "in-play",
      "540011": "in-play",
      "540012": "in-play",
      "540013": "in-play",
      "540014": "scheduled",
      "540015": "scheduled",
      "540017": "scheduled",
    });
    const regular = { regular: goals(6, 0), extraTime: null, shootOut: null };
    expect(statusOf(page, 540001)?.score).toEqual(regular);
    expect(statusOf(page, 540002)?.score).toEqual({ regular: goals(2, 2), extraTime: goals(3, 2), shootOut: null });
    expect(statusOf(page, 540003)?.score).toEqual({
      regular: goals(2, 2),
      extraTime: goals(3, 3),
      shootOut: goals(4, 2),
    });
    expect(page.observations.filter(({ result }) => result !== null)).toHaveLength(3);
    expect(page).toMatchObject({ budget: null, exhausted: false });
  });

  test("an unknown status and a score that cannot be known are told and keep out nobody else", async () => {
    const { season } = await scene();
    const { rejected, quarantined } = await season();
    const remedy = "; it waits until football-data.org corrects it: tell them";
    expect(quarantined).toEqual([
      {
        code: "no-90-minute-score",
        match: "540004 2025-08-23 SC Freiburg v FC Augsburg",
        text: `it went to a shoot-out and the score after 90 minutes is not told${remedy}`,
      },
      expect.objectContaining({ code: "no-90-minute-score", match: expect.stringContaining("540005") }),
    ]);
    expect(rejected).toEqual([
      {
        code: "unknown-status",
        match: "540016 2025-08-31 Borussia Dortmund v 1. FC Union Berlin",
        text: 'status "ABANDONED_BY_ALIENS" is not documented',
      },
    ]);
  });

  test("keeps the provider's instant; a time that is not settled is the league's own, and assumed", async () => {
    const { season } = await scene();
    const { observations } = await season();
    const of = (ref: string) => observations.find(({ fixture }) => fixture.source.ref === ref);
    expect(of("540014")).toMatchObject({
      matchId: "bl1-2025-26-augsburg-bayern-munchen",
      fixture: { kickoff: "2025-08-30T16:30:00.000Z", timeAssumed: false, matchday: "2" },
    });
    expect(of("540015")?.fixture).toMatchObject({ kickoff: "2025-09-13T11:30:00.000Z", timeAssumed: true });
    expect(of("540017")?.fixture.matchday).toBe("RELEGATION");
  });

  test("a match that is nonsense is rejected alone, an envelope that is permanent", async () => {
    const { server, season } = await scene();
    const list = server.lists.get("BL1-2025") ?? [];
    list.push({ id: 7, utcDate: "yesterday" }, null as never, [] as never);
    const page = await season();
    expect(page.observations).toHaveLength(14);
    expect(page.rejected.filter(({ code }) => code === "unreadable")).toMatchObject([
      { match: "7", text: expect.stringContaining("utcDate") },
      { match: "a match without id" },
      { match: "a match without id" },
    ]);
    server.fault = { kind: "status", status: 200, body: { games: [] } };
    await expect(season()).rejects.toMatchObject({
      category: "permanent",
      message: expect.stringContaining("matches"),
    });
  });

  test("of a server with a wrong clock is taken, and that is told", async () => {
    const { server, season } = await scene();
    server.fault = { kind: "skewed", ms: -2 * 60 * 60_000 };
    const page = await season();
    expect(page.observations).toHaveLength(14);
    expect(page.rejected[0]).toEqual({
      code: "clock-skew",
      match: "football-data.org",
      text: "its clock is 120 min behind ours",
    });
  });
});

describe("a match that has ended before its kick-off", () => {
  const kickoff = Date.parse("2025-08-22T18:30:00Z");
  const at = async (time: number) => {
    const { source } = await scene();
    return source.fixtures("bl1", { from: time, to: time + day }, time, signal);
  };

  test("is in doubt", async () => {
    const page = await at(kickoff - 6 * 60_000);
    expect(page.observations.filter(({ result }) => result !== null)).toEqual([]);
    expect(page.quarantined).toContainEqual({
      code: "early-score",
      match: expect.stringMatching(/^540001 /),
      text: expect.stringContaining("before its kick-off"),
    });
  });

  test("by no more than clocks differ is not", async () => {
    expect(statusOf(await at(kickoff - 4 * 60_000), 540001)).toMatchObject({ status: "finished" });
  });
});

describe("a season that is refused", () => {
  const summer = Date.parse("2026-08-02T12:00:00Z");
  const seasons = { from: summer - day, to: summer + 2 * day };

  test("is told and loses nothing of the other", async () => {
    const { source, server } = await scene();
    const page = await source.fixtures("bl1", seasons, summer, signal);
    expect(server.asked).toHaveLength(2);
    expect(page.observations).toHaveLength(14);
    expect(page.rejected[0]).toEqual({
      code: "season-refused",
      match: "bl1-2026-27",
      text: expect.stringContaining("HTTP 404"),
    });
    const ids = ["bl1-2026-27-bayern-munchen-rb-leipzig", page.observations[0]?.matchId ?? ""];
    const swept = await source.results("bl1", ids, summer, signal);
    expect(swept.observations.map(({ matchId }) => matchId)).toEqual(ids.slice(1));
    expect(swept.rejected.map(({ code }) => code)).not.toContain("gone");
  });

  test("is the failure where no other is left", async () => {
    const { source, server } = await scene();
    server.lists.clear();
    await expect(source.fixtures("bl1", seasons, summer, signal)).rejects.toMatchObject({ category: "permanent" });
  });
});

describe("a sweep", () => {
  const ids = ["bl1-2025-26-bayern-leipzig", "bl1-2025-26-hamburger-sv-st-pauli"];
  const knownOf = (kickoffs: Record<string, string>): Known => ({
    matches: (_, season) =>
      season !== "2025-26"
        ? []
        : Object.entries(kickoffs).map(([id, kickoff]) => ({
            id,
            matchday: null,
            kickoff: Date.parse(kickoff),
            status: "in-play",
            home: { id: id.split("-")[3] ?? "", name: "" },
            away: { id: "", name: "" },
          })),
  });

  test("asks for the days of its matches in one call, and answers about no other", async () => {
    const { source, season } = await scene();
    const all = await season();
    const [first, second] = ["540001", "540010"].map(
      (ref) => all.observations.find(({ fixture }) => fixture.source.ref === ref)?.matchId ?? "",
    ) as [string, string];
    const it = await scene({ known: seenIn(all) });
    const page = await it.source.results("bl1", [first, second], now, signal);
    expect(page.observations.map(({ matchId }) => matchId)).toEqual([first, second]);
    expect(it.server.asked.map(({ query }) => Object.fromEntries(query))).toEqual([
      { season: "2025", dateFrom: "2025-08-22", dateTo: "2025-08-30" },
    ]);
    expect(source.name).toBe("football-data");
  });

  test("finds one that moved by reading the season, and says so of one that is gone", async () => {
    const { season } = await scene();
    const all = await season();
    const it = await scene({ known: seenIn(all) });
    const moved = it.server.lists.get("BL1-2025")?.find(({ id }) => id === 540001);
    Object.assign(moved ?? {}, { utcDate: "2025-10-01T18:30:00Z", status: "TIMED" });
    const id = all.observations.find(({ fixture }) => fixture.source.ref === "540001")?.matchId ?? "";
    const page = await it.source.results("bl1", [id], now, signal);
    expect(page.observations).toMatchObject([{ matchId: id, fixture: { kickoff: "2025-10-01T18:30:00.000Z" } }]);
    expect(it.server.asked).toHaveLength(2);
    const list = it.server.lists.get("BL1-2025") ?? [];
    it.server.lists.set(
      "BL1-2025",
      list.filter(({ id }) => id !== 540001),
    );
    const gone = await it.source.results("bl1", [id], now, signal);
    expect(gone.observations).toEqual([]);
    expect(gone.rejected).toContainEqual(expect.objectContaining({ code: "gone", match: id }));
  });

  test("over more than ten days is one call for the season: longer spans are refused there", async () => {
    const { source, server } = await scene({
      known: knownOf({ [ids[0] ?? ""]: "2025-08-22T18:30:00Z", [ids[1] ?? ""]: "2025-09-29T18:30:00Z" }),
    });
    await source.results("bl1", ids, now + 40 * day, signal);
    expect(server.asked[0]?.query.has("dateFrom")).toBe(false);
  });
});

/** What the log has after a page. */
function seenIn(page: {
  observations: {
    matchId: string;
    fixture: {
      kickoff: string;
      teams: { home: { id: string; name: string }; away: { id: string; name: string } };
      matchday: string | null;
    };
  }[];
}): Known {
  return {
    matches: (_, season) =>
      season !== "2025-26"
        ? []
        : page.observations.map(({ matchId, fixture }) => ({
            id: matchId,
            matchday: fixture.matchday,
            kickoff: Date.parse(fixture.kickoff),
            status: "scheduled",
            home: fixture.teams.home,
            away: fixture.teams.away,
          })),
  };
}

describe("line-ups", () => {
  const id = "bl1-2025-26-augsburg-bayern-munchen";

  test("come with the match, by the number of the last page", async () => {
    const { source, season, server } = await scene();
    await season();
    const answer = await source.lineups("bl1", id, now, signal);
    expect(answer).toMatchObject({ available: true, home: { length: 11 }, away: { length: 11 } });
    expect(server.asked.at(-1)).toMatchObject({ path: "/v4/matches/540014", headers: { "x-unfold-lineups": "true" } });
  });

  test("after a restart cost one call more", async () => {
    const { source, server } = await scene();
    const asked = Array.from({ length: 5 }, () => source.lineups("bl1", id, now, new AbortController().signal));
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ available: true });
    expect(server.asked.filter(({ path }) => path.startsWith("/v4/competitions"))).toHaveLength(1);
    await expect(source.lineups("bl1", "bl1-2025-26-a-b", now, signal)).rejects.toMatchObject({
      category: "permanent",
    });
  });

  test("that are empty are not there yet; a plan without them says so", async () => {
    const { source, server, season } = await scene();
    await season();
    const detail = server.details.get(540014) as { homeTeam: object; awayTeam: object };
    server.details.set(540014, { ...detail, awayTeam: { ...detail.awayTeam, lineup: [] } });
    expect(await source.lineups("bl1", id, now, signal)).toBeNull();
    server.details.delete(540014);
    expect(await source.lineups("bl1", id, now, signal)).toMatchObject({
      available: false,
      why: expect.stringMatching(/plan/),
    });
  });
});

describe("the limit of a minute", () => {
  test("that another process has used up is waited for before the next call", async () => {
    const { server, season } = await scene();
    const body = { matches: server.lists.get("BL1-2025") };
    const left = (left: string, reset: string) => ({
      kind: "status" as const,
      status: 200,
      headers: { "x-requests-available-minute": left, "x-requestcounter-reset": reset },
      body,
    });
    server.fault = left("1", "50");
    await season();
    server.fault = left("0", "50");
    await season();
    await expect(season()).rejects.toMatchObject({ category: "rate-limited", retryAt: expect.any(Number) });
    expect(server.asked).toHaveLength(2);
  });

  test("is never passed, however many ask at once; as measured by the server", { timeout: 20_000 }, async () => {
    const limit = { count: 10, windowMs: 1000 };
    const { source, server, season } = await scene({ limit, perMinute: 10, minuteMs: 2000 });
    const pages = await Promise.all(Array.from({ length: 35 }, season));
    expect(pages).toHaveLength(35);
    const at = server.asked.map((one) => one.at);
    const most = Math.max(...at.map((start) => at.filter((it) => it >= start && it < start + 1000).length));
    expect(most).toBeLessThanOrEqual(10);
    expect(source.name).toBe("football-data");
  });

  test("refuses at once what would have to wait longer than its asker, and says until when", async () => {
    const { season, server } = await scene({ perMinute: 2, minuteMs: 120_000 });
    await season();
    await season();
    await expect(season()).rejects.toMatchObject({ category: "rate-limited", retryAt: expect.any(Number) });
    expect(server.asked).toHaveLength(2);
  });

  test("of a server that counts otherwise is kept to: 429 is waited for", async () => {
    const { season, server } = await scene({ limit: { count: 0, windowMs: 40_000 } });
    await expect(season()).rejects.toMatchObject({
      category: "rate-limited",
      message: expect.stringMatching(/Wait \d+ seconds/),
    });
    await expect(season()).rejects.toMatchObject({ category: "rate-limited" });
    expect(server.asked).toHaveLength(1);
  });
});

test("a key that it does not know is refused, without a word of it", async () => {
  const { season, server } = await scene({ key: "another-canary" });
  await expect(season()).rejects.toMatchObject({
    category: "permanent",
    message: expect.stringMatching(/invalid.*FULLTIME_SOURCE_KEY/),
  });
  await expect(season()).rejects.toMatchObject({ message: expect.not.stringContaining("another-canary") });
  expect(server.asked[0]?.headers["x-auth-token"]).toBe("another-canary");
});

test("what it offers", async () => {
  const { source } = await scene();
  expect(await source.offer(signal)).toEqual({
    plan: null,
    budget: null,
    perMinute: 1000,
    competitions: [
      {
        code: "PL",
        id: "pl",
        name: "Premier League",
        season: { first: "2025-08-15", last: "2026-05-24" },
        lineups: null,
      },
      {
        code: "BL1",
        id: "bl1",
        name: "Bundesliga",
        season: { first: "2025-08-22", last: "2026-05-16" },
        lineups: null,
      },
      {
        code: "BSA",
        id: null,
        name: expect.stringContaining("Brasileiro"),
        season: { first: "2025-03-29", last: "2025-12-21" },
        lineups: null,
      },
    ],
  });
});
