import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { pause, wallClock } from "../../src/clock.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import type { Bench, BenchContext, Figures, Measured } from "./bench.ts";
import { chromiumVersion, firstLoad } from "./console/first-load.ts";
import { openConsoles } from "./console/open-consoles.ts";
import { cpuSeconds } from "./cpu.ts";
import { type BenchNode, startBenchNode } from "./node/node.ts";
import { readable, takeTurns } from "./turns.ts";

/** What open consoles cost while nothing changes, and what one costs that is opened for the first time. */
export const consoleBench: Bench = {
  about:
    "a node that nobody looks at beside one with open consoles while nothing changes, and a first load in Chromium",
  size: { of: "open consoles", standard: 50, option: "consoles" },
  run,
};

const windowMs = 30_000;
/** A match each 12 minutes from two hours ahead on: analysed, and with nothing due for an hour. */
const evening = { count: 20, aheadMs: 2 * 3_600_000 + 600_000, apartMs: 12 * 60_000 };
const wanted = { costPercent: 5, loadKB: 150, readyMs: 500 };

async function run(context: BenchContext): Promise<Measured> {
  const { size, signal } = context;
  const dataDir = await mkdtemp(join(context.dir, "data-"));
  await prepare(dataDir, context);
  const node = await startBenchNode({ dataDir, cacheDir: context.cacheDir, policy: defaultPolicy }, signal);
  try {
    const sides = await takeTurns(context, {
      unwatched: async () => ({ cpuPercent: await cpuOf(node, signal) }),
      watched: () => watched(node, size, signal),
      "first load": () => firstLoad(`${node.url}/`, context.cacheDir, signal),
    });
    const [idle, busy] = [sides.unwatched["cpuPercent"] ?? null, sides.watched["cpuPercent"] ?? null];
    const cost = idle === null || busy === null ? null : busy - idle;
    return {
      sides,
      ratio: null,
      versions: { chromium: await chromiumVersion(context.cacheDir) },
      notes: [
        `${size} open consoles cost ${readable(cost)} % of a core, over ${windowMs / 1000} s each; wanted: at most ${wanted.costPercent} %`,
        `first load: wanted at most ${wanted.loadKB} kB over the wire, ready within ${wanted.readyMs} ms`,
        "cpuPercent: of one core, of the node and its server; a console follows /api/changes and asks for its page once a minute, as an open one does by itself",
        "ready: the load event has ended, with every script run and every plot drawn; nothing was cached, the browser is warm",
      ],
    };
  } finally {
    await node.stop();
  }
}

/** A log whose matches are known and analysed: what a node with the default policy finds has nothing due for an hour. */
async function prepare(dataDir: string, { cacheDir, signal }: BenchContext): Promise<void> {
  const policy = { ...defaultPolicy, pollEvery: 500 };
  const node = await startBenchNode({ dataDir, cacheDir, policy }, signal);
  try {
    const { count, aheadMs, apartMs } = evening;
    node.offer({ first: 0, count, kickoff: wallClock.now() + aheadMs, apartMs });
    while ((await analysed(node, signal)) < count) await pause(wallClock, 100, signal);
  } finally {
    await node.stop();
  }
}

async function analysed({ url }: BenchNode, signal: AbortSignal): Promise<number> {
  const answer = await fetch(`${url}/api/matches?limit=100`, { signal });
  const { matches } = (await answer.json()) as { matches: { analysed: boolean }[] };
  return matches.filter((match) => match.analysed).length;
}

async function watched(node: BenchNode, size: number, signal: AbortSignal): Promise<Figures> {
  const consoles = await openConsoles(node.url, size, signal);
  try {
    const cpuPercent = await cpuOf(node, signal);
    return { cpuPercent, ...consoles.seen() };
  } finally {
    consoles.close();
  }
}

/** Of the node and its server together, in percent of one core over the window; null where there is no /proc. */
async function cpuOf({ pid, serverPid }: BenchNode, signal: AbortSignal): Promise<number | null> {
  const used = () => {
    const each = [cpuSeconds(pid), cpuSeconds(serverPid)];
    return each.includes(null) ? null : each.reduce<number>((sum, it) => sum + (it ?? 0), 0);
  };
  const [before, began] = [used(), wallClock.elapsed()];
  await pause(wallClock, windowMs, signal);
  signal.throwIfAborted();
  const [after, ms] = [used(), wallClock.elapsed() - began];
  return before === null || after === null ? null : ((after - before) / ms) * 100_000;
}
