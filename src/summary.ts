import type { Logger } from "pino";
import { type Clock, type Timer, within } from "./clock.ts";
import type { EventLog } from "./events/log.ts";
import type { Policy } from "./match/policy.ts";
import type { ReadModel } from "./projections/read-model.ts";

export interface SummaryOptions {
  readModel: Pick<ReadModel, "surveyCoverage" | "failureCounts" | "inFlight" | "sequence" | "state">;
  log: Pick<EventLog, "connected" | "last">;
  clock: Clock;
  policy: Policy;
  logger: Logger;
}

export interface SummaryWriter {
  stop(): void;
}

const everyMs = 5 * 60_000;

/** An absent server makes the log wait. */
const lastWaitMs = 5000;

/**
 * Writes how the pipeline stands into the node's log, one line every 5 minutes of wall time: coverage, gaps, failures, requests in
 * flight, lag. At level `info`, and shown at the default level `warn` too; `error` and above leave it out.
 */
export function startSummary({ readModel, log, clock, policy, logger }: SummaryOptions): SummaryWriter {
  const line = logger.isLevelEnabled("warn") ? logger.child({}, { level: "info" }) : logger;
  let stopped = false;
  let timer: Timer = clock.after(everyMs, again);

  async function write(): Promise<void> {
    const connected = log.connected();
    const last = connected ? await within(clock, lastWaitMs, log.last()) : null;
    if (stopped) return;
    const { state, target } = readModel.state();
    const { percent, matches, gaps, withoutPredictions } = await readModel.surveyCoverage(clock.now(), policy);
    const failures = { waiting: 0, givenUp: 0 };
    for (const { givenUp, count } of readModel.failureCounts()) failures[givenUp ? "givenUp" : "waiting"] += count;
    line.info(
      {
        coveragePercent: Math.round(percent * 100) / 100,
        matches,
        gaps,
        withoutPredictions,
        failures,
        inFlight: readModel.inFlight(),
        lag: Math.max(0, (last ?? target) - readModel.sequence()),
        readModel: state,
        natsConnected: connected,
        at: new Date(clock.now()).toISOString(),
      },
      "summary",
    );
  }

  function again(): void {
    write()
      .catch((error: unknown) =>
        logger.warn({ err: error }, "there is no summary: the read model or the log does not answer"),
      )
      .finally(() => {
        if (!stopped) timer = clock.after(everyMs, again);
      });
  }

  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
