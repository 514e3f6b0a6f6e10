import type { Command } from "commander";
import type { Config } from "../../src/config.ts";
import { isLlm } from "../../src/config/panel.ts";
import { readOrigin } from "../../src/data-directory.ts";
import { expectedGoalsOf, mixture, probabilitiesOf } from "../../src/forecast/matrix.ts";
import type { Forecast, ScoreMatrix } from "../../src/forecast/member.ts";
import { createPanel } from "../../src/forecast/panel.ts";
import { bestTip } from "../../src/forecast/tip.ts";
import type { Probabilities, Score } from "../../src/match/event.ts";
import type { ReadOnlyModel } from "../../src/projections/reader.ts";
import { teamId } from "../../src/sources/identity.ts";
import { CommandFailed, exitCode } from "../cli/errors.ts";
import { count, instant, score } from "../cli/format.ts";
import { nearest } from "../cli/nearest.ts";
import { pipelineNow } from "../cli/now.ts";
import { examples, from } from "../cli/options.ts";
import { print, printJson, say } from "../cli/output.ts";
import { withReadModel } from "../cli/read-model.ts";
import { loadConfig } from "../cli/settings.ts";
import { heatMap } from "./predict/heat-map.ts";
import { seasonAt } from "./predict/season.ts";

interface Options {
  at?: number;
  competition?: string;
  json?: true;
}

export function predictCommand(program: Command): void {
  program
    .command("predict")
    .description(
      "what the panel's statistical members would say of a match, from the results in the read model; writes nothing",
    )
    .argument("<home>", 'the home team, by its name or id: "Arsenal"')
    .argument("<away>", "the away team")
    .option("--at <instant>", "the kick-off: a day or an instant, UTC (default: the analysis offset from now)", from)
    .option("--competition <id>", "our id of the competition (default: the data directory's)")
    .option("--json", "one JSON document, with every member's forecast")
    .addHelpText(
      "after",
      examples(
        ["predict Arsenal Chelsea", "if they met today"],
        ["predict Arsenal Chelsea --at 2016-09-24T15:00Z", "as it would have been said then"],
      ),
    )
    .action(async (home: string, away: string, options: Options) => {
      const config = loadConfig();
      await withReadModel(config, async (readModel) => {
        const now = await pipelineNow(config, readModel.lastEventTime);
        show(forecast(config, readModel, { home, away, now, ...options }), options.json === true);
      });
    });
}

interface Asked extends Options {
  home: string;
  away: string;
  now: number;
}

interface Said {
  fixture: { competition: string; season: string; home: string; away: string; kickoff: string; asOf: string };
  results: number;
  /** ISO 8601: when the newest of them kicked off. */
  newest: string;
  /** The equal mean of the members. */
  panel: Spoken;
  members: (Spoken & { model: string })[];
  abstained: { model: string; reason: string }[];
  /** Language models: a question to them costs money, and its answer belongs into the log. */
  notAsked: string[];
  matrix: ScoreMatrix;
}

interface Spoken {
  tip: Score;
  probabilities: Probabilities;
  expectedGoals: { home: number; away: number };
}

function forecast(config: Config, readModel: ReadOnlyModel, { home, away, now, at, competition }: Asked): Said {
  const { policy } = config;
  const id = competition ?? readOrigin(config.dataDir)?.competition;
  if (id == null) throw new CommandFailed(exitCode.usage, "say which competition: --competition ID");
  // As the pipeline does it: the forecast is of the analysis's instant, however late it is asked for.
  const kickoff = at ?? now + policy.due.analyse;
  const asOf = kickoff - policy.due.analyse;
  const members = config.panel.filter((member) => !isLlm(member));
  const notAsked = config.panel.filter(isLlm).map(({ name }) => name);
  if (members.length === 0)
    throw new CommandFailed(exitCode.failed, "predict asks no language models, and the panel has nothing else");
  const view = createPanel(members).at(id, asOf, readModel, policy.resultUsableAfter);
  const latest = view.usable.at(-1);
  if (latest === undefined)
    throw new CommandFailed(
      exitCode.failed,
      `no result of ${id} is known before ${instant(asOf)} UTC: see fulltime matches`,
    );
  const teams = new Set(view.usable.flatMap((match) => [match.home, match.away]));
  const [homeId, awayId] = [home, away].map((name) => knownTeam(name, teams));
  if (homeId === awayId) throw new CommandFailed(exitCode.usage, `${home} and ${away} are one team`);
  const season = seasonAt(kickoff, latest);
  const fixture = {
    matchId: `${id}-${season}-${homeId}-${awayId}`,
    competition: id,
    season,
    kickoff,
    home: homeId as string,
    away: awayId as string,
  };
  const [said, abstained]: [(Forecast & { model: string })[], Said["abstained"]] = [[], []];
  for (const { name } of members) {
    const answer = view.forecast(name, fixture);
    if ("abstained" in answer) abstained.push({ model: name, reason: answer.abstained });
    else said.push({ model: name, ...answer });
  }
  if (said.length === 0)
    throw new CommandFailed(exitCode.failed, "every member of the panel abstains: has it too few results?");
  const matrix = mixture(said.map((it) => ({ weight: 1, matrix: it.matrix })));
  return {
    fixture: {
      competition: id,
      season: fixture.season,
      home: fixture.home,
      away: fixture.away,
      kickoff: new Date(kickoff).toISOString(),
      asOf: new Date(asOf).toISOString(),
    },
    results: view.usable.length,
    newest: new Date(latest.kickoff).toISOString(),
    panel: { tip: bestTip(matrix), probabilities: probabilitiesOf(matrix), expectedGoals: expectedGoalsOf(matrix) },
    members: said.map(({ model, tip, probabilities, expectedGoals }) => ({ model, tip, probabilities, expectedGoals })),
    abstained,
    notAsked,
    matrix,
  };
}

function knownTeam(name: string, teams: ReadonlySet<string>): string {
  const id = teamId(name) ?? name;
  if (teams.has(id)) return id;
  throw new CommandFailed(
    exitCode.failed,
    `no team ${JSON.stringify(brief(name))} has a result here: did you mean ${nearest(id, teams).join(", ")}?`,
  );
}

/** More than a summer. */
const farAheadDays = 120;

function brief(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

function show(said: Said, json: boolean): void {
  if (json) return printJson(said);
  const { fixture, panel, members, abstained, notAsked, newest, matrix } = said;
  print(
    `${fixture.home} v ${fixture.away}, ${fixture.kickoff.slice(0, 16).replace("T", " ")} UTC, ${fixture.competition} ${fixture.season}`,
  );
  print(
    `  from ${said.results} results as of ${fixture.asOf.slice(0, 16).replace("T", " ")}, ${count(members.length, "member")}${notAsked.length === 0 ? "" : `; not asked: ${count(notAsked.length, "language model")}`}`,
  );
  const { home, draw, away } = panel.probabilities;
  const percent = (p: number) => `${(100 * p).toFixed(1)} %`;
  print(`  home ${percent(home)}   draw ${percent(draw)}   away ${percent(away)}`);
  print(
    `  expected goals ${panel.expectedGoals.home.toFixed(2)}-${panel.expectedGoals.away.toFixed(2)}, tip ${score(panel.tip)}`,
  );
  print(`\n${heatMap(matrix)}\n`);
  const tips = new Map<string, number>();
  for (const { tip } of members) tips.set(score(tip), (tips.get(score(tip)) ?? 0) + 1);
  const spread = [...tips].sort((a, b) => b[1] - a[1]).map(([tip, n]) => `${tip} x ${n}`);
  print(`  tips: ${spread.join(", ")}`);
  if (notAsked.length > 0) say(`predict asks no language models: ${notAsked.join(", ")} would answer in the pipeline`);
  const days = Math.round((Date.parse(fixture.asOf) - Date.parse(newest)) / 86_400_000);
  if (days > farAheadDays)
    say(`the newest result is of ${newest.slice(0, 10)}, ${days} days before: this forecast knows nothing since`);
  if (abstained.length > 0) say(`${count(abstained.length, "member")} abstained`);
}
