import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pause, wallClock } from "../../src/clock.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import type { Bench, BenchContext, Figures, Measured } from "./bench.ts";
import { rssMiB } from "./memory.ts";
import { type BenchNode, startBenchNode } from "./node/node.ts";
import { openFiles } from "./node/process.ts";
import { seasonMatches } from "./soak/seasons.ts";
import { slope } from "./soak/slope.ts";
import { medians, readable } from "./turns.ts";

export const soakBench: Bench = {
  about:
    "season after season on one log, simulated clock, built-in panel: memory, files, write-ahead log and backlog over time",
  size: { of: "minutes", standard: 60, option: "minutes" },
  run: soak,
};

const samplesWanted = 120;
const minuteMs = 60_000;

async function soak({ size, dir, cacheDir, signal, say }: BenchContext): Promise<Measured> {
  const dataDir = await mkdtemp(join(dir, "data-"));
  const setup = { dataDir, cacheDir, policy: defaultPolicy, seasons: true };
  const node = await startBenchNode(setup, signal);
  const samples: Sample[] = [];
  try {
    const began = wallClock.elapsed();
    const everyMs = Math.max(1000, (size * minuteMs) / samplesWanted);
    while (wallClock.elapsed() - began < size * minuteMs) {
      await pause(wallClock, everyMs, signal);
      signal.throwIfAborted();
      const sample = await look(node, dataDir, (wallClock.elapsed() - began) / minuteMs);
      samples.push(sample);
      say(
        Object.entries(sample)
          .map(([name, value]) => `${name} ${readable(value)}`)
          .join(", "),
      );
    }
  } finally {
    await node.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  return told(samples);
}

/** One instant. `minute` counts from the first season's beginning. */
interface Sample extends Figures {
  minute: number;
  events: number;
}

async function look(node: BenchNode, dataDir: string, minute: number): Promise<Sample> {
  const [health, metrics, walMiB] = await Promise.all([
    fetch(`${node.url}/api/health`).then((it) => it.json() as Promise<{ projections: { sequence: number } }>),
    fetch(`${node.url}/metrics`).then((it) => it.text()),
    walOf(join(dataDir, "read")),
  ]);
  return {
    minute,
    events: health.projections.sequence,
    nodeRssMiB: rssMiB(node.pid),
    // Of the node's memory: JavaScript's objects, and bodies of messages; both with what was not collected yet.
    nodeHeapMiB: sumOf(metrics, "fulltime_nodejs_heap_size_used_bytes") / 2 ** 20,
    nodeExternalMiB: sumOf(metrics, "fulltime_nodejs_external_memory_bytes") / 2 ** 20,
    serverRssMiB: rssMiB(node.serverPid),
    nodeFiles: openFiles(node.pid),
    serverFiles: openFiles(node.serverPid),
    walMiB,
    pending: sumOf(metrics, "fulltime_consumer_pending") + sumOf(metrics, "fulltime_consumer_ack_pending"),
    matchesSettled: sumOf(metrics, 'fulltime_events_appended_total{type="match.settled"}'),
  };
}

/** Of every series whose name and labels begin like this. */
function sumOf(metrics: string, series: string): number {
  const lines = metrics.split("\n").filter((line) => line.startsWith(series));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

async function walOf(read: string): Promise<number> {
  const names = (await readdir(read)).filter((name) => name.endsWith("-wal"));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(read, name))).size));
  return sizes.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20;
}

const watched = [
  "nodeRssMiB",
  "nodeHeapMiB",
  "nodeExternalMiB",
  "serverRssMiB",
  "nodeFiles",
  "serverFiles",
  "walMiB",
  "pending",
];

function told(samples: readonly Sample[]): Measured {
  const quarter = samples.length / 4;
  const quarters = ["first", "second", "third", "last"].flatMap((name, i) => {
    const those = samples.slice(Math.floor(i * quarter), Math.floor((i + 1) * quarter));
    return those.length === 0 ? [] : [[`${name} quarter`, medians(those)] as const];
  });
  const later = samples.slice(Math.floor(samples.length / 2));
  const perHour = Object.fromEntries(
    watched.map((name) => [name, slope(later.map((it) => [it.minute / 60, it[name] ?? null]))]),
  );
  const bytesPerEvent = slope(later.map((it) => [it.events, it.serverRssMiB ?? null]));
  const settled = samples.at(-1)?.matchesSettled ?? 0;
  return {
    sides: { ...Object.fromEntries(quarters), "slope an hour": perHour },
    ratio: null,
    notes: [
      `${readable(settled / seasonMatches)} seasons of ${seasonMatches} matches, one after the other; runs once, whatever --runs says`,
      "quarters: medians of their samples; slope: least squares over the second half, when the caches are full",
      `the server keeps every subject in memory: ${bytesPerEvent === null ? "-" : readable(bytesPerEvent * 2 ** 20)} bytes an event in the second half, which is growth of the log, no leak`,
    ],
  };
}
