import type { Command } from "commander";
import { type Config, ConfigMistakes, roles } from "../../../src/config.ts";
import { createReplay, isUnplayable, readSnapshots } from "../../../src/sources/snapshots.ts";
import { CommandFailed, exitCode } from "../../cli/errors.ts";
import { count, instant } from "../../cli/format.ts";
import { examples } from "../../cli/options.ts";
import { say } from "../../cli/output.ts";
import { loadConfig } from "../../cli/settings.ts";
import { type More, runNode } from "../run.ts";
import { type Unpredicted, unpredictedIn } from "./unpredicted.ts";

interface Options {
  competition?: string;
  exitWhenDone?: true;
  json?: true;
}

export function replayCommand(source: Command): void {
  source
    .command("replay")
    .description(
      "play dated openfootball files on a simulated clock, each from its date on, through the whole pipeline",
    )
    .argument("<directory>", "files of one season with their date in the name, like de.1_2025-11-04T1450.json")
    .option("--competition <id>", "which one, where the names do not tell or there are several")
    .option("--exit-when-done", "end when the season has nothing left to do")
    .option("--json", "print a summary as one JSON document when it is done")
    .addHelpText("after", "\nResults are asked for no oftener than fixtures (pollEvery), as the files bring them.")
    .addHelpText(
      "after",
      examples([
        "source replay snapshots --exit-when-done",
        "a season as it was told at the time, with its reschedules",
      ]),
    )
    .action(replay);
}

async function replay(directory: string, { competition, exitWhenDone, json }: Options): Promise<void> {
  const configured = loadConfig();
  const missing = roles.filter((role) => !configured.roles.includes(role) && role !== "http");
  if (missing.length > 0)
    throw new ConfigMistakes([`FULLTIME_ROLES: a simulated clock needs all roles, missing ${missing.join(", ")}`]);
  const { policy } = configured;
  // Snapshots are days apart: asking for results oftener than for fixtures would only make a season of some 80,000 events.
  const config: Config = {
    ...configured,
    source: "openfootball",
    clock: "simulated",
    policy: { ...policy, resultEvery: Math.max(policy.resultEvery, policy.pollEvery) },
  };
  try {
    const snapshots = await readSnapshots(directory, competition);
    const [first, last] = [snapshots[0], snapshots.at(-1) ?? snapshots[0]];
    say(
      `${count(snapshots.length, "snapshot")} of ${first.league.name} ${first.season}, ${instant(first.from)} to ${instant(last.from)}`,
    );
    const origin = (known: Parameters<typeof createReplay>[1]) => ({
      source: createReplay(snapshots, known),
      season: first.season,
    });
    await runNode(
      { config, origin },
      {
        ...(exitWhenDone === undefined ? {} : { exitWhenDone }),
        ...(json === undefined ? {} : { json }),
        more: async (app) => moreOf(await unpredictedIn(app, config)),
      },
    );
  } catch (error) {
    if (isUnplayable(error)) throw new CommandFailed(exitCode.usage, error.message);
    throw error;
  }
}

/** Files that are days apart tell of some kick-offs when they have passed: that is no gap of the pipeline's making. */
function moreOf(unpredicted: readonly Unpredicted[]): More {
  if (unpredicted.length === 0) return { lines: [], summary: { unpredicted } };
  const title = `${count(unpredicted.length, "match", "matches")} ended without an answer that counts (fulltime backfill predicts them in hindsight):`;
  return {
    lines: ["", title, ...unpredicted.map(({ matchId, why }) => `  ${matchId}: ${why}`)],
    summary: { unpredicted },
  };
}
