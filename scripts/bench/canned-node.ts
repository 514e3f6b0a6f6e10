import { mkdir } from "node:fs/promises";
import { pino } from "pino";
import { type App, startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import type { Source } from "../../src/sources/source.ts";
import { cannedModels } from "./canned-models.ts";

export interface CannedNode {
  dataDir: string;
  /** Where a nats-server is looked for. */
  cacheDir: string;
  source: Source;
  clock: "simulated" | "wall";
  /** null: an embedded server, as the node itself starts it. */
  natsUrl: string | null;
  /** What differs from the policy in force by default. */
  policy?: Partial<Policy>;
  signal: AbortSignal;
}

/** A whole node as `fulltime run` starts it, whose source and models are canned. It serves no HTTP: nobody asks. */
export async function startNode({
  dataDir,
  cacheDir,
  source,
  clock,
  natsUrl,
  policy,
  signal,
}: CannedNode): Promise<App> {
  await mkdir(dataDir, { recursive: true });
  const { config } = readConfig({
    FULLTIME_DATA_DIR: dataDir,
    FULLTIME_CLOCK: clock,
    FULLTIME_CACHE_DIR: cacheDir,
  });
  const roles = config.roles.filter((role) => role !== "http");
  return startApp({
    config: { ...config, roles, natsUrl, policy: { ...defaultPolicy, ...policy } },
    origin: { source, season: "2026" },
    models: cannedModels(),
    logger: pino({ level: "warn" }, pino.destination(2)),
    onProgress: () => {},
    signal,
  });
}
