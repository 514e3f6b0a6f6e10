import type { Command } from "commander";
import type { Category } from "../../../src/match/event.ts";
import { type FailureGroup, groupFailures } from "../../../src/match/failed-settlements.ts";
import { exitCode } from "../../cli/errors.ts";
import { count, instant } from "../../cli/format.ts";
import { withMatches } from "../../cli/known-matches.ts";
import { examples, from } from "../../cli/options.ts";
import { paint, print, printJson, say } from "../../cli/output.ts";
import { loadConfig } from "../../cli/settings.ts";

export function investigateCommand(settlement: Command): void {
  settlement
    .command("investigate")
    .description("why settlements failed: grouped by category and cause, with what to do; exit 3 if any")
    .option("--since <day>", "failed on or after this day or instant, UTC", from)
    .option("--json", "one JSON document, with every match")
    .addHelpText(
      "after",
      examples(
        ["settlement investigate", "causes and remedies"],
        ["settlement investigate --since 2016-08-13 --json", "for scripts"],
      ),
    )
    .action(async ({ since, json }: { since?: number; json?: true }) => {
      const groups = await withMatches(loadConfig(), null, (known) => groupFailures(known.failedSettlements(), since));
      const total = groups.reduce((sum, group) => sum + group.count, 0);
      if (json === true) printJson({ total, groups: groups.map(asJson) });
      else if (total === 0) say("no failed settlements");
      else {
        print(groups.map(paragraph).join("\n\n"));
        say(`${count(total, "failed settlement")} of ${count(groups.length, "cause")}`);
      }
      if (total > 0) process.exitCode = exitCode.found;
    });
}

const remedies: Record<Category, string> = {
  transient: "whatever was away may be back: fulltime settlement retry --category transient",
  "rate-limited": "wait for the limit to pass, it is tried again by itself: fulltime settlement retry asks at once",
  budget: "wait for the quota to be reset, it is tried again by itself",
  "no-data-yet": "wait: it is tried again by itself when the data is there",
  permanent: "put right what the reason names, then: fulltime settlement retry --category permanent",
  bug: "a defect of this version: report the fingerprint, upgrade, then: fulltime settlement retry --category bug",
  crash: "its process died again and again: look into the node's log, then: fulltime settlement retry --category crash",
  missed: "nothing settles by hindsight alone: fulltime backfill --match ID",
  "no-predictions": "analysed and never predicted: fulltime backfill --match ID predicts in hindsight, then it settles",
};

const matchesShown = 5;

function paragraph({ category, fingerprint, givenUp, first, last, reason, matchIds, ...group }: FailureGroup): string {
  const waiting = group.count - givenUp;
  const more = matchIds.length > matchesShown ? `, and ${matchIds.length - matchesShown} more (--json has all)` : "";
  return [
    `${paint("bold", `${group.count} x ${category}`)}  ${fingerprint}`,
    `  reason   ${reason}`,
    `  failed   ${instant(first)} to ${instant(last)} UTC; ${givenUp} given up${waiting > 0 ? `, ${waiting} tried again by itself` : ""}`,
    `  matches  ${matchIds.slice(0, matchesShown).join(", ")}${more}`,
    `  remedy   ${remedies[category]}`,
  ].join("\n");
}

function asJson({ first, last, ...group }: FailureGroup): object {
  const [firstAt, lastAt] = [first, last].map((at) => new Date(at).toISOString());
  return { ...group, first: firstAt, last: lastAt, remedy: remedies[group.category] };
}
