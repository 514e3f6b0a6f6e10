import { pino } from "pino";
import type { Registry } from "prom-client";
import type { Backlog } from "../../src/events/jetstream.ts";
import type { MemoryServer } from "../../src/events/memory.ts";
import type { AccessOptions } from "../../src/http/access/access.ts";
import { createHttp } from "../../src/http/app.ts";
import { roster } from "../support/history.ts";
import { manualClock, manualSimulatedClock } from "../support/manual-clock.ts";
import { type TestNode, testNode } from "../support/node.ts";

export interface Served extends TestNode {
  /** Asks as a client of this address does, `at` an address of this node. */
  ask(path: string, init?: RequestInit, from?: string, at?: string): Promise<Response>;
  /** What a server on a real port hands its requests to. */
  fetch: ReturnType<typeof createHttp>["fetch"];
  /** What the server logged, one object a line. */
  logged: Record<string, unknown>[];
  /** Moves the simulated clock. */
  jump(to: number): void;
  /** NATS is there, as far as anyone can tell. */
  connect(connected: boolean): void;
}

export interface ServeOptions {
  at: number;
  adminToken?: string | null;
  access?: AccessOptions;
  clockSkew?: () => string | null;
  logDiskFreePercent?: () => number | null;
  registry?: Registry;
  backlog?: () => Promise<Backlog[]>;
  /** Default: one of its own. */
  server?: MemoryServer;
}

/** The HTTP server over a log in memory and a real read model, on a simulated clock. */
export async function serve({ at, adminToken = null, server, ...watches }: ServeOptions): Promise<Served> {
  const wall = manualClock(at);
  const clock = manualSimulatedClock(wall);
  const test = await testNode({ wall, clock, ...(server === undefined ? {} : { server }) });
  const { log, readModel, policy } = test.node;
  let connected = true;
  const logged: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) });
  // A log in memory has no server that could go away.
  const watched = { ...log, connected: () => connected };
  const app = createHttp({
    readModel,
    log: watched,
    clock,
    policy,
    adminToken,
    logger,
    roster: roster.map(({ model }) => model),
    newId: test.node.newId,
    ...watches,
  });
  return {
    ...test,
    fetch: app.fetch,
    logged,
    jump: clock.jump,
    connect: (now) => (connected = now),
    async ask(path, init = {}, from = "127.0.0.1", at = "127.0.0.1") {
      return app.request(path, init, { incoming: { socket: { remoteAddress: from, localAddress: at } } });
    },
  };
}
