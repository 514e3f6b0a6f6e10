import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "../../../src/app.ts";
import { openExistingLog } from "../../../src/open-log.ts";
import type { Figures } from "../bench.ts";
import { cannedSource, matchId } from "../canned-source.ts";
import { ended } from "../ended.ts";
import { measureLoad, type Measure } from "../load.ts";
import { startNode } from "../canned-node.ts";
import { startServer } from "../server.ts";

const kickoff = Date.parse("2026-03-01T15:00:00Z");

/** Subjects and bodies of one match, in the order of the log. */
export type MatchLife = readonly { subject: string; body: Uint8Array }[];

export interface PipelineRun {
  figures: Figures;
  life: MatchLife;
}

export interface PipelineOptions {
  dir: string;
  cacheDir: string;
  matches: number;
  /** `always`: the server that a node embeds. `default`: the same, but it syncs every two minutes. */
  sync: "always" | "default";
  signal: AbortSignal;
}

/**
 * A season of one matchday, played by a whole node on the simulated clock: it waits for no due time, only for its own work.
 * Timed from the first poll for fixtures until nothing will ever be due again. Throws when a match was not settled.
 */
export async function runFulltime({ dir, cacheDir, matches, sync, signal }: PipelineOptions): Promise<PipelineRun> {
  const server = sync === "default" ? await startServer(join(dir, "server"), false, cacheDir) : null;
  const dataDir = join(dir, "node");
  const source = cannedSource({ matches, kickoff: () => kickoff });
  try {
    const app = await startNode({
      dataDir,
      cacheDir,
      source,
      clock: "simulated",
      natsUrl: server?.url ?? null,
      signal,
    });
    try {
      await source.asked;
      const end = measureLoad(server?.pid ?? embeddedPid(dataDir));
      await ended(app.done, signal);
      return { figures: figuresOf(app, matches, end()), life: await lifeIn(app.natsUrl) };
    } finally {
      await app.stop();
    }
  } finally {
    await server?.stop();
  }
}

function figuresOf({ readModel }: App, matches: number, { seconds, load }: Measure): Figures {
  const { settled, events } = readModel.tally();
  if (settled !== matches) throw new Error(`${settled} of ${matches} matches were settled`);
  return { matchesPerSecond: matches / seconds, eventsPerSecond: events / seconds, ...load };
}

function embeddedPid(dataDir: string): number {
  return (JSON.parse(readFileSync(join(dataDir, "nats-server.json"), "utf8")) as { pid: number }).pid;
}

async function lifeIn(natsUrl: string): Promise<MatchLife> {
  const log = await openExistingLog(natsUrl, null);
  try {
    return await log.history({ root: "match", id: matchId(0) });
  } finally {
    await log.close();
  }
}
