import type { Finished, Score } from "../match/event.ts";
import type { RawFixture } from "./api-football-schema.ts";

type Result = Pick<Finished, "score" | "how">;

/**
 * The result of a match whose status is FT, AET or PEN. `score.fulltime` is the score after 90 minutes, `goals` that at the
 * end with extra time and without the shoot-out. null: the score is not there yet. A string: why it cannot be.
 */
export function resultOf({ fixture, goals, score }: RawFixture): Result | string | null {
  const regular = whole(score.fulltime);
  const end = whole(goals);
  const shootOut = whole(score.penalty);
  const { short } = fixture.status;
  if (regular === null) return end === null ? null : "its score after 90 minutes is not told";
  if (short === "FT") return { score: { regular, extraTime: null, shootOut: null }, how: "regular" };
  if (end === null) return null;
  if (end.home < regular.home || end.away < regular.away) return "it has more goals after 90 minutes than at its end";
  if (short === "AET") return { score: { regular, extraTime: end, shootOut: null }, how: "extra-time" };
  if (shootOut === null) return "it went to a shoot-out whose goals are not told";
  // Some cups go to the shoot-out without extra time.
  const extraTime = whole(score.extratime) === null ? null : end;
  return { score: { regular, extraTime, shootOut }, how: "shoot-out" };
}

function whole(score: { home: number | null; away: number | null } | null | undefined): Score | null {
  if (score === null || score === undefined || score.home === null || score.away === null) return null;
  return { home: score.home, away: score.away };
}
