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

  test("of what is not there, or cannot be read, is exit 2 and makes no log", async () => {
    const [dir, broken] = [tempDir(), tempDir()];
    mkdirSync(join(broken, "2025-26"));
    writeFileSync(join(broken, "2025-26", "de.1.json"), "{");
    const run = async (...args: string[]) => {
      const refused = await startFulltime(dir, ["history", "import", "--json", ...args], live).ended;
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      return refused.stderr;
    };
    const texts = await Promise.all([
      run("--data", join(dir, "nowhere")),
      run("--data", seasons(), "--competition", "xx.1"),
      run("--data", seasons(), "--season", "1999-00"),
      run("--data", broken),
    ]);
    expect(texts).toEqual([
      expect.stringContaining("nowhere cannot be read: it must be a directory of seasons like 2021-22"),
      expect.stringContaining("openfootball has no xx.1 here; it has en.1"),
      expect.stringContaining("has no finished season of 1999-00"),
      expect.stringMatching(/nothing can be read of .*2025-26\/de\.1\.json: .*is no JSON/),
    ]);
    expect(readOrigin(dir)).toBeNull();
  });

  test("is refused where time is simulated: what has ended would be the future", async () => {
    const refused = await fulltime(tempDir(), "history", "import", "--data", seasons());
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("set FULLTIME_SOURCE");
  });
});

test("a directory of another source is refused as a mistake, with what would do", async () => {
  const dir = tempDir();
  writeFileSync(
    join(dir, "origin.json"),
    JSON.stringify({ source: "football-data", clock: "wall", competition: null, season: null }),
  );
  const refused = await fulltime(dir, "run", "--exit-when-done");
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain(
    `${dir} was made with source football-data, not archive: use football-data, or another directory with FULLTIME_DATA_DIR`,
  );
});

describe("fulltime source replay", () => {
  test("plays dated snapshots through the whole pipeline", { timeout: 120_000 }, async () => {
    const [dir, snapshots] = [tempDir(), tempDir()];
    const versions = {
      "2025-08-15": matches.map(({ time: _, ...it }) => it),
      "2025-09-10T0600": matches.map((it, i) => (i < 6 ? ended[i] : i === 20 ? { ...it, date: "2025-10-29" } : it)),
      // One is told to have been played the evening before, with its score, when that is long past.
      "2025-10-30": ended.map((it, i) =>
        i === 20 ? { ...it, date: "2025-10-29" } : i === 12 ? { ...it, date: "2025-09-19", time: "20:30" } : it,
      ),
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
      finished: 30,
      settled: 29,
      void: 0,
      failed: 1,
      coveragePercent: 96.67,
      unpredicted: [
        {
          matchId: "bl1-2025-26-borussia-dortmund-bayern-munchen",
          why: expect.stringMatching(
            /^it kicked off at 2025-09-19 18:30, and the source said 2025-09-20 13:30 until 2025-10-30 /,
          ),
        },
      ],
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
