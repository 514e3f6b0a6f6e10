import { describe, expect, test } from "vitest";
import { compare, type Recorded } from "../../scripts/bench/check/compare.ts";

const run = (ratios: Record<string, number>, size = 100): Recorded => ({ size, runs: 3, ratios });
const verdicts = (recorded: Recorded | null, found: Recorded) =>
  compare("rebuild", recorded, found).map(({ ratio, verdict }) => `${ratio} ${verdict}`);

describe("a run beside the recorded one", () => {
  test.each([
    [0.76, "held"],
    [0.74, "worse"],
    [1.24, "held"],
    [1.26, "better"],
  ])("a ratio that was 1 and is %d has %s", (now, verdict) => {
    expect(verdicts(run({ ratio: 1 }), run({ ratio: now }))).toEqual([`ratio ${verdict}`]);
  });

  test("ratios are compared one by one; what only one of the runs has is said, and is no fall", () => {
    expect(verdicts(run({ ratio: 2, "to redis": 3 }), run({ ratio: 1, "to the floor": 0.5 }))).toEqual([
      "ratio worse",
      "to redis unmeasured",
      "to the floor new",
    ]);
    expect(verdicts(null, run({ ratio: 1 }))).toEqual(["ratio new"]);
  });

  test("another size is another bench", () => {
    expect(() => compare("rebuild", run({ ratio: 1 }, 200), run({ ratio: 1 }))).toThrow(
      "rebuild was recorded with --size 200 --runs 3 and ran with --size 100 --runs 3: record it anew",
    );
  });
});
