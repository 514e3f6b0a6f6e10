import type { Command } from "commander";
import { monotonicFactory } from "ulid";
import { ingest } from "../../../src/actors/ingest.ts";
import { wallClock } from "../../../src/clock.ts";
import type { Config } from "../../../src/config.ts";
import { readOrigin } from "../../../src/data-directory.ts";
import { knownIn } from "../../../src/open-source.ts";
import { openReadOnly, type ReadOnlyModel } from "../../../src/projections/reader.ts";
import { type FinishedSeason, type History, type HistoryOptions, readFinished } from "../../../src/sources/history.ts";
import { SourceError } from "../../../src/sources/source.ts";
import { CommandFailed, exitCode } from "../../cli/errors.ts";
import { count } from "../../cli/format.ts";
import { type LogAccess, withWritableLog } from "../../cli/log-access.ts";
import { createLogger } from "../../cli/logger.ts";
import { userName } from "../../cli/operator.ts";
import { examples } from "../../cli/options.ts";
import { print, printJson, say } from "../../cli/output.ts";
import { loadConfig } from "../../cli/settings.ts";
import { table } from "../../cli/table.ts";

interface Options {
  data: string;
  competition?: string;
  season?: string;
  json?: true;
}

export function importCommand(history: Command): void {
  history
    .command("import")
    .description("append finished seasons from openfootball files as history: never predicted, never settled")
    .requiredOption("--data <directory>", "a directory of seasons like 2021-22/en.1.json")
    .option("--competition <id>", "only this one, our id or openfootball's code")
    .option("--season <season>", "only this one, like 2021-22")
    .option("--json", "one JSON document")
    .addHelpText("after", "\nMatches that the log has already are left as they are, so it may be run again.")
    .addHelpText(
      "after",
      examples(["history import --data football.json --competition en.1", "all its Premier League"]),
    )
    .action(run);
}

/** One season of the result. */
interface Imported {
  competition: string;
  season: string;
  /** Ended matches in the file, those in doubt left out. */
  matches: number;
  appended: number;
  rejected: number;
  quarantined: number;
}

async function run({ data, competition, season, json }: Options): Promise<void> {
  const config = loadConfig();
  const clock = readOrigin(config.dataDir)?.clock ?? config.clock;
  if (clock !== "wall") {
    throw new CommandFailed(
      exitCode.usage,
      "history is imported for a source on the wall clock, where it cannot be the future: set FULLTIME_SOURCE, or name another directory with FULLTIME_DATA_DIR",
    );
  }
  const model = openReadOnly(config.dataDir);
  try {
    // Before there is a log: what cannot be read is told without making one.
    const history = await read({ data, competition, season, now: wallClock.now(), known: knownIn(() => model) });
    const seasons = await withWritableLog(config, (access) => importAll(config, access, history, model));
    const imported = { seasons, unreadable: history.unreadable };
    if (json === true) printJson(imported);
    else show(seasons);
    if (history.unreadable.length > 0)
      throw new CommandFailed(exitCode.partly, `left out what cannot be read: ${listed(history.unreadable)}`);
  } finally {
    model?.close();
  }
}

/** Throws `CommandFailed` with `usage` where there is nothing to import. */
async function read(what: HistoryOptions): Promise<History> {
  let history: History;
  try {
    history = await readFinished(what);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new CommandFailed(exitCode.usage, error.message);
  }
  if (history.seasons.length > 0) return history;
  throw new CommandFailed(exitCode.usage, `nothing can be read of ${what.data}: ${listed(history.unreadable)}`);
}

function listed(unreadable: History["unreadable"]): string {
  return unreadable.map(({ file, text }) => `${file}: ${text}`).join("; ");
}

async function importAll(
  config: Config,
  { log, signal }: LogAccess,
  { seasons }: History,
  model: ReadOnlyModel | null,
): Promise<Imported[]> {
  const newId = monotonicFactory();
  const node = { log, clock: wallClock, logger: createLogger(config.logLevel), newId: (time: number) => newId(time) };
  const actor = `operator:${userName()}`;
  const observedAt = wallClock.now();
  const known = (id: string) => model?.match(id) ?? null;
  const imported: Imported[] = [];
  for (const it of seasons) {
    signal.throwIfAborted();
    const remarks = [...it.rejected, ...it.quarantined];
    for (const { match, text } of remarks.slice(0, shownMax)) say(`${match}: ${text}`);
    if (remarks.length > shownMax) say(`... and ${remarks.length - shownMax} more of ${it.league.id} ${it.season}`);
    const observations = it.observations.filter(({ matchId }) => !isFollowed(model, matchId));
    const { scheduled } = await ingest(node, observations, { observedAt, actor, causationId: null, known }, signal);
    imported.push(rowOf(it, scheduled));
  }
  return imported;
}

/** The source's own word counts for what it follows. */
function isFollowed(model: ReadOnlyModel | null, matchId: string): boolean {
  return model?.match(matchId)?.fixture?.purpose === "live";
}

/** Remarks of one season that are told one by one; the table counts all. */
const shownMax = 10;

function rowOf({ league, season, observations, rejected, quarantined }: FinishedSeason, appended: number): Imported {
  return {
    competition: league.id,
    season,
    matches: observations.length,
    appended,
    rejected: rejected.length,
    quarantined: quarantined.length,
  };
}

function show(imported: readonly Imported[]): void {
  const right = (title: string) => ({ title, align: "right" as const });
  print(
    table(
      [{ title: "competition" }, { title: "season" }, ...["matches", "appended", "rejected", "quarantined"].map(right)],
      imported.map((it) => [
        it.competition,
        it.season,
        ...[it.matches, it.appended, it.rejected, it.quarantined].map(String),
      ]),
    ),
  );
  const appended = imported.reduce((sum, it) => sum + it.appended, 0);
  say(`${count(appended, "match", "matches")} of ${count(imported.length, "season")} appended as history`);
}
