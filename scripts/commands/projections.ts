import type { Command } from "commander";
import { pause, wallClock } from "../../src/clock.ts";
import type { Config } from "../../src/config.ts";
import { rebuildSchema } from "../../src/http/calls/rebuild.ts";
import { projectionsSchema } from "../../src/http/projections.ts";
import { readDir, sweep } from "../../src/projections/builds.ts";
import { originOf } from "../../src/projections/origin.ts";
import { buildAside } from "../../src/projections/rebuild.ts";
import { verifyReadModel } from "../../src/projections/verify.ts";
import { CommandFailed, exitCode } from "../cli/errors.ts";
import { count } from "../cli/format.ts";
import { nodeOf, withLog, withLogAlone } from "../cli/log-access.ts";
import { askHealth, callNode, readToken } from "../cli/node-api.ts";
import { examples } from "../cli/options.ts";
import { print, printJson, say } from "../cli/output.ts";
import { createProgress } from "../cli/progress.ts";
import { withReadModel } from "../cli/read-model.ts";
import { loadConfig } from "../cli/settings.ts";

interface Options {
  tokenFile?: string;
  dryRun?: true;
  json?: true;
}

export function projectionsCommand(program: Command): void {
  const projections = program
    .command("projections")
    .description("the read model: where it stands, make it anew, compare it with the log");
  projections
    .command("status")
    .description("how far the read model is, and how far behind the log")
    .option("--json", "one JSON document")
    .addHelpText("after", examples(["projections status", "beside a node or without"]))
    .action(({ json }: Options) => status(loadConfig(), json === true));
  projections
    .command("rebuild")
    .description(
      "make the read model anew from the log: by the running node, which goes on answering, or by this command",
    )
    .option("--token-file <file>", "file with the admin token, where FULLTIME_ADMIN_TOKEN is not set here")
    .option("--dry-run", "say who would rebuild what, write nothing")
    .option("--json", "one JSON document")
    .addHelpText("after", examples(["projections rebuild", "from sequence 1"]))
    .action(({ json, tokenFile, dryRun }: Options) =>
      dryRun === true ? wouldRebuild(loadConfig(), json === true) : rebuild(loadConfig(), tokenFile, json === true),
    );
  projections
    .command("verify")
    .description("fold the log anew and compare row by row; exit 3 on a difference")
    .option("--json", "one JSON document")
    .addHelpText("after", examples(["projections verify", "beside a node or without"]))
    .action(({ json }: Options) => verify(loadConfig(), json === true));
}

async function status(config: Config, json: boolean): Promise<void> {
  const health = await askHealth(nodeOf(config));
  await withReadModel(config, (readModel) => {
    const sequence = readModel.sequence();
    const [lag, stale] = health === null ? [null, null] : [health.projections.lag, health.coverage.stale];
    if (json) return printJson({ sequence, lag, stale });
    print(
      `at ${sequence}, ${lag === null ? "no node runs that could tell the end of the log" : `${lag} behind the log`}${stale === true ? ", stale: a new build is being made" : ""}`,
    );
  });
}

async function wouldRebuild(config: Config, json: boolean): Promise<void> {
  const node = nodeOf(config);
  const events = await withLog(config, ({ log }) => log.last());
  const by = node === null ? "this command" : `the running node (pid ${node.pid})`;
  if (json) return printJson({ dryRun: true, by: node === null ? "command" : "node", events });
  say(`${by} would make the read model anew from ${count(events, "event")}; the present one answers meanwhile`);
}

/** How a rebuild went. */
interface Rebuilt {
  sequence: number;
  seconds: number;
}

async function rebuild(config: Config, tokenFile: string | undefined, json: boolean): Promise<void> {
  const token = readToken(config, tokenFile);
  const node = nodeOf(config);
  if (node !== null && node.http === null) {
    throw new CommandFailed(
      exitCode.failed,
      `the node (pid ${node.pid}) serves no HTTP, so it cannot be asked: stop it and rebuild without it`,
    );
  }
  const began = wallClock.elapsed();
  const sequence = node?.http == null ? await rebuildHere(config) : await rebuildByNode(node.http, token);
  const rebuilt: Rebuilt = { sequence, seconds: Math.round((wallClock.elapsed() - began) / 100) / 10 };
  if (json) return printJson(rebuilt);
  say(`rebuilt to ${rebuilt.sequence} in ${rebuilt.seconds} s`);
}

const askEveryMs = 200;

async function rebuildByNode(url: string, token: string | null): Promise<number> {
  const { requestId, progress: path } = await callNode(
    url,
    { method: "POST", path: "/api/admin/projections/rebuild", token },
    rebuildSchema,
  );
  const progress = createProgress("events");
  try {
    for (;;) {
      const { lastRebuild, rebuilding, sequence } = await callNode(
        url,
        { method: "GET", path, token },
        projectionsSchema,
      );
      if (rebuilding !== null)
        progress.update(rebuilding.sequence, rebuilding.target, `${rebuilding.eventsPerSecond} events/s`);
      if (lastRebuild?.requestIds.includes(requestId) === true) {
        if (lastRebuild.error !== null)
          throw new CommandFailed(exitCode.failed, `the rebuild failed: ${lastRebuild.error}`);
        return sequence;
      }
      await pause(wallClock, askEveryMs);
    }
  } finally {
    progress.stop();
  }
}

async function rebuildHere(config: Config): Promise<number> {
  const { dataDir, policy } = config;
  const progress = createProgress("events");
  try {
    return await withLogAlone(config, async ({ log, signal }) => {
      const build = await buildAside({
        dir: readDir(dataDir),
        log,
        origin: originOf(log, policy),
        policy,
        clock: wallClock,
        signal,
        onProgress: ({ sequence, target, eventsPerSecond }) =>
          progress.update(sequence, target, `${eventsPerSecond} events/s`),
      });
      build.publish();
      build.close();
      sweep(readDir(dataDir), build.name);
      return build.projector.sequence;
    });
  } finally {
    progress.stop();
  }
}

async function verify(config: Config, json: boolean): Promise<void> {
  const progress = createProgress("events");
  const onProgress = (sequence: number, target: number) => progress.update(sequence, target, "");
  const { dataDir, policy } = config;
  const verified = await withLog(config, ({ log }) => verifyReadModel({ dataDir, log, policy, onProgress })).finally(
    progress.stop,
  );
  if (json) printJson(verified);
  else {
    for (const { table, key, column, live, rebuilt } of verified.differences) {
      print(`${table}  ${key}  ${column}  is ${JSON.stringify(live)}, the log gives ${JSON.stringify(rebuilt)}`);
    }
    const said = verified.equal ? "all as the log gives them" : count(verified.differences.length, "difference");
    say(`${count(verified.rows, "row")} at sequence ${verified.sequence}: ${said}`);
  }
  if (!verified.equal) process.exitCode = exitCode.found;
}
