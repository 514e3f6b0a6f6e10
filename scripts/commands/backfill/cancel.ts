import type { Command } from "commander";
import type { Config } from "../../../src/config.ts";
import { callEntry } from "../../../src/events/entries.ts";
import { type Call, evolveCall, unknownCall } from "../../../src/match/call.ts";
import { callProgress } from "../../../src/plans/call-progress.ts";
import { openReadOnly } from "../../../src/projections/reader.ts";
import { CommandFailed, exitCode } from "../../cli/errors.ts";
import { withMatches } from "../../cli/known-matches.ts";
import { withLog } from "../../cli/log-access.ts";
import { operatorAt, withRunningLog } from "../../cli/operator.ts";
import { callId, examples, reasonText } from "../../cli/options.ts";
import { printJson, say } from "../../cli/output.ts";
import { loadConfig } from "../../cli/settings.ts";

interface Options {
  reason?: string;
  dryRun?: true;
  json?: true;
}

export function cancelCommand(backfill: Command): void {
  backfill
    .command("cancel")
    .description("cancel what has not begun of a backfill; what is under way ends by itself")
    .argument("<id>", "backfill id, from `backfill list`", callId)
    .option("--reason <text>", "why, for the log", reasonText)
    .option("--dry-run", "say what would be done, write nothing")
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(["backfill cancel 01J8ZQ4T5V9N3M2K1H0G7F6E5D --reason 'wrong week'", "one backfill"]),
    )
    .action(async (id: string, { reason, dryRun, json }: Options) => {
      const config = loadConfig();
      const access = dryRun === true ? withLog : withRunningLog;
      const result = await access(config, async (it) => {
        const messages = await it.log.history({ root: "operator", id });
        const call = messages.map(callEntry).reduce(evolveCall, unknownCall(id));
        if (call.requested?.order.what !== "backfill")
          throw new CommandFailed(exitCode.failed, `there is no backfill ${id}: see fulltime backfill list`);
        if (call.cancelled !== null) return "already cancelled";
        if (hasEnded(config, call))
          throw new CommandFailed(exitCode.failed, `backfill ${id} has ended: nothing is left to cancel`);
        if (dryRun === true) return "would be cancelled";
        const { outcome } = await withMatches(config, it, (known) =>
          operatorAt(config, it, known).cancel(call, reason ?? null),
        );
        return outcome === "appended" ? "cancelled" : "already cancelled";
      });
      if (json === true) return printJson({ backfillId: id, result });
      say(`${id}  ${result}; fulltime backfill show ${id} tells what had begun`);
    });
}

/** As far as a read model on this machine tells. */
function hasEnded({ dataDir }: Config, call: Call): boolean {
  const readModel = openReadOnly(dataDir);
  if (readModel === null) return false;
  try {
    const known = readModel.call(call.id);
    return known !== null && ["done", "partly"].includes(callProgress(known, readModel).state);
  } finally {
    readModel.close();
  }
}
