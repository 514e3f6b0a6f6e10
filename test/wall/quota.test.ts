import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, expect, it } from "vitest";
import { type App, startApp } from "../../src/app.ts";
import { wallClock } from "../../src/clock.ts";
import { connectNats } from "../../src/events/connect.ts";
import { createApiFootball } from "../../src/sources/api-football.ts";
import { nothingKnown } from "../../src/sources/known.ts";
import type { HttpSource } from "../../src/sources/live.ts";
import { type ApiFootballServer, startApiFootball } from "../support/api-football-server.ts";
import { liveFacts } from "../support/live-facts.ts";
import { liveConfig, secondsForHours } from "../support/live-node.ts";
import { apiFootballFixture, apiFootballLineups, presentSeason } from "../support/provider-match.ts";
import { scriptedModels } from "../support/scripted-models.ts";

const second = 1000;
const key = "canary-key-0123456789";
const perDay = 20;
const reserve = 4;

const dataDir = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-live-")));
const facts = liveFacts();
let server: ApiFootballServer | null = null;
let running: { app: App; source: HttpSource } | null = null;

async function start(url: string): Promise<App> {
  const source = createApiFootball({
    url,
    key,
    competitions: ["78"],
    known: nothingKnown,
    // Its day is tomorrow: this one may end while the test runs.
    clock: { ...wallClock, now: () => wallClock.now() + 24 * 3600 * second },
    perMinute: 1000,
    minuteMs: second,
  });
  const app = await startApp({
    config: liveConfig(dataDir, secondsForHours),
    origin: { source, season: presentSeason.name },
    models: scriptedModels(),
    logger: pino({ level: process.env.FULLTIME_TEST_LOG ?? "silent" }),
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  running = { app, source };
  await facts.attach(app.natsUrl);
  return app;
}

async function stop(): Promise<void> {
  await facts.detach();
  const ended = running;
  running = null;
  await ended?.app.stop();
  await ended?.source.close();
}

afterAll(async () => {
  await stop();
  await server?.down();
  rmSync(dataDir, { recursive: true, force: true });
});

it("fixtures polls leave a fifth of the day's calls to line-ups; spent, it is a quota and no data, and a restart knows", {
  timeout: 90 * second,
}, async () => {
  const provider = (server = await startApiFootball({ key, perDay }));
  const now = wallClock.now();
  const named = apiFootballFixture({ number: 1, pairing: 0, kickoff: now + 24 * second });
  const unnamed = apiFootballFixture({ number: 2, pairing: 11, kickoff: now + 26 * second });
  provider.lists.set(presentSeason.apiFootball, [named, unnamed]);
  provider.lineups.set(1, apiFootballLineups(named));
  await start(provider.url);
  const idOf = (ref: string) =>
    facts.until(
      10 * second,
      `match ${ref}`,
      () =>
        facts.messages.find(({ event }) => event?.type === "match.scheduled" && event.data.source.ref === ref)?.entity
          ?.id,
    );
  const [with_, without] = [await idOf("1"), await idOf("2")];

  const last = await facts.until(20 * second, "the reserve", () =>
    facts.polls("source.polled").find(({ data }) => (data.budget?.remaining ?? perDay) <= reserve),
  );
  expect(last.data).toMatchObject({ ok: true, kind: "fixtures", budget: { remaining: reserve, limit: perDay } });

  // What is due is asked for although nothing else is.
  expect((await facts.first(20 * second, with_, "match.lineups")).data).toMatchObject({ available: true });
  expect(facts.polls("source.poll.requested").filter(({ sequence }) => sequence > last.sequence)).toEqual([]);

  // Asked for until nothing is left: that says nothing about line-ups, and holds up no prediction.
  const unpaid = await facts.first(20 * second, without, "match.failed", ({ data }) => data.category === "budget");
  expect(unpaid.data).toMatchObject({ stage: "lineups", retryAt: expect.stringMatching(/T00:00:00.000Z$/) });
  await facts.first(20 * second, without, "match.predicted");
  const end = await facts.first(
    20 * second,
    without,
    "match.failed",
    ({ data }) => data.stage === "lineups" && data.retryAt === null,
  );
  expect(end.data).toMatchObject({ category: "budget", attempt: 1 });
  expect(facts.of(without, "match.lineups")).toEqual([]);

  // The sweep that was due is refused once, and waits for the next day; so does all else, over a restart.
  const refused = await facts.until(20 * second, "a refused sweep", () =>
    facts.polls("source.polled").find(({ data }) => data.category === "budget"),
  );
  expect(refused.data).toMatchObject({ kind: "results", ok: false, budget: { remaining: 0 } });
  await stop();
  const asked = provider.asked.length;
  const { natsUrl } = await start(provider.url);
  const nats = await connectNats({ url: natsUrl });
  const letter = (await nats.request("match.retro.requested", "{", { timeout: 5 * second })).json<{ seq: number }>();
  await nats.close();
  await facts.first(10 * second, "_", "match.request.rejected", ({ data }) => data.letter === letter.seq);
  expect(provider.asked).toHaveLength(asked);
  expect(facts.polls("source.poll.requested").filter(({ sequence }) => sequence > refused.sequence)).toEqual([]);
});
