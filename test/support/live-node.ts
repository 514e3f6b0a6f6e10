import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Logger, pino } from "pino";
import { type App, startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import { type LiveFacts, liveFacts } from "./live-facts.ts";
import { type ScriptedModels, scriptedModels } from "./scripted-models.ts";
import { type ScriptedSource, scriptedSource } from "./scripted-source.ts";

/** The domain's policy with about a second for each hour of it, and less for what only costs waiting. */
export const secondsForHours: Policy = {
  ...defaultPolicy,
  pollEvery: 300,
  pollAhead: 3_600_000,
  resultEvery: 300,
  resultAfterKickoff: 300,
  due: { analyse: 14_000, lineups: 13_000, predict: 10_000 },
  watch: { analyse: 40_000, lineups: 40_000, predict: 40_000, settle: 600_000 },
  budget: { poll: 2000, analyse: 2000, lineups: 1000, predict: 1500, settle: 2000 },
  unansweredAfter: 1000,
  retroBudget: { analyse: 2000, predict: 3000, settle: 2000 },
  retryDelays: [200, 400, 800, 1600],
  askAgainEvery: 1500,
  resultUsableAfter: 1000,
  modelRest: 2000,
  lineupsEvery: 300,
  newRoundAfterMove: 8000,
  waveEvery: 100,
  coverageWindow: 60_000,
  critical: 2000,
  warning: 4000,
  unsettledCritical: 5000,
};

/** A whole node on the wall clock, embedded server included, whose source and models do what the test says. */
export interface LiveNode {
  readonly dataDir: string;
  readonly source: ScriptedSource;
  readonly models: ScriptedModels;
  readonly facts: LiveFacts;
  readonly policy: Policy;
  /** The running one. */
  app(): App;
  start(): Promise<App>;
  /** As on SIGTERM; resolves with what was abandoned. */
  stop(): Promise<string[]>;
  /** Ends everything and removes the directory. */
  remove(): Promise<void>;
}

export interface LiveNodeOptions {
  policy?: Partial<Policy>;
  models?: ScriptedModels;
  /** A server that outlives the node, instead of an embedded one. */
  natsUrl?: string;
  /** The models are those of this panel file and environment, instead of scripted ones. */
  panel?: { members: readonly object[]; environment?: Readonly<Record<string, string>> };
  logger?: Logger;
}

export function liveNode(options: LiveNodeOptions = {}): LiveNode {
  const dataDir = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-live-")));
  const source = scriptedSource();
  const models = options.models ?? scriptedModels();
  const policy = { ...secondsForHours, ...options.policy };
  const facts = liveFacts();
  let running: App | null = null;

  async function stop(): Promise<string[]> {
    const app = running;
    running = null;
    await facts.detach();
    return (await app?.stop()) ?? [];
  }

  return {
    dataDir,
    source,
    models,
    facts,
    policy,
    app() {
      if (running === null) throw new Error("no node runs");
      return running;
    },
    async start() {
      running = await startApp({
        config: {
          ...liveConfig(dataDir, policy, panelSettings(dataDir, options.panel)),
          natsUrl: options.natsUrl ?? null,
        },
        origin: { source, season: "2026" },
        ...(options.panel === undefined ? { models } : {}),
        logger: options.logger ?? pino({ level: process.env.FULLTIME_TEST_LOG ?? "silent" }),
        onProgress: () => {},
        signal: new AbortController().signal,
      });
      await facts.attach(running.natsUrl);
      return running;
    },
    stop,
    async remove() {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function panelSettings(dataDir: string, panel: LiveNodeOptions["panel"]): Record<string, string> {
  if (panel === undefined) return {};
  const file = join(dataDir, "panel.json");
  writeFileSync(file, JSON.stringify({ members: panel.members }));
  return { ...panel.environment, FULLTIME_PANEL: file };
}

export function liveConfig(dataDir: string, policy: Policy, settings: Readonly<Record<string, string>> = {}) {
  const { config } = readConfig({
    ...settings,
    FULLTIME_DATA_DIR: dataDir,
    FULLTIME_PORT: "0",
    FULLTIME_CLOCK: "wall",
    FULLTIME_CACHE_DIR: process.env.FULLTIME_CACHE_DIR ?? resolve(import.meta.dirname, "../../.cache"),
  });
  return { ...config, policy };
}
