import { type Timer, wallClock } from "../../src/clock.ts";
import type { Config } from "../../src/config.ts";
import { runningNode } from "../../src/data-directory.ts";
import type { EventLog, LogMessage } from "../../src/events/log.ts";
import { openExistingLog } from "../../src/open-log.ts";
import type { LogAccess } from "./log-access.ts";
import { say } from "./output.ts";

/** How often it is looked whether the node's server has another address. */
const lookEveryMs = 1000;

/**
 * The messages after `after`, in batches, for as long as somebody reads: across restarts of the node too, whose embedded server comes
 * back at another port. Throws the signal's reason when it ends it.
 */
export async function* followLog(
  config: Config,
  { log, node, signal }: LogAccess,
  after: number,
): AsyncIterable<LogMessage[]> {
  const embedded = config.natsUrl === null;
  let [open, url, sequence] = [log, node?.nats ?? null, after];
  let own: EventLog | null = null;
  try {
    for (;;) {
      const moved = new AbortController();
      const watch = embedded ? watchAddress(config, url, () => moved.abort()) : null;
      try {
        for await (const batch of open.follow(sequence, AbortSignal.any([signal, moved.signal]))) {
          sequence = batch.at(-1)?.sequence ?? sequence;
          yield batch;
        }
      } finally {
        watch?.stop();
      }
      signal.throwIfAborted();
      url = runningNode(config.dataDir)?.nats ?? null;
      if (url === null) continue;
      await own?.close();
      own = await openExistingLog(url, config.natsCreds);
      open = own;
      say("the node is back: following on");
    }
  } finally {
    await own?.close();
  }
}

/** Calls back once when the node says another address than this one. */
function watchAddress({ dataDir }: Config, url: string | null, onMoved: () => void): { stop(): void } {
  let [told, timer] = [false, null as Timer | null];
  const look = (): void => {
    const present = runningNode(dataDir)?.nats ?? null;
    if (present === null && !told) {
      told = true;
      say("the node has ended: waiting for its next start, which goes on with what was requested");
    }
    if (present !== null && present !== url) return onMoved();
    timer = wallClock.after(lookEveryMs, look);
  };
  timer = wallClock.after(lookEveryMs, look);
  return { stop: () => timer?.cancel() };
}
