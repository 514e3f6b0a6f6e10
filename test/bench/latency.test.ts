import { expect, test } from "vitest";
import { latencyBench } from "../../scripts/bench/latency.ts";
import { tinyContext } from "./context.ts";

test("each stage has its latencies, and the note says what was wanted", { timeout: 60_000 }, async () => {
  const measured = await latencyBench.run(await tinyContext(3));
  expect(Object.keys(measured.sides)).toEqual(["analyse", "lineups", "predict", "settle", "all"]);
  for (const side of Object.values(measured.sides)) {
    const { p50Ms, p99Ms, maxMs } = side;
    expect(Object.keys(side)).toEqual(["p50Ms", "p99Ms", "maxMs"]);
    expect(p50Ms).toBeGreaterThanOrEqual(0);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms ?? 0);
    expect(maxMs).toBeGreaterThanOrEqual(p99Ms ?? 0);
  }
  expect(measured.ratio).toBeNull();
  expect(measured.notes?.[0]).toMatch(/p50 at most 25 ms, p99 at most 100 ms: (not )?held$/);
});
