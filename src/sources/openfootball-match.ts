import type { PollRemark, Score } from "../match/event.ts";
import type { Status } from "../match/status.ts";
import type { League } from "./competitions.ts";
import { localKickoff } from "./kickoff.ts";
import { inDoubt, oneLine } from "./live.ts";
import { type FileMatch, matchSchema } from "./openfootball-schema.ts";
import type { Told } from "./recognise.ts";
import {
  contradiction,
  type Doubt,
  extended,
  fallen,
  isDoubt,
  mayBeSecondLeg,
  type Result,
  withinRecord,
  untold,
} from "./score.ts";

const statuses: ReadonlyMap<string, Status> = new Map([
  ["cancelled", "cancelled"],
  ["canceled", "cancelled"],
  ["awarded", "awarded"],
  ["postponed", "postponed"],
  ["abandoned", "abandoned"],
]);

/** Doubtful: it may be a match of ours once the file says otherwise. */
type Unread = PollRemark & { doubtful: boolean };

/** One entry of a file's `matches`, or why it cannot be read; `at` counts from 1. */
export function readMatch(league: League, season: string, entry: unknown, at: number): Told | Unread {
  const parsed = matchSchema.safeParse(entry);
  const place = `${season}/${league.codes.openfootball}`;
  if (!parsed.success)
    return {
      code: "unreadable-match",
      match: `${place} match ${at}`,
      text: `is not as documented: ${oneLine(parsed.error)}`,
      doubtful: false,
    };
  const match = parsed.data;
  const ref = `${place} ${match.round ?? "no round"}: ${match.team1} v ${match.team2}`;
  const reject = (code: string, text: string): Unread => ({ code, match: ref, text, doubtful: false });

  const kickoff = localKickoff(league.zone, match.date, match.time ?? null, league.kickoff);
  if ("problem" in kickoff) return reject("unreadable-time", kickoff.problem);
  const written = match.status?.trim() ?? "";
  const status = written === "" ? null : statuses.get(written.toLowerCase());
  if (status === undefined) return reject("unknown-status", `the status ${JSON.stringify(written)} is none we know`);
  // What was played of a match that was then awarded or broken off is no result.
  const result = status === null ? resultOf(match) : null;
  if (isDoubt(result)) return inDoubt(ref, ref, result, "openfootball");
  return {
    ref,
    matchday: match.round ?? null,
    home: match.team1,
    away: match.team2,
    kickoff: kickoff.at,
    timeAssumed: kickoff.assumed,
    status: status ?? (result === null ? "scheduled" : "finished"),
    result,
  };
}

/** What its file has after 120 minutes is the score with the goals of the first 90. null: no score yet. */
function resultOf({ score, round }: FileMatch): Result | Doubt | null {
  const { ht, ft, et, p } = score ?? {};
  if (ft === undefined || ft === null)
    return et || p ? untold("there is a score after extra time or a shoot-out, and none after 90 minutes") : null;
  const regular = scoreOf(ft);
  const taken = ht ? fallen(scoreOf(ht), regular) : null;
  if (taken !== null) return taken;
  if (!et && !p) return withinRecord({ score: { regular, extraTime: null, shootOut: null }, how: "regular" });
  if (et && (et[0] < ft[0] || et[1] < ft[1]))
    return contradiction(`${ft.join("-")} cannot become ${et.join("-")} in extra time`);
  return extended({
    regular,
    end: et ? scoreOf(et) : regular,
    hadExtraTime: Boolean(et),
    shootOut: p ? scoreOf(p) : null,
    mayBeSecondLeg: mayBeSecondLeg(round ?? null),
  });
}

function scoreOf([home, away]: [number, number]): Score {
  return { home, away };
}
