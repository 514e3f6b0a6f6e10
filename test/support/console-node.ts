import { pino } from "pino";
import { onTestFinished } from "vitest";
import { callsActor } from "../../src/actors/calls.ts";
import { startTeam } from "../../src/actors/team.ts";
import { type SimulatedClock, wallClock } from "../../src/clock.ts";
import type { AccessOptions } from "../../src/http/access/access.ts";
import { createHttp } from "../../src/http/app.ts";
import { type HttpServer, listen } from "../../src/http/serve.ts";
import { plantedPoll, plantedSeason, seasonNow, seasonSource } from "./console-season.ts";
import { type History, roster } from "./history.ts";
import { manualClock } from "./manual-clock.ts";
import { type TestNode, testNode } from "./node.ts";
import { scriptedModels } from "./scripted-models.ts";
import { scriptedSource } from "./scripted-source.ts";

/** A node that serves its console on a real port, over a log in memory and a real read model. */
export interface ConsoleNode extends TestNode {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** What the server logged, one object a line. */
  readonly logged: readonly Record<string, unknown>[];
  /** Moves the pipeline's clock, on which nothing else runs: timers are the wall's. */
  jump(to: number): void;
  /** NATS is there, as far as anyone can tell. */
  connect(connected: boolean): void;
  /** Ends the HTTP server and begins a new one on the same port, as a restart of the node does. */
  restart(): Promise<void>;
}

export interface ConsoleNodeOptions {
  /** What the log holds; default `plantedSeason()`. */
  lives?: readonly History[];
  /** Whether the source was polled (`plantedPoll`), so that nothing is stale; default true. */
  polled?: boolean;
  /** Default `seasonNow`. */
  at?: number;
  /** With one, somebody has to sign in. */
  adminToken?: string | null;
  access?: AccessOptions;
  /**
   * `calls` (default): operators' calls are carried out, and no more: the season stays as it is planted. `all`: stages run too, so
   * a retry ends in a settlement. `nobody`: calls wait.
   */
  working?: "calls" | "all" | "nobody";
}

/** Starts in a fraction of a second; ends with the test. */
export async function consoleNode(options: ConsoleNodeOptions = {}): Promise<ConsoleNode> {
  const { lives = plantedSeason(), at = seasonNow, adminToken = null, access = {}, working = "calls" } = options;
  const polled = options.polled ?? true;
  const wall = manualClock(at);
  const clock = pinnedClock(at);
  const test = await testNode({ wall, clock });
  for (const life of lives) await test.write(life);
  if (polled) {
    const poll = await test.node.log.append(seasonSource, 0, plantedPoll());
    if (poll.outcome === "appended") await test.node.readModel.reached(poll.sequence);
  }
  if (working === "calls") test.run(callsActor(roster));
  if (working === "all") {
    const models = scriptedModels(roster.map(({ model }) => model));
    const roles = ["dispatch", "analyse", "predict", "settle", "intake"];
    const team = startTeam(test.node, { roles, source: scriptedSource(), models, staggerMs: 0 });
    onTestFinished(async () => {
      const stopped = team.stop(0);
      await wall.advance(1000);
      await stopped;
    });
  }
  const logged: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) });
  let connected = true;
  const { readModel, log, policy, newId } = test.node;
  // A log in memory has no server that could go away.
  const watched = { ...log, connected: () => connected };

  function start(port: number): Promise<HttpServer> {
    const { fetch } = createHttp({
      readModel,
      log: watched,
      clock,
      policy,
      newId,
      logger,
      adminToken,
      access: { quotas: { admin: { quota: 1000, window: 60 } }, ...access },
      roster: roster.map(({ model }) => model),
      logDiskFreePercent: () => 61.5,
    });
    return listen({ fetch, host: "127.0.0.1", port, logger });
  }

  let server = await start(0);
  const { port } = server;
  onTestFinished(() => server.stop());
  return {
    ...test,
    url: `http://127.0.0.1:${port}`,
    port,
    logged,
    jump: clock.jump,
    connect: (now) => (connected = now),
    async restart() {
      await server.stop();
      server = await start(port);
    },
  };
}

/** Stands still until it is moved; what waits, waits on the wall. */
function pinnedClock(at: number): SimulatedClock {
  let now = at;
  const { elapsed, after } = wallClock;
  return { kind: "simulated", now: () => now, elapsed, after, jump: (to) => void (now = to) };
}
