import { describe, expect, it } from "vitest";
import { report } from "./report.ts";
import { simulate } from "./run.ts";

describe("a run", () => {
  it.for([3, 26])("is the same run whenever its seed is played: %i", async (seed) => {
    const [one, other] = [await simulate(seed), await simulate(seed)];
    expect(one.messages.length).toBeGreaterThan(50);
    expect(other.digest).toBe(one.digest);
    expect(other.operations).toBe(one.operations);
  });

  it("is another one with another seed", async () => {
    const [one, other] = [await simulate(1), await simulate(2)];
    expect(other.digest).not.toBe(one.digest);
  });

  it("is told with its seed, what broke, the match's life and the command that plays it again", async () => {
    const outcome = await simulate(2);
    const matchId = outcome.world.fixtures[0]?.id ?? "";
    const violations = [{ invariant: 3, matchId, at: outcome.world.start, text: "settled twice" }];
    const told = report({ ...outcome, violations });
    expect(told).toContain("seed 2: invariant 3 is broken");
    expect(told).toContain(`by ${matchId}: settled twice`);
    expect(told).toMatch(/\d+ scheduled 2024-/);
    expect(told).toContain("npm run simulate -- --seed 2");
  });
});
