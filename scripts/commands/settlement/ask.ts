import type { Config } from "../../../src/config.ts";
import type { Category } from "../../../src/match/event.ts";
import type { Match } from "../../../src/match/match.ts";
import { retryOf } from "../../../src/match/orders.ts";
import { type Resettling, resettling } from "../../../src/match/settlement-retry.ts";
import { exitCode } from "../../cli/errors.ts";
import { count } from "../../cli/format.ts";
import { type KnownMatches, withMatches } from "../../cli/known-matches.ts";
import type { LogAccess } from "../../cli/log-access.ts";
import { operatorAt, withRunningLog } from "../../cli/operator.ts";
import { print, printJson, say } from "../../cli/output.ts";

export interface Asking {
  config: Config;
  /** The matches to look at; null stands for an id that nobody knows. */
  select: (known: KnownMatches) => { id: string; match: Match | null }[];
  which: "failed" | "unsettled";
  /** Takes failures of this category alone. */
  category?: Category | undefined;
  reason: string | null;
  dryRun: boolean;
  json: boolean;
}

type Result = Resettling | "dismissed" | "another failure";
interface Answer {
  matchId: string;
  result: Result;
}

/** Asks for settlements, one fact a match, and says of every match what came of it. */
export async function askToSettle(asking: Asking): Promise<void> {
  const { config, dryRun } = asking;
  const answers = dryRun
    ? await withMatches(config, null, (known) =>
        asking.select(known).map(({ id, match }) => ({ matchId: id, result: decide(match, asking) })),
      )
    : await withRunningLog(config, (access) => withMatches(config, access, (known) => ask(asking, access, known)));
  show(answers, asking);
  const accepted = answers.filter(({ result }) => result === "accepted").length;
  const open = answers.filter(({ result }) => result !== "accepted" && result !== "already done").length;
  if (!dryRun && open > 0) process.exitCode = accepted > 0 ? exitCode.partly : exitCode.found;
}

function ask(asking: Asking, access: LogAccess, known: KnownMatches): Promise<Answer[]> {
  const operator = operatorAt(asking.config, access, known);
  const data = { by: operator.name, reason: asking.reason, stages: ["settle" as const], letter: null };
  return Promise.all(
    asking.select(known).map(async ({ id, match }): Promise<Answer> => {
      if (match === null) return { matchId: id, result: decide(match, asking) };
      let result: Result = "accepted";
      const { outcome } = await operator.say(match, (state) => {
        result = decide(state, asking);
        return result === "accepted" ? { type: "match.retry.requested", data } : null;
      });
      // Without a fact of ours in the log nothing was accepted.
      if (outcome === "dropped" && result === "accepted") throw new Error(`${id} was accepted without a fact`);
      return { matchId: id, result };
    }),
  );
}

function decide(match: Match | null, { which, category }: Asking): Result {
  if (which === "failed") return retryOf(match, category ?? null);
  const result = resettling(match, which);
  const dismissed = match?.stages.settle.failure?.dismissed ?? null;
  return result === "accepted" && dismissed !== null ? "dismissed" : result;
}

function show(answers: readonly Answer[], { dryRun, json }: Asking): void {
  const requested = dryRun ? 0 : answers.filter(({ result }) => result === "accepted").length;
  if (json) return printJson({ dryRun, requested, matches: answers });
  for (const { matchId, result } of answers)
    print(`${matchId}  ${dryRun && result === "accepted" ? "would be accepted" : result}`);
  if (answers.length === 0) return say("nothing to do: there are no such matches");
  const counts = new Map<Result, number>();
  for (const { result } of answers) counts.set(result, (counts.get(result) ?? 0) + 1);
  const said = [...counts].map(([result, n]) => `${n} ${result}`).join(", ");
  say(`${count(answers.length, "match", "matches")}: ${said}${dryRun ? "; nothing was written" : ""}`);
}
