import { cpSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { BenchContext, Measured } from "../../scripts/bench/bench.ts";
import { pipelineBench } from "../../scripts/bench/pipeline.ts";
import { tinyContext } from "./context.ts";

const cacheDir = process.env.FULLTIME_CACHE_DIR ?? resolve(import.meta.dirname, "../../.cache");
const redis = join(cacheDir, "redis");

afterEach(() => void vi.unstubAllEnvs());

/** Without what is on PATH there is no Redis to be found, and no apt to fetch one. */
async function run(size: number, prepare: (context: BenchContext) => void = () => {}): Promise<Measured> {
  const context = await tinyContext(size);
  prepare(context);
  vi.stubEnv("PATH", "");
  return pipelineBench.run(context);
}

const load = { clientCores: expect.any(Number), serverCores: expect.toSatisfy(isFigure) };
const ours = { matchesPerSecond: expect.any(Number), eventsPerSecond: expect.any(Number), ...load };

function isFigure(value: unknown): boolean {
  return value === null || typeof value === "number";
}

test("without Redis, what is ours runs, and it is said what was left out", { timeout: 60_000 }, async () => {
  const measured = await run(5);
  expect(measured.sides).toEqual({ fulltime: ours, "fulltime, default sync": ours, floor: ours });
  expect(measured.ratio).toBeNull();
  expect(measured.ratios).toEqual({ "events to the floor's": expect.any(Number) });
  expect(measured.notes?.at(-1)).toMatch(/^bullmq was left out: no Redis \(apt-get is not on PATH\)$/);
});

test.runIf(existsSync(redis))("with Redis, both are compared", { timeout: 60_000 }, async () => {
  const measured = await run(5, (context) => cpSync(redis, join(context.cacheDir, "redis"), { recursive: true }));
  expect(measured.sides.bullmq).toEqual({ matchesPerSecond: expect.any(Number), ...load });
  expect(measured.ratio).toBeGreaterThan(0);
  expect(measured.ratios).toEqual({
    "default sync to bullmq": expect.any(Number),
    "events to the floor's": expect.any(Number),
  });
  expect(Object.keys(measured.versions ?? {})).toEqual(["redis", "bullmq", "ioredis"]);
});
