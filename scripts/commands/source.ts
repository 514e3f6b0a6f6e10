import type { Command } from "commander";
import { checkCommand } from "./source/check.ts";
import { replayCommand } from "./source/replay.ts";

export function sourceCommand(program: Command): void {
  const source = program
    .command("source")
    .description("where fixtures and results come from: what the source offers; play a directory of dated files");
  for (const add of [checkCommand, replayCommand]) add(source);
}
