import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createBrake } from "../src/actors/brake.ts";
import { startDiskWatch } from "../src/disk-watch.ts";
import { manualClock } from "./support/manual-clock.ts";

describe("the disk of the log", () => {
  it("stops appends and predictions below 5 % free, and both go on above", async () => {
    const wall = manualClock(0);
    const brake = createBrake();
    let [percent, fails] = [5, false];
    const watch = await startDiskWatch({
      dir: "/log",
      clock: wall,
      brake,
      logger: pino({ level: "silent" }),
      measure: () =>
        fails ? Promise.reject(new Error("gone")) : Promise.resolve({ freeBytes: percent, totalBytes: 100, percent }),
    });
    expect([watch.full(), brake.reason]).toEqual([null, null]);
    percent = 4.8;
    expect(await watch.look()).toMatch(/4\.8 % free/);
    percent = 4.9;
    await wall.advance(1000);
    expect(watch.full()).toMatch(/\/log is 4\.9 % free.*free some space/);
    expect(brake.reason).toBe(watch.full());
    fails = true;
    await wall.advance(1000);
    expect(watch.full()).not.toBeNull();
    [percent, fails] = [5, false];
    await wall.advance(1000);
    expect([watch.full(), brake.reason]).toEqual([null, null]);
    watch.stop();
    await wall.advance(1000);
    expect(wall.timers).toBe(0);
  });

  it("is said to be getting full once, below 10 % free", async () => {
    const wall = manualClock(0);
    const warned: string[] = [];
    let percent = 10;
    const watch = await startDiskWatch({
      dir: "/log",
      clock: wall,
      brake: createBrake(),
      logger: { warn: (_: object, text: string) => void warned.push(text), info: () => {} } as never,
      measure: () => Promise.resolve({ freeBytes: percent, totalBytes: 100, percent }),
    });
    expect([watch.freePercent(), warned]).toEqual([10, []]);
    percent = 9.9;
    await wall.advance(5000);
    expect([watch.freePercent(), watch.full()]).toEqual([9.9, null]);
    expect(warned).toEqual(["the log's disk is getting full; appends stop below 5 % free"]);
    watch.stop();
  });
});
