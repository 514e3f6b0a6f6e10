import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { wallClock } from "../../src/clock.ts";
import { type Stage, stages } from "../../src/match/event.ts";
import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import type { Bench, BenchContext, Figures, Measured } from "./bench.ts";
import { seedOverdue } from "./burst/overdue.ts";
import { panelSize } from "./canned-models.ts";
import { quantile, sampleLatency } from "./node/asking.ts";
import { type BenchNode, startBenchNode } from "./node/node.ts";
import type { Offer } from "./node/offers.ts";
import { quickPolicy } from "./node/policy.ts";
import { peakRssMiB } from "./memory.ts";
import { rssMiB } from "./memory.ts";
import { readable, takeTurns } from "./turns.ts";

/** So many are overdue at a cold start for each match that kicks off at once. */
const overduePerKickoff = 5;

export const burstBench: Bench = {
  about:
    "kick-offs at the same minute, and five times as many matches overdue at a cold start: lateness, memory, health",
  size: { of: "kick-offs", standard: 2000 },
  run: compare,
};

async function compare(context: BenchContext): Promise<Measured> {
  const overdue = overduePerKickoff * context.size;
  const sides = await takeTurns(context, {
    kickoffs: () => inOwnDirectory(context, (dataDir) => kickoffs(dataDir, context)),
    coldStart: () => inOwnDirectory(context, (dataDir) => coldStart(dataDir, overdue, context)),
  });
  return {
    sides,
    ratio: null,
    ratios: { kickoffsInBudget: sides.kickoffs.inBudget ?? 0, coldStartInBudget: sides.coldStart.inBudget ?? 0 },
    notes: [
      `${readable(context.size)} kick-offs in one minute, ${readable(overdue)} matches overdue at a start, ${panelSize} answers each`,
      "lateness: from the instant a stage fell due, or from the node's start where that came later, to its fact; inBudget: share of the stages that took no longer than their budget",
      ...Object.entries(sides).flatMap(([name, side]) => verdicts(name, side)),
    ],
  };
}

async function inOwnDirectory({ dir }: BenchContext, work: (dataDir: string) => Promise<Figures>): Promise<Figures> {
  const dataDir = await mkdtemp(join(dir, "data-"));
  try {
    return await work(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Between due instants: time enough for one stage of all of them to be over before the next begins. */
const unitMs = (matches: number) => Math.max(500, matches * 10);

/** From the first sight to the settlement, all at the same instants. */
async function kickoffs(dataDir: string, { size, cacheDir, signal }: BenchContext): Promise<Figures> {
  const unit = unitMs(size);
  const policy = quickPolicy(unit);
  const node = await startBenchNode({ dataDir, cacheDir, policy }, signal);
  try {
    const from = wallClock.now();
    const offer = { first: 0, count: size, kickoff: from + 4 * unit, apartMs: 0 };
    node.offer(offer);
    return await watched(node, { offer, upTo: "settle", from, policy }, signal);
  } finally {
    await node.stop();
  }
}

const minuteMs = 60_000;

/** A node that comes up to matches whose analysis, line-ups and predictions have been due for hours, under the default policy. */
async function coldStart(dataDir: string, matches: number, context: BenchContext): Promise<Figures> {
  const { cacheDir, signal } = context;
  const offer = { first: 0, count: matches, kickoff: wallClock.now() + 29 * minuteMs, apartMs: 0 };
  await seedOverdue(dataDir, offer, context);
  const from = wallClock.now();
  const node = await startBenchNode({ dataDir, cacheDir, policy: defaultPolicy }, signal);
  try {
    return await watched(node, { offer, upTo: "predict", from, policy: defaultPolicy }, signal);
  } finally {
    await node.stop();
  }
}

interface Wave {
  offer: Offer;
  upTo: "predict" | "settle";
  /** Nothing is late before. */
  from: number;
  policy: Policy;
}

const healthEveryMs = 100;

async function watched(node: BenchNode, { offer, upTo, from, policy }: Wave, signal: AbortSignal): Promise<Figures> {
  const before = rssMiB(node.pid);
  const health = sampleLatency(`${node.url}/api/health`, healthEveryMs, signal);
  const missed = await node.played(offer, upTo);
  const seconds = (wallClock.now() - from) / 1000;
  const answers = await health.stop();
  const late = await node.lateness(offer, from);
  const asked = stages.filter((stage) => stage !== "settle" || upTo === "settle");
  const expected = asked.length * offer.count;
  const done = asked.reduce((sum, stage) => sum + late[stage].inBudget, 0);
  return {
    seconds,
    missed,
    inBudget: done / expected,
    ...Object.fromEntries(asked.map((stage) => [nameOf(stage), late[stage].ms / 1000])),
    ...Object.fromEntries(asked.map((stage) => [`${stage}BudgetSeconds`, policy.budget[stage] / 1000])),
    healthP50Ms: quantile(answers, 0.5),
    healthMaxMs: quantile(answers, 1),
    rssBeforeMiB: before,
    rssMaxMiB: peakRssMiB(node.pid),
    rssAfterMiB: rssMiB(node.pid),
    serverRssMiB: rssMiB(node.serverPid),
  };
}

const nameOf = (stage: Stage) => `${stage}LateMaxSeconds`;
const healthMaxMs = 1000;

function verdicts(name: string, side: Figures): string[] {
  const inTime = side.inBudget === 1 && side.missed === 0;
  const health = side.healthMaxMs ?? Number.POSITIVE_INFINITY;
  return [
    `${name}: ${inTime ? "no stage was later than its budget" : "stages BEYOND their budget"}; health within ${readable(health)} ms, ${health <= healthMaxMs ? "within" : "BEYOND"} ${healthMaxMs}`,
  ];
}
