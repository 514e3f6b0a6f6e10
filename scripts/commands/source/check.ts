import { Argument, type Command } from "commander";
import type { Config } from "../../../src/config.ts";
import { sourceNames, type SourceName } from "../../../src/config/variables/source.ts";
import { leagues } from "../../../src/sources/competitions.ts";
import { KeyRefused } from "../../../src/sources/http-failure.ts";
import { SourceError } from "../../../src/sources/source.ts";
import { CommandFailed, exitCode } from "../../cli/errors.ts";
import { minuteOf } from "../../cli/format.ts";
import { examples } from "../../cli/options.ts";
import { print, printJson, say } from "../../cli/output.ts";
import { loadConfig } from "../../cli/settings.ts";
import { followedLines, missingOf, offerLines } from "./check-lines.ts";
import { examineSource } from "./examine.ts";

export function checkCommand(source: Command): void {
  source
    .command("check")
    .description(
      "ask the configured source, or another, what it offers: competitions, coverage, calls left, a match as we would record it; exit 4 if it tells not all of it, 5 if it refuses the key, 6 if it cannot be reached",
    )
    .addArgument(new Argument("[name]", "another source than the configured one").choices(sourceNames))
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(["source check", "the configured one"], ["source check football-data --json", "another, for scripts"]),
    )
    .action(async (name: SourceName | undefined, { json }: { json?: true }) => {
      const config = named(loadConfig(name === undefined ? {} : { FULLTIME_SOURCE: name }));
      const found = await examineSource(config).catch((error: unknown) => Promise.reject(failureOf(error)));
      const { checked, error } = found;
      if (json === true) printJson(checked);
      else {
        if (checked.offer !== null) print(offerLines(checked.offer, checked.followed));
        print(checked.followed.map(followedLines).join("\n\n"));
      }
      const missing = missingOf(checked);
      // One that answers and refuses all that is followed is there: that is what it would not tell, as where it refuses a part.
      const isNothing = checked.followed.every(({ failed }) => failed?.what === "matches");
      if (error !== null && isNothing && !isRefused(error)) throw failureOf(error);
      if (missing.length > 0) throw new CommandFailed(exitCode.partly, missing.join("\n"));
    });
}

/** Without competitions the first that we know stands for all. */
function named(config: Config): Config {
  const [first] = leagues;
  if (config.source === "archive" || config.competitions.length > 0 || first === undefined) return config;
  const code = first.codes[config.source];
  say(`FULLTIME_COMPETITIONS names none; ${code} is looked at`);
  return { ...config, competitions: [code] };
}

/** For ever, and not for the key: what is asked is not there, or it is not that API. */
function isRefused(error: SourceError): boolean {
  return error.category === "permanent" && !(error instanceof KeyRefused);
}

function failureOf(error: unknown): unknown {
  if (!(error instanceof SourceError)) return error;
  const later = error.retryAt === null ? "" : `; ask again after ${minuteOf(error.retryAt)} UTC`;
  const code =
    error instanceof KeyRefused
      ? exitCode.unauthorised
      : error.category === "transient" || isRefused(error)
        ? exitCode.unreachable
        : exitCode.failed;
  return new CommandFailed(code, `${error.message}${later}`);
}
