import { type Command, Option } from "commander";
import { type Status, statuses } from "../../src/match/status.ts";
import type { MatchFilter, MatchSummary } from "../../src/projections/listing.ts";
import type { ReadOnlyModel } from "../../src/projections/reader.ts";
import { minuteOf, score } from "../cli/format.ts";
import { examples, from, to } from "../cli/options.ts";
import { print, printJson, say } from "../cli/output.ts";
import { withReadModel } from "../cli/read-model.ts";
import { loadConfig } from "../cli/settings.ts";
import { table } from "../cli/table.ts";

interface Options {
  status?: Status;
  from?: number;
  to?: number;
  competition?: string;
  season?: string;
  history?: true;
  json?: true;
}

export function matchesCommand(program: Command): void {
  program
    .command("matches")
    .description("list matches by kick-off")
    .addOption(new Option("--status <status>", "only of this status").choices(statuses))
    .option("--from <day>", "kick-off on or after this day or instant, UTC", from)
    .option("--to <day>", "kick-off on or before this day or instant, UTC", to)
    .option("--competition <id>", "only of this competition")
    .option("--season <season>", "only of this season, like 2016-17")
    .option("--history", "earlier matches too, which only feed the forecasts")
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(
        ["matches --status scheduled", "what is to come"],
        ["matches --from 2016-08-13 --to 2016-08-14", "one weekend"],
      ),
    )
    .action(async ({ json, history, ...chosen }: Options) => {
      await withReadModel(loadConfig(), (readModel) => {
        const matches = listAll(readModel, history === true, chosen);
        if (json === true) return printJson({ matches: matches.map(asJson) });
        if (matches.length === 0) return say("no such matches");
        print(matchTable(matches));
      });
    });
}

function listAll(readModel: ReadOnlyModel, history: boolean, chosen: MatchFilter): MatchSummary[] {
  const filter: MatchFilter = { ...chosen, ...(history ? {} : { purpose: "live" }), limit: 1000 };
  const found: MatchSummary[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = readModel.matches(cursor === undefined ? filter : { ...filter, cursor });
    found.push(...page.matches);
    cursor = page.cursor;
  }
  return found;
}

function asJson({ kickoff, nextDueAt, ...match }: MatchSummary): object {
  return {
    ...match,
    kickoff: new Date(kickoff).toISOString(),
    nextDueAt: nextDueAt === null ? null : new Date(nextDueAt).toISOString(),
  };
}

function matchTable(matches: readonly MatchSummary[]): string {
  const titles = ["kick-off (UTC)", "match", "status", "score", "predictions", "settled"];
  return table(
    titles.map((title) => (title === "predictions" ? { title, align: "right" } : { title })),
    matches.map((match) => [
      minuteOf(match.kickoff),
      match.id,
      match.failed ? `${match.status}, failed` : match.status,
      match.score === null ? "-" : score(match.score),
      match.purpose === "history" ? "-" : String(match.predictions),
      match.settlement ?? "-",
    ]),
  );
}
