import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, release, totalmem, type as systemName } from "node:os";
import { join, resolve } from "node:path";
import { packageVersion } from "../../src/version.ts";

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  /** Mean number of runnable processes over the last minute, before the bench began: 0 on an idle machine. */
  load: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${systemName()} ${release()}`,
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** Of what every bench runs on. */
export function commonVersions(): Record<string, string> {
  return {
    fulltime: packageVersion(),
    node: process.versions.node,
    "@nats-io/jetstream": versionOf("@nats-io/jetstream"),
    "better-sqlite3": versionOf("better-sqlite3"),
  };
}

/** The installed version of a package; throws where it is not installed. */
export function versionOf(packageName: string): string {
  for (const folder of createRequire(import.meta.url).resolve.paths(packageName) ?? []) {
    try {
      const text = readFileSync(join(resolve(folder), packageName, "package.json"), "utf8");
      return (JSON.parse(text) as { version: string }).version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new Error(`${packageName} is not installed: npm install`);
}
