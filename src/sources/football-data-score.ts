import type { Finished, Score } from "../match/event.ts";
import type { RawScore } from "./football-data-schema.ts";

export type Result = Pick<Finished, "score" | "how">;

/**
 * The result of a finished match. `fullTime` is the score at the end with the goals of the shoot-out, `extraTime` and
 * `penalties` hold the goals of those alone. What counts for us is the score after 90 minutes: `regularTime`, or what is left
 * of `fullTime` when the others are taken off it. null: the score is not there yet. A string: why it cannot be known.
 */
export function resultOf({ duration, fullTime, regularTime, extraTime, penalties }: RawScore): Result | string | null {
  const total = whole(fullTime);
  if (total === null) return null;
  switch (duration ?? "REGULAR") {
    case "REGULAR":
      return { score: { regular: whole(regularTime) ?? total, extraTime: null, shootOut: null }, how: "regular" };
    case "EXTRA_TIME": {
      const extra = whole(extraTime);
      const regular = whole(regularTime) ?? (extra === null ? null : minus(total, extra));
      if (regular === null) return "it went to extra time and the score after 90 minutes is not told";
      if (isNegative(regular) || isNegative(minus(total, regular))) return tooMany;
      return { score: { regular, extraTime: total, shootOut: null }, how: "extra-time" };
    }
    case "PENALTY_SHOOTOUT": {
      const extra = whole(extraTime);
      const shootOut = whole(penalties);
      if (shootOut === null) return "it went to a shoot-out whose goals are not told";
      const regular = whole(regularTime) ?? (extra === null ? null : minus(minus(total, shootOut), extra));
      if (regular === null) return "it went to a shoot-out and the score after 90 minutes is not told";
      if (isNegative(regular)) return tooMany;
      return {
        score: { regular, extraTime: extra === null ? null : plus(regular, extra), shootOut },
        how: "shoot-out",
      };
    }
    default:
      return `it ended by ${JSON.stringify(duration)}, which is not documented`;
  }
}

const tooMany = "the goals of its parts are more than its full-time score";

function isNegative({ home, away }: Score): boolean {
  return home < 0 || away < 0;
}

type Maybe = { home: number | null; away: number | null } | null | undefined;

function whole(score: Maybe): Score | null {
  if (score === null || score === undefined || score.home === null || score.away === null) return null;
  return { home: score.home, away: score.away };
}

function minus(a: Score, b: Score): Score {
  return { home: a.home - b.home, away: a.away - b.away };
}

function plus(a: Score, b: Score): Score {
  return { home: a.home + b.home, away: a.away + b.away };
}
