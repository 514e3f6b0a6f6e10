import { join } from "node:path";
import type { Logger } from "pino";
import { monotonicFactory } from "ulid";
import type { Node } from "./actors/node.ts";
import { playSimulated } from "./actors/quiescence.ts";
import { createBrake } from "./actors/brake.ts";
import { resumeAt } from "./actors/resume.ts";
import { suspectsIn } from "./actors/suspects.ts";
import { startTeam } from "./actors/team.ts";
import type { Receiver } from "./actors/webhook.ts";
import { type Clock, type SimulatedClock, simulatedClock, wallClock } from "./clock.ts";
import { type Config, isLlm, rosterOf, type Setting } from "./config.ts";
import { type DataDirectory, takeDataDirectory } from "./data-directory.ts";
import { prepareDataDir } from "./events/server/disk.ts";
import { llmModels } from "./forecast/llm/models.ts";
import { mixedModels } from "./forecast/mixed.ts";
import { type Models, statisticalModels } from "./forecast/models.ts";
import { createPanel } from "./forecast/panel.ts";
import { createHttp } from "./http/app.ts";
import { listen } from "./http/serve.ts";
import { type DiskWatch, startDiskWatch } from "./disk-watch.ts";
import type { Backlog } from "./events/jetstream.ts";
import { createNodeMetrics, type NodeMetrics } from "./metrics/node-metrics.ts";
import { openLog, startServer } from "./open-log.ts";
import { knownIn, type OpenedSource, openSource } from "./open-source.ts";
import { type ReadModel, startReadModel } from "./projections/read-model.ts";
import { type SkewWatch, startSkewWatch } from "./skew-watch.ts";
import type { Known } from "./sources/known.ts";
import type { Source } from "./sources/source.ts";
import { startSummary } from "./summary.ts";

export interface StartOptions {
  config: Config;
  /** The settings that made it, to be shown; secrets masked. */
  settings?: readonly Setting[];
  competition?: string | undefined;
  season?: string | undefined;
  /** Another source than the configured one, for whoever embeds a node or plays something else. */
  origin?: OpenedSource | ((known: Known) => OpenedSource);
  /** Other models than the panel's statistical ones. */
  models?: Models;
  logger: Logger;
  /** Told what takes long before the node is up, one line each. */
  onProgress: (text: string) => void;
  /** Gives up the start. */
  signal: AbortSignal;
}

export interface App {
  readonly readModel: ReadModel;
  readonly clock: Clock;
  readonly source: Source;
  /** Where HTTP answers, null when this node serves none. */
  readonly url: string | null;
  readonly natsUrl: string;
  /** Resolves when a simulated season has nothing left to do; never on the wall clock. Rejects when the node cannot go on. */
  readonly done: Promise<void>;
  /** Drains and ends the node; safe twice. Resolves with what the drain had to abandon. */
  stop(): Promise<string[]>;
}

/** The longest a drain lets running work end by itself. */
const drainMs = 9_000;

/**
 * Starts one node: takes the data directory, finds or starts nats-server, opens the log, brings the read model to its end,
 * runs the actors of its roles. What it started by the time something fails, it stops again.
 */
export async function startApp(options: StartOptions): Promise<App> {
  const { config, logger, signal } = options;
  // Asked for when a consumer is missing, which a node notices at any time: before there is a read model, all is delivered again.
  let known: ReadModel | null = null;
  const opened = await sourceOf(
    options,
    knownIn(() => known),
  );
  const { source, season } = opened;
  const [competition] = source.competitions;
  if (competition === undefined) throw new Error(`the source ${source.name} offers no competition`);

  const stack = createStack(logger);
  stack.add(() => opened.close?.());
  try {
    await prepareDataDir(config.dataDir);
    const directory = takeDataDirectory(config.dataDir, {
      source: source.name,
      clock: config.clock,
      // A node that follows what is on may be told to follow more at any time, and goes from season to season.
      competition: season === null ? null : competition.id,
      season,
    });
    stack.add(() => directory.release());
    const server = config.natsUrl === null ? await startServer(options) : null;
    if (server !== null) stack.add(() => server.stop());
    const brake = createBrake();
    const disk =
      server === null
        ? null
        : await startDiskWatch({ dir: join(directory.path, "log"), clock: wallClock, brake, logger });
    if (disk !== null) stack.add(() => disk.stop());
    const natsUrl = server?.url ?? config.natsUrl ?? "";
    const metrics = createNodeMetrics();
    const stored = await openLog(natsUrl, config, {
      startOf: (durable) => Promise.resolve(known === null ? 1 : resumeAt(durable, known)),
      onBatch: metrics.onBatch,
      ...(disk === null ? {} : { full: disk.look }),
    });
    const log = metrics.watch(stored);
    stack.add(() => log.close());

    const firstKickoff = source.firstKickoff ?? wallClock.now();
    const simulated = config.clock === "wall" ? null : simulatedClock(firstKickoff - config.policy.pollAhead);
    const clock = simulated ?? wallClock;
    const readModel = await startReadModel({ dataDir: directory.path, log, policy: config.policy, clock, logger });
    known = readModel;
    stack.add(() => readModel.stop());
    simulated?.jump(Math.max(simulated.now(), readModel.lastEventTime() ?? 0));
    signal.throwIfAborted();

    const newId = monotonicFactory();
    const node: Node = {
      log,
      readModel,
      clock,
      policy: config.policy,
      newId: (time) => newId(time),
      logger,
      brake,
      observer: metrics.observer,
      suspects: suspectsIn(directory.path),
    };
    const skew =
      simulated === null ? await startSkewWatch({ logTime: () => log.time(), clock: wallClock, brake, logger }) : null;
    if (skew !== null) stack.add(() => skew.stop());
    const models = modelsOf(options, node);
    const runner = startActors(node, simulated, options, source, models);
    stack.add(() => runner.stop());

    const http = config.roles.includes("http")
      ? await startHttp(options, node, models, { skew, disk, metrics, backlog: log.backlog })
      : null;
    if (http !== null) stack.add(() => http.stop());
    const summary = startSummary({ readModel, log, clock, policy: config.policy, logger });
    stack.add(() => summary.stop());
    announce(directory, http?.url ?? null, natsUrl, server !== null);

    let stopping: Promise<string[]> | null = null;
    return {
      readModel,
      clock,
      source,
      url: http?.url ?? null,
      natsUrl,
      done: runner.done,
      stop: () => {
        stopping ??= stack.unwind().then(() => runner.abandoned());
        return stopping;
      },
    };
  } catch (error) {
    await stack.unwind();
    throw error;
  }
}

async function sourceOf({ origin, ...options }: StartOptions, known: Known): Promise<OpenedSource> {
  if (origin === undefined) return openSource({ ...options, known, clock: wallClock });
  return typeof origin === "function" ? origin(known) : origin;
}

interface Stack {
  add(stop: () => void | Promise<unknown>): void;
  /** Stops what was started, last first, whatever fails on the way. */
  unwind(): Promise<void>;
}

function createStack(logger: Logger): Stack {
  const stops: (() => void | Promise<unknown>)[] = [];
  return {
    add: (stop) => void stops.push(stop),
    async unwind() {
      for (const stop of stops.splice(0).toReversed()) {
        try {
          await stop();
        } catch (error) {
          logger.error({ err: error }, "could not stop cleanly");
        }
      }
    },
  };
}

interface Runner {
  done: Promise<void>;
  stop(): Promise<void>;
  abandoned(): string[];
}

/** With several nodes on one log, ticks that answer the same fact are spread over this long. */
const staggerMaxMs = 50;

function modelsOf({ config, models }: StartOptions, node: Node): Models {
  if (models !== undefined) return models;
  const { panel, policy, endpoints } = config;
  const { now, elapsed } = node.clock;
  const computed = createPanel(panel.filter((member) => !isLlm(member)));
  const members = panel.filter(isLlm);
  for (const { name, dailyCostMax, price } of members) {
    if (dailyCostMax !== null && price === null)
      node.logger.warn({ model: name }, "its dailyCostMax holds only what its server states, as it has no price");
  }
  return mixedModels(rosterOf(panel), [
    statisticalModels(computed, node.readModel, policy.resultUsableAfter, elapsed),
    llmModels({ members, endpoints, now, elapsed }),
  ]);
}

function startActors(
  node: Node,
  simulated: SimulatedClock | null,
  options: StartOptions,
  source: Source,
  models: Models,
): Runner {
  const { config } = options;
  const staggerMs = config.natsUrl === null ? 0 : Math.random() * staggerMaxMs;
  const receiver = receiverOf(config, options.logger);
  const team = startTeam(node, { roles: config.roles, source, models, staggerMs, receiver });
  const { dispatcher, actors, nextHandled } = team;
  const playing = new AbortController();
  const done =
    simulated !== null && dispatcher !== null
      ? playSimulated({ clock: simulated, node, dispatcher, actors, nextHandled, signal: playing.signal })
      : new Promise<void>(() => {});
  let abandoned: string[] = [];
  return {
    done,
    abandoned: () => abandoned,
    async stop() {
      playing.abort();
      abandoned = await team.stop(drainMs);
    },
  };
}

function receiverOf({ alertUrl, alertSecret, clock }: Config, logger: Logger): Receiver | null {
  if (alertUrl === null || alertSecret === null) return null;
  if (clock === "simulated") logger.warn("FULLTIME_ALERT_URL is not used: a season on a simulated clock alerts nobody");
  return { url: alertUrl, secret: alertSecret };
}

interface Watches {
  skew: SkewWatch | null;
  disk: DiskWatch | null;
  metrics: NodeMetrics;
  backlog: () => Promise<Backlog[]>;
}

async function startHttp(
  { config, settings = [] }: StartOptions,
  node: Node,
  models: Models,
  { skew, disk, metrics, backlog }: Watches,
): Promise<{ url: string; stop(): Promise<void> }> {
  const app = createHttp({
    readModel: node.readModel,
    log: node.log,
    clock: node.clock,
    policy: config.policy,
    roster: models.roster.map(({ model }) => model),
    dailyCostMax: (model) => models.terms?.(model)?.dailyCostMax ?? null,
    newId: node.newId,
    adminToken: config.adminToken,
    access: config,
    logger: node.logger,
    clockSkew: () => skew?.warning() ?? null,
    logDiskFreePercent: () => disk?.freePercent() ?? null,
    registry: metrics.registry,
    configuration: settings,
    backlog,
  });
  const { host: hostname, port, trustedProxies } = config;
  const server = await listen({ fetch: app.fetch, host: hostname, port, trustedProxies, logger: node.logger });
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return { url: `http://${host}:${server.port}`, stop: () => server.stop() };
}

function announce(directory: DataDirectory, http: string | null, nats: string, isEmbedded: boolean): void {
  directory.announce({
    pid: process.pid,
    startedAt: new Date(wallClock.now()).toISOString(),
    http,
    nats,
    embedded: isEmbedded,
  });
}
