import { open } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import type { EventLog, LogMessage } from "../events/log.ts";
import type { Policy } from "../match/policy.ts";
import { type Build, createBuild } from "./builds.ts";
import type { Origin } from "./checkpoint.ts";
import { bulkPragmas } from "./database.ts";
import { runOnThread } from "./on-thread.ts";
import { applyUntilHalted, type ProjectionHalted, type Projector } from "./projector.ts";

export interface RebuildProgress {
  sequence: number;
  /** The end of the log, as last asked. */
  target: number;
  eventsPerSecond: number;
}

export interface RebuildOptions {
  dir: string;
  log: EventLog;
  origin: Origin;
  policy: Policy;
  clock: Clock;
  signal: AbortSignal;
  onProgress: (progress: RebuildProgress) => void;
}

/** Someone deleted the files of a build while it was being made. */
export class BuildDeleted extends Error {
  override readonly name = "BuildDeleted";

  constructor(name: string) {
    super(`the files of build ${name} were deleted while it was being made`);
  }
}

/**
 * A new build, beside whatever else there is, that has come to the end of the log. Not yet the current one. Rejects with
 * `ProjectionHalted`, with `BuildDeleted`, or when the log or `signal` ends; then nothing of it is left.
 */
export async function buildAside(options: RebuildOptions): Promise<Build> {
  const { dir, log, origin, policy, clock } = options;
  const build = createBuild(dir, origin, policy, clock.now());
  try {
    await replay(build.projector, options);
    await index(build, options);
    const file = await open(join(dir, build.name), "r+");
    await file.sync().finally(() => file.close());
    build.makeLive();
    // What was appended meanwhile, now that every batch is safe: whoever follows waits for less at the swap.
    await catchUp(build.projector, await log.last(), log, options.signal);
    return build;
  } catch (error) {
    const deleted = !build.intact();
    build.discard();
    throw deleted ? new BuildDeleted(build.name) : error;
  }
}

/**
 * For a log that cannot be projected to its end when there is nothing older to answer: a build up to just before the message
 * it halts at.
 */
export async function buildUntilHalted(
  options: RebuildOptions,
): Promise<{ build: Build; halted: ProjectionHalted | null }> {
  const { dir, log, origin, policy, clock, signal } = options;
  const build = createBuild(dir, origin, policy, clock.now());
  try {
    await index(build, options);
    build.makeLive();
    const target = await log.last();
    for await (const batch of until(target, build.projector, log, signal)) {
      const halted = applyUntilHalted(build.projector, batch);
      if (halted !== null) return { build, halted };
    }
    return { build, halted: null };
  } catch (error) {
    build.discard();
    throw error;
  }
}

/** Follows the log until the projector has come to `target`. */
export async function catchUp(projector: Projector, target: number, log: EventLog, signal: AbortSignal): Promise<void> {
  for await (const batch of until(target, projector, log, signal)) projector.apply(batch);
}

/** What comes to the end of the log meanwhile is caught up with by whoever follows. */
const behindMax = 2000;

async function replay(projector: Projector, { log, clock, signal, onProgress }: RebuildOptions): Promise<void> {
  const began = clock.elapsed();
  let target = await log.last();
  while (projector.sequence < target) {
    for await (const batch of until(target, projector, log, signal)) {
      await takeInTurns(projector, batch, clock);
      const seconds = Math.max(1, clock.elapsed() - began) / 1000;
      const eventsPerSecond = Math.round(projector.sequence / seconds);
      onProgress({ sequence: projector.sequence, target, eventsPerSecond });
    }
    const newest = await log.last();
    if (newest - projector.sequence < behindMax) break;
    target = newest;
  }
  while (projector.settle()) {
    await setImmediate();
    signal.throwIfAborted();
  }
}

/** Messages between two looks at the clock: a match with a long life costs many times what a short one does. */
const pieceMessages = 100;
const turnMs = 20;

/** Whoever asks for health meanwhile must get an answer, and a log in memory never waits. */
async function takeInTurns(projector: Projector, batch: readonly LogMessage[], clock: Clock): Promise<void> {
  let since = clock.elapsed();
  for (let at = 0; at < batch.length; at += pieceMessages) {
    projector.take(batch.slice(at, at + pieceMessages));
    if (clock.elapsed() - since < turnMs) continue;
    await setImmediate();
    since = clock.elapsed();
  }
  await setImmediate();
}

/** From so many events on, indexing takes longer than a thread takes to begin, and than others should wait. */
const longLog = 50_000;

async function index({ name, db, projector, indexes }: Build, { dir, signal }: RebuildOptions): Promise<void> {
  if (projector.sequence < longLog) for (const create of indexes) db.exec(create);
  else await runOnThread(join(dir, name), { pragmas: bulkPragmas, statements: indexes }, signal);
}

/** The batches that lead to `target`; the last may go past it. Throws when `signal` ends it earlier. */
async function* until(
  target: number,
  projector: Projector,
  log: EventLog,
  signal: AbortSignal,
): AsyncIterable<LogMessage[]> {
  if (projector.sequence >= target) return;
  for await (const batch of log.follow(projector.sequence, signal)) {
    yield batch;
    if ((batch.at(-1)?.sequence ?? 0) >= target) return;
  }
  signal.throwIfAborted();
  throw new Error(`the log ended before ${target}`);
}
