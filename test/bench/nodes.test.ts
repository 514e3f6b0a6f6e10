import { expect, test } from "vitest";
import { nodesBench } from "../../scripts/bench/nodes.ts";
import { tinyContext } from "./context.ts";

test("four nodes beside one: every fact is there on both sides", { timeout: 120_000 }, async () => {
  const measured = await nodesBench.run(await tinyContext(5));
  expect(Object.keys(measured.sides)).toEqual(["one", "four"]);
  for (const side of Object.values(measured.sides)) {
    expect(side.spareFacts).toBe(0);
    expect(side.matchesPerSecond).toBeGreaterThan(0);
  }
  expect(measured.ratio).toBeGreaterThan(0);
});
