import { describe, expect, it } from "vitest";
import { resumeAt } from "../../src/actors/resume.ts";
import type { ReadModelQueries } from "../../src/projections/read-model.ts";

const readModel = (oldest: number | null) =>
  ({
    oldestRequest: (stage: string) => (stage === "predict" ? oldest : null),
    sequence: () => 100,
  }) as unknown as ReadModelQueries;

describe("a consumer made anew", () => {
  it("begins at the oldest unanswered request of its stage", () => {
    expect(resumeAt("predict", readModel(42))).toBe(42);
  });

  it("begins behind what is known when nothing waits", () => {
    expect(resumeAt("predict", readModel(null))).toBe(101);
    expect(resumeAt("settle", readModel(42))).toBe(101);
  });

  it("begins at the first message where the actor itself tells what is answered", () => {
    for (const durable of ["poll", "intake", "alert"] as const) expect(resumeAt(durable, readModel(42))).toBe(1);
  });
});
