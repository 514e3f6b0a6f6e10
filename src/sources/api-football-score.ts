import type { RawFixture } from "./api-football-schema.ts";
import {
  agrees,
  contradiction,
  type Doubt,
  extended,
  fallen,
  hasGoals,
  isSame,
  minus,
  noGoals,
  partly,
  type Result,
  told,
  untold,
  whole,
  withinRecord,
} from "./score.ts";

/**
 * The result of a match whose status is FT, AET or PEN. `score.fulltime` is the score after 90 minutes, `goals` that at the end
 * with extra time and without the shoot-out. FT is the end after 90 minutes, so there both are one score and either will do.
 * `score.extratime` is the goals of extra time in some answers and the score after it in others: nothing is counted from it, and
 * it must agree with the other two in one of the ways. `score.halftime` is a part of `score.fulltime`. null: the score is not there yet.
 */
export function resultOf({ fixture, goals, score }: RawFixture, mayBeSecondLeg: boolean): Result | Doubt | null {
  const { short } = fixture.status;
  const { halftime, fulltime, extratime, penalty } = score;
  const unreadable = noGoals({ goals, halftime, fulltime, extratime, penalty });
  if (unreadable !== null) return unreadable;
  const [end, regular, extra, shootOut] = [whole(goals), whole(fulltime), whole(extratime), whole(penalty)];

  if (short === "FT") {
    const known = regular ?? end;
    if (known === null) return null;
    if (!agrees(fulltime, known) || !agrees(goals, known))
      return contradiction(`it ended after 90 minutes with fulltime ${partly(fulltime)} and goals ${partly(goals)}`);
    const taken = fallen(halftime, known);
    if (taken !== null) return taken;
    const later = hasGoals(extra) ? extra : hasGoals(shootOut) ? shootOut : null;
    if (later !== null)
      return contradiction(`it ended after 90 minutes and has ${told(later)} in extra time or a shoot-out`);
    return withinRecord({ score: { regular: known, extraTime: null, shootOut: null }, how: "regular" });
  }
  if (end === null) return null;
  if (regular === null) return untold("its score after 90 minutes is not told");
  const taken = fallen(halftime, regular);
  if (taken !== null) return taken;
  if (short === "AET" && hasGoals(shootOut))
    return contradiction(`it ended after extra time and has a shoot-out of ${shootOut && told(shootOut)}`);
  if (short === "PEN" && shootOut === null) return untold("it went to a shoot-out whose goals are not told");
  if (extra !== null && !isSame(extra, minus(end, regular)) && !isSame(extra, end))
    return contradiction(`extratime ${told(extra)} does not lead from fulltime ${told(regular)} to goals ${told(end)}`);
  const hadExtraTime = extra !== null;
  return extended({ regular, end, hadExtraTime, shootOut: short === "AET" ? null : shootOut, mayBeSecondLeg });
}
