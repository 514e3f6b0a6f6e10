import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, startApp } from "../../src/app.ts";
import { wallClock } from "../../src/clock.ts";
import type { Category, Polled, Recorded } from "../../src/match/event.ts";
import { createFootballData } from "../../src/sources/football-data.ts";
import { nothingKnown } from "../../src/sources/known.ts";
import type { HttpSource } from "../../src/sources/live.ts";
import { type FootballDataServer, startFootballData } from "../support/football-data-server.ts";
import { type LiveFacts, liveFacts } from "../support/live-facts.ts";
import { liveConfig, secondsForHours } from "../support/live-node.ts";
import { footballDataMatch, presentSeason } from "../support/provider-match.ts";
import type { Fault } from "../support/provider-server.ts";
import { scriptedModels } from "../support/scripted-models.ts";

const second = 1000;
const key = "canary-key-0123456789";
/** A second of the domain is a millisecond here, so that its five minutes of recovery are 0.3 s. */
const policy = {
  ...secondsForHours,
  pollEvery: 600,
  retryDelays: [30, 60, 120, 240],
  resultEvery: 300,
  resultAfterKickoff: 300,
};

let server: FootballDataServer;
let source: HttpSource;
let app: App;
let facts: LiveFacts;
let dataDir: string;
let logged = "";

beforeAll(async () => {
  server = await startFootballData({ key, tls: true });
  server.lists.set(presentSeason.footballData, []);
  source = createFootballData({
    url: server.url,
    ca: server.ca ?? "",
    key,
    competitions: ["BL1"],
    known: nothingKnown,
    clock: wallClock,
    perMinute: 1000,
    minuteMs: second,
    limits: { connectMs: second, idleMs: 300, totalMs: second, bodyMax: 1 << 20 },
  });
  dataDir = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-live-")));
  facts = liveFacts();
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      logged += chunk.toString();
      done();
    },
  });
  app = await startApp({
    config: liveConfig(dataDir, policy),
    origin: { source, season: presentSeason.name },
    models: scriptedModels(),
    logger: pino({ level: "trace" }, stream),
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  await facts.attach(app.natsUrl);
});

afterAll(async () => {
  await facts?.detach();
  await app?.stop();
  await source?.close();
  await server?.down();
  rmSync(dataDir, { recursive: true, force: true });
});

const list = () => server.lists.get(presentSeason.footballData) ?? [];
const fixturesPolls = () => facts.polls("source.polled").filter(({ data }) => data.kind === "fixtures");

async function reasons(): Promise<string[]> {
  const response = await fetch(`${app.url}/api/health`);
  const { reasons } = (await response.json()) as { reasons: { code: string }[] };
  return reasons.map(({ code }) => code);
}

async function healthUntil(look: (codes: string[]) => boolean): Promise<string[]> {
  const end = wallClock.elapsed() + 20 * second;
  for (;;) {
    const codes = await reasons();
    if (look(codes)) return codes;
    if (wallClock.elapsed() > end) throw new Error(`health never came to it: ${codes.join(", ")}`);
    // What a minute brings is in the log before health has it.
    await facts.passes(wallClock.now());
  }
}

/** The first fixtures poll after that instant for which it is true. */
const pollAfter = (instant: number, where: (polled: Polled) => boolean): Promise<Recorded<"source.polled">> =>
  facts.until(15 * second, "a fixtures poll", () =>
    fixturesPolls().find(({ time, data }) => time >= instant && where(data)),
  );

const cases: [string, Fault | "down", Category, RegExp][] = [
  ["5xx", { kind: "status", status: 502 }, "transient", /HTTP 502/],
  ["a time-out", { kind: "silent" }, "transient", /said nothing/],
  ["a body that never ends", { kind: "drips", everyMs: 50 }, "transient", /took longer/],
  ["reset", { kind: "reset" }, "transient", /broke the connection off/],
  ["nobody there", "down", "transient", /cannot be reached/],
  ["TLS", { kind: "untrusted" }, "transient", /certificate or TLS is not right/],
  ["a page instead of JSON", { kind: "html" }, "transient", /web page/],
  ["a truncated body", { kind: "cut-off" }, "transient", /broke the connection off/],
  ["half a document", { kind: "truncated" }, "transient", /breaks off/],
  ["50 MB", { kind: "huge", bytes: 50 << 20, declared: false }, "transient", /more than 1 MB/],
  ["a redirect", { kind: "redirect", to: "https://login.example/" }, "transient", /redirects to login.example/],
  ["429", { kind: "status", status: 429, headers: { "retry-after": "1" } }, "rate-limited", /limits us/],
  ["a refused key", { kind: "status", status: 403, body: { message: `no ${key}` } }, "permanent", /refuses our key/],
];

describe("an outage: typed, told once a poll, seen in health, over by itself, and what it hid is caught up", () => {
  test.for(cases)("%s", { timeout: 60 * second }, async ([name, fault, category, reason], { task }) => {
    const n = cases.findIndex(([it]) => it === name);
    const before = wallClock.now();
    const match = footballDataMatch({ number: 1000 + n, pairing: n, kickoff: before - 2 * 3600 * second });
    list().push({ ...match, status: "IN_PLAY", score: { ...match.score, fullTime: { home: 0, away: 0 } } });
    const id = await facts.until(
      10 * second,
      `${task.name} seen`,
      () =>
        facts.messages.find(({ event }) => event?.type === "match.scheduled" && event.data.source.ref === `${1000 + n}`)
          ?.entity?.id,
    );

    if (fault === "down") await server.down();
    else server.fault = fault;
    const broke = wallClock.now();
    const failed = await pollAfter(broke, ({ ok }) => !ok);
    expect(failed.data).toMatchObject({ category, reason: expect.stringMatching(reason) });
    Object.assign(list().find((it) => it.id === 1000 + n) ?? {}, {
      status: "FINISHED",
      score: {
        duration: "REGULAR",
        winner: "HOME_TEAM",
        fullTime: { home: 2, away: 1 },
        halfTime: { home: 0, away: 0 },
      },
    });
    expect(await healthUntil((codes) => codes.includes("source-stale"))).toContain("source-stale");

    if (fault === "down") await server.up();
    server.fault = null;
    const back = wallClock.now();
    await pollAfter(back, ({ ok }) => ok);
    const finished = await facts.first(10 * second, id, "match.finished");
    expect(finished.data.score.regular).toEqual({ home: 2, away: 1 });
    expect(await healthUntil((codes) => !codes.includes("source-stale"))).not.toContain("source-stale");
  });
});

test("a source whose clock is wrong is believed, and that is told once", { timeout: 30 * second }, async () => {
  server.fault = { kind: "skewed", ms: -3_600_000 };
  const since = wallClock.now();
  const told = await pollAfter(since, ({ rejected }) => rejected.some(({ code }) => code === "clock-skew"));
  expect(told.data.ok).toBe(true);
  await pollAfter(told.time + 1, ({ ok, rejected }) => ok && rejected.length === 0);
  server.fault = null;
});

test("each request was answered by one fact, and the key is nowhere: no log line, no file", async () => {
  const causes = facts.polls("source.polled").map(({ causationId }) => causationId);
  expect(new Set(causes).size).toBe(causes.length);
  expect(JSON.stringify(facts.messages)).not.toContain(key);
  expect(logged).not.toContain(key);
  for (const file of readdirSync(dataDir, { recursive: true, encoding: "utf8" })) {
    const path = join(dataDir, file);
    if (statSync(path).isFile()) expect(readFileSync(path).includes(key)).toBe(false);
  }
});
