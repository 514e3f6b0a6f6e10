import type { Command } from "commander";
import { markingOf } from "../../../src/match/orders.ts";
import type { Match } from "../../../src/match/match.ts";
import { CommandFailed, exitCode } from "../../cli/errors.ts";
import { type KnownMatches, withMatches } from "../../cli/known-matches.ts";
import { noSuchMatch } from "../../cli/no-such-match.ts";
import { operatorAt, withRunningLog } from "../../cli/operator.ts";
import { examples, matchId, reasonText } from "../../cli/options.ts";
import { printJson, say } from "../../cli/output.ts";
import { loadConfig } from "../../cli/settings.ts";

interface Options {
  reason?: string;
  dryRun?: true;
  json?: true;
}

export function dismissCommand(settlement: Command): void {
  settlement
    .command("dismiss")
    .description("take a failed settlement off the lists, for a reason; it stays in the log and can be restored")
    .argument("<id>", "match id", matchId)
    .requiredOption("--reason <text>", "why nobody needs to look at it any more", reasonText)
    .option("--dry-run", "say what would be done, write nothing")
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(["settlement dismiss pl-2016-17-arsenal-chelsea --reason 'played behind closed doors'", "one match"]),
    )
    .action((id: string, options: Options) => mark(id, "dismissed", options));
}

export function restoreCommand(settlement: Command): void {
  settlement
    .command("restore")
    .description("undo a dismissal")
    .argument("<id>", "match id", matchId)
    .option("--reason <text>", "why", reasonText)
    .option("--dry-run", "say what would be done, write nothing")
    .option("--json", "one JSON document")
    .addHelpText("after", examples(["settlement restore pl-2016-17-arsenal-chelsea", "it is on the lists again"]))
    .action((id: string, options: Options) => mark(id, "restored", options));
}

type Marked = "dismissed" | "restored";

async function mark(id: string, as: Marked, { reason: why = "", dryRun, json }: Options): Promise<void> {
  const config = loadConfig();
  const result = dryRun
    ? await withMatches(config, null, (known) => resultOf(named(id, known), as))
    : await withRunningLog(config, (access) =>
        withMatches(config, access, async (known) => {
          const operator = operatorAt(config, access, known);
          let result: "marked" | "already done" = "marked";
          await operator.say(named(id, known), (match) => {
            result = resultOf(match, as);
            if (result !== "marked") return null;
            return { type: `match.failure.${as}`, data: { stage: "settle", by: operator.name, reason: why } };
          });
          return result;
        }),
      );
  const said = result === "marked" ? as : "already done";
  if (json === true) return printJson({ matchId: id, result: said, dryRun: dryRun === true });
  say(`${id}  ${dryRun === true && result === "marked" ? "would be " : ""}${said}`);
}

function named(id: string, known: KnownMatches): Match {
  const match = known.match(id);
  if (match === null) throw noSuchMatch(id, known.ids());
  return match;
}

function resultOf(match: Match, as: Marked): "marked" | "already done" {
  const marking = markingOf(match, as);
  if (marking === "accepted") return "marked";
  if (marking === "already done") return marking;
  throw new CommandFailed(
    exitCode.failed,
    `${match.id} has no failed settlement: see fulltime settlement investigate, or fulltime match ${match.id}`,
  );
}
