import { setImmediate } from "node:timers/promises";
import type { Logger } from "pino";
import type { Clock, Timer } from "../clock.ts";
import type { EventLog, LogMessage } from "../events/log.ts";
import type { Policy } from "../match/policy.ts";
import { type Build, readDir, sweep } from "./builds.ts";
import { firstBuild } from "./first-build.ts";
import { originOf } from "./origin.ts";
import { applyUntilHalted, ProjectionHalted } from "./projector.ts";
import { queriesThrough, type ReadModelQueries } from "./queries.ts";
import { BuildDeleted, buildAside, catchUp, type RebuildProgress } from "./rebuild.ts";
import { type AdvanceListener, createWaiters, ReadModelStopped, type Touched } from "./waiters.ts";

export type { ReadModelQueries } from "./queries.ts";

export interface ReadModelState {
  /**
   * `building`: answers are stale until a new build is done; `stalled`: it goes no further until someone rebuilds it, or, when
   * its disk was full, until that has room again.
   */
  state: "building" | "following" | "stalled";
  /** Everything up to here is in the answers. */
  sequence: number;
  /** The newest sequence known of in the log. */
  target: number;
  /** The answers come from a build of other code or policy, or one whose files were deleted. */
  stale: boolean;
  /** Since when it has been in this state, epoch milliseconds. */
  since: number;
  /** Why it is stale or stalled. */
  reason: string | null;
  /** Where the projection halted, null unless it did. */
  haltedAt: number | null;
  /** It halted for its disk, full or failing, and goes on by itself when that is mended. */
  ofDisk: boolean;
  rebuilding: (RebuildProgress & { startedAt: number }) | null;
}

/** The read model of the running node: follows the log, and rebuilds itself beside what answers when it has to. */
export interface ReadModel extends ReadModelQueries {
  state(): ReadModelState;
  /**
   * Resolves once everything up to `sequence` is in the answers. While the read model is stalled it waits. Rejects with the
   * signal's reason, or with `ReadModelStopped`.
   */
  reached(sequence: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after each commit, with what it may have changed, and after a swap; returns how to end that. */
  onAdvance(listener: AdvanceListener): () => void;
  /** Makes a new build beside the current one and puts it in force. Rejects when that fails; the old one answers on. */
  rebuild(): Promise<void>;
  /** Looks whether the files are still there; cheap enough to ask before every answer. */
  check(): void;
  stop(): Promise<void>;
}

export interface ReadModelOptions {
  dataDir: string;
  log: EventLog;
  policy: Policy;
  clock: Clock;
  logger: Logger;
  /** Told how the first build goes, when there is none to begin with. */
  onProgress?: (progress: RebuildProgress) => void;
}

const checkEveryMs = 1000;

/** A log in memory may answer at once for ever: timers, HTTP and a rebuild get their turn after this many batches. */
const batchesATurn = 256;

/**
 * So many messages may be a piece of the log's batch, which the socket reads in several: one turn later the rest is there, and
 * goes into one transaction. Fewer are taken at once, which is sooner.
 */
const piece = 8;

/**
 * Resolves when it can answer, having come to the end of the log as it is now, or as far as it goes (`stalled`). The caller
 * must be the only node of the data directory.
 */
export async function startReadModel(options: ReadModelOptions): Promise<ReadModel> {
  const { dataDir, log, policy, clock, logger } = options;
  const dir = readDir(dataDir);
  const origin = originOf(log, policy);
  const end = new AbortController();
  const common = { dir, log, origin, policy, clock, signal: end.signal };

  const first = await firstBuild({ ...common, onProgress: options.onProgress ?? (() => {}) }, logger);
  let live = first.build;
  let stale = first.stale;
  /** `passes`: the disk is at fault, so the same is tried again. */
  let halted: { sequence: number; reason: string; passes: boolean } | null = null;
  let since = clock.now();
  let target = await log.last();
  let rebuilding: ReadModelState["rebuilding"] = null;
  let rebuildTask: Promise<void> | null = null;
  let following = false;
  let followTask: Promise<void> = Promise.resolve();
  /** While a finished build takes over, the follower waits: else a busy log could stay ahead of it for ever. */
  let takeover: Promise<void> | null = null;

  const waiters = createWaiters(
    () => live.projector.sequence,
    (error) => logger.error({ err: error }, "a listener of the read model failed"),
  );
  /** Resolves the wait below when there is nothing more to wait for. */
  let giveUp: () => void = () => {};
  if (first.halted === null) follow();
  else halt(first.halted.sequence, first.halted.message);
  let timer: Timer = clock.after(checkEveryMs, tick);
  if (halted === null) {
    await new Promise<void>((resolve, reject) => {
      giveUp = resolve;
      waiters.reached(target, end.signal).then(resolve, reject);
    });
  }
  if (stale !== null) heal();

  function halt(sequence: number, reason: string, passes = false): void {
    const known = halted?.passes === true && passes;
    halted = { sequence, reason, passes };
    if (known) return;
    since = clock.now();
    logger.error({ sequence, reason }, "the read model halted");
    giveUp();
  }

  function follow(): void {
    if (following || (halted !== null && !halted.passes) || end.signal.aborted) return;
    following = true;
    followTask = run();

    async function run(): Promise<void> {
      let batches = 0;
      try {
        for await (const batch of log.follow(live.projector.sequence, end.signal)) {
          target = Math.max(target, batch.at(-1)?.sequence ?? 0);
          if (takeover !== null) await takeover;
          if (end.signal.aborted) return;
          check();
          const before = live.projector.sequence;
          const failed = applyUntilHalted(live.projector, batch);
          if (live.projector.sequence > before) waiters.advanced(live.projector.sequence, touchedBy(batch));
          if (failed === null) {
            if (halted !== null) {
              [halted, since] = [null, clock.now()];
              logger.info({ sequence: live.projector.sequence }, "the read model goes on");
            }
            if (batch.length >= piece || ++batches % batchesATurn === 0) await setImmediate();
            continue;
          }
          // Writing to files that were deleted may fail; the build that replaces them goes on from there.
          if (live.intact()) halt(failed.sequence, failed.message, failed.ofDisk);
          return;
        }
      } catch (error) {
        if (!end.signal.aborted) halt(live.projector.sequence, `cannot follow the log: ${String(error)}`);
      } finally {
        following = false;
      }
    }
  }

  function rebuild(): Promise<void> {
    if (end.signal.aborted) return Promise.reject(new ReadModelStopped());
    rebuildTask ??= run().finally(() => {
      rebuildTask = null;
      rebuilding = null;
    });
    return rebuildTask;

    async function run(): Promise<void> {
      for (;;) {
        const startedAt = clock.now();
        const onProgress = (progress: RebuildProgress) => {
          rebuilding = { startedAt, ...progress };
        };
        onProgress({ sequence: 0, target, eventsPerSecond: 0 });
        try {
          const next = await buildAside({ ...common, onProgress });
          await takeOver(next);
          return;
        } catch (error) {
          if (end.signal.aborted) throw new ReadModelStopped();
          if (!(error instanceof BuildDeleted)) throw error;
          logger.warn({ err: error }, "beginning the rebuild anew");
        }
      }
    }
  }

  async function takeOver(next: Build): Promise<void> {
    let release = () => {};
    takeover = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await catchUp(next.projector, live.projector.sequence, log, end.signal);
      if (!next.intact()) throw new BuildDeleted(next.name);
      next.publish();
    } catch (error) {
      const deleted = !next.intact();
      next.discard();
      throw deleted ? new BuildDeleted(next.name) : error;
    } finally {
      takeover = null;
      release();
    }
    const old = live;
    live = next;
    old.close();
    sweep(dir, next.name);
    [stale, halted, rebuilding, since] = [null, null, null, clock.now()];
    logger.info({ sequence: next.projector.sequence, build: next.name }, "a new build of the read model is in force");
    waiters.advanced(live.projector.sequence, anything);
    follow();
  }

  /** A rebuild that nobody asked for: its failure has no one to tell but the state. */
  function heal(): void {
    rebuild().catch((error: unknown) => {
      if (end.signal.aborted) return;
      const at = error instanceof ProjectionHalted ? error.sequence : live.projector.sequence;
      halt(at, `cannot be rebuilt: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  function check(): void {
    if (end.signal.aborted || live.intact()) return;
    if (stale === null) {
      since = clock.now();
      logger.warn({ dir }, "the files of the read model were deleted, making it anew");
    }
    stale ??= "its files were deleted";
    if (rebuildTask === null && halted === null) heal();
  }

  function tick(): void {
    check();
    if (halted?.passes === true) follow();
    if (!end.signal.aborted) timer = clock.after(checkEveryMs, tick);
  }

  let stopping: Promise<void> | null = null;
  async function stop(): Promise<void> {
    end.abort();
    timer.cancel();
    waiters.close();
    await Promise.all([followTask, rebuildTask?.catch(() => {})]);
    live.close();
  }

  return {
    ...queriesThrough(() => live.queries),
    state: () => ({
      state: halted !== null ? "stalled" : stale !== null ? "building" : "following",
      sequence: live.projector.sequence,
      target,
      stale: stale !== null,
      since,
      reason: halted?.reason ?? stale,
      haltedAt: halted?.sequence ?? null,
      ofDisk: halted?.passes ?? false,
      rebuilding,
    }),
    reached: waiters.reached,
    onAdvance: waiters.onAdvance,
    rebuild,
    check,
    stop: () => (stopping ??= stop()),
  };
}

const anything: Touched = { has: () => true, ids: null };

function touchedBy(batch: readonly LogMessage[]): Touched {
  const ids = new Set(batch.map(({ entity }) => entity?.id ?? ""));
  return { has: (id) => ids.has(id), ids };
}
