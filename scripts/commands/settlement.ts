import type { Command } from "commander";
import { settlementBackfillCommand } from "./settlement/backfill.ts";
import { investigateCommand } from "./settlement/investigate.ts";
import { dismissCommand, restoreCommand } from "./settlement/mark.ts";
import { retryCommand } from "./settlement/retry.ts";

export function settlementCommand(program: Command): void {
  const settlement = program
    .command("settlement")
    .description("matches whose settlement failed or never came: find out why, try again, dismiss");
  for (const add of [investigateCommand, retryCommand, settlementBackfillCommand, dismissCommand, restoreCommand])
    add(settlement);
}
