import type { MatchGap } from "../../projections/coverage.ts";
import { watchedSpan } from "../../projections/gaps-at.ts";
import type { LongAsk } from "../asking.ts";
import type { HttpOptions } from "../options.ts";
import { createNewest } from "./newest.ts";
import type { Console } from "./page.tsx";
import type { AsOf } from "./shell.tsx";

/** All gaps of the kick-offs that are watched, and as of when. */
export interface GapSurvey {
  gaps: MatchGap[];
  asOf: AsOf;
}

/** Of the pipeline's time: so old may a survey be while nothing new has come. */
const ageMaxMs = 10_000;

/**
 * One survey for all who look at the same sequence within moments: ten thousand gaps take a second to look at, and a page, its
 * filters and everybody's refresh ask for the same.
 */
export function createGapSurvey(
  { policy, clock }: Pick<HttpOptions, "policy" | "clock">,
  { askLong, asOf }: { askLong: LongAsk } & Pick<Console, "asOf">,
): () => Promise<GapSurvey> {
  const { ahead, back } = watchedSpan(policy);
  const surveyAt = createNewest<AsOf, GapSurvey>(
    (known, wanted) => known.sequence === wanted.sequence && Math.abs(clock.now() - known.now) <= ageMaxMs,
  );

  return async () => {
    const at = asOf();
    const { gaps, asOf: made } = await surveyAt(at, async () => ({
      gaps: await askLong((it) => it.surveyGaps(at.now, ahead, back, policy)),
      asOf: at,
    }));
    return { gaps, asOf: { ...at, now: made.now } };
  };
}
