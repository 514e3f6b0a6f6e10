import type { MatchGap } from "../../projections/coverage.ts";
import { watchedSpan } from "../../projections/gaps-at.ts";
import type { LongAsk } from "../asking.ts";
import type { HttpOptions } from "../options.ts";
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
  let newest: { asOf: AsOf; survey: Promise<GapSurvey> } | null = null;

  return () => {
    const at = asOf();
    if (newest !== null && newest.asOf.sequence === at.sequence && Math.abs(clock.now() - newest.asOf.now) <= ageMaxMs)
      return newest.survey.then((it) => ({ ...it, asOf: { ...at, now: it.asOf.now } }));
    const made = {
      asOf: at,
      survey: askLong((it) => it.surveyGaps(at.now, ahead, back, policy)).then((gaps) => ({ gaps, asOf: at })),
    };
    newest = made;
    made.survey.catch(() => {
      if (newest === made) newest = null;
    });
    return made.survey;
  };
}
