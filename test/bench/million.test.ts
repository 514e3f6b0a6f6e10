import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { millionBench } from "../../scripts/bench/million.ts";
import { tinyContext } from "./context.ts";

const pages = [
  "tonight",
  "matches",
  "matchesFiltered",
  "match",
  "gaps",
  "failures",
  "failuresOfAKind",
  "failuresOfACause",
  "backfills",
  "planOfAWeek",
  "planOfAYear",
  "models",
  "modelsFiltered",
  "modelRecord",
  "modelsCompared",
  "system",
];

test("a node on a small log beside one on a large one, every figure told, nothing left behind but the logs", async () => {
  const context = await tinyContext(20);
  const { sides, ratio, notes } = await millionBench.run(context);
  expect(Object.keys(sides)).toEqual(["small", "large"]);
  for (const [name, value] of Object.entries(sides.large ?? {}))
    expect([name, value]).toEqual([name, expect.any(Number)]);
  expect(Object.keys(sides.large ?? {})).toEqual([
    "rebuildSeconds",
    "rebuildRssMaxMiB",
    "walAfterRebuildMiB",
    "readModelMiB",
    "verifySeconds",
    "verifiedPerSecond",
    "verifyRssMaxMiB",
    "readySeconds",
    "healthP99Ms",
    "healthWhilePlayedP99Ms",
    "pipelineHealthMs",
    "listPageP99Ms",
    "pageMs",
    "pageKB",
    ...pages.flatMap((page) => [`${page}PageMs`, `${page}PageP99Ms`]),
    "tickP99Ms",
    "cpuMsPerFurtherMatch",
    "nodeRssMiB",
    "serverRssMiB",
  ]);
  expect(ratio).toBeGreaterThan(0);
  expect(notes?.join("\n")).toContain("one more match costs");
  expect(readdirSync(context.dir)).toEqual([]);
  expect(readdirSync(context.cacheDir).filter((name) => name.startsWith("bench"))).toEqual([
    expect.stringMatching(/^bench-million-v\d+-1$/),
    expect.stringMatching(/^bench-million-v\d+-20$/),
  ]);
}, 120_000);
