import type { Command } from "commander";
import type { Call } from "../../../src/match/call.ts";
import { callProgress } from "../../../src/plans/call-progress.ts";
import type { ReadOnlyModel } from "../../../src/projections/reader.ts";
import { CommandFailed, exitCode } from "../../cli/errors.ts";
import { instant } from "../../cli/format.ts";
import { callId, examples, wholeNumber } from "../../cli/options.ts";
import { print, printJson, say } from "../../cli/output.ts";
import { withReadModel } from "../../cli/read-model.ts";
import { loadConfig } from "../../cli/settings.ts";
import { table } from "../../cli/table.ts";

export function listCommand(backfill: Command): void {
  backfill
    .command("list")
    .description("the backfills so far, newest first: who asked, why, and what came of it")
    .option("--limit <n>", "how many", wholeNumber, 20)
    .option("--json", "one JSON document")
    .addHelpText("after", examples(["backfill list", "the last 20"]))
    .action(({ limit, json }: { limit: number; json?: true }) =>
      withReadModel(loadConfig(), (readModel) => {
        const calls = readModel.calls({ what: "backfill", limit }).map((call) => summary(call, readModel));
        if (json === true) return printJson({ backfills: calls });
        if (calls.length === 0)
          return say("there has been no backfill: fulltime backfill --dry-run shows what one would do");
        print(
          table(
            [
              { title: "backfill" },
              { title: "requested" },
              { title: "by" },
              { title: "state" },
              { title: "done", align: "right" },
              { title: "failed", align: "right" },
              { title: "cancelled", align: "right" },
              { title: "running", align: "right" },
            ],
            calls.map((it) => [
              it.backfillId,
              instant(Date.parse(it.requestedAt)),
              it.by,
              it.state,
              ...[it.done, it.failed, it.cancelled, it.running].map(String),
            ]),
          ),
        );
      }),
    );
}

export function showCommand(backfill: Command): void {
  backfill
    .command("show")
    .description("one backfill: who asked for what, when and why, and what came of it on each match")
    .argument("<id>", "backfill id, from `backfill list`", callId)
    .option("--json", "one JSON document")
    .addHelpText("after", examples(["backfill show 01J8ZQ4T5V9N3M2K1H0G7F6E5D", "its matches and how each ended"]))
    .action((id: string, { json }: { json?: true }) =>
      withReadModel(loadConfig(), (readModel) => {
        const call = knownCall(id, readModel);
        const matches = matchesOf(id, readModel);
        if (json === true) return printJson({ ...summary(call, readModel), matches });
        const { state, by, requestedAt, reason, total, done, failed, cancelled, running, ...rest } = summary(
          call,
          readModel,
        );
        print(`${id}  ${state}`);
        print(`  requested  ${instant(Date.parse(requestedAt))} UTC by ${by}${reason === null ? "" : `: ${reason}`}`);
        print(`  matches    ${total}: ${done} done, ${failed} failed, ${cancelled} cancelled, ${running} running`);
        for (const [why, count] of Object.entries(rest.skipped)) print(`  left out   ${count}: ${why}`);
        if (rest.cancelledBy !== null) print(`  cancelled  by ${rest.cancelledBy}`);
        if (matches.length > 0)
          print(
            table(
              [{ title: "match" }, { title: "state" }],
              matches.map((it) => [it.matchId, it.state]),
            ),
          );
      }),
    );
}

/** The call of that id. Throws `CommandFailed`. */
function knownCall(id: string, readModel: Pick<ReadOnlyModel, "call">): Call {
  const call = readModel.call(id);
  if (call?.requested?.order.what === "backfill") return call;
  throw new CommandFailed(exitCode.failed, `there is no backfill ${id}: see fulltime backfill list`);
}

function summary(call: Call, readModel: ReadOnlyModel) {
  const { requested, applied, cancelled } = call;
  return {
    backfillId: call.id,
    by: requested?.principal ?? "",
    requestedAt: new Date(requested?.time ?? 0).toISOString(),
    reason: requested?.order.reason ?? null,
    ...callProgress(call, readModel),
    skipped: applied?.skipped ?? {},
    cancelledBy: cancelled?.by ?? null,
  };
}

const pageSize = 1000;

function matchesOf(id: string, readModel: ReadOnlyModel) {
  const matches: ReturnType<ReadOnlyModel["callMatches"]>["matches"] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = readModel.callMatches(id, cursor ?? null, pageSize);
    matches.push(...page.matches);
    cursor = page.cursor;
  }
  return matches;
}
