import type { ConsumeOptions, Delivery, Entity, EventLog, LogMessage } from "../../src/events/log.ts";
import type { MemoryLog } from "../../src/events/memory.ts";
import type { NewEvent } from "../../src/match/event.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Owner } from "./timeline.ts";

/** Hears what a node was told, to hold the log to it. */
export interface Witness {
  /** An append was confirmed to its writer. */
  appended(entity: Entity, version: number, events: readonly NewEvent[], sequence: number): void;
  /** A delivery is about to be acknowledged. */
  acknowledging(message: LogMessage): void;
  /** A node drained; what it abandoned was in flight. */
  ended(owner: Owner, abandoned: readonly string[]): void;
}

/** A node's handle, with a witness at its elbow. */
export function watchedLog(log: MemoryLog, owner: Owner, scheduler: Scheduler, witness: Witness): EventLog {
  return {
    identity: log.identity,
    async append(entity, version, events) {
      const answer = await log.append(entity, version, events);
      if (answer.outcome === "appended") witness.appended(entity, version, events, answer.sequence);
      return answer;
    },
    history: log.history,
    read: log.read,
    last: log.last,
    async *follow(after: number, signal: AbortSignal) {
      for await (const batch of log.follow(after, signal)) {
        await scheduler.pause(owner, "follow", signal);
        if (signal.aborted) return;
        yield batch;
      }
    },
    async *consume(options: ConsumeOptions) {
      for await (const delivery of log.consume(options)) yield watched(delivery, witness);
    },
    pending: log.pending,
    connected: log.connected,
    close: log.close,
  };
}

function watched(delivery: Delivery, witness: Witness): Delivery {
  return {
    ...delivery,
    ack() {
      witness.acknowledging(delivery.message);
      return delivery.ack();
    },
  };
}
