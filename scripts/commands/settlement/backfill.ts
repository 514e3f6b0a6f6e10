import type { Command } from "commander";
import { basisOf } from "../../../src/match/settlement.ts";
import { days, examples } from "../../cli/options.ts";
import { loadConfig } from "../../cli/settings.ts";
import { askToSettle } from "./ask.ts";

const dayMs = 24 * 3_600_000;

export function settlementBackfillCommand(settlement: Command): void {
  settlement
    .command("backfill")
    .description("settle every match that has ended and is not settled; a second time does nothing")
    .option("--days <n>", "matches that kicked off within this many days", days, 7)
    .option("--dry-run", "say what would be accepted, write nothing")
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(
        ["settlement backfill --dry-run", "what the last 7 days lack"],
        ["settlement backfill --days 30", "a month"],
      ),
    )
    .action(async ({ days, dryRun, json }: { days: number; dryRun?: true; json?: true }) => {
      await askToSettle({
        config: loadConfig(),
        select: (known) =>
          [...known.live(known.now() - days * dayMs, known.now())]
            .filter((match) => ![null, match.settlement?.basis].includes(basisOf(match)))
            .map((match) => ({ id: match.id, match })),
        which: "unsettled",
        reason: "settlement backfill",
        dryRun: dryRun === true,
        json: json === true,
      });
    });
}
