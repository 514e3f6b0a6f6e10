import { matchEntry } from "../../src/actors/append.ts";
import type { Config } from "../../src/config.ts";
import type { EventLog } from "../../src/events/log.ts";
import { openModels } from "../../src/match/answers.ts";
import { backfillEnd, type Lack, lackOf, reasonsToSkip } from "../../src/match/backfill.ts";
import type { Stage } from "../../src/match/event.ts";
import { evolve } from "../../src/match/evolve.ts";
import type { Match } from "../../src/match/match.ts";
import { exitCode } from "../cli/errors.ts";
import { count } from "../cli/format.ts";
import type { KnownMatches } from "../cli/known-matches.ts";
import type { LogAccess } from "../cli/log-access.ts";
import { operatorAt } from "../cli/operator.ts";
import { print, say } from "../cli/output.ts";
import { createProgress, type Progress } from "../cli/progress.ts";
import { Interrupted } from "../cli/signals.ts";
import type { Planned } from "./backfill.ts";

interface Run {
  config: Config;
  access: LogAccess;
  known: KnownMatches;
  found: Planned;
  json: boolean;
  /** The options that find these matches again. */
  again: string;
}

/** Requests what is planned, one fact a match, and follows it to its end; sets the exit code. */
export async function runBackfill({ config, access, known, found, json, again }: Run): Promise<void> {
  const { plan, underWay, skipped, scope } = found;
  const { log, signal } = access;
  const tell = json ? (line: object) => print(JSON.stringify({ schemaVersion: 1, ...line })) : () => {};
  tell({ type: "plan", ...plan, underWay: underWay.map(({ id }) => id) });
  for (const { matchId, why } of skipped) tell({ type: "skipped", matchId, why: reasonsToSkip[why] });

  signal.addEventListener("abort", () => leave(signal.reason, json ? "" : again), { once: true });
  const { asked, alreadyDone } = await request(config, access, known, found);
  for (const { id, retro } of asked) tell({ type: "requested", matchId: id, request: retro?.sequence ?? null });
  for (const id of alreadyDone) tell({ type: "already-done", matchId: id });
  if (!json && asked.length > 0) say(`requested for ${count(asked.length, "match", "matches")}`);
  if (!json && alreadyDone.length > 0) say(`${count(alreadyDone.length, "match", "matches")} already done meanwhile`);

  const matches = new Map([...underWay, ...asked].map((match) => [match.id, match]));
  const progress = json ? null : createProgress("matches");
  const ends = await follow({ log, signal, after: known.sequence, matches, stages: scope.stages, tell, progress });
  progress?.stop();

  const failed = [...ends.values()].filter((end) => end === "failed").length;
  const done = ends.size - failed + alreadyDone.length;
  const open = failed + skipped.length;
  const state = open === 0 ? "done" : done === 0 ? "gaps-remain" : "partly";
  const total = ends.size + alreadyDone.length + skipped.length;
  tell({ type: "summary", state, total, done, failed, cancelled: 0, running: 0, skipped: skipped.length });
  if (!json && total > 0)
    say(
      `${done} of ${count(total, "match", "matches")} done${open > 0 ? `, ${open} still with a gap: see fulltime gaps` : ""}`,
    );
  process.exitCode = { done: exitCode.fine, "gaps-remain": exitCode.found, partly: exitCode.partly }[state];
}

async function request(
  config: Config,
  access: LogAccess,
  known: KnownMatches,
  { lacks, scope }: Planned,
): Promise<{ asked: Match[]; alreadyDone: string[] }> {
  const operator = operatorAt(config, access, known);
  const [asked, alreadyDone]: [Match[], string[]] = [[], []];
  await Promise.all(
    lacks.map(async (lack) => {
      const match = known.match(lack.matchId);
      if (match === null) throw new Error(`${lack.matchId} was known and is not`);
      const written = await operator.say(match, (state) => {
        const stages = stillLacking(lack, lackOf(state, scope));
        const data = { by: operator.name, reason: "backfill", stages, letter: null };
        return stages.length === 0 ? null : { type: "match.retro.requested", data };
      });
      const { state } = written;
      // Somebody else may have asked for it since: then theirs is followed.
      if (written.outcome === "appended" || backfillEnd(state, scope.stages) === "running") asked.push(state);
      else alreadyDone.push(state.id);
    }),
  );
  return { asked, alreadyDone };
}

/** Never more than was planned and agreed to. */
function stillLacking(planned: Lack, now: ReturnType<typeof lackOf>): Stage[] {
  return typeof now === "string" ? [] : now.stages.filter((stage) => planned.stages.includes(stage));
}

interface Following {
  log: EventLog;
  signal: AbortSignal;
  /** The matches hold everything up to here; some hold more. */
  after: number;
  matches: Map<string, Match>;
  stages: readonly Stage[] | null;
  tell: (line: object) => void;
  progress: Progress | null;
}

type End = "done" | "failed";

async function follow({ log, signal, after, matches, stages, tell, progress }: Following): Promise<Map<string, End>> {
  const ends = new Map<string, End>();
  const look = (match: Match) => {
    const end = backfillEnd(match, stages);
    if (end === "running") return;
    ends.set(match.id, end);
    progress?.line(`${match.id}  ${end === "done" ? "done" : "not done"}: ${standing(match)}`);
    progress?.update(ends.size, matches.size, "");
    tell({ type: "match", matchId: match.id, state: end, standing: standing(match) });
  };
  for (const match of matches.values()) look(match);
  if (ends.size === matches.size) return ends;
  for await (const batch of log.follow(after, signal)) {
    for (const message of batch) {
      const match = message.entity?.root === "match" ? matches.get(message.entity.id) : undefined;
      if (match === undefined || message.sequence <= match.version || ends.has(match.id)) continue;
      const next = evolve(match, matchEntry(message));
      matches.set(match.id, next);
      look(next);
      if (!ends.has(next.id) && standing(next) !== standing(match))
        tell({ type: "match", matchId: next.id, state: "running", standing: standing(next) });
    }
    if (ends.size === matches.size) break;
  }
  return ends;
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

function leave(reason: unknown, again: string): void {
  if (!(reason instanceof Interrupted)) return;
  say("left running: the node goes on with what was requested");
  if (again === "") return;
  say(`  follow it:  fulltime backfill ${again}   (requests nothing twice)`);
  say("  resume it:  the same, after a crash too");
  say(
    "  stop it:    what was requested stays so; nodes without the role predict (FULLTIME_ROLES) call no model for it",
  );
}
