import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { startApp } from "../../src/app.ts";
import { pause, wallClock } from "../../src/clock.ts";
import type { Health } from "../../src/http/health.ts";
import { liveFacts } from "../support/live-facts.ts";
import { liveConfig, secondsForHours } from "../support/live-node.ts";
import { scriptedModels } from "../support/scripted-models.ts";
import { scriptedSource } from "../support/scripted-source.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";

/** The long suite keeps it away for a minute. */
const awayMs = Number(process.env.FULLTIME_TEST_AWAY_MS ?? 6000);

const absences: [string, (server: TestServer) => Promise<void>, (server: TestServer) => Promise<void>][] = [
  ["is killed", (server) => server.kill(), (server) => server.restart()],
  [
    "stands still",
    async (server) => void process.kill(server.pid, "SIGSTOP"),
    async (server) => void process.kill(server.pid, "SIGCONT"),
  ],
];

describe("a server that", () => {
  it.each(absences)(
    "%s is told of within 5 s, waited for, and worked with again within 10 s",
    {
      timeout: 60_000 + awayMs,
    },
    async (_, leave, comeBack) => {
      const server = await startTestServer();
      onTestFinished(() => server.stop());
      const dataDir = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-live-")));
      onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
      const source = scriptedSource();
      const models = scriptedModels();
      const app = await startApp({
        config: { ...liveConfig(dataDir, secondsForHours), natsUrl: server.url },
        origin: { source, season: "2026" },
        models,
        logger: pino({ level: process.env.FULLTIME_TEST_LOG ?? "silent" }),
        onProgress: () => {},
        signal: new AbortController().signal,
      });
      onTestFinished(() => void app.stop());
      const facts = liveFacts();
      await facts.attach(server.url);
      onTestFinished(() => facts.detach());
      const status = async (path: string) => (await fetch(`${app.url}${path}`)).status;
      const waitFor = (path: string, wanted: number) =>
        until(async () => ((await status(path)) === wanted ? wallClock.elapsed() : null));

      // Its prediction is under way when the server goes.
      const caught = source.add("caught", 9900);
      models.answersOf.set(caught, async ({ model }) => {
        await pause(wallClock, 1000);
        return {
          model,
          tip: { home: 1, away: 0 },
          probabilities: { home: 0.5, draw: 0.3, away: 0.2 },
          latencyMs: 1,
          cost: 0,
        };
      });
      await facts.first(15_000, caught, "match.prediction.requested");
      await waitFor("/api/health", 200);
      await leave(server);
      const left = wallClock.elapsed();
      const noticed = (await waitFor("/api/health", 503)) - left;
      expect(noticed).toBeLessThan(5000);
      const answer = (await (await fetch(`${app.url}/api/health`)).json()) as Health;
      expect(answer).toMatchObject({ status: "unhealthy", nats: { connected: false } });
      const later = source.add("later", awayMs + 12_000);
      while (wallClock.elapsed() - left < awayMs) {
        expect([await status("/livez"), await status("/readyz"), await status("/api/health")]).toEqual([200, 503, 503]);
        await pause(wallClock, 200);
      }

      await comeBack(server);
      const returned = wallClock.elapsed();
      await waitFor("/api/health", 200);
      await waitFor("/readyz", 200);
      expect(wallClock.elapsed() - returned).toBeLessThan(10_000);
      await facts.first(10_000, later, "match.analysed");
      await facts.first(15_000, later, "match.predicted");
      await facts.first(10_000, caught, "match.predicted");
      // A lost server is nobody's failed attempt, and no reason to pay twice.
      for (const id of [caught, later]) {
        const answers = facts.of(id, "match.predicted").flatMap(({ data }) => data.answers.map(({ model }) => model));
        expect(answers.sort(), id).toEqual(models.roster.map(({ model }) => model).sort());
        expect(facts.of(id, "match.analysed"), id).toHaveLength(1);
        expect(
          facts.of(id, "match.failed").filter(({ data }) => data.category !== "missed"),
          id,
        ).toEqual([]);
      }
      expect(models.calls.filter(({ matchId }) => matchId === caught)).toHaveLength(models.roster.length);
    },
  );
});
