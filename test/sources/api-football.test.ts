import { describe, expect, onTestFinished, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { createApiFootball } from "../../src/sources/api-football.ts";
import { KeyRefused } from "../../src/sources/http-failure.ts";
import { nothingKnown } from "../../src/sources/known.ts";
import type { LiveOptions } from "../../src/sources/live.ts";
import { type ApiFootballOptions, startApiFootball } from "../support/api-football-server.ts";

const key = "canary-key-0123456789";
const now = Date.parse("2025-08-31T12:00:00Z");
const day = 24 * 60 * 60_000;
const { signal } = new AbortController();

async function scene(options: Partial<LiveOptions> = {}, provider: Partial<ApiFootballOptions> = {}) {
  const server = await startApiFootball({ key, ...provider });
  const source = createApiFootball({
    url: server.url,
    key,
    competitions: ["78"],
    known: nothingKnown,
    clock: wallClock,
    ...options,
  });
  onTestFinished(async () => {
    await source.close();
    await server.down();
  });
  const season = () =>
    source.fixtures("bl1", { from: now - 7 * day, to: now + 2 * day }, now, new AbortController().signal);
  return { server, source, season };
}

const goals = (home: number, away: number) => ({ home, away });
const midnight = () => new Date().setUTCHours(24, 0, 0, 0);

describe("a season", () => {
  test("is one call in UTC, with every documented code as ours", async () => {
    const { server, season } = await scene();
    const page = await season();
    expect(server.asked.map(({ path, query }) => [path, Object.fromEntries(query)])).toEqual([
      ["/fixtures", { league: "78", season: "2025", timezone: "UTC" }],
    ]);
    expect(Object.fromEntries(page.observations.map(({ fixture }) => [fixture.source.ref, fixture.status]))).toEqual({
      "1388300": "finished",
      "1388301": "finished",
      "1388302": "finished",
      "1388303": "finished",
      "1388304": "walk-over",
      "1388305": "awarded",
      "1388306": "cancelled",
      "1388307": "postponed",
      "1388308": "interrupted",
      "1388309": "in-play",
      "1388310": "in-play",
      "1388311": "in-play",
      "1388312": "in-play",
      "1388313": "scheduled",
      "1388314": "scheduled",
      "1388316": "abandoned",
      "1388317": "in-play",
      "1388318": "interrupted",
      "1388319": "in-play",
      "1388320": "in-play",
    });
    expect(page.rejected).toEqual([
      {
        code: "unknown-status",
        match: "1388315 2025-08-31 Borussia Dortmund v Union Berlin",
        text: 'status "ALIENS" is not documented',
      },
    ]);
    expect(page.quarantined).toEqual([]);
  });

  test("has the score after 90 minutes, also after extra time and shoot-outs, and none of a void match", async () => {
    const { season } = await scene();
    const results = (await season()).observations.flatMap(({ fixture, result }) =>
      result === null ? [] : [[fixture.source.ref, result]],
    );
    expect(Object.fromEntries(results)).toEqual({
      "1388300": { how: "regular", score: { regular: goals(6, 0), extraTime: null, shootOut: null } },
      "1388301": { how: "extra-time", score: { regular: goals(2, 2), extraTime: goals(3, 2), shootOut: null } },
      "1388302": { how: "shoot-out", score: { regular: goals(2, 2), extraTime: goals(3, 3), shootOut: goals(4, 2) } },
      "1388303": { how: "shoot-out", score: { regular: goals(1, 1), extraTime: null, shootOut: goals(5, 4) } },
    });
  });

  test("keeps the instant, numbers the rounds, and assumes the time of one that is to be defined", async () => {
    const { season } = await scene();
    const { observations } = await season();
    const of = (ref: string) => observations.find(({ fixture }) => fixture.source.ref === ref)?.fixture;
    expect(of("1388313")).toMatchObject({ kickoff: "2025-08-30T16:30:00.000Z", timeAssumed: false, matchday: "2" });
    expect(of("1388314")).toMatchObject({ kickoff: "2025-09-13T11:30:00.000Z", timeAssumed: true });
  });

  test("what is nonsense is rejected alone", async () => {
    const { server, season } = await scene();
    const list = server.lists.get("78-2025") ?? [];
    const [first] = list;
    if (first === undefined) throw new Error("no fixtures");
    list.push(
      { fixture: { id: 9, date: "soon", status: { short: "NS" } } },
      { ...first, fixture: { ...first.fixture, id: 10 }, goals: goals(1, 0), score: { fulltime: goals(2, 2) } },
      { ...first, fixture: { ...first.fixture, id: 11 }, league: { id: 39, season: 2025 } },
    );
    server.lists.set("78-2025", list);
    const page = await season();
    expect(page.rejected.slice(1).map(({ code, match }) => [code, match.split(" ")[0]])).toEqual([
      ["unreadable", "9"],
      ["other-season", "11"],
    ]);
    list.splice(-2, 1);
  });
});

describe("a list that is divided into pages", () => {
  test("is read as one, a call each", async () => {
    const { server, season } = await scene();
    const whole = await season();
    server.perPage = 8;
    const page = await season();
    expect(server.asked.slice(1).map(({ query }) => query.get("page"))).toEqual([null, "2", "3"]);
    expect(page.observations).toEqual(whole.observations);
    expect(page.rejected).toEqual(whole.rejected);
    expect(page.budget).toMatchObject({ remaining: 96 });
  });

  test("is no list where a part of it cannot be had", async () => {
    const { server, season } = await scene({}, { perDay: 2 });
    server.perPage = 8;
    await expect(season()).rejects.toMatchObject({ category: "budget" });
    expect(server.asked).toHaveLength(2);
  });

  const body = (current: number, total: number) => ({
    kind: "status" as const,
    status: 200,
    body: { errors: [], paging: { current, total }, response: [] },
  });

  test.for([
    [body(1, 2), "permanent", "answers page 1 of /fixtures when asked for page 2"],
    [body(1, 11), "permanent", "divides /fixtures into 11 pages, and 10 are read at most"],
  ] as const)("is refused where it cannot be read: %j", async ([fault, category, words]) => {
    const { server, season } = await scene();
    server.fault = fault;
    await expect(season()).rejects.toMatchObject({ category, message: expect.stringContaining(words) });
  });

  test("is refused by the provider's own word where it knows no pages", async () => {
    const { server, source } = await scene();
    server.perPage = 8;
    const read = source.fixtures("bl1", { from: now, to: now + day }, now, signal);
    await server.wasAsked(1);
    server.perPage = null;
    await expect(read).rejects.toMatchObject({
      category: "permanent",
      message: "API-Football refuses the request: page: The Page field do not exist.",
    });
  });
});

test("two providers tell one match under one id", async () => {
  const { season } = await scene();
  const ids = (await season()).observations.map(({ matchId }) => matchId);
  expect(ids).toContain("bl1-2025-26-augsburg-bayern-munchen");
});

describe("the day's calls", () => {
  test("come with every page", async () => {
    const { season } = await scene({}, { perDay: 100 });
    await season();
    expect((await season()).budget).toEqual({
      remaining: 98,
      limit: 100,
      resetAt: new Date(midnight()).toISOString(),
    });
  });

  test("that are used up are category budget until midnight UTC, and asked for no more", async () => {
    const { season, server, source } = await scene({}, { perDay: 1 });
    await season();
    const spent = { category: "budget", retryAt: midnight() };
    await expect(season()).rejects.toMatchObject(spent);
    await expect(source.lineups("bl1", "bl1-2025-26-augsburg-bayern-munchen", now, signal)).rejects.toMatchObject(
      spent,
    );
    expect(server.asked).toHaveLength(1);
  });

  test("that are used up are that with HTTP 429 too, where the day is what is at its end", async () => {
    const { season, server } = await scene();
    const limited = (remaining: string) => ({ "x-ratelimit-requests-remaining": remaining });
    server.fault = { kind: "status", status: 429, headers: limited("0"), body: { message: "Too many requests" } };
    await expect(season()).rejects.toMatchObject({ category: "budget", retryAt: midnight() });
    server.fault = { kind: "status", status: 429, headers: limited("50"), body: "no" };
    await expect(season()).rejects.toMatchObject({ category: "rate-limited" });
  });

  test("that somebody else used up are told by the provider, under HTTP 200", async () => {
    const { season, server } = await scene();
    server.errors = { requests: "You have reached the request limit for the day." };
    await expect(season()).rejects.toMatchObject({ category: "budget", retryAt: midnight() });
  });

  test.each([
    ["0", "0"],
    ["0", "5"],
    ["-1", "5"],
    ["100", "-3"],
    ["100", "NaN"],
    ["99999999999999999999", "7"],
    ["100", "1e3"],
  ])("a limit of %s with %s left is no word on them, and forgotten", async (limit, left) => {
    const { season, server } = await scene();
    const body = { errors: [], response: server.lists.get("78-2025") };
    const headers = { "x-ratelimit-requests-limit": limit, "x-ratelimit-requests-remaining": left };
    server.fault = { kind: "status", status: 200, headers: { ...headers, "x-ratelimit-limit": "0" }, body };
    expect((await season()).budget).toBeNull();
    server.fault = null;
    expect((await season()).budget).toMatchObject({ limit: 100 });
  });
});

test("a key that a fixture repeats is in no remark and no fact", async () => {
  const { season, server } = await scene();
  const [first] = server.lists.get("78-2025") ?? [];
  if (first === undefined) throw new Error("no fixtures");
  const odd = { ...first, fixture: { ...first.fixture, status: { short: `${"x".repeat(270)}${key}` } } };
  const stage = { ...first, league: { ...(first.league as object), round: key } };
  server.lists.set("78-2025", [odd, { ...stage, fixture: { ...first.fixture, id: 5 } }]);
  const page = await season();
  expect([page.rejected.length, page.observations.length]).toEqual([1, 1]);
  expect(JSON.stringify(page)).not.toContain(key.slice(0, 8));
});

describe("errors under HTTP 200 are no data", () => {
  test.for([
    ["rateLimit", "rate-limited"],
    ["token", "permanent"],
    ["access", "permanent"],
    ["plan", "permanent"],
    ["bug", "transient"],
    ["season", "permanent"],
  ] as const)("%s is %s", async ([kind, category]) => {
    const { season, server } = await scene();
    server.errors = { [kind]: `something about ${key}` };
    const error: unknown = await season().catch((it: unknown) => it);
    expect(error).toMatchObject({ category, message: expect.stringContaining(`${kind}: something about ********`) });
    expect(error instanceof KeyRefused).toBe(["token", "access", "plan"].includes(kind));
  });

  test.for([
    [{ errors: { requests: "limit of the day" }, response: null }, "budget", "requests: limit of the day"],
    [{ errors: { rateLimit: "too many" } }, "rate-limited", "rateLimit: too many"],
    [{ errors: "boom", response: [] }, "permanent", "refuses the request: error: boom"],
    [{ errors: null }, "permanent", "shape it does not document"],
    ["no", "permanent", "shape it does not document"],
  ] as const)("are read before the rest of the answer: %j", async ([body, category, words]) => {
    const { season, server } = await scene();
    server.fault = { kind: "status", status: 200, body };
    await expect(season()).rejects.toMatchObject({ category, message: expect.stringContaining(words) });
  });

  test("that are null are none", async () => {
    const { season, server } = await scene();
    server.fault = { kind: "status", status: 200, body: { errors: null, response: server.lists.get("78-2025") } };
    expect((await season()).observations).toHaveLength(20);
  });

  test.for([
    [499, "transient", "Time Out"],
    [500, "transient", "Internal ********"],
    [429, "rate-limited", "Too many requests"],
  ] as const)("with HTTP %i are told by their message", async ([status, category, words]) => {
    const { season, server } = await scene();
    server.fault = { kind: "status", status, body: { message: words.replace("********", key) } };
    await expect(season()).rejects.toMatchObject({ category, message: expect.stringContaining(`: ${words}`) });
  });

  test("a wrong key is refused", async () => {
    const { season } = await scene({ key: "another-canary" });
    await expect(season()).rejects.toMatchObject({
      category: "permanent",
      message: expect.stringContaining("FULLTIME_SOURCE_KEY"),
    });
  });
});

test("a match that has ended before its kick-off is in doubt", async () => {
  const { source } = await scene();
  const early = Date.parse("2025-08-22T18:24:00Z");
  const page = await source.fixtures("bl1", { from: early, to: early + day }, early, signal);
  expect(page.observations.filter(({ fixture }) => fixture.status === "finished")).toEqual([]);
  expect(page.quarantined.map(({ code, match }) => [code, match.split(" ")[0]])).toContainEqual([
    "early-score",
    "1388300",
  ]);
});

describe("line-ups", () => {
  const id = "bl1-2025-26-augsburg-bayern-munchen";

  test("are one call, home first whatever the order of the answer", async () => {
    const { source, season, server } = await scene();
    await season();
    const first = await source.lineups("bl1", id, now, signal);
    expect(first).toMatchObject({ available: true, home: { 0: "Finn Dahmen", length: 11 }, away: { length: 11 } });
    server.lineups.set(1388313, (server.lineups.get(1388313) ?? []).toReversed());
    expect(await source.lineups("bl1", id, now, signal)).toEqual(first);
    expect(server.asked).toHaveLength(3);
  });

  test("of HTTP 204 are not there yet, and a season of it is no list", async () => {
    const { source, season, server } = await scene();
    await season();
    server.fault = { kind: "empty" };
    expect(await source.lineups("bl1", id, now, signal)).toBeNull();
    await expect(season()).rejects.toMatchObject({ category: "transient", message: expect.stringMatching(/HTTP 204/) });
  });

  test("that are not there are not there yet", async () => {
    const { source, server } = await scene();
    server.lineups.clear();
    expect(await source.lineups("bl1", id, now, signal)).toBeNull();
  });
});

test("the limit of a minute is the key's plan's, as the answers tell it", { timeout: 20_000 }, async () => {
  const limit = { count: 15, windowMs: 1000 };
  const { season, server } = await scene({ minuteMs: 2000 }, { limit, perDay: 1000 });
  await season();
  await Promise.all(Array.from({ length: 40 }, season));
  const at = server.asked.map((one) => one.at);
  const most = Math.max(...at.map((start) => at.filter((it) => it >= start && it < start + 1000).length));
  expect(most).toBeLessThanOrEqual(15);
  expect(most).toBeGreaterThan(10);
});

test("what it offers", async () => {
  const { source } = await scene();
  expect(await source.offer(signal)).toEqual({
    plan: "Free",
    competitions: [
      { code: "78", id: "bl1", name: "Bundesliga", season: { first: "2025-08-22", last: "2026-05-16" }, lineups: true },
    ],
    budget: { remaining: 99, limit: 100, resetAt: new Date(midnight()).toISOString() },
    perMinute: 300,
  });
});
