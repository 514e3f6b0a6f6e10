import type { Score } from "../match/event.ts";
import type { RawScore } from "./football-data-schema.ts";
import {
  agrees,
  contradiction,
  type Doubt,
  extended,
  fallen,
  hasGoals,
  isSame,
  isDoubt,
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
 * The result of a finished match. `fullTime` is the score at the end with the goals of the shoot-out, `extraTime` and
 * `penalties` hold the goals of those alone, so the three parts add up to it (docs.football-data.org: Dealing with scores). What
 * counts for us is `regularTime`, the score after 90 minutes, or what is left of `fullTime` without the others. null: the score
 * is not there yet.
 */
export function resultOf(raw: RawScore, mayBeSecondLeg: boolean): Result | Doubt | null {
  const result = resultOfParts(raw, mayBeSecondLeg);
  return result === null || isDoubt(result) ? result : (against(raw, result, mayBeSecondLeg) ?? result);
}

/** What the parts that make no result have against it: half a score, the score at half-time, the winner. */
function against(raw: RawScore, { score }: Result, mayBeSecondLeg: boolean): Doubt | null {
  const { regular } = score;
  if (!agrees(raw.regularTime, regular))
    return contradiction(`its regularTime ${partly(raw.regularTime)} is not ${told(regular)}`);
  const { home, away } = raw.fullTime;
  const winner = winners[Math.sign((home ?? 0) - (away ?? 0)) + 1];
  // Whether it is the match's winner or that of both legs is not documented where there are two.
  if (!mayBeSecondLeg && winners.includes(String(raw.winner)) && raw.winner !== winner)
    return contradiction(`its winner is ${String(raw.winner)} with fullTime ${partly(raw.fullTime)}`);
  return fallen(raw.halfTime, regular);
}

const winners = ["AWAY_TEAM", "DRAW", "HOME_TEAM"];

function resultOfParts(raw: RawScore, mayBeSecondLeg: boolean): Result | Doubt | null {
  const { duration } = raw;
  const total = whole(raw.fullTime);
  if (total === null) return null;
  const { halfTime, fullTime, regularTime, extraTime, penalties } = raw;
  const unreadable = noGoals({ fullTime, halfTime, regularTime, extraTime, penalties });
  if (unreadable !== null) return unreadable;
  const parts = { total, regular: whole(regularTime), extra: whole(extraTime), shootOut: whole(penalties) };
  switch (duration) {
    case "REGULAR":
      return ofNinety(parts);
    case "EXTRA_TIME":
      if (hasGoals(parts.shootOut)) return contradiction(`it ended by EXTRA_TIME and has ${goalsOf(parts)}`);
      return extendedBy({ ...parts, shootOut: null }, mayBeSecondLeg);
    case "PENALTY_SHOOTOUT":
      if (parts.shootOut === null) return untold("it went to a shoot-out whose goals are not told");
      return extendedBy(parts, mayBeSecondLeg);
    case null:
    case undefined:
      return untold(`its duration is missing: ${told(total)} may hold goals of extra time and of a shoot-out`);
    default:
      return untold(`it ended by ${JSON.stringify(duration).slice(0, 40)}, which is not documented`);
  }
}

interface Parts {
  total: Score;
  regular: Score | null;
  extra: Score | null;
  shootOut: Score | null;
}

function ofNinety(parts: Parts): Result | Doubt {
  const { total, regular, extra, shootOut } = parts;
  if (hasGoals(extra) || hasGoals(shootOut) || (regular !== null && !isSame(regular, total)))
    return contradiction(`it ended by REGULAR and has ${goalsOf(parts)}`);
  return withinRecord({ score: { regular: total, extraTime: null, shootOut: null }, how: "regular" });
}

function extendedBy(parts: Parts, mayBeSecondLeg: boolean): Result | Doubt {
  const { total, extra, shootOut } = parts;
  const end = minus(total, shootOut ?? nil);
  const regular = parts.regular ?? (extra === null ? null : minus(end, extra));
  if (regular === null)
    return untold(
      `it went to ${shootOut === null ? "extra time" : "a shoot-out"} and the score after 90 minutes is not told`,
    );
  // Where nothing else tells the score after 90 minutes, goals of extra time that are all there were may be the score after 120.
  if (parts.regular === null && extra !== null && hasGoals(extra) && isSame(extra, end))
    return untold(`${told(extra)} may be the goals of its extra time or the score after it`);
  if (Math.min(end.home, end.away, regular.home, regular.away) < 0)
    return contradiction(`its parts are more than its full-time score: ${goalsOf(parts)}`);
  if (extra !== null && !isSame(extra, minus(end, regular)))
    return contradiction(`its parts do not add up to its full-time score: ${goalsOf(parts)}`);
  return extended({ regular, end, hadExtraTime: extra !== null, shootOut, mayBeSecondLeg });
}

const nil: Score = { home: 0, away: 0 };

/** As the provider calls them. */
function goalsOf({ total, regular, extra, shootOut }: Parts): string {
  const named = { fullTime: total, regularTime: regular, extraTime: extra, penalties: shootOut };
  return Object.entries(named)
    .flatMap(([name, score]) => (score === null ? [] : [`${name} ${told(score)}`]))
    .join(", ");
}
