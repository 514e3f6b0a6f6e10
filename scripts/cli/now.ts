import { wallClock } from "../../src/clock.ts";
import type { Config } from "../../src/config.ts";
import { runningNode } from "../../src/data-directory.ts";
import { clockOf } from "./log-access.ts";
import { askHealth } from "./node-api.ts";

/**
 * "Now" as the pipeline has it. On a simulated clock: what the running node says, else the instant at which it would take up
 * again. `lastEventTime` tells that from the read model or from the log; null where nothing has happened yet.
 */
export async function pipelineNow(config: Config, lastEventTime: () => number | null): Promise<number> {
  if (clockOf(config) === "wall") return wallClock.now();
  const health = await askHealth(runningNode(config.dataDir));
  return health === null ? (lastEventTime() ?? wallClock.now()) : Date.parse(health.checkedAt);
}
