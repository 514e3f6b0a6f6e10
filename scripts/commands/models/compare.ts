import type { Command } from "commander";
import { betterOf, type Difference } from "../../../src/projections/comparison.ts";
import { CommandFailed, exitCode } from "../../cli/errors.ts";
import { count, fixed } from "../../cli/format.ts";
import { nearest } from "../../cli/nearest.ts";
import { examples } from "../../cli/options.ts";
import { print, printJson, say } from "../../cli/output.ts";
import { withReadModel } from "../../cli/read-model.ts";
import { loadConfig } from "../../cli/settings.ts";
import { table } from "../../cli/table.ts";

interface Options {
  competition?: string;
  season?: string;
  retro?: true;
  json?: true;
}

export function compareCommand(models: Command): void {
  models
    .command("compare")
    .description("two models over the matches that both answered: the paired differences and how sure they are")
    .argument("<first>", "a model of the table")
    .argument("<second>", "another")
    .option("--competition <id>", "of one competition")
    .option("--season <season>", "of one season, like 2016-17")
    .option("--retro", "answers made in hindsight instead of those made in time")
    .option("--json", "one JSON document")
    .addHelpText("after", examples(["models compare elo-k15 base-rates", "is Elo better than base rates?"]))
    .action((first: string, second: string, { json, retro, competition, season }: Options) =>
      withReadModel(loadConfig(), (readModel) => {
        const filter = {
          retro: retro === true,
          ...(competition === undefined ? {} : { competition }),
          ...(season === undefined ? {} : { season }),
        };
        const known = readModel.panel(filter).map(({ model }) => model);
        for (const model of [first, second]) {
          if (known.includes(model)) continue;
          const [meant] = nearest(model, known);
          const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
          throw new CommandFailed(
            exitCode.failed,
            `no model ${model} has a settled answer here${hint} (fulltime models)`,
          );
        }
        const { n, ...differences } = readModel.compareModels(first, second, filter);
        if (json === true) return printJson({ first, second, n, ...differences });
        print(
          table(
            [
              { title: `${first} - ${second}` },
              { title: "mean", align: "right" },
              { title: "95 % from", align: "right" },
              { title: "to", align: "right" },
              { title: "better" },
            ],
            [
              line("points a match", differences.points, 3, 1),
              line("RPS", differences.rps, 5, -1),
              line("log loss", differences.logLoss, 5, -1),
            ],
          ),
        );
        return say(`over ${count(n, "match", "matches")} that both answered`);

        function line(title: string, difference: Difference, digits: number, sign: 1 | -1): string[] {
          const { mean, interval } = difference;
          const better = betterOf(difference, sign);
          return [
            title,
            ...[mean, interval?.[0] ?? null, interval?.[1] ?? null].map((it) => fixed(it, digits)),
            better === null ? "not clear" : better === "first" ? first : second,
          ];
        }
      }),
    );
}
