import { type Command, InvalidArgumentError } from "commander";
import type { Config } from "../../src/config.ts";
import type { Severity } from "../../src/match/event.ts";
import type { MatchGap } from "../../src/projections/coverage.ts";
import { backMax, gapsAt, type Span, watchedSpan, windowOf } from "../../src/projections/gaps-at.ts";
import { exitCode } from "../cli/errors.ts";
import { count, instant, minuteOf } from "../cli/format.ts";
import { withLog } from "../cli/log-access.ts";
import { pipelineNow } from "../cli/now.ts";
import { duration, examples, from } from "../cli/options.ts";
import { paint, print, printJson, say } from "../cli/output.ts";
import { withReadModel } from "../cli/read-model.ts";
import { loadConfig } from "../cli/settings.ts";
import { table } from "../cli/table.ts";

interface Options {
  ahead?: number;
  back?: number;
  at?: number;
  json?: true;
}

export function gapsCommand(program: Command): void {
  program
    .command("gaps")
    .description("what matches lack although they should have it by now, most urgent first; exit 3 if any")
    .option("--ahead <duration>", "matches that kick off within this time (default 48h)", duration)
    .option(
      "--back <duration>",
      "and those that kicked off within this time before (default 7d, at most 30d)",
      backDuration,
    )
    .option("--at <instant>", "as it was at another instant (UTC), from the log alone", from)
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(
        ["gaps", "what needs somebody now"],
        ["gaps --ahead 6h --back 0s", "the next six hours alone"],
        ["gaps --at 2016-08-13T13:00Z", "as it stood then"],
      ),
    )
    .action(async ({ at, json, ...asked }: Options) => {
      const config = loadConfig();
      const span: Span = { ...watchedSpan(config.policy), ...asked };
      const { gaps, now } =
        at === undefined
          ? await gapsNow(config, span)
          : await withLog(config, async ({ log, signal }) => {
              const { gaps } = await gapsAt({ log, policy: config.policy, at, ...span, signal });
              return { gaps, now: at };
            });
      if (json === true)
        printJson({ at: new Date(now).toISOString(), window: windowOf(now, span, config.policy), gaps });
      else if (gaps.length === 0) say(`no gaps at ${instant(now)} UTC`);
      else {
        print(gapTable(gaps));
        say(`${count(gaps.length, "gap")} at ${instant(now)} UTC`);
      }
      if (gaps.length > 0) process.exitCode = exitCode.found;
    });
}

function backDuration(text: string): number {
  const ms = duration(text);
  if (ms > backMax) throw new InvalidArgumentError("gaps are looked for 30d back at most.");
  return ms;
}

async function gapsNow(config: Config, { ahead, back }: Span): Promise<{ gaps: MatchGap[]; now: number }> {
  return withReadModel(config, async (readModel) => {
    const now = await pipelineNow(config, readModel.lastEventTime);
    return { gaps: readModel.gaps(now, ahead, back, config.policy), now };
  });
}

const colours = { critical: "red", warning: "yellow", info: "blue", missed: "magenta" } as const satisfies Record<
  Severity,
  string
>;

function gapTable(gaps: readonly MatchGap[]): string {
  return table(
    ["severity", "kick-off (UTC)", "match", "missing", "reason", "next"].map((title) => ({ title })),
    gaps.map((gap) => [
      paint(colours[gap.severity], gap.severity),
      minuteOf(Date.parse(gap.kickoffTime)),
      gap.matchId,
      gap.missing.join(", "),
      gap.reason,
      gap.nextAction,
    ]),
  );
}
