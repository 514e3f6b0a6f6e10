import { mkdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Bench, BenchContext, Figures, Measured } from "./bench.ts";
import { versionOf } from "./machine.ts";
import { runFloor } from "./pipeline/floor.ts";
import { type MatchLife, runFulltime } from "./pipeline/fulltime.ts";
import { runQueue } from "./pipeline/queue.ts";
import { findRedis, type RedisBinary, startRedis } from "./redis.ts";
import { ratioOf, takeTurns } from "./turns.ts";

/** The whole pipeline with work that costs nothing, beside the same stages as jobs of a queue, and beside what bounds it. */
export const pipelineBench: Bench = {
  about: "matches through every stage with no-op work, beside BullMQ on Redis and bare batches",
  size: { of: "matches", standard: 20_000 },
  run,
};

type Side = "fulltime" | "fulltime, default sync" | "bullmq" | "floor";

async function run(context: BenchContext): Promise<Measured> {
  const { size: matches, cacheDir, signal, say } = context;
  const redis = await findRedis(cacheDir, say).catch((error: unknown) => {
    return { missing: error instanceof Error ? error.message : String(error) };
  });
  let life: MatchLife | null = null;
  const ours = (sync: "always" | "default") => async (dir: string) => {
    const run = await runFulltime({ dir, cacheDir, matches, sync, signal });
    life = run.life;
    return run.figures;
  };
  const floor = async (dir: string) => {
    // Whoever has the first turn: the floor needs to know what is written.
    life ??= (await runFulltime({ dir: join(dir, "one"), cacheDir, matches: 1, sync: "always", signal })).life;
    return runFloor({ dir: join(dir, "floor"), cacheDir, matches, life, signal });
  };
  const queue = (binary: RedisBinary) => async (dir: string) => {
    const server = await startRedis(binary, dir);
    try {
      return await runQueue(server, dir, matches);
    } finally {
      await server.stop();
    }
  };
  const sides: Partial<Record<Side, (dir: string) => Promise<Figures>>> = {
    fulltime: ours("always"),
    "fulltime, default sync": ours("default"),
    ...("missing" in redis ? {} : { bullmq: queue(redis) }),
    floor,
  };
  const measured = await takeTurns(context, eachInItsOwnDirectory(context.dir, sides));
  return { ...compared(measured), ...told(measured, redis) };
}

/** One is removed before the next begins: 20,000 matches are 300 MB. */
function eachInItsOwnDirectory(
  base: string,
  sides: Partial<Record<Side, (dir: string) => Promise<Figures>>>,
): Record<string, () => Promise<Figures>> {
  return Object.fromEntries(
    Object.entries(sides).map(([name, side]) => [
      name,
      async () => {
        const dir = join(base, "side");
        await mkdir(dir);
        try {
          return await side(dir);
        } finally {
          await rm(dir, { recursive: true, force: true });
        }
      },
    ]),
  );
}

function compared(sides: Record<string, Figures>): Pick<Measured, "sides" | "ratio" | "ratios"> {
  const { fulltime, bullmq, floor } = sides;
  const ratios = {
    "default sync to bullmq": ratioOf("matchesPerSecond", sides["fulltime, default sync"], bullmq),
    "events to the floor's": ratioOf("eventsPerSecond", fulltime, floor),
  };
  return {
    sides,
    ratio: ratioOf("matchesPerSecond", fulltime, bullmq),
    ratios: Object.fromEntries(Object.entries(ratios).filter((entry): entry is [string, number] => entry[1] !== null)),
  };
}

function told(
  sides: Record<string, Figures>,
  redis: RedisBinary | { missing: string },
): Pick<Measured, "versions" | "notes"> {
  const { fulltime = {} } = sides;
  const share = ratioOf("matchesPerSecond", fulltime, sides["fulltime, default sync"]);
  const notes = [
    boundBy(fulltime),
    ...(share === null ? [] : [`syncing every batch leaves ${Math.round(100 * share)} % of the speed without`]),
  ];
  if ("missing" in redis) return { notes: [...notes, `bullmq was left out: no Redis (${redis.missing})`] };
  return { notes, versions: { redis: redis.version, bullmq: versionOf("bullmq"), ioredis: versionOf("ioredis") } };
}

/** A core of this process is JavaScript, what is above it garbage collection and compilation beside it. */
function boundBy({ clientCores = null, serverCores = null }: Figures): string {
  if (clientCores === null || serverCores === null) return "what bounds it cannot be told here: there is no /proc";
  const shares = `client ${clientCores.toFixed(2)} cores, server ${serverCores.toFixed(2)} cores`;
  if (clientCores >= 0.9) return `bound by the client's CPU: ${shares}`;
  if (clientCores + serverCores >= 0.9 * availableParallelism()) return `bound by both CPUs: ${shares}`;
  return `bound by waiting, for the disk or for a core that others use: ${shares}`;
}
