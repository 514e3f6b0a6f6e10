import { type Command, Option } from "commander";
import { categories, type Category } from "../../../src/match/event.ts";
import { CommandFailed, exitCode } from "../../cli/errors.ts";
import { collected, examples, matchId, reasonText } from "../../cli/options.ts";
import { loadConfig } from "../../cli/settings.ts";
import { askToSettle } from "./ask.ts";

interface Options {
  category?: Category;
  match?: string[];
  all?: true;
  reason?: string;
  dryRun?: true;
  json?: true;
}

export function retryCommand(settlement: Command): void {
  settlement
    .command("retry")
    .description("try failed settlements again: says of every match whether that was accepted")
    .addOption(
      new Option("--category <category>", "those that failed with this category")
        .choices(categories)
        .conflicts(["match", "all"]),
    )
    .addOption(
      new Option("--match <id>", "this match (may be repeated)").argParser(collected(matchId)).conflicts("all"),
    )
    .option("--all", "all that failed and were not dismissed")
    .option("--reason <text>", "why, for the log", reasonText)
    .option("--dry-run", "say what would be accepted, write nothing")
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(
        ["settlement retry --category transient --dry-run", "which would be tried again"],
        ["settlement retry --category transient", "try them again"],
        ["settlement retry --match pl-2016-17-arsenal-chelsea", "one match"],
      ),
    )
    .addHelpText("after", "\nExit codes: 0 accepted or already done, 3 nothing accepted, 4 accepted in part.")
    .action(async ({ category, match: ids, all, reason, dryRun, json }: Options) => {
      if (category === undefined && ids === undefined && all === undefined)
        throw new CommandFailed(exitCode.usage, "say which: --category CATEGORY, --match ID or --all");
      await askToSettle({
        config: loadConfig(),
        select: (known) =>
          ids !== undefined
            ? [...new Set(ids)].map((id) => ({ id, match: known.match(id) }))
            : [...known.failedSettlements()]
                .filter(({ stages: { settle } }) => settle.failure?.dismissed === null)
                .filter(({ stages: { settle } }) => category === undefined || settle.failure?.category === category)
                .map((match) => ({ id: match.id, match })),
        which: "failed",
        category,
        reason: reason ?? null,
        dryRun: dryRun === true,
        json: json === true,
      });
    });
}
