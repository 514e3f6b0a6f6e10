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
 * until it has again. Rejects when the read model cannot answer.
 */
export function createCoverageCache({
  readModel,
  clock,
  policy,
}: Pick<HttpOptions, "readModel" | "clock" | "policy">): (whole: boolean) => Promise<CoverageAt> {
  type Cached = CoverageAt & { whole: boolean };
  let cached: (Cached & { madeAt: number }) | null = null;
  let making: Promise<CoverageAt> | null = null;

  async function make(whole: boolean): Promise<CoverageAt> {
    const [asOf, madeAt] = [clock.now(), clock.elapsed()];
    const coverage = await readModel.surveyCoverage(asOf, policy);
    cached = { coverage, asOf, madeAt, whole };
    return cached;
  }

  return async (whole) => {
    const now = clock.now();
    const fresh =
      cached !== null &&
      clock.elapsed() - cached.madeAt <= ageMaxMs &&
      Math.abs(now - cached.asOf) <= ageMaxMs &&
      (cached.whole || !whole);
    if (cached !== null && fresh) return cached;
    // Whoever asks meanwhile gets what is being made.
    making ??= make(whole).finally(() => (making = null));
    return making;
  };
}
