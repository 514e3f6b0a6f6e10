import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFinished } from "../../src/sources/history.ts";
import { nothingKnown } from "../../src/sources/known.ts";
import { createReplay, readSnapshots } from "../../src/sources/snapshots.ts";
import { file, sixClubs } from "../support/openfootball.ts";
import { tempDir } from "../support/temp.ts";

const signal = new AbortController().signal;
const matches = sixClubs();
const ended = matches.map((it) => ({ ...it, score: { ft: [1, 0] } }));
const end = Date.parse("2026-06-01T00:00:00Z");

function directory(files: Record<string, unknown>): string {
  const dir = tempDir();
  for (const [name, json] of Object.entries(files)) {
    mkdirSync(join(dir, name, ".."), { recursive: true });
    writeFileSync(join(dir, name), typeof json === "string" ? json : JSON.stringify(json));
  }
  return dir;
}

describe("a replay", () => {
  test("shows the newest snapshot that is no younger than now", async () => {
    const snapshots = await readSnapshots(
      directory({
        "de.1_2025-08-30.json": file(matches.slice(0, 20)),
        "de.1_2025-08-01T12:30.json": file(matches.slice(0, 10)),
        "readme.json": "no date",
        "2025-09-01.txt": "no JSON",
      }),
    );
    const source = createReplay(snapshots, nothingKnown);
    const at = async (instant: string) => {
      const now = Date.parse(instant);
      return (await source.fixtures("bl1", { from: null, to: now }, now, signal)).observations.length;
    };
    expect(await at("2025-08-01T12:29:00Z")).toBe(0);
    expect(await at("2025-08-01T12:30:00Z")).toBe(10);
    expect(await at("2025-08-29T23:59:59Z")).toBe(10);
    expect(await at("2025-08-30T00:00:00Z")).toBe(20);
    expect(source.firstKickoff).toBe(Date.parse("2025-08-23T13:30:00Z"));
  });

  test("begins with the first snapshot where the season has begun before", async () => {
    const snapshots = await readSnapshots(directory({ "de.1_2025-09-10.json": file(matches) }));
    expect(createReplay(snapshots, nothingKnown).firstKickoff).toBe(Date.parse("2025-09-10T00:00:00Z"));
  });

  test("of files without a code is of the competition that is named", async () => {
    const dir = directory({ "2025-08-01.json": file(matches), "en.1_2025-08-01.json": file([], "EPL 2025/26") });
    const [first, ...others] = await readSnapshots(dir, "de.1");
    expect([first.league.id, first.season, others]).toEqual(["bl1", "2025-26", []]);
  });

  test.each([
    ["no dated files like", {}],
    ["names no season", { "de.1_2025-08-01.json": file(matches, "Bundesliga") }],
    [
      "has bl1 2025-26 and pl 2025-26",
      { "de.1_2025-08-01.json": file(matches), "en.1_2025-08-02.json": file([], "EPL 2025/26") },
    ],
    [
      "has bl1 2024-25 and bl1 2025-26",
      { "de.1_2024-08-01.json": file([], "BL 2024/25"), "de.1_2025-08-01.json": file(matches) },
    ],
    ["is no JSON", { "de.1_2025-08-01.json": "{" }],
  ])("is refused: %s", async (why, files) => {
    await expect(readSnapshots(directory(files))).rejects.toThrow(why);
  });

  test("of nothing that can be read is refused", async () => {
    const snapshots = await readSnapshots(directory({ "de.1_2025-08-01.json": file([{}]) }));
    expect(() => createReplay(snapshots, nothingKnown)).toThrow("has no match that can be read");
  });
});

describe("finished seasons", () => {
  const read = (data: string, more: object = {}) =>
    readFinished({ data, competition: undefined, season: undefined, now: end, known: nothingKnown, ...more });

  test("are those whose last match is a week ago, with what ended of them", async () => {
    const dir = directory({
      "2025-26/de.1.json": file([...ended.slice(0, 25), ...matches.slice(25, 28), ...ended.slice(28)]),
      "2025-26/en.1.json": file(matches, "EPL"),
      "2025-26/xx.9.json": "{",
      "other/de.1.json": "{",
    });
    const { seasons, unreadable } = await read(dir);
    expect(unreadable).toEqual([]);
    expect(seasons.map(({ league, season, observations }) => [league.id, season, observations.length])).toEqual([
      ["pl", "2025-26", 0],
      ["bl1", "2025-26", 27],
    ]);
    const lastKickoff = Date.parse("2025-10-25T13:30:00Z");
    await expect(read(dir, { now: lastKickoff + 6 * 86_400_000, competition: "de.1" })).rejects.toThrow(
      "no finished season of de.1",
    );
    expect((await read(dir, { now: lastKickoff + 8 * 86_400_000, competition: "bl1" })).seasons).toHaveLength(1);
  });

  test("leave out a file that cannot be read, and say so", async () => {
    const { seasons, unreadable } = await read(
      directory({ "2024-25/de.1.json": "{", "2025-26/de.1.json": file(ended) }),
    );
    expect(seasons).toHaveLength(1);
    expect(unreadable).toEqual([{ file: "2024-25/de.1.json", text: expect.stringContaining("is no JSON") }]);
  });

  test("that are not there are refused with what there could be", async () => {
    const dir = directory({ "2025-26/de.1.json": file(ended) });
    await expect(read(dir, { season: "2019-20" })).rejects.toThrow("has no finished season of 2019-20");
    await expect(read(dir, { competition: "PL" })).rejects.toThrow("openfootball has no PL here; it has en.1");
    await expect(read(join(dir, "nowhere"))).rejects.toThrow("it must be a directory of seasons like 2021-22");
  });
});
