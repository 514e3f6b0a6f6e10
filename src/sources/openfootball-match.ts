import type { PollRemark, Score } from "../match/event.ts";
import type { Status } from "../match/status.ts";
import type { League } from "./competitions.ts";
import { localKickoff } from "./kickoff.ts";
import { oneLine } from "./live.ts";
import { type FileMatch, matchSchema } from "./openfootball-schema.ts";
import type { Told } from "./recognise.ts";
import type { Observation } from "./source.ts";

const statuses: ReadonlyMap<string, Status> = new Map([
  ["cancelled", "cancelled"],
  ["canceled", "cancelled"],
  ["awarded", "awarded"],
  ["postponed", "postponed"],
  ["abandoned", "abandoned"],
]);

/** One entry of a file's `matches`, or why it cannot be read; `at` counts from 1. */
export function readMatch(league: League, season: string, entry: unknown, at: number): Told | PollRemark {
  const parsed = matchSchema.safeParse(entry);
  const place = `${season}/${league.codes.openfootball}`;
  if (!parsed.success)
    return {
      code: "unreadable-match",
      match: `${place} match ${at}`,
      text: `is not as documented: ${oneLine(parsed.error)}`,
    };
  const match = parsed.data;
  const ref = `${place} ${match.round ?? "no round"}: ${match.team1} v ${match.team2}`;
  const reject = (code: string, text: string): PollRemark => ({ code, match: ref, text });

  const kickoff = localKickoff(league.zone, match.date, match.time ?? null, league.kickoff);
  if ("problem" in kickoff) return reject("unreadable-time", kickoff.problem);
  const written = match.status?.trim() ?? "";
  const status = written === "" ? null : statuses.get(written.toLowerCase());
  if (status === undefined) return reject("unknown-status", `the status ${JSON.stringify(written)} is none we know`);
  const result = resultOf(match);
  if (typeof result === "string") return reject("impossible-score", result);
  return {
    ref,
    matchday: match.round ?? null,
    home: match.team1,
    away: match.team2,
    kickoff: kickoff.at,
    timeAssumed: kickoff.assumed,
    status: status ?? (result === null ? "scheduled" : "finished"),
    // What was played of a match that was then awarded or broken off is no result.
    result: status === null ? result : null,
  };
}

/** `extraTime` is the score after 120 minutes. null: no score yet; words: why it cannot be one. */
function resultOf({ score }: FileMatch): Observation["result"] | string {
  const { ht, ft, et, p } = score ?? {};
  if (ft === undefined || ft === null)
    return et || p ? "there is a score after extra time or a shoot-out, and none after 90 minutes" : null;
  const regular = scoreOf(ft);
  if (ht && (ht[0] > ft[0] || ht[1] > ft[1])) return `${ht.join("-")} at half-time cannot become ${ft.join("-")}`;
  if (et && (et[0] < ft[0] || et[1] < ft[1])) return `${ft.join("-")} cannot become ${et.join("-")} in extra time`;
  if (p && p[0] === p[1]) return `a shoot-out does not end ${p.join("-")}`;
  const extraTime = et ? scoreOf(et) : null;
  const shootOut = p ? scoreOf(p) : null;
  return {
    score: { regular, extraTime, shootOut },
    how: shootOut ? "shoot-out" : extraTime ? "extra-time" : "regular",
  };
}

function scoreOf([home, away]: [number, number]): Score {
  return { home, away };
}
