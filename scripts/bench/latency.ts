import { join } from "node:path";
import { wallClock } from "../../src/clock.ts";
import { openExistingLog } from "../../src/open-log.ts";
import type { ReadModel } from "../../src/projections/read-model.ts";
import type { Bench, BenchContext, Figures, Measured } from "./bench.ts";
import { startNode } from "./canned-node.ts";
import { type Hop, type Hops, hopsIn } from "./latency/hops.ts";
import { quantile } from "./node/asking.ts";
import { ended } from "./ended.ts";
import { trickleSource } from "./trickle-source.ts";
import { medians } from "./turns.ts";

const perSecond = 20;
/** Of a match, after it became known: its stages before kick-off are over in a tenth of that. */
const kickoffAfterMs = 3000;
const hourMs = 3_600_000;

/** What a match waits at low load, on the wall clock: everything is due as soon as what it rests on is known. */
export const latencyBench: Bench = {
  about: `milliseconds from a fact to the next stage's fact, ${perSecond} matches a second`,
  size: { of: "matches", standard: 600 },
  run,
};

const bounds = { p50Ms: 25, p99Ms: 100 };

async function run(context: BenchContext): Promise<Measured> {
  const runs: Record<Hop | "all", Figures[]> = { analyse: [], lineups: [], predict: [], settle: [], all: [] };
  for (let at = 0; at < context.runs; at++) {
    const hops = await measure(context, join(context.dir, `run-${at}`));
    const figures = { ...hops, all: Object.values(hops).flat() };
    for (const [hop, list] of Object.entries(runs)) list.push(figuresOf(figures[hop as Hop | "all"]));
    context.say(`run ${at + 1} of ${context.runs}: p50 ${runs.all[at]?.p50Ms} ms, p99 ${runs.all[at]?.p99Ms} ms`);
  }
  const sides = Object.fromEntries(Object.entries(runs).map(([hop, list]) => [hop, medians(list)]));
  const { p50Ms = null, p99Ms = null } = sides.all ?? {};
  const held = p50Ms !== null && p99Ms !== null && p50Ms <= bounds.p50Ms && p99Ms <= bounds.p99Ms;
  const notes = [
    `wanted: p50 at most ${bounds.p50Ms} ms, p99 at most ${bounds.p99Ms} ms: ${held ? "held" : "not held"}`,
    "analyse and lineups: from the fixture; predict: from the later of these two; settle: from the result",
  ];
  return { sides, ratio: null, notes };
}

async function measure({ size: matches, cacheDir, signal }: BenchContext, dataDir: string): Promise<Hops> {
  const begin = wallClock.now() + 1000;
  const knownAt = (match: number) => begin + (match * 1000) / perSecond;
  const kickoff = (match: number) => knownAt(match) + kickoffAfterMs;
  const app = await startNode({
    dataDir,
    cacheDir,
    source: trickleSource({ matches, knownAt, kickoff }),
    clock: "wall",
    natsUrl: null,
    policy: {
      pollEvery: 100,
      resultEvery: 100,
      resultAfterKickoff: 1,
      due: { analyse: hourMs, lineups: hourMs, predict: hourMs },
    },
    signal,
  });
  try {
    await ended(allSettled(app.readModel, matches), signal);
    const log = await openExistingLog(app.natsUrl, null);
    try {
      return await hopsIn(log, signal);
    } finally {
      await log.close();
    }
  } finally {
    await app.stop();
  }
}

function allSettled(readModel: ReadModel, matches: number): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = readModel.onAdvance(() => {
      if (readModel.tally().settled < matches) return;
      unwatch();
      resolve();
    });
  });
}

function figuresOf(ms: readonly number[]): Figures {
  return { p50Ms: quantile(ms, 0.5), p99Ms: quantile(ms, 0.99), maxMs: quantile(ms, 1) };
}
