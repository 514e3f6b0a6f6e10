import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { seasonMatches, seasonsSource } from "../../scripts/bench/soak/seasons.ts";
import { slope } from "../../scripts/bench/soak/slope.ts";
import { soakBench } from "../../scripts/bench/soak.ts";
import { tinyContext } from "./context.ts";

test("a few seconds of seasons: the quarters and what each figure gains an hour", async () => {
  const context = await tinyContext(0.1);
  const { sides } = await soakBench.run(context);
  expect(Object.keys(sides)).toEqual([
    "first quarter",
    "second quarter",
    "third quarter",
    "last quarter",
    "slope an hour",
  ]);
  expect(sides["last quarter"]).toMatchObject({ events: expect.any(Number), nodeFiles: expect.any(Number) });
  expect(sides["last quarter"]?.events).toBeGreaterThan(0);
  expect(Object.keys(sides["slope an hour"] ?? {})).toEqual([
    "nodeRssMiB",
    "nodeHeapMiB",
    "nodeExternalMiB",
    "serverRssMiB",
    "nodeFiles",
    "serverFiles",
    "walMiB",
    "pending",
  ]);
  expect(readdirSync(context.dir)).toEqual([]);
}, 60_000);

describe("the league that never ends", () => {
  const source = seasonsSource();
  const { signal } = new AbortController();
  const from = source.firstKickoff ?? 0;
  const day = 86_400_000;
  const seen = (seasons: number) =>
    source.fixtures("soak", { from: null, to: from + (seasons * 42 - 1) * day }, 0, signal);

  test("in a season every team is at home to every other one once", async () => {
    const { observations } = await seen(1);
    expect(observations).toHaveLength(seasonMatches);
    const pairs = observations.map(({ fixture: { teams } }) => `${teams.home.id} ${teams.away.id}`);
    expect(new Set(pairs).size).toBe(seasonMatches);
    expect(observations.every(({ fixture: { teams } }) => teams.home.id !== teams.away.id)).toBe(true);
  });

  test("the next season follows, and its matches are others", async () => {
    const { observations } = await seen(3);
    expect(new Set(observations.map(({ matchId }) => matchId)).size).toBe(3 * seasonMatches);
  });

  test("a result is there two hours after kick-off, by the id alone, and the same whenever it is asked for", async () => {
    const { observations } = await seen(1);
    const ids = observations.slice(0, 10).map(({ matchId }) => matchId);
    const early = await source.results("soak", ids, from, signal);
    expect(early.observations.every(({ result }) => result === null)).toBe(true);
    const late = await source.results("soak", [...ids, "soak-other"], from + 2 * 3_600_000, signal);
    expect(late.observations.map(({ result }) => result !== null)).toEqual(Array.from({ length: 10 }, () => true));
    expect(await source.results("soak", ids, from + 9 * day, signal)).toEqual(late);
  });
});

test("the slope of a line is the line's, and unknown where a point is", () => {
  expect(
    slope([
      [0, 1],
      [1, 3],
      [2, 5],
    ]),
  ).toBe(2);
  expect(
    slope([
      [0, 1],
      [1, null],
    ]),
  ).toBeNull();
  expect(
    slope([
      [1, 1],
      [1, 3],
    ]),
  ).toBeNull();
});
