import type { NatsConnection } from "nats";
import type { Clock } from "../clock.ts";
import { createAppendQueue, type Store } from "./append.ts";
import type { LogUnavailable } from "./errors.ts";
import { decode } from "./envelope.ts";
import type { StreamInfo } from "./jetstream/api.ts";
import { consume, type StartOf } from "./jetstream/consume.ts";
import { follow } from "./jetstream/follow.ts";
import { leaderRead, readHistory } from "./jetstream/history.ts";
import { openLink } from "./jetstream/link.ts";
import { type Backlog, createPendingCount } from "./jetstream/pending.ts";
import { createStore } from "./jetstream/store.ts";
import type { EventLog } from "./log.ts";
import { streamName } from "./provision.ts";

export interface JetStreamLogOptions {
  /** From `connectNats`, on a provisioned stream. The log's own: `close()` closes it. */
  nc: NatsConnection;
  clock: Clock;
  /** Where a consumer that somebody removed begins again; default: at the first message. */
  startOf?: StartOf;
  /** Asked before each batch why nothing may be appended now; null while it may. Else the batch is refused for now. */
  full?: () => Promise<string | null>;
  /** Told of each batch the server has stored, for metrics. What it throws harms nothing. */
  onBatch?: (batch: StoredBatch) => void;
  /** After this long without an answer the outcome of a request is unknown. Default 5 s. */
  timeoutMs?: number;
}

export type { Backlog } from "./jetstream/pending.ts";

/** What one group commit stored, and the wall time from sending it to the server's answer. */
export interface StoredBatch {
  events: number;
  ms: number;
}

export interface JetStreamLog extends EventLog {
  /** What time it is on the log's clock, epoch milliseconds. */
  time(): Promise<number>;
  /** What each durable consumer still owes. Waits for an absent server. */
  backlog(): Promise<Backlog[]>;
}

/**
 * The event log on NATS JetStream. Rejects when the server does not answer or has no stream; later on every method waits
 * for an absent server, and rejects with StreamReplaced if it comes back with another stream.
 */
export async function openJetStreamLog(options: JetStreamLogOptions): Promise<JetStreamLog> {
  const { nc, clock, startOf = () => Promise.resolve(1), full, onBatch, timeoutMs = 5000 } = options;
  const link = await openLink(nc, clock, timeoutMs);
  const store = createStore(link, full);
  const queue = createAppendQueue(onBatch === undefined ? store : observed(store, clock, onBatch));
  const pending = createPendingCount(link);
  link.ended.addEventListener("abort", () => queue.close(link.ended.reason as LogUnavailable), { once: true });

  return {
    identity: link.identity,
    async append(entity, version, events) {
      const outcome = await queue.append(entity, version, events);
      pending.appended(
        events.map(({ type }) => type),
        outcome,
      );
      return outcome;
    },
    history: (entity, after = 0) => readHistory(link, entity, after),
    async read(sequence) {
      const message = await leaderRead(link, { seq: sequence });
      return message && decode(message);
    },
    async last() {
      return (await link.api<StreamInfo>(`STREAM.INFO.${streamName}`, null)).state.last_seq;
    },
    async time() {
      return Date.parse((await link.api<StreamInfo>(`STREAM.INFO.${streamName}`, null)).ts);
    },
    follow: (after, signal) => follow(link, after, signal),
    consume: (consumption) => consume(link, consumption, startOf),
    pending: () => pending.count(),
    backlog: () => pending.list(),
    connected: () => link.connected(),
    async close() {
      link.close();
      await nc.close();
    },
  };
}

function observed(store: Store, clock: Clock, onBatch: (batch: StoredBatch) => void): Store {
  return {
    ...store,
    async store(appends) {
      const began = clock.elapsed();
      const outcome = await store.store(appends);
      if (outcome.kind === "stored") {
        const events = appends.reduce((sum, { messages }) => sum + messages.length, 0);
        try {
          onBatch({ events, ms: clock.elapsed() - began });
        } catch {
          // It is stored, whatever whoever counts it makes of that.
        }
      }
      return outcome;
    },
  };
}
