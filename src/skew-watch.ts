import type { Logger } from "pino";
import type { Brake } from "./actors/brake.ts";
import type { Clock, Timer } from "./clock.ts";
import { describeSkew, skewLevel, skewOf } from "./clock-skew.ts";

export interface SkewWatchOptions {
  /** Asks the log what time it is, epoch milliseconds; may wait for an absent server. */
  logTime(): Promise<number>;
  clock: Clock;
  brake: Brake;
  logger: Pick<Logger, "warn" | "info">;
}

export interface SkewWatch {
  /** What is wrong with this node's clock as last measured, null for nothing. */
  warning(): string | null;
  stop(): void;
}

const measureEveryMs = 60_000;
/** A slower answer proves too little; the last good one stands. */
const roundTripMaxMs = 1_000;

/**
 * Compares the wall clock with the log's each minute; beyond what predictions stand, it puts the brake on. Resolves after the
 * first look, so that nothing is predicted before.
 */
export async function startSkewWatch({ logTime, clock, brake, logger }: SkewWatchOptions): Promise<SkewWatch> {
  let warning: string | null = null;
  let stopped = false;
  let timer: Timer | null = null;

  async function measure(): Promise<void> {
    const sent = clock.elapsed();
    const log = await logTime();
    const roundTrip = clock.elapsed() - sent;
    if (stopped || roundTrip > roundTripMaxMs) return;
    const skew = skewOf({ log, received: clock.now(), roundTrip });
    const said = describeSkew(skew);
    if (said !== null && warning === null) logger.warn({ skewMs: skew }, said);
    if (said === null && warning !== null)
      logger.info({ skewMs: skew }, "this node's clock agrees with the log's again");
    warning = said;
    brake.set("clock-skew", skewLevel(skew) === "paused" ? said : null);
  }

  function again(): void {
    // A log that was closed has no time any more, and this node no work.
    measure()
      .catch(() => {})
      .finally(() => {
        if (!stopped) timer = clock.after(measureEveryMs, again);
      });
  }

  await measure();
  timer = clock.after(measureEveryMs, again);
  return {
    warning: () => warning,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
