import { describe, expect, it } from "vitest";
import { describeSkew, skewLevel, skewOf } from "../src/clock-skew.ts";

describe("skewOf", () => {
  it.each([
    ["clocks that agree", 1000, 1000, 10, 0],
    ["an answer under way for long", 1000, 1900, 900, 0],
    ["an answer that came before it was given, within the round trip", 1000, 1005, 10, 0],
    ["ahead, by at least what the round trip does not explain", 1000, 4010, 10, 3000],
    ["behind", 10_000, 4000, 10, -6000],
    ["ahead, though slow", 1000, 42_000, 900, 40_100],
  ])("%s", (_, log, received, roundTrip, skew) => {
    expect(skewOf({ log, received, roundTrip })).toBe(skew);
  });
});

describe("skewLevel", () => {
  it.each([
    [0, "ok"],
    [2000, "ok"],
    [-2000, "ok"],
    [2001, "degraded"],
    [-2001, "degraded"],
    [30_000, "degraded"],
    [-30_000, "degraded"],
    [30_001, "paused"],
    [-30_001, "paused"],
  ])("%d ms: %s", (skew, level) => {
    expect(skewLevel(skew)).toBe(level);
  });
});

describe("describeSkew", () => {
  it("says how far, which way, and what follows", () => {
    expect(describeSkew(1999)).toBeNull();
    expect(describeSkew(2500)).toBe("this node's clock is 2.5 s ahead of the log's: set it");
    expect(describeSkew(-45_000)).toBe(
      "this node's clock is 45.0 s behind the log's: predictions are paused until it is set",
    );
  });
});
