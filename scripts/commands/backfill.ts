import { type Command, InvalidArgumentError, Option } from "commander";
import { type Config, rosterOf } from "../../src/config.ts";
import { backfillStages, type BackfillScope, reasonsToSkip } from "../../src/match/backfill.ts";
import type { Stage } from "../../src/match/event.ts";
import { whatDiffers } from "../../src/plans/backfill-changes.ts";
import { type PlannedBackfill, planBackfill } from "../../src/plans/backfill-plan.ts";
import { confirmed } from "../cli/confirm.ts";
import { CommandFailed, exitCode } from "../cli/errors.ts";
import { count } from "../cli/format.ts";
import { type KnownMatches, withMatches } from "../cli/known-matches.ts";
import { noSuchMatch } from "../cli/no-such-match.ts";
import { withRunningLog } from "../cli/operator.ts";
import { collected, days, examples, matchId } from "../cli/options.ts";
import { print, printJson, say } from "../cli/output.ts";
import { loadConfig } from "../cli/settings.ts";
import { table } from "../cli/table.ts";
import { cancelCommand } from "./backfill/cancel.ts";
import { listCommand, showCommand } from "./backfill/show.ts";
import { runBackfill } from "./backfill/run.ts";

interface Options {
  days: number;
  match?: string[];
  stage?: Stage[];
  dryRun?: true;
  plan?: string;
  yes?: true;
  input: boolean;
  json?: true;
}

export function backfillCommand(program: Command): void {
  const backfill = program
    .command("backfill")
    .description(
      "run in hindsight what matches lack: shows the plan, asks, requests it of the running node and follows it to the end",
    )
    .option("--days <n>", "matches that kicked off within this many days", days, 7)
    .option("--match <id>", "only this match, however old (may be repeated)", collected(matchId))
    .addOption(
      new Option("--stage <stage>", `only this stage: ${backfillStages.join(", ")} (may be repeated)`).argParser(
        collected(stage),
      ),
    )
    .addOption(new Option("--dry-run", "show the plan and its hash, write nothing").conflicts(["plan", "yes"]))
    .option("--plan <hash>", "run only this plan: exit 7 when the log has since moved to another", planHash)
    .option("--yes", "do not ask")
    .option("--no-input", "never ask: without --yes nothing is run")
    .option("--json", "the plan as one JSON document; a run as one JSON document a line")
    .addHelpText(
      "after",
      examples(
        ["backfill --dry-run", "what the last 7 days lack, and what it takes"],
        ["backfill --plan 3f9ab2c4d5e6f708 --yes", "run that plan, if it is still the plan"],
        ["backfill --match pl-2016-17-arsenal-chelsea", "one match; again to follow what is under way"],
        ["backfill --stage predict --days 1 --yes --json", "for scripts"],
      ),
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing lacks any more, 3 gaps remain, 4 some do, 7 the plan has changed, 130 left running by Ctrl-C.",
    )
    .action(async (options: Options) => {
      const config = loadConfig();
      if (options.dryRun === true) {
        return withMatches(config, null, (known) => showPlan(planned(config, known, options), options));
      }
      return withRunningLog(config, (access) =>
        withMatches(config, access, async (known) => {
          const found = planned(config, known, options);
          if (options.plan !== undefined && options.plan !== found.plan.planHash) {
            const differences = await whatDiffers(options.plan, found, known, access.log);
            throw new CommandFailed(
              exitCode.changed,
              `plan ${options.plan} is no longer what would run, which is plan ${found.plan.planHash}:\n${differences.map((it) => `  ${it}`).join("\n")}`,
            );
          }
          if (options.json !== true) showPlan(found, options);
          if (found.lacks.length > 0 && !(await confirmed("Run this?", options, access.signal))) {
            say("nothing was requested");
            process.exitCode = exitCode.found;
            return;
          }
          return runBackfill({ config, access, known, found, json: options.json === true, again: wordsOf(options) });
        }),
      );
    });
  for (const add of [listCommand, showCommand, cancelCommand]) add(backfill);
}

function planned(config: Config, known: KnownMatches, { match: ids, stage: stages, days }: Options): PlannedBackfill {
  const stranger = ids?.find((id) => known.match(id) === null);
  if (stranger !== undefined) throw noSuchMatch(stranger, known.ids());
  const scope: BackfillScope = {
    stages: stages ?? null,
    now: known.now(),
    policy: config.policy,
    roster: rosterOf(config.panel).map(({ model }) => model),
  };
  return planBackfill({ matchIds: ids ?? null, days, reason: "backfill" }, known, scope);
}

function showPlan({ plan, underWay, skipped }: PlannedBackfill, options: Options): void {
  const { matches, modelCalls, analyses, settlements, cost, planHash } = plan;
  if (options.json === true) {
    return printJson({
      ...plan,
      underWay,
      skipped: skipped.map(({ matchId, why }) => ({ matchId, why: reasonsToSkip[why] })),
    });
  }
  for (const { matchId, why } of skipped) say(`${matchId} is left out: ${reasonsToSkip[why]}`);
  if (underWay.length > 0) say(`${count(underWay.length, "match", "matches")} under way already`);
  if (matches.length === 0) return say("nothing to do: no match lacks what a backfill can run");
  print(
    table(
      [{ title: "match" }, { title: "stages" }, { title: "model calls", align: "right" }],
      matches.map((it) => [it.matchId, it.stages.join(", "), String(it.modelCalls)]),
    ),
  );
  say(
    `plan ${planHash}: ${count(matches.length, "match", "matches")}, ${count(modelCalls, "model call")}, ${count(analyses, "analysis", "analyses")}, ${count(settlements, "settlement")}, cost ${cost}`,
  );
  if (options.dryRun === true) say(`run it with: fulltime backfill ${wordsOf(options)} --plan ${planHash} --yes`);
}

/** The options that say which matches and stages, as they are typed. */
function wordsOf({ days, match, stage }: Options): string {
  const which = match === undefined ? [`--days ${days}`] : match.map((id) => `--match ${id}`);
  return [...which, ...(stage ?? []).map((it) => `--stage ${it}`)].join(" ");
}

function planHash(text: string): string {
  if (!/^[0-9a-f]{16}$/.test(text))
    throw new InvalidArgumentError("plan hashes are 16 hexadecimal digits, from --dry-run.");
  return text;
}

function stage(text: string): Stage {
  const found = backfillStages.find((it) => it === text);
  if (found === undefined) throw new InvalidArgumentError(`write one of ${backfillStages.join(", ")}.`);
  return found;
}
