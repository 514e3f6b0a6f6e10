import type { Command } from "commander";
import type { Interval } from "../../src/projections/moments.ts";
import type { PanelRow } from "../../src/projections/panel.ts";
import { fixed } from "../cli/format.ts";
import { examples } from "../cli/options.ts";
import { print, printJson, say } from "../cli/output.ts";
import { withReadModel } from "../cli/read-model.ts";
import { loadConfig } from "../cli/settings.ts";
import { compareCommand } from "./models/compare.ts";
import { describeWaiting, modelsWaitedFor } from "./models/waiting.ts";
import { pipelineNow } from "../cli/now.ts";
import { table } from "../cli/table.ts";

interface Options {
  competition?: string;
  season?: string;
  retro?: true;
  json?: true;
}

export function modelsCommand(program: Command): void {
  const models = program
    .command("models")
    .description("the panel's table: how each model did over the settled matches")
    .option("--competition <id>", "of one competition")
    .option("--season <season>", "of one season, like 2016-17")
    .option("--retro", "answers made in hindsight instead of those made in time")
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      examples(["models", "all settled matches"], ["models --season 2016-17 --json", "for scripts"]),
    )
    .action(async ({ json, retro, competition, season }: Options) => {
      const config = loadConfig();
      await withReadModel(config, async (readModel) => {
        const filter = {
          retro: retro === true,
          ...(competition === undefined ? {} : { competition }),
          ...(season === undefined ? {} : { season }),
        };
        const panel = readModel.panel(filter);
        const waiting = modelsWaitedFor(readModel, await pipelineNow(config, readModel.lastEventTime), config.policy);
        if (json === true) return printJson({ panel, waiting });
        if (panel.length === 0) say("no settled answers yet");
        else {
          print(panelTable(panel));
          say("± is half of a 95 % interval");
        }
        for (const it of waiting) say(describeWaiting(it));
      });
    });
  compareCommand(models);
}

function halfOf(interval: Interval | null): number | null {
  return interval === null ? null : (interval[1] - interval[0]) / 2;
}

export function panelTable(panel: readonly PanelRow[]): string {
  const right = "right" as const;
  const numbers = [
    "n",
    "points",
    "per match",
    "±",
    "exact",
    "difference",
    "tendency",
    "RPS",
    "±",
    "log loss",
    "calibration",
    "abstained",
    "resting",
    "failed",
    "cost",
  ];
  return table(
    [{ title: "model" }, ...numbers.map((title) => ({ title, align: right }))],
    panel.map((row) => [
      row.model,
      String(row.n),
      String(row.points),
      row.n === 0 ? "-" : (row.points / row.n).toFixed(2),
      fixed(halfOf(row.pointsInterval), 2),
      String(row.exact),
      String(row.difference),
      String(row.tendency),
      fixed(row.rps, 4),
      fixed(halfOf(row.rpsInterval), 4),
      fixed(row.logLoss, 4),
      fixed(row.calibration, 4),
      String(row.abstained),
      String(row.resting),
      String(row.failed),
      row.cost === 0 ? "-" : row.cost.toFixed(2),
    ]),
  );
}
