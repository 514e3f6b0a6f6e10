import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { wallClock } from "../../src/clock.ts";
import type { Config } from "../../src/config.ts";
import { isTaken, readOrigin, runningNode } from "../../src/data-directory.ts";
import { findServerBinary } from "../../src/events/server/binary.ts";
import { diskFree, leastFreePercent } from "../../src/events/server/disk.ts";
import { StreamDrift } from "../../src/events/errors.ts";
import { inspect, streamName } from "../../src/events/provision.ts";
import { withoutSecrets } from "../../src/config/address.ts";
import { connectTo } from "../../src/open-log.ts";
import { openSource } from "../../src/open-source.ts";
import { openReadOnly } from "../../src/projections/reader.ts";
import { nothingKnown } from "../../src/sources/known.ts";
import { count, instant } from "../cli/format.ts";
import { askHealth } from "../cli/node-api.ts";
import { say } from "../cli/output.ts";

/** One thing that was looked at. */
export interface Finding {
  result: "ok" | "warn" | "fail";
  what: string;
  found: string;
  /** What to do, null where nothing is to be done. */
  remedy: string | null;
}

type Check = (config: Config) => Promise<Omit<Finding, "what">> | Omit<Finding, "what">;

const ok = (found: string) => ({ result: "ok" as const, found, remedy: null });
const warn = (found: string, remedy: string) => ({ result: "warn" as const, found, remedy });
const fail = (found: string, remedy: string) => ({ result: "fail" as const, found, remedy });

/** Looks at everything a node needs, changing nothing but the cache of nats-server. One failed check hides no other. */
export async function examine(config: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [what, check] of checks) {
    try {
      findings.push({ what, ...(await check(config)) });
    } catch (error) {
      const [first, ...more] = (error instanceof Error ? error.message : String(error)).split("\n");
      findings.push({ what, ...fail(first ?? "", more.join(" ").trim() || "put this right, then run doctor again") });
    }
  }
  return findings;
}

const checks: readonly (readonly [string, Check])[] = [
  ["Node", node],
  ["nats-server", natsServer],
  ["data directory", dataDirectory],
  ["disk", disk],
  ["lock", lock],
  ["stream, consumers", stream],
  ["read model", readModel],
  ["clock", clock],
  ["source", source],
];

const oldestNode = [20, 19] as const;

function node() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  return isOld ? fail(process.version, `install Node ${oldestNode.join(".")} or newer`) : ok(process.version);
}

async function natsServer({ natsUrl, cacheDir }: Config) {
  if (natsUrl !== null) return ok(`not needed: NATS is at ${withoutSecrets(natsUrl)}`);
  const { path, version, from } = await findServerBinary({
    onProgress: say,
    ...(cacheDir === null ? {} : { cacheDir }),
  });
  const ways = {
    path: "PATH",
    cache: "the cache",
    release: "the release archive, just now",
    debian: "Debian's package, just now",
  };
  return ok(`${version} from ${ways[from]}: ${path}`);
}

function dataDirectory({ dataDir }: Config) {
  const origin = readOrigin(dataDir);
  if (origin !== null)
    return ok(
      `${dataDir}: ${[origin.source, origin.competition, origin.season].filter(Boolean).join(" ")}, ${origin.clock} clock`,
    );
  return ok(existsSync(dataDir) ? `${dataDir} holds no log yet` : `${dataDir} will be made at the first start`);
}

async function disk({ dataDir }: Config) {
  const { freeBytes, percent } = await diskFree(nearestDirectory(dataDir));
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free (${percent.toFixed(0)} %)`;
  if (percent < leastFreePercent)
    return fail(found, `free some space: a node starts with ${leastFreePercent} % or more`);
  return percent < 2 * leastFreePercent
    ? warn(found, `free some space: below ${leastFreePercent} % no node starts`)
    : ok(found);
}

function nearestDirectory(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestDirectory(dirname(path));
}

function lock({ dataDir }: Config) {
  const note = runningNode(dataDir);
  if (note !== null) return ok(`held by the running node, pid ${note.pid}, since ${note.startedAt}`);
  if (!isTaken(dataDir)) return ok("free: no node runs");
  return warn("held by a node that has not said where it is", "it is starting or ending: run doctor again in a moment");
}

async function stream({ dataDir, natsUrl, natsCreds, replicas }: Config) {
  const url = runningNode(dataDir)?.nats ?? natsUrl;
  if (url === null) return ok("not looked at: no node runs; the next start compares them");
  const nc = await connectTo(url, natsCreds);
  try {
    const { missing, differences } = await inspect(nc, replicas);
    if (differences.length > 0) {
      const [first, ...more] = new StreamDrift(differences).message.split("\n");
      return fail(first ?? "", more.map((it) => it.trim()).join("; "));
    }
    if (missing.includes(streamName))
      return ok(`${withoutSecrets(url)} has no ${streamName} yet; the first start makes it`);
    if (missing.length > 0)
      return warn(`missing: ${missing.join(", ")}`, "a node makes them again, at the latest when it starts");
    return ok(`as they must be, at ${withoutSecrets(url)}`);
  } finally {
    await nc.close();
  }
}

async function readModel({ dataDir }: Config) {
  const model = openReadOnly(dataDir);
  if (model === null) return ok("none of this version; a node makes it from the log when it starts");
  const sequence = model.sequence();
  const { total } = model.anomalies();
  model.close();
  const health = await askHealth(runningNode(dataDir));
  const found = `at ${sequence}${health === null ? "" : `, ${health.projections.lag} behind`}`;
  const stalled = health?.reasons.find(({ code }) => code === "projection-stalled");
  if (stalled !== undefined) return fail(`${found}, stalled: ${stalled.detail}`, "fulltime projections rebuild");
  if (total > 0)
    return warn(`${found}; ${count(total, "message")} of the log could not be used`, "fulltime status shows them");
  return ok(found);
}

async function clock({ dataDir, clock: kind }: Config) {
  const health = await askHealth(runningNode(dataDir));
  const wall = instant(wallClock.now());
  if (kind === "wall") return ok(`wall, ${wall} UTC`);
  return ok(`simulated${health === null ? "" : `, at ${instant(Date.parse(health.checkedAt))} UTC`}; wall ${wall} UTC`);
}

async function source(config: Config) {
  const { source, close } = await openSource({ config, known: nothingKnown, clock: wallClock });
  await close?.();
  const { name, competitions: offered } = source;
  const found = `${name}: ${offered.map((it) => `${it.name} (${it.id}, code ${it.code})`).join(", ")}`;
  const made = readOrigin(config.dataDir)?.competition ?? null;
  if (made === null || offered.some(({ id }) => id === made)) return ok(found);
  return warn(
    found,
    `the data directory was made for ${made}: start with --competition ${made}, or set FULLTIME_COMPETITIONS`,
  );
}
