import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readOrigin } from "../../src/data-directory.ts";
import { type Ended, fulltime, startFulltime } from "../support/node-process.ts";
import { file, sixClubs } from "../support/openfootball.ts";
import { tempDir } from "../support/temp.ts";

const json = <T>(ended: Ended) => JSON.parse(ended.stdout) as T;
const matches = sixClubs();
const ended = matches.map((it) => ({ ...it, score: { ft: [2, 1] } }));

describe("fulltime history import", () => {
  const live = { FULLTIME_SOURCE: "openfootball", FULLTIME_COMPETITIONS: "de.1" };

  function seasons(): string {
    const dir = tempDir();
    mkdirSync(join(dir, "2025-26"));
    const doubtful = { ...ended[0], date: "2024-08-23", team1: "FC Augsburg" };
    writeFileSync(join(dir, "2025-26", "de.1.json"), JSON.stringify(file([...ended, doubtful])));
    return dir;
  }

  test("appends finished seasons as history, once", { timeout: 60_000 }, async () => {
    const [dir, data] = [tempDir(), seasons()];
    const run = (...args: string[]) => startFulltime(dir, args, live).ended;
    const first = await run("history", "import", "--data", data, "--json");
    expect(first.stderr).toContain("2024-08-23 cannot be");
    const season = { competition: "bl1", season: "2025-26", matches: 30, rejected: 0, quarantined: 1 };
    expect(json(first)).toEqual({ schemaVersion: 1, seasons: [{ ...season, appended: 30 }], unreadable: [] });
    expect(first.code).toBe(0);
    expect(readOrigin(dir)).toEqual({ source: "openfootball", clock: "wall", competition: null, season: null });

    writeFileSync(join(data, "2025-26", "en.1.json"), "{");
    const again = await run("history", "import", "--data", data, "--json");
    expect(json(again)).toMatchObject({
      seasons: [{ ...season, appended: 0 }],
      unreadable: [{ file: "2025-26/en.1.json" }],
    });
    expect(again.code).toBe(4);

    const verified = await run("verify", "--json");
    expect(verified.code).toBe(0);
    // Each match's fixture and its end: nothing was predicted or settled, nor will be.
    expect(json(verified)).toMatchObject({ events: 60, violations: [] });
  });

  test("is refused where time is simulated: what has ended would be the future", async () => {
    const refused = await fulltime(tempDir(), "history", "import", "--data", seasons());
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("set FULLTIME_SOURCE");
  });
});

describe("fulltime source replay", () => {
  test("plays dated snapshots through the whole pipeline", { timeout: 120_000 }, async () => {
    const [dir, snapshots] = [tempDir(), tempDir()];
    const versions = {
      "2025-08-15": matches.map(({ time: _, ...it }) => it),
      "2025-09-10T0600": matches.map((it, i) => (i < 6 ? ended[i] : i === 20 ? { ...it, date: "2025-10-29" } : it)),
      "2025-10-30": ended.map((it, i) => (i === 20 ? { ...it, date: "2025-10-29" } : it)),
    };
    for (const [date, version] of Object.entries(versions))
      writeFileSync(join(snapshots, `de.1_${date}.json`), JSON.stringify(file(version)));
    const policy = join(snapshots, "policy.json");
    writeFileSync(policy, JSON.stringify({ pollEvery: "12h" }));
    const played = await startFulltime(dir, ["source", "replay", snapshots, "--exit-when-done", "--json"], {
      FULLTIME_POLICY: policy,
    }).ended;
    expect(played.stderr).toContain("3 snapshots of Bundesliga 2025-26, 2025-08-15");
    expect(played.code).toBe(0);
    expect(json(played)).toMatchObject({
      matches: 30,
      analysed: 30,
      predicted: 30,
      finished: 30,
      settled: 30,
      void: 0,
      failed: 0,
      coveragePercent: 100,
    });
    expect(readOrigin(dir)).toMatchObject({
      source: "openfootball",
      clock: "simulated",
      competition: "bl1",
      season: "2025-26",
    });
  });

  test("of no snapshots says what there should be", async () => {
    const refused = await fulltime(tempDir(), "source", "replay", tempDir());
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("has no dated files like de.1_2025-11-04T1450.json");
  });
});
