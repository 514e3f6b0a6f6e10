import type { Command } from "commander";
import { importCommand } from "./history/import.ts";

export function historyCommand(program: Command): void {
  const history = program.command("history").description("finished seasons, for the forecasts to learn from");
  importCommand(history);
}
