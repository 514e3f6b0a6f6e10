import type { Coverage } from "../projections/coverage.ts";
import type { HttpOptions } from "./options.ts";

const ageMaxMs = 60_000;

/** Coverage, and the instant it is for. */
export interface CoverageAt {
  coverage: Coverage;
  asOf: number;
}

/**
 * Coverage no older than 60 s: of wall time, since many may ask at once, and of the pipeline's, since a simulated clock passes
 * a day in one jump. `whole`: the read model has all there is in the log now; figures from when it had not are kept no longer than
 * until it has again. Throws when the read model cannot answer.
 */
export function createCoverageCache({
  readModel,
  clock,
  policy,
}: Pick<HttpOptions, "readModel" | "clock" | "policy">): (whole: boolean) => CoverageAt {
  let cached: (CoverageAt & { madeAt: number; whole: boolean }) | null = null;
  return (whole) => {
    const now = clock.now();
    const fresh =
      cached !== null &&
      clock.elapsed() - cached.madeAt <= ageMaxMs &&
      Math.abs(now - cached.asOf) <= ageMaxMs &&
      (cached.whole || !whole);
    if (cached === null || !fresh) {
      cached = { coverage: readModel.coverage(now, policy), asOf: now, madeAt: clock.elapsed(), whole };
    }
    return cached;
  };
}
