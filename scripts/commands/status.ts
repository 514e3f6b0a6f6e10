import type { Command } from "commander";
import type { Config } from "../../src/config.ts";
import type { NodeNote } from "../../src/data-directory.ts";
import type { Health } from "../../src/http/health.ts";
import type { Coverage } from "../../src/projections/coverage.ts";
import type { ReadOnlyModel } from "../../src/projections/reader.ts";
import { exitCode } from "../cli/errors.ts";
import { instant } from "../cli/format.ts";
import { nodeOf } from "../cli/log-access.ts";
import { askHealth } from "../cli/node-api.ts";
import { pipelineNow } from "../cli/now.ts";
import { examples } from "../cli/options.ts";
import { paint, print, printJson } from "../cli/output.ts";
import { withReadModel } from "../cli/read-model.ts";
import { loadConfig } from "../cli/settings.ts";

export function statusCommand(program: Command): void {
  program
    .command("status")
    .description(
      "health, coverage, lag, stages in flight, what has been done, what is odd in the log; exit 1 when unhealthy",
    )
    .option("--json", "one JSON document")
    .addHelpText("after", examples(["status", "how it stands"], ["status --json | jq .health.status", "for scripts"]))
    .action(async ({ json }: { json?: true }) => {
      const config = loadConfig();
      const node = nodeOf(config);
      const health = await askHealth(node);
      await withReadModel(config, async (readModel) => {
        const status = await statusOf(config, node, health, readModel);
        if (json === true) printJson(status);
        else print(linesOf(status).join("\n"));
      });
      if (node !== null && (health === null || health.status === "unhealthy")) process.exitCode = exitCode.failed;
    });
}

interface Status {
  node: NodeNote | null;
  /** null when no node runs, or it does not answer. */
  health: Health | null;
  now: string;
  coverage: Coverage;
  sequence: number;
  inFlight: ReturnType<ReadOnlyModel["inFlight"]>;
  tally: ReturnType<ReadOnlyModel["tally"]>;
  anomalies: ReturnType<ReadOnlyModel["anomalies"]>;
}

async function statusOf(
  config: Config,
  node: NodeNote | null,
  health: Health | null,
  readModel: ReadOnlyModel,
): Promise<Status> {
  const now = await pipelineNow(config, readModel.lastEventTime);
  const anomalies = readModel.anomalies();
  return {
    node,
    health,
    now: new Date(now).toISOString(),
    coverage: readModel.coverage(now, config.policy),
    sequence: readModel.sequence(),
    inFlight: readModel.inFlight(),
    tally: readModel.tally(),
    anomalies: { ...anomalies, newest: anomalies.newest.slice(0, anomaliesShown) },
  };
}

const anomaliesShown = 5;

function linesOf({ node, health, now, coverage, sequence, inFlight, tally, anomalies }: Status): string[] {
  const line = (name: string, value: string) => `${paint("bold", name.padEnd(11))} ${value}`;
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([name, n]) => `${n} ${name}`)
      .join(", ");
  const { critical, warning, info, missed } = coverage.gaps;
  const lines = [
    line("health", healthLine(node, health)),
    ...(health?.reasons ?? []).map(({ code, since, detail }) =>
      line("", `${code} since ${instant(Date.parse(since))}: ${detail}`),
    ),
    line("now", `${instant(Date.parse(now))} UTC, by the pipeline's clock`),
    line(
      "coverage",
      `${Math.round(coverage.percent * 10) / 10} % of ${coverage.matches} matches in the window; gaps: ${counts({ critical, warning, info, missed })}`,
    ),
    line("read model", `at ${sequence}${health === null ? "" : `, ${health.projections.lag} behind the log`}`),
    line("in flight", counts(inFlight)),
    line(
      "matches",
      counts({
        live: tally.live,
        analysed: tally.analysed,
        predicted: tally.predicted,
        finished: tally.finished,
        settled: tally.settled,
        void: tally.void,
        failed: tally.failed,
      }),
    ),
    line("events", String(tally.events)),
    line("anomalies", anomalies.total === 0 ? "none" : counts(anomalies.byKind)),
  ];
  for (const { sequence: at, kind, subject, detail } of anomalies.newest)
    lines.push(line("", `#${at}  ${kind}  ${subject}  ${detail.split("\n", 1)[0]}`));
  return lines;
}

function healthLine(node: NodeNote | null, health: Health | null): string {
  if (node === null)
    return `${paint("yellow", "no node runs")} on this data directory; what follows is where the last one left it`;
  const where = `pid ${node.pid}, ${node.http ?? "no HTTP"}, ${node.nats}`;
  if (health === null) return `${paint("red", node.http === null ? "unknown" : "no answer")} (${where})`;
  const colour = { ok: "green", degraded: "yellow", unhealthy: "red" } as const;
  return `${paint(colour[health.status], health.status)} (${where})`;
}
