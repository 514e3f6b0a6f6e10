import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { wallClock } from "../../../src/clock.ts";
import { spellPolicy } from "../../../src/config/policy.ts";
import type { BenchContext, Figures } from "../bench.ts";
import { cpuSeconds } from "../cpu.ts";
import { latencies, quantile, sampleLatency } from "../node/asking.ts";
import { peakRssMiB, rssMiB } from "../memory.ts";
import { type BenchNode, startBenchNode } from "../node/node.ts";
import type { Offer } from "../node/offers.ts";
import { quickPolicy } from "../node/policy.ts";
import { outputOf } from "../node/output.ts";
import { typescript } from "../node/typescript.ts";
import { watchProcess } from "../node/process.ts";
import { consoleFigures } from "./console.ts";
import { listPages } from "./pages.ts";

const hourMs = 3_600_000;

/** What is played and asked for on a log of a million; of the smallest logs, less. */
function loadOf(size: number) {
  const share = Math.min(1, size / 1000);
  const count = (most: number) => Math.max(10, Math.round(share * most));
  return {
    policy: quickPolicy(Math.max(500, 5000 * share)),
    /** Matches of the next two days, so that health has something to look at. */
    upcoming: { first: 0, count: count(400), apartMs: hourMs / 10 },
    warmUp: { first: 1000, count: count(300), apartMs: 10 },
    further: { first: 2000, count: count(1000), apartMs: 10 },
  };
}

type Load = ReturnType<typeof loadOf>;

const healthSamples = 300;
const pageSamples = 20;
const tickSamples = 200;

/** Everything that is asked of one log, on a copy of it: a node that makes its read model, `fulltime verify`, a node that finds it. */
export async function measure(log: string, context: BenchContext): Promise<Figures> {
  const { dir, cacheDir, signal } = context;
  const dataDir = await mkdtemp(join(dir, "data-"));
  try {
    await cp(log, dataDir, { recursive: true });
    const load = loadOf(context.size);
    const setup = { dataDir, cacheDir, policy: load.policy };
    const cold = await withNode(await startBenchNode(setup, signal), (node) => rebuilt(node, dataDir));
    const whole = await verified(dataDir, load, context);
    const warm = await withNode(await startBenchNode(setup, signal), (node) => asked(node, load, context));
    return { ...cold, ...whole, ...warm };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function withNode<T>(node: BenchNode, work: (node: BenchNode) => Promise<T>): Promise<T> {
  try {
    return await work(node);
  } finally {
    await node.stop();
  }
}

async function rebuilt(node: BenchNode, dataDir: string): Promise<Figures> {
  const read = join(dataDir, "read");
  const names = await readdir(read);
  const sizes = async (suffix: string) => {
    const found = names
      .filter((name) => name.endsWith(suffix))
      .map(async (name) => (await stat(join(read, name))).size);
    return (await Promise.all(found)).reduce((sum, size) => sum + size, 0) / 2 ** 20;
  };
  return {
    rebuildSeconds: node.readySeconds,
    rebuildRssMaxMiB: peakRssMiB(node.pid),
    walAfterRebuildMiB: await sizes("-wal"),
    readModelMiB: await sizes(".sqlite"),
  };
}

async function asked(node: BenchNode, load: Load, { signal, say }: BenchContext): Promise<Figures> {
  const { upcoming, warmUp, further } = load;
  const health = `${node.url}/api/health`;
  const soon = wallClock.now() + hourMs;
  node.offer({ ...upcoming, kickoff: soon });
  const idle = await latencies(health, healthSamples, signal);
  const pages = await listPages(node.url, pageSamples, signal);
  const admin = await latencies(`${node.url}/api/admin/pipeline-health`, pageSamples, signal);
  const shown = await consoleFigures(node.url, pageSamples, signal);
  const ticks = await node.tick(tickSamples);
  say(`asked; playing ${warmUp.count} and ${further.count} more matches`);

  await play(node, warmUp, load);
  const busy = sampleLatency(health, 100, signal);
  const before = cpuOf(node);
  await play(node, further, load);
  const used = cpuOf(node);
  const whilePlayed = await busy.stop();
  return {
    readySeconds: node.readySeconds,
    healthP99Ms: quantile(idle, 0.99),
    healthWhilePlayedP99Ms: quantile(whilePlayed, 0.99),
    pipelineHealthMs: quantile(admin, 0.99),
    listPageP99Ms: quantile(pages, 0.99),
    ...shown,
    tickP99Ms: quantile(ticks, 0.99),
    cpuMsPerFurtherMatch: before === null || used === null ? null : (1000 * (used - before)) / further.count,
    nodeRssMiB: rssMiB(node.pid),
    serverRssMiB: rssMiB(node.serverPid),
  };
}

/** From the first sight of these matches to their settlement. */
async function play(node: BenchNode, matches: Omit<Offer, "kickoff">, { policy }: Load): Promise<void> {
  const offer = { ...matches, kickoff: wallClock.now() + 4 * policy.due.predict };
  node.offer(offer);
  const missed = await node.played(offer, "settle");
  if (missed > 0) throw new Error(`${missed} of ${offer.count} matches kicked off unpredicted: is the machine busy?`);
}

function cpuOf({ pid, serverPid }: BenchNode): number | null {
  const [node, server] = [cpuSeconds(pid), cpuSeconds(serverPid)];
  return node === null || server === null ? null : node + server;
}

const fulltime = resolve(import.meta.dirname, "../../fulltime.ts");

/** `fulltime verify` on a directory without a node, its server's start included. */
async function verified(dataDir: string, { policy }: Load, { cacheDir, signal }: BenchContext): Promise<Figures> {
  const policyFile = join(dataDir, "policy.json");
  await writeFile(policyFile, JSON.stringify(spellPolicy(policy)));
  const began = wallClock.elapsed();
  const child = spawn(process.execPath, [...typescript, fulltime, "verify", "--json"], {
    env: { ...process.env, FULLTIME_DATA_DIR: dataDir, FULLTIME_CACHE_DIR: cacheDir, FULLTIME_POLICY: policyFile },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const memory = watchProcess(child.pid ?? 0, peakRssMiB);
  try {
    const { out, code } = await outputOf(child, signal);
    if (code !== 0) throw new Error(`fulltime verify ended with ${code}: ${out.slice(0, 2000)}`);
    const seconds = (wallClock.elapsed() - began) / 1000;
    const { events } = JSON.parse(out) as { events: number };
    return { verifySeconds: seconds, verifiedPerSecond: events / seconds, verifyRssMaxMiB: memory.stop() };
  } finally {
    memory.stop();
  }
}
