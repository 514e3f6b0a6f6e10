import type { Logger } from "pino";
import { type Build, openCurrent, sweep } from "./builds.ts";
import { type Checkpoint, markOf } from "./checkpoint.ts";
import { differences } from "./origin.ts";
import { ProjectionHalted } from "./projector.ts";
import { buildAside, buildUntilHalted, type RebuildOptions } from "./rebuild.ts";

/** What a node begins with. */
export interface FirstBuild {
  build: Build;
  /** Why its answers are stale, null when they are not. */
  stale: string | null;
  /** Where a new build had to stop, null when it went through. */
  halted: ProjectionHalted | null;
}

/** The current build if it can answer at all, else a new one that has come to the end of the log, or as far as it goes. */
export async function firstBuild(options: RebuildOptions, logger: Logger): Promise<FirstBuild> {
  const { dir, origin, policy } = options;
  const found = openCurrent(dir, policy, (why) => logger.warn({ why }, "the read model is unreadable, making it anew"));
  if (found !== null) {
    const [build, checkpoint] = found;
    const unusable = await whyUnusable(checkpoint, options).catch((error: unknown) => {
      build.close();
      throw error;
    });
    if (unusable === null) {
      sweep(dir, build.name);
      const other = differences(checkpoint, origin);
      return { build, stale: other.length === 0 ? null : `made with another ${other.join(" and ")}`, halted: null };
    }
    logger.warn({ why: unusable }, "the read model is of no use, making it anew");
    build.close();
  }
  sweep(dir, null);
  const made = await buildAnew(options);
  made.build.publish();
  return { ...made, stale: null };
}

async function buildAnew(options: RebuildOptions): Promise<Omit<FirstBuild, "stale">> {
  try {
    return { build: await buildAside(options), halted: null };
  } catch (error) {
    // With nothing older to answer, what comes before the halt is better than a node that does not start.
    if (error instanceof ProjectionHalted) return await buildUntilHalted(options);
    throw error;
  }
}

/** Why a build can answer nothing at all, null when it can. */
async function whyUnusable(checkpoint: Checkpoint, { origin, log }: RebuildOptions): Promise<string | null> {
  if (checkpoint.stream !== origin.stream) return "it was made from another stream";
  if (checkpoint.schema !== origin.schema) return "its tables are of another version";
  if (checkpoint.sequence === 0) return null;
  const message = await log.read(checkpoint.sequence);
  if (message === null) return `it is at ${checkpoint.sequence}, which the log does not have`;
  return markOf(message) === checkpoint.message ? null : `the log has another message at ${checkpoint.sequence}`;
}
