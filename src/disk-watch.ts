import type { Logger } from "pino";
import type { Brake } from "./actors/brake.ts";
import type { Clock, Timer } from "./clock.ts";
import { type DiskFree, diskFree, leastFreePercent, lowFreePercent } from "./events/server/disk.ts";

export interface DiskWatchOptions {
  /** A directory on the disk that holds the log. */
  dir: string;
  clock: Clock;
  brake: Brake;
  logger: Pick<Logger, "warn" | "info">;
  /** For tests, which have no full disk. */
  measure?: (dir: string) => Promise<DiskFree>;
}

export interface DiskWatch {
  /** Why nothing may be appended, as last seen; null while there is room. */
  full(): string | null;
  /** The same, seen now. */
  look(): Promise<string | null>;
  /** Free share of the disk as last seen, 0 to 100. */
  freePercent(): number;
  stop(): void;
}

/** Every batch of appends is preceded by a look; this is how soon predictions stop and start. */
const lookEveryMs = 1000;

/**
 * Watches the disk of the embedded server's store. A JetStream that meets a full disk disables itself until a restart; we
 * stop appending before, and with it everything that costs money. Resolves after the first look.
 */
export async function startDiskWatch(options: DiskWatchOptions): Promise<DiskWatch> {
  const { dir, clock, brake, logger, measure = diskFree } = options;
  let full: string | null = null;
  let free = 100;
  let stopped = false;
  let timer: Timer | null = null;

  async function look(): Promise<string | null> {
    const { percent } = await measure(dir);
    if (stopped) return full;
    if (percent < lowFreePercent && free >= lowFreePercent)
      logger.warn({ dir, percent }, `the log's disk is getting full; appends stop below ${leastFreePercent} % free`);
    free = percent;
    const found =
      percent < leastFreePercent
        ? `the disk that holds ${dir} is ${percent.toFixed(1)} % free; nothing is appended below ${leastFreePercent} %: free some space`
        : null;
    if (found !== null && full === null) logger.warn({ dir, percent }, found);
    if (found === null && full !== null) logger.info({ dir, percent }, "the disk has room again; appends go on");
    full = found;
    brake.set("disk-full", found);
    return full;
  }

  function again(): void {
    look()
      .catch((error: unknown) => logger.warn({ err: error, dir }, "cannot tell how full the disk is"))
      .finally(() => {
        if (!stopped) timer = clock.after(lookEveryMs, again);
      });
  }

  await look();
  timer = clock.after(lookEveryMs, again);
  return {
    full: () => full,
    // A directory that is gone for a moment says nothing about the room there is.
    look: () => look().catch(() => full),
    freePercent: () => free,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
