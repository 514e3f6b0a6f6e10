import { expect, it } from "vitest";
import { report } from "./report.ts";
import { simulate } from "./run.ts";

/** So many seeds a test: a failure stops one handful, not all that come after it. */
const handful = 10;

/** One share of the seeds; vitest spreads files, not tests, over its workers. */
export function describeSeeds(first: number, count: number): void {
  for (let from = first; from < first + count; from += handful) {
    const to = Math.min(from + handful, first + count);
    it(`every invariant holds with the seeds ${from} to ${to - 1}`, { timeout: 120_000 }, async () => {
      for (let seed = from; seed < to; seed++) {
        const outcome = await simulate(seed);
        if (outcome.violations.length > 0) expect.fail(report(outcome));
      }
    });
  }
}
