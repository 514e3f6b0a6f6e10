import type { PollRemark } from "../match/event.ts";
import { type League, seasonName } from "./competitions.ts";
import { matchSchema, type RawMatch, statuses } from "./football-data-schema.ts";
import { resultOf } from "./football-data-score.ts";
import { kickoffOf, oneLine } from "./live.ts";
import type { Told } from "./recognise.ts";

/** One match of football-data.org's list, or why it is none for us. */
export function readMatch(raw: unknown, league: League, season: string): Told | PollRemark {
  const parsed = matchSchema.safeParse(raw);
  if (!parsed.success) return { code: "unreadable", match: refOf(raw), text: oneLine(parsed.error) };
  const match = parsed.data;
  const { id, homeTeam, awayTeam, utcDate } = match;
  const ref = String(id);
  const reject = (code: string, text: string) => ({ code, match: nameOf(match), text });
  if (homeTeam.name === null || awayTeam.name === null) return reject("no-teams", "its teams are not known yet");
  const own = seasonName(league.season, Number(match.season.startDate.slice(0, 4)));
  if (own !== season) return reject("other-season", `it is of ${own}, and ${season} was asked for`);
  const status = statuses.get(match.status);
  if (status === undefined) return reject("unknown-status", `status ${JSON.stringify(match.status)} is not documented`);
  const result = status === "finished" ? resultOf(match.score) : null;
  if (typeof result === "string") return reject("no-90-minute-score", result);
  return {
    ref,
    matchday: roundOf(match),
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

function refOf(raw: unknown): string {
  const id = typeof raw === "object" && raw !== null && "id" in raw ? raw.id : undefined;
  // Words of anything else may be endless, or making them may throw.
  return typeof id === "number" || typeof id === "string" ? String(id) : "a match without id";
}

function nameOf({ id, utcDate, homeTeam, awayTeam }: RawMatch): string {
  return `${id} ${utcDate.slice(0, 10)} ${homeTeam.name ?? "?"} v ${awayTeam.name ?? "?"}`;
}
