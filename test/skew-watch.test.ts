import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createBrake } from "../src/actors/brake.ts";
import { type Clock, wallClock } from "../src/clock.ts";
import { connectNats } from "../src/events/connect.ts";
import { openJetStreamLog } from "../src/events/jetstream.ts";
import { provision } from "../src/events/provision.ts";
import { startSkewWatch } from "../src/skew-watch.ts";
import { manualClock } from "./support/manual-clock.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const logger = pino({ level: "silent" });
const minute = 60_000;

describe("on a clock that the test moves", () => {
  async function watched(ahead: number) {
    const wall = manualClock(1_700_000_000_000);
    const asked: number[] = [];
    const log = { ahead, takes: 0 };
    const brake = createBrake();
    const watch = await startSkewWatch({
      async logTime() {
        asked.push(wall.elapsed());
        const time = wall.now() + log.ahead;
        if (log.takes > 0) await new Promise<void>((resolve) => wall.after(log.takes, resolve));
        return time;
      },
      clock: wall,
      brake,
      logger,
    });
    onTestFinished(() => watch.stop());
    return { wall, asked, log, brake, watch };
  }

  it("measures at the start and each minute", async () => {
    const { wall, asked, watch } = await watched(0);
    await wall.advance(3 * minute);
    expect(asked).toEqual([0, minute, 2 * minute, 3 * minute]);
    watch.stop();
    await wall.advance(3 * minute);
    expect(asked).toHaveLength(4);
    expect(wall.timers).toBe(0);
  });

  it("warns, then pauses predictions, and takes both back", async () => {
    const { wall, log, brake, watch } = await watched(-1500);
    expect([watch.warning(), brake.reason]).toEqual([null, null]);
    log.ahead = -5000;
    await wall.advance(minute);
    expect(watch.warning()).toMatch(/5\.0 s ahead/);
    expect(brake.reason).toBeNull();
    log.ahead = 31_000;
    await wall.advance(minute);
    expect(watch.warning()).toMatch(/31\.0 s behind/);
    expect(brake.reason).toMatch(/paused/);
    log.ahead = 30_000;
    await wall.advance(minute);
    expect(watch.warning()).toMatch(/30\.0 s behind/);
    expect(brake.reason).toBeNull();
    log.ahead = 0;
    await wall.advance(minute);
    expect(watch.warning()).toBeNull();
  });

  it("believes no slow answer", async () => {
    const { wall, log, brake, watch } = await watched(-60_000);
    expect(brake.reason).not.toBeNull();
    log.ahead = 0;
    log.takes = 2000;
    await wall.advance(minute + 2000);
    expect(watch.warning()).toMatch(/60\.0 s ahead/);
    log.takes = 0;
    await wall.advance(minute);
    expect([watch.warning(), brake.reason]).toEqual([null, null]);
  });
});

describe("against a real server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server?.stop());

  it.each([
    ["the same machine's clock", 0, null, null],
    ["one that is 40 s fast", 40_000, /^this node's clock is (39\.[5-9]|40\.0) s ahead/, /paused/],
    ["one that is 10 s slow", -10_000, /^this node's clock is (9\.[5-9]|10\.0) s behind/, null],
  ])("%s", async (_, fast, warning, brakes) => {
    const nc = await connectNats({ url: server.url });
    await provision(nc, { replicas: 1 });
    const log = await openJetStreamLog({ nc, clock: wallClock });
    const clock: Clock = { ...wallClock, now: () => wallClock.now() + fast };
    const brake = createBrake();
    const watch = await startSkewWatch({ logTime: () => log.time(), clock, brake, logger });
    try {
      if (warning === null) expect(watch.warning()).toBeNull();
      else expect(watch.warning()).toMatch(warning);
      if (brakes === null) expect(brake.reason).toBeNull();
      else expect(brake.reason).toMatch(brakes);
    } finally {
      watch.stop();
      await log.close();
    }
  });
});
