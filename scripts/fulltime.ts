#!/usr/bin/env node
import { Command } from "commander";
import { packageVersion } from "../src/version.ts";
import { report } from "./cli/errors.ts";
import { cutShort, Interrupted } from "./cli/signals.ts";
import { examples } from "./cli/options.ts";
/** Each loads what it needs when it is asked for: all of them together cost a second of every command's start. */
const commands: Record<string, () => Promise<(program: Command) => void>> = {
  run: async () => (await import("./commands/run.ts")).runCommand,
  status: async () => (await import("./commands/status.ts")).statusCommand,
  gaps: async () => (await import("./commands/gaps.ts")).gapsCommand,
  match: async () => (await import("./commands/match.ts")).matchCommand,
  matches: async () => (await import("./commands/matches.ts")).matchesCommand,
  backfill: async () => (await import("./commands/backfill.ts")).backfillCommand,
  settlement: async () => (await import("./commands/settlement.ts")).settlementCommand,
  models: async () => (await import("./commands/models.ts")).modelsCommand,
  predict: async () => (await import("./commands/predict.ts")).predictCommand,
  projections: async () => (await import("./commands/projections.ts")).projectionsCommand,
  verify: async () => (await import("./commands/verify.ts")).verifyCommand,
  source: async () => (await import("./commands/source.ts")).sourceCommand,
  history: async () => (await import("./commands/history.ts")).historyCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand,
  config: async () => (await import("./commands/config.ts")).configCommand,
  token: async () => (await import("./commands/token.ts")).tokenCommand,
  "nats-env": async () => (await import("./commands/nats-env.ts")).natsEnvCommand,
};

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

const wanted = commands[process.argv[2] ?? ""];
// Help lists all of them; so does the answer to a word that is none.
for (const load of wanted === undefined ? Object.values(commands) : [wanted]) (await load())(program);

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
  process.exit(error instanceof Interrupted ? cutShort(error.signal) : report(error));
}
