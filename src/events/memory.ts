import { setMaxListeners } from "node:events";
import type { Clock } from "../clock.ts";
import { type Append, createAppendQueue, type Store } from "./append.ts";
import { decode, type StoredMessage } from "./envelope.ts";
import { LogUnavailable } from "./errors.ts";
import { unlessAborted } from "./until.ts";
import type { Delivery, EventLog } from "./log.ts";
import { createStream, positionOf, type Stream } from "./memory/server.ts";
import { type Durable, isDurable } from "./provision.ts";
import { checkEntity } from "./subjects.ts";

/** Where an operation of a handle can be held up, or its node can die. */
export type Point =
  | "append:before"
  | "append:after"
  | "read"
  | "follow"
  | `deliver:${Durable}`
  | `ack:${Durable}:before`
  | `ack:${Durable}:after`
  | "pending";

/** What happens to a try of a batch: the caller hears of it, or not, and then it was carried out or not. */
export type AppendFate = "heard" | "lost-request" | "lost-reply";

/** The faults of one node. All of them may be left out. */
export interface Faults {
  /** Awaited at every point: a scheduler that holds these back decides the order of everything. */
  pause?(point: Point): Promise<void>;
  appendFate?(appends: readonly Append[]): AppendFate;
  /** Awaited before an append is tried again; default: at once. */
  retry?(attempt: number): Promise<void>;
}

export interface MemoryServer {
  readonly identity: string;
  /** Everything stored, in order. */
  readonly messages: readonly StoredMessage[];
  /** One handle per simulated node. */
  connect(faults?: Faults): MemoryLog;
  /** Stores what anyone may publish: a letter, a broken body. Its sequence. */
  publish(subject: string, body: Uint8Array | string): number;
  /** As if an operator had removed the consumer. */
  removeConsumer(durable: Durable): void;
  /** Delivers again what is delivered and not acknowledged, before its ack wait is over; null: all of it. */
  redeliver(durable: Durable, sequence: number | null): void;
  /** Sequences delivered and not acknowledged. */
  unacknowledged(durable: Durable): readonly number[];
  /** Refuses every append from now on (a full disk); null ends that. */
  refuse(reason: string | null): void;
}

export interface MemoryLog extends EventLog {
  /** The node dies: none of its promises settles any more, what it holds comes back after the ack wait. */
  crash(): void;
  /** Appends not answered yet. */
  readonly appending: number;
}

export interface MemoryOptions {
  /** Ack waits run on `clock.after`. */
  clock: Clock;
  identity?: string;
  /** As for JetStream: where a consumer that was removed begins again. */
  startOf?: (durable: Durable) => Promise<number>;
}

/** The log in memory, for one node without faults. */
export function memoryLog(options: MemoryOptions): MemoryLog {
  return createMemoryServer(options).connect();
}

/** A log that several handles share. It keeps the contract of the real one and uses its append queue. */
export function createMemoryServer(options: MemoryOptions): MemoryServer {
  const { clock, identity = "memory", startOf = () => Promise.resolve(1) } = options;
  const stream = createStream(clock);
  return {
    identity,
    messages: stream.messages,
    connect: (faults = {}) => connectTo(stream, identity, startOf, faults),
    publish: (subject, body) =>
      stream.publish(subject, typeof body === "string" ? new TextEncoder().encode(body) : body),
    removeConsumer: stream.removeConsumer,
    redeliver: (durable, sequence) => stream.consumer(durable)?.redeliver(sequence),
    unacknowledged: (durable) => stream.consumer(durable)?.unacknowledged ?? [],
    refuse(reason) {
      stream.refusal = reason === null ? null : { kind: "refused", category: "transient", reason };
    },
  };
}

const yieldMax = 1000;

function connectTo(
  stream: Stream,
  identity: string,
  startOf: (durable: Durable) => Promise<number>,
  faults: Faults,
): MemoryLog {
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  let crashed = false;

  /** Every operation passes here before and after it touches the stream. */
  async function step(point: Point): Promise<void> {
    await faults.pause?.(point);
    if (crashed) await never;
    if (end.signal.aborted) throw end.signal.reason;
  }

  const store: Store = {
    async store(appends) {
      await step("append:before");
      const fate = faults.appendFate?.(appends) ?? "heard";
      const outcome = fate === "lost-request" ? null : stream.store(appends);
      await step("append:after");
      return outcome === null || fate === "lost-reply" ? { kind: "unknown" } : outcome;
    },
    async newest({ root, id }) {
      await step("read");
      return positionOf(stream.under(`${root}.${id}`).at(-1));
    },
    async firstAfter({ root, id }, sequence) {
      await step("read");
      return positionOf(stream.under(`${root}.${id}`).find((message) => message.sequence > sequence));
    },
    async retry(attempt) {
      await faults.retry?.(attempt);
      await step("append:before");
    },
  };
  const queue = createAppendQueue(store);

  async function* follow(after: number, signal: AbortSignal) {
    const stop = AbortSignal.any([signal, end.signal]);
    for (let last = after; !stop.aborted; ) {
      if (stream.messages.length <= last) {
        await unlessAborted(stop, stream.changed());
        continue;
      }
      await step("follow");
      const batch = stream.messages.slice(last, last + yieldMax);
      last += batch.length;
      if (!stop.aborted) yield batch.map(decode);
    }
    if (!signal.aborted) throw end.signal.reason;
  }

  async function* consume({ durable, held: heldMax, signal }: { durable: string; held: number; signal: AbortSignal }) {
    if (!isDurable(durable)) throw new Error(`no durable consumer ${JSON.stringify(durable)} in provision.ts`);
    if (!Number.isSafeInteger(heldMax) || heldMax < 1) throw new Error(`held is ${heldMax}, must be 1 or more`);
    const stop = AbortSignal.any([signal, end.signal]);
    let held = 0;
    while (!stop.aborted) {
      const known = stream.consumer(durable);
      if (held >= heldMax || (known !== null && !known.ready)) {
        await unlessAborted(stop, stream.changed());
        continue;
      }
      await step(`deliver:${durable}`);
      const consumer = stream.consumer(durable) ?? stream.createConsumer(durable, await startOf(durable));
      const out = stop.aborted ? null : consumer.take();
      if (out === null) continue;
      held++;
      const free = () => {
        held--;
        stream.touch();
      };
      let answered: Promise<void> | null = null;
      const acknowledge = async () => {
        await step(`ack:${durable}:before`);
        consumer.ack(out.sequence);
        free();
        await step(`ack:${durable}:after`);
      };
      const delivery: Delivery = {
        message: decode(stream.messages[out.sequence - 1] as StoredMessage),
        deliveries: out.deliveries,
        ack() {
          answered ??= acknowledge();
          return answered;
        },
        working() {
          if (answered === null && !crashed) consumer.working(out);
        },
        release() {
          if (answered !== null || crashed) return;
          answered = Promise.resolve();
          consumer.release(out);
          free();
        },
      };
      yield delivery;
    }
    if (!signal.aborted) throw end.signal.reason;
  }

  return {
    identity,
    append: queue.append,
    async history(entity, after = 0) {
      checkEntity(entity);
      await step("read");
      return stream
        .under(`${entity.root}.${entity.id}`)
        .filter(({ sequence }) => sequence > after)
        .map(decode);
    },
    async read(sequence) {
      await step("read");
      const message = stream.messages[sequence - 1];
      return message ? decode(message) : null;
    },
    async last() {
      await step("read");
      return stream.messages.length;
    },
    follow,
    consume,
    async pending() {
      await step("pending");
      return stream.pending();
    },
    connected: () => !crashed && !end.signal.aborted,
    get appending() {
      return queue.waiting;
    },
    crash() {
      crashed = true;
    },
    async close() {
      if (end.signal.aborted) return;
      const reason = new LogUnavailable();
      end.abort(reason);
      queue.close(reason);
    },
  };
}

const never = new Promise<never>(() => {});
