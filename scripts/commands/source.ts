import type { Command } from "commander";
import { replayCommand } from "./source/replay.ts";

export function sourceCommand(program: Command): void {
  const source = program
    .command("source")
    .description("where fixtures and results come from: play a directory of dated files");
  for (const add of [replayCommand]) add(source);
}
