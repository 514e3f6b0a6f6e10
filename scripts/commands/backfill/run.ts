import { matchEntry } from "../../../src/events/entries.ts";
import type { Config } from "../../../src/config.ts";
import type { LogMessage } from "../../../src/events/log.ts";
import { openModels } from "../../../src/match/answers.ts";
import { backfillEnd, reasonsToSkip } from "../../../src/match/backfill.ts";
import type { Stage } from "../../../src/match/event.ts";
import { evolve } from "../../../src/match/evolve.ts";
import type { Match } from "../../../src/match/match.ts";
import type { PlannedBackfill } from "../../../src/plans/backfill-plan.ts";
import { exitCode } from "../../cli/errors.ts";
import { count } from "../../cli/format.ts";
import { followLog } from "../../cli/follow.ts";
import type { KnownMatches } from "../../cli/known-matches.ts";
import type { LogAccess } from "../../cli/log-access.ts";
import { operatorAt } from "../../cli/operator.ts";
import { print, say } from "../../cli/output.ts";
import { createProgress, type Progress } from "../../cli/progress.ts";
import { Interrupted } from "../../cli/signals.ts";

interface Run {
  config: Config;
  access: LogAccess;
  known: KnownMatches;
  found: PlannedBackfill;
  json: boolean;
  /** The options that find these matches again. */
  again: string;
}

/** Requests what is planned, as one call that the nodes carry out, and follows it to its end; sets the exit code. */
export async function runBackfill({ config, access, known, found, json, again }: Run): Promise<void> {
  const { plan, underWay, skipped, scope, lacks, order } = found;
  const tell = json ? (line: object) => print(JSON.stringify({ schemaVersion: 1, ...line })) : () => {};
  tell({ type: "plan", ...plan, underWay });
  for (const { matchId, why } of skipped) tell({ type: "skipped", matchId, why: reasonsToSkip[why] });

  const call = lacks.length === 0 ? null : await operatorAt(config, access, known).call(order, plan.planHash);
  if (call !== null) {
    tell({ type: "requested", backfillId: call });
    if (!json) say(`requested as backfill ${call}`);
  }
  const tracked = [...underWay, ...lacks.map(({ matchId }) => matchId)].flatMap((id) => known.match(id) ?? []);
  const matches = new Map(tracked.map((match) => [match.id, match]));
  const progress = json ? null : createProgress("matches");
  const ends = new Map<string, End>();
  const following: Following = {
    batches: followLog(config, access, known.sequence),
    matches,
    ends,
    waiting: new Set(call === null ? [] : lacks.map(({ matchId }) => matchId)),
    call,
    stages: scope.stages,
    tell,
    progress,
  };
  const of = (wanted: End) => [...ends.values()].filter((end) => end === wanted).length;
  const counts = () => ({ done: of("done"), failed: of("failed"), cancelled: of("cancelled") });
  try {
    await follow(following);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    progress?.stop();
    const [total, running] = [matches.size + skipped.length, matches.size - ends.size];
    tell({ type: "summary", state: "left-running", total, ...counts(), running, skipped: skipped.length });
    if (!json) leave(call, again, running);
    throw error;
  }
  progress?.stop();

  const { done, failed, cancelled } = counts();
  const open = failed + cancelled + skipped.length;
  const state = open === 0 ? "done" : done === 0 ? "gaps-remain" : "partly";
  const total = ends.size + skipped.length;
  tell({ type: "summary", state, total, done, failed, cancelled, running: 0, skipped: skipped.length });
  if (!json && total > 0)
    say(
      `${done} of ${count(total, "match", "matches")} done${cancelled > 0 ? `, ${cancelled} cancelled` : ""}${open > 0 ? `, ${open} still with a gap: see fulltime gaps` : ""}`,
    );
  process.exitCode = { done: exitCode.fine, "gaps-remain": exitCode.found, partly: exitCode.partly }[state];
}

interface Following {
  /** From where the matches stand; some hold more. */
  batches: AsyncIterable<LogMessage[]>;
  matches: Map<string, Match>;
  /** How each ended, as it does. */
  ends: Map<string, End>;
  /** Those that have not had their word yet. */
  waiting: Set<string>;
  /** The backfill that gives it to them, null where everything is under way already. */
  call: string | null;
  stages: readonly Stage[] | null;
  tell: (line: object) => void;
  progress: Progress | null;
}

type End = "done" | "failed" | "cancelled";

async function follow(following: Following): Promise<void> {
  const { batches, matches, ends, waiting, call, stages, tell, progress } = following;
  const end = (match: Match, as: End) => {
    ends.set(match.id, as);
    progress?.line(`${match.id}  ${as === "failed" ? "not done" : as}: ${standing(match)}`);
    progress?.update(ends.size, matches.size, "");
    tell({ type: "match", matchId: match.id, state: as, standing: standing(match) });
  };
  const look = (match: Match) => {
    const ended = waiting.has(match.id) ? "running" : backfillEnd(match, stages);
    if (ended !== "running") end(match, ended);
  };
  for (const match of matches.values()) look(match);
  if (ends.size === matches.size) return;
  for await (const batch of batches) {
    for (const { entity, event, sequence } of batch) {
      if (entity?.root === "operator" && entity.id === call && event?.type === "operator.applied") {
        // Somebody else was quicker with what has had no word by now: then theirs is followed.
        const left = [...waiting];
        waiting.clear();
        for (const id of left) look(matches.get(id) as Match);
      }
      const match = entity?.root === "match" ? matches.get(entity.id) : undefined;
      if (match === undefined || sequence <= match.version || ends.has(match.id)) continue;
      const next = evolve(match, matchEntry({ sequence, event }));
      matches.set(match.id, next);
      if (event?.causationId === call) waiting.delete(next.id);
      if (event?.type === "match.retro.cancelled" && next.retro === null && match.retro !== null)
        end(next, "cancelled");
      else look(next);
      if (!ends.has(next.id) && standing(next) !== standing(match))
        tell({ type: "match", matchId: next.id, state: "running", standing: standing(next) });
    }
    if (ends.size === matches.size) return;
  }
}

function standing(match: Match): string {
  const { analysis, round, stages, settlement } = match;
  const models = round.roster?.length ?? 0;
  const failure = stages.predict.failure ?? stages.analyse.failure ?? stages.settle.failure;
  const parts = [
    analysis === null ? "not analysed" : "analysed",
    models === 0 ? "not predicted" : `${models - openModels(match).length} of ${models} models`,
    settlement === null ? "not settled" : settlement.void === null ? "settled" : `void: ${settlement.void.reason}`,
    ...(failure === null ? [] : [`${failure.category}: ${failure.reason}`]),
  ];
  return parts.join(", ");
}

function leave(call: string | null, again: string, running: number): void {
  say(`left running: the nodes go on with ${count(running, "match", "matches")}`);
  say(`  follow it:  fulltime backfill ${again}   (requests nothing twice)`);
  if (call !== null) say(`  cancel it:  fulltime backfill cancel ${call}   (what has not begun)`);
  say("  resume it:  after a crash it goes on by itself; what was cancelled, by the same command again");
}
