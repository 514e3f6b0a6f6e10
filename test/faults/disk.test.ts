import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { createBrake } from "../../src/actors/brake.ts";
import { startApp } from "../../src/app.ts";
import { pause, wallClock } from "../../src/clock.ts";
import { startDiskWatch } from "../../src/disk-watch.ts";
import { connectNats } from "../../src/events/connect.ts";
import { openJetStreamLog } from "../../src/events/jetstream.ts";
import { provision } from "../../src/events/provision.ts";
import { startEmbeddedServer } from "../../src/events/server.ts";
import type { Health } from "../../src/http/health.ts";
import { dismissed, match } from "../events/sample.ts";
import { liveFacts } from "../support/live-facts.ts";
import { liveConfig, secondsForHours } from "../support/live-node.ts";
import { scriptedModels } from "../support/scripted-models.ts";
import { scriptedSource } from "../support/scripted-source.ts";
import { testBinary } from "../support/server.ts";
import { mountTmpfs, whyNoTmpfs } from "../support/tmpfs.ts";
import { until } from "../support/until.ts";

const logger = pino({ level: process.env.FULLTIME_TEST_LOG ?? "silent" });
const whyNot = whyNoTmpfs();

/** A whole node on a directory, whose source and models do what the test says. */
async function node(dataDir: string) {
  const source = scriptedSource();
  const models = scriptedModels();
  const facts = liveFacts();
  const app = await startApp({
    config: liveConfig(dataDir, secondsForHours),
    origin: { source, season: "2026" },
    models,
    logger,
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  await facts.attach(app.natsUrl);
  const health = async () => (await (await fetch(`${app.url}/api/health`)).json()) as Health;
  const has = (code: string) =>
    until(async () => ((await health()).reasons.some((it) => it.code === code) ? true : null));
  const lacks = (code: string) =>
    until(async () => ((await health()).reasons.some((it) => it.code === code) ? null : true));
  return {
    app,
    source,
    models,
    facts,
    health,
    has,
    lacks,
    async stop() {
      await facts.detach();
      await app.stop();
    },
  };
}

describe.skipIf(whyNot !== null)(`a full disk${whyNot === null ? "" : ` (skipped: ${whyNot})`}`, () => {
  it("of the log stops all appends and calls, and all goes on when there is room again", async () => {
    const disk = mountTmpfs(64);
    onTestFinished(() => disk.remove());
    const { app, source, models, facts, has, lacks, stop } = await node(disk.dir);
    onTestFinished(stop);
    const early = source.add("early", 9500);
    await facts.first(15_000, early, "match.predicted");

    disk.fillTo(4.5);
    await has("disk-full");
    // What was under way when the disk was found full has ended by then.
    await pause(wallClock, 500);
    const [events, calls] = [facts.messages.length, models.calls.length];
    const late = source.add("late", 9500);
    await pause(wallClock, 2500);
    expect(facts.messages).toHaveLength(events);
    expect(models.calls).toHaveLength(calls);
    expect((await fetch(`${app.url}/livez`)).status).toBe(200);
    expect((await fetch(`${app.url}/api/health`)).status).toBe(503);

    disk.empty();
    await lacks("disk-full");
    const { time } = await facts.first(15_000, late, "match.predicted");
    expect(time).toBeLessThan(source.matches.get(late)?.kickoff ?? 0);
    expect(readFileSync(join(disk.dir, "nats-server.log"), "utf8")).not.toMatch(/disabled/i);
  });

  it("of the log is never met by JetStream, however fast it fills", async () => {
    const disk = mountTmpfs(96);
    onTestFinished(() => disk.remove());
    const { path: binary } = await testBinary();
    const server = await startEmbeddedServer({ binary, dataDir: disk.dir, clock: wallClock, log: logger });
    onTestFinished(() => server.stop());
    const watch = await startDiskWatch({ dir: join(disk.dir, "log"), clock: wallClock, brake: createBrake(), logger });
    onTestFinished(() => watch.stop());
    const nc = await connectNats({ url: server.url });
    await provision(nc, { replicas: 1 });
    const log = await openJetStreamLog({ nc, clock: wallClock, full: watch.look });
    onTestFinished(() => log.close());

    const filler = "x".repeat(20_000);
    let stored = 0;
    let refused: string | null = null;
    const writers = Array.from({ length: 100 }, async (_, i) => {
      for (let version = 0; refused === null; ) {
        const outcome = await log.append(match(`m-${i}`), version, [dismissed(filler)]);
        if (outcome.outcome === "refused") refused ??= outcome.reason;
        if (outcome.outcome !== "appended") return;
        version = outcome.sequence;
        stored++;
      }
    });
    await Promise.all(writers);
    expect(refused).toMatch(/% free; nothing is appended below 5 %/);
    expect(disk.freePercent()).toBeGreaterThan(0.5);
    expect(await log.last()).toBe(stored);

    disk.resize(192);
    await until(() => (watch.full() === null ? true : null));
    expect(await log.append(match("after"), 0, [dismissed("room")])).toEqual({
      outcome: "appended",
      sequence: stored + 1,
    });
    expect(readFileSync(join(disk.dir, "nats-server.log"), "utf8")).not.toMatch(/disabled|no space/i);
  });

  it("of the read model stalls that alone: the log goes on, and so does it when there is room again", async () => {
    const dataDir = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-live-")));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const disk = mountTmpfs(24, join(dataDir, "read"));
    onTestFinished(() => disk.remove());
    const { source, facts, health, has, lacks, stop } = await node(dataDir);
    onTestFinished(stop);
    const early = source.add("early", 9500);
    await facts.first(15_000, early, "match.predicted");

    disk.fillTo(0);
    // Words of operators fill what the database's file still has room for.
    const filler = "x".repeat(900);
    let version = facts.of(early).at(-1)?.sequence ?? 0;
    for (let i = 0; i < 100 && !(await health()).reasons.some(({ code }) => code === "projection-stalled"); i++) {
      for (let burst = 0; burst < 50; burst++) {
        const outcome = await facts.log.append(match(early), version, [dismissed(filler)]);
        if (outcome.outcome !== "refused")
          version = outcome.outcome === "appended" ? outcome.sequence : outcome.version;
      }
    }
    await has("projection-stalled");
    const stalled = await health();
    expect(stalled.reasons.find(({ code }) => code === "projection-stalled")?.detail).toMatch(/full/i);
    const before = await facts.log.last();
    expect(await facts.log.append(match("other"), 0, [dismissed("goes on")])).toMatchObject({ outcome: "appended" });
    expect(stalled.projections.sequence).toBeLessThan(before + 1);

    disk.empty();
    await lacks("projection-stalled");
    const late = source.add("late", 9500);
    await facts.first(15_000, late, "match.predicted");
    expect((await health()).projections.lag).toBeLessThan(1000);
  });
});
