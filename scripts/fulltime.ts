#!/usr/bin/env node
import { Command } from "commander";
import { packageVersion } from "../src/version.ts";
import { report } from "./cli/errors.ts";
import { codeOf, Interrupted } from "./cli/signals.ts";
import { examples } from "./cli/options.ts";
import { backfillCommand } from "./commands/backfill.ts";
import { configCommand } from "./commands/config.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { gapsCommand } from "./commands/gaps.ts";
import { historyCommand } from "./commands/history.ts";
import { matchCommand } from "./commands/match.ts";
import { matchesCommand } from "./commands/matches.ts";
import { modelsCommand } from "./commands/models.ts";
import { natsEnvCommand } from "./commands/nats-env.ts";
import { predictCommand } from "./commands/predict.ts";
import { projectionsCommand } from "./commands/projections.ts";
import { runCommand } from "./commands/run.ts";
import { settlementCommand } from "./commands/settlement.ts";
import { sourceCommand } from "./commands/source.ts";
import { statusCommand } from "./commands/status.ts";
import { tokenCommand } from "./commands/token.ts";
import { verifyCommand } from "./commands/verify.ts";

const commands = [
  runCommand,
  statusCommand,
  gapsCommand,
  matchCommand,
  matchesCommand,
  backfillCommand,
  settlementCommand,
  modelsCommand,
  predictCommand,
  projectionsCommand,
  verifyCommand,
  sourceCommand,
  historyCommand,
  doctorCommand,
  configCommand,
  tokenCommand,
  natsEnvCommand,
];

const program = new Command("fulltime")
  .description("Keeps football predictions complete: no kick-off without its predictions, no finished match unscored.")
  .version(packageVersion())
  .exitOverride()
  // `backfill cancel ID --dry-run`: the option is the subcommand's, although `backfill` has one of that name.
  .enablePositionalOptions()
  .showHelpAfterError("(add --help for what there is)")
  .addHelpText(
    "after",
    `${examples(["run", "play a season on an embedded NATS"], ["status", "how it stands"], ["gaps", "what needs somebody"])}

Settings come from FULLTIME_ variables and a .env file: see \`fulltime config\`.
Exit codes: 0 fine, 1 failed, 2 usage, 3 gaps or violations found, 4 done in part, 5 not authorised, 6 unreachable, 7 the plan has changed, 130 interrupted.`,
  );
for (const add of commands) add(program);

// A reader that had enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
// Nor is a terminal that was closed: what there still is to say, nobody reads.
process.stderr.on("error", () => {});

try {
  await program.parseAsync();
} catch (error) {
  // At once: a connection that was refused, or never answered, would keep the process alive.
  process.exit(error instanceof Interrupted ? codeOf(error.signal) : report(error));
}
