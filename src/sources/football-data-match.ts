import { type League, seasonName } from "./competitions.ts";
import { matchSchema, type RawMatch, statuses } from "./football-data-schema.ts";
import { resultOf } from "./football-data-score.ts";
import { inDoubt, kickoffOf, oneLine, type Refused } from "./live.ts";
import type { Told } from "./recognise.ts";
import { isDoubt, mayBeSecondLeg } from "./score.ts";

/** One match of football-data.org's list, or why it is none for us. */
export function readMatch(raw: unknown, league: League, season: string): Told | Refused {
  const parsed = matchSchema.safeParse(raw);
  if (!parsed.success) {
    const ref = refOf(raw);
    const match = ref ?? "a match without id";
    return { ref, code: "unreadable", match, text: oneLine(parsed.error), doubtful: false };
  }
  const match = parsed.data;
  const { id, homeTeam, awayTeam, utcDate } = match;
  const ref = String(id);
  const reject = (code: string, text: string) => ({ ref, code, match: nameOf(match), text, doubtful: false });
  if (homeTeam.name === null || awayTeam.name === null) return reject("no-teams", "its teams are not known yet");
  const own = seasonName(league.season, Number(match.season.startDate.slice(0, 4)));
  if (own !== season) return reject("other-season", `it is of ${own}, and ${season} was asked for`);
  const status = statuses.get(match.status);
  if (status === undefined) return reject("unknown-status", `status ${JSON.stringify(match.status)} is not documented`);
  const matchday = roundOf(match);
  const result = status === "finished" ? resultOf(match.score, mayBeSecondLeg(matchday)) : null;
  if (isDoubt(result)) return inDoubt(ref, nameOf(match), result, "football-data.org");
  return {
    ref,
    matchday,
    home: homeTeam.name,
    away: awayTeam.name,
    ...kickoffOf(league, utcDate, match.status !== "SCHEDULED"),
    status,
    result,
  };
}

/** Only the regular season's rounds are numbered through; a play-off has a stage, and its own matchdays. */
function roundOf({ stage, matchday }: RawMatch): string | null {
  if (stage !== null && stage !== undefined && stage !== "REGULAR_SEASON") return stage;
  return matchday === null || matchday === undefined ? null : String(matchday);
}

function refOf(raw: unknown): string | null {
  const id = typeof raw === "object" && raw !== null && "id" in raw ? raw.id : undefined;
  // Words of anything else may be endless, or making them may throw.
  return Number.isSafeInteger(id) || (typeof id === "string" && /^\d{1,15}$/.test(id)) ? String(id) : null;
}

function nameOf({ id, utcDate, homeTeam, awayTeam }: RawMatch): string {
  return `${id} ${utcDate.slice(0, 10)} ${homeTeam.name ?? "?"} v ${awayTeam.name ?? "?"}`;
}
