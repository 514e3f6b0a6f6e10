import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { burstBench } from "../../scripts/bench/burst.ts";
import { tinyContext } from "./context.ts";

test("kick-offs at once and a cold start to overdue matches: every stage is done and its lateness told", async () => {
  const context = await tinyContext(5);
  const { sides, ratio, ratios } = await burstBench.run(context);
  expect(ratio).toBeNull();
  expect(ratios).toEqual({ kickoffsInBudget: 1, coldStartInBudget: 1 });
  expect(sides.kickoffs).toMatchObject({
    missed: 0,
    settleBudgetSeconds: 180,
    settleLateMaxSeconds: expect.any(Number),
  });
  expect(sides.coldStart).toMatchObject({ missed: 0, predictBudgetSeconds: 600, healthMaxMs: expect.any(Number) });
  // The cold start ends before kick-off.
  expect(sides.coldStart).not.toHaveProperty("settleLateMaxSeconds");
  expect(readdirSync(context.dir)).toEqual([]);
}, 120_000);
