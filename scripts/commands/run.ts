import type { Command } from "commander";
import { type App, startApp, type StartOptions } from "../../src/app.ts";
import { wallClock } from "../../src/clock.ts";
import type { Config } from "../../src/config.ts";
import { knownIn } from "../../src/open-source.ts";
import { CommandFailed, exitCode } from "../cli/errors.ts";
import { count, minuteOf } from "../cli/format.ts";
import { createLogger } from "../cli/logger.ts";
import { examples } from "../cli/options.ts";
import { paintMessage, print, printJson, say } from "../cli/output.ts";
import { createProgress, type Progress } from "../cli/progress.ts";
import { loadSettings } from "../cli/settings.ts";
import { codeOf, Interrupted, listenForSignals, type Signals } from "../cli/signals.ts";
import { panelTable } from "./models.ts";
import { type Season, seasonOf, summarise } from "./run-summary.ts";

interface Options {
  competition?: string;
  season?: string;
  exitWhenDone?: true;
  json?: true;
}

export function runCommand(program: Command): void {
  program
    .command("run")
    .description("run one node: on the archive's simulated clock a whole season, then serve until Ctrl-C")
    .option("--competition <id>", "competition to follow, our id or the provider's code")
    .option("--season <season>", "season to play, like 2016-17; the last one unless told")
    .option("--exit-when-done", "end when a simulated season has nothing left to do")
    .option("--json", "print a summary as one JSON document when the season is done")
    .addHelpText(
      "after",
      examples(
        ["run", "the Premier League's last season, then the panel's table"],
        ["run --competition abl --exit-when-done", "a short season, and out"],
        ["run --exit-when-done --json > season.json", "for scripts"],
      ),
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { config, settings } = loadSettings();
  const { competition, season } = options;
  await runNode({ config, settings, competition, season }, options);
}

/** What is run, beside how its end is told. */
export type Run = Pick<StartOptions, "config" | "settings" | "competition" | "season" | "origin">;

export interface Ending extends Pick<Options, "exitWhenDone" | "json"> {
  /** What else there is to say of a season that is done, in lines and in the summary. */
  more?: (app: App) => Promise<More>;
}

export interface More {
  lines: readonly string[];
  summary: object;
}

/** Runs one node until its season is done and somebody ends it. */
export async function runNode(what: Run, options: Ending): Promise<void> {
  const { config } = what;
  if (options.exitWhenDone === true && config.clock === "wall") {
    throw new CommandFailed(
      exitCode.usage,
      "--exit-when-done needs a simulated clock: on the wall clock a season is never done",
    );
  }
  const progress = createProgress("settled");
  const logger = createLogger(config.logLevel, progress.line, [
    config.adminToken,
    config.alertSecret,
    config.sourceKey,
  ]);
  const signals = listenForSignals();
  const began = wallClock.elapsed();

  let app: App;
  try {
    app = await startApp({ ...what, logger, onProgress: progress.line, signal: signals.first });
  } catch (error) {
    signals.end();
    if (error instanceof Interrupted) {
      process.exitCode = codeOf(error.signal);
      return;
    }
    throw error;
  }
  const watch = followSeason(app, config, progress);
  let failure: unknown = null;
  try {
    say(
      `${paintMessage("bold", "fulltime")} runs${app.url === null ? "" : ` on ${app.url}`}, NATS on ${app.natsUrl}, data in ${config.dataDir}`,
    );
    const done = await firstOf(app.done, signals);
    await watch.stop();
    if (done) {
      const season = await seasonOf(app);
      const seconds = (wallClock.elapsed() - began) / 1000;
      const more = (await options.more?.(app)) ?? { lines: [], summary: {} };
      finish(app, season, { json: options.json === true, more }, seconds);
      const missing = season.matches - knownIn(() => app.readModel).matches(season.competition, season.season).length;
      if (missing > 0) {
        throw new CommandFailed(
          exitCode.failed,
          `${missing} of the ${season.matches} matches of ${season.competition} ${season.season} never came into the log: is it the log of another season, or was something published by hand? See fulltime status and fulltime verify`,
        );
      }
      if (options.exitWhenDone !== true) {
        say(app.url === null ? "Ctrl-C ends this node." : `The node goes on serving ${app.url}; Ctrl-C ends it.`);
        await firstOf(new Promise(() => {}), signals);
      }
    }
  } catch (error) {
    failure = error;
  }
  await watch.stop();
  if (signals.received !== null) say("draining; a second signal ends at once");
  const abandoned = await app.stop();
  for (const what of abandoned)
    say(`${paintMessage("yellow", "abandoned:")} ${what}; it is asked for again at the next start`);
  signals.end();
  if (failure !== null) throw failure;
  if (signals.received !== null) process.exitCode = codeOf(signals.received);
}

/** true when the season is done, false when a signal came first. Rejects when the node cannot go on. */
function firstOf(done: Promise<void>, { first }: Signals): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (first.aborted) return resolve(false);
    first.addEventListener("abort", () => resolve(false), { once: true });
    done.then(() => resolve(true), reject);
  });
}

const updateEveryMs = 100;

/** Shows how a simulated season goes; on the wall clock there is no end to come closer to. */
function followSeason(app: App, config: Config, progress: Progress): { stop(): Promise<void> } {
  if (config.clock === "wall") return { stop: () => Promise.resolve() };
  const began = wallClock.elapsed();
  const eventsBefore = app.readModel.tally().events;
  let total = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  const show = () => {
    shownAt = wallClock.elapsed();
    const tally = app.readModel.tally();
    const rate = Math.round((1000 * (tally.events - eventsBefore)) / Math.max(1, shownAt - began));
    const note = `${minuteOf(app.clock.now())}  ${rate} events/s`;
    progress.update(tally.settled + tally.void, Math.max(total, tally.live), note);
  };
  const knowTotal = seasonOf(app).then((season) => {
    total = season.matches;
  });
  const unwatch = app.readModel.onAdvance(() => {
    if (total > 0 && wallClock.elapsed() - shownAt >= updateEveryMs) show();
  });
  let stopping: Promise<void> | null = null;
  return {
    stop() {
      stopping ??= knowTotal.then(() => {
        unwatch();
        show();
        progress.stop();
      });
      return stopping;
    },
  };
}

function finish(app: App, season: Season, { json, more }: { json: boolean; more: More }, seconds: number): void {
  const summary = summarise(app.readModel, season, seconds);
  for (const line of more.lines) say(line);
  if (json) return printJson({ ...summary, ...more.summary });
  const { settled, void: voids, failed, events } = summary;
  say("");
  say(
    `${season.competition} ${season.season}: ${count(settled, "match", "matches")} settled, ${voids} void, ${failed} failed, ` +
      `coverage ${summary.coveragePercent} %, ${events} events in ${Math.round(seconds)} s`,
  );
  say("");
  print(panelTable(app.readModel.panel({ competition: season.competition, season: season.season, retro: false })));
}
