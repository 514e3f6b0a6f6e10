import type { NewEvent } from "../match/event.ts";
import { encode } from "./envelope.ts";
import { LogUnavailable } from "./errors.ts";
import type { AppendOutcome, Entity } from "./log.ts";
import { messageSizeMax } from "./provision.ts";
import { subjectOf } from "./subjects.ts";
import { type Attempted, endOf, type Readback } from "./unknown.ts";

/** One append, ready to be stored. */
export interface Append extends Attempted {
  messages: readonly { subject: string; body: Uint8Array }[];
  bytes: number;
}

export type StoreOutcome =
  /** `last` is the sequence of the last message; they are contiguous. */
  | { kind: "stored"; last: number }
  /** At least one entity is not at its version. */
  | { kind: "moved" }
  /** The server did not see, or did not like, some part of it. */
  | { kind: "incomplete" }
  | { kind: "refused"; category: "transient" | "permanent"; reason: string }
  | { kind: "unknown" };

/** What the append queue needs of a server. */
export interface Store extends Readback {
  /** Stores the messages of all appends or of none. Rejects only when the log has ended. */
  store(appends: readonly Append[]): Promise<StoreOutcome>;
  /** Waits until another try makes sense; `attempt` counts from 0. Rejects when the log has ended. */
  retry(attempt: number): Promise<void>;
}

export interface AppendQueue {
  append(entity: Entity, version: number, events: readonly NewEvent[]): Promise<AppendOutcome>;
  /** Appends not answered yet. */
  readonly waiting: number;
  close(reason: LogUnavailable): void;
}

/** The server takes at most 1,000 messages in an atomic batch. */
export const batchMessagesMax = 1000;
/** Keeps one batch far from the client's and the server's buffers. */
const batchBytesMax = 8 * 1024 * 1024;
/** Headers of a message: batch id, sequence, commit and expectation. */
const headerRoom = 1024;
/** A batch that keeps arriving in pieces is given back to its writers after this many tries. */
const incompleteMax = 5;

/**
 * Group commit: what is asked for while a batch is being stored goes into the next one, so that the disk is synced once a
 * batch. At most one append of an entity is in a batch, as the server checks expectations against the log before it.
 */
export function createAppendQueue(log: Store): AppendQueue {
  let queue: Pending[] = [];
  let inFlight: readonly Pending[] = [];
  let running = false;
  let ended: LogUnavailable | null = null;

  async function run(): Promise<void> {
    // Appends asked for in the same turn of the event loop belong together.
    await Promise.resolve();
    let attempt = 0;
    let size = batchMessagesMax;
    while (queue.length > 0) {
      inFlight = takeBatch(size);
      const progress = await advance(inFlight);
      inFlight = [];
      // Somebody's message may be why the batch was incomplete: alone, each append gets an answer of its own.
      size = progress === "incomplete" ? 1 : batchMessagesMax;
      if (progress === "answered") attempt = 0;
      else await log.retry(attempt++);
    }
    running = false;
  }

  /** Stores a batch, answers what can be answered and puts the rest back. */
  async function advance(batch: readonly Pending[]): Promise<"answered" | "incomplete" | "nothing"> {
    const stored = await log.store(batch);
    switch (stored.kind) {
      case "stored": {
        let sequence = stored.last - batch.reduce((sum, each) => sum + each.messages.length, 0);
        for (const each of batch) {
          sequence += each.messages.length;
          each.resolve({ outcome: "appended", sequence });
        }
        return "answered";
      }
      case "moved":
        return (await readBack(batch, null)) ? "answered" : "nothing";
      case "refused":
        return (await readBack(batch, { category: stored.category, reason: stored.reason })) ? "answered" : "nothing";
      case "incomplete": {
        for (const each of batch) each.incomplete++;
        const hopeless = batch.filter((each) => each.incomplete >= incompleteMax);
        await readBack(hopeless, { category: "transient", reason: "the server keeps losing a part of the batch" });
        putBack(batch.filter((each) => each.incomplete < incompleteMax));
        return "incomplete";
      }
      case "unknown":
        for (const each of batch) each.uncertain = true;
        putBack(batch);
        return "nothing";
    }
  }

  /** Answers the appends of a refused batch and puts back those that nothing speaks against; whether any was answered. */
  async function readBack(batch: readonly Pending[], refused: Refused | null): Promise<boolean> {
    const outcomes = await Promise.all(
      batch.map(async (each) => {
        const outcome = refused && !each.uncertain ? null : await endOf(each, log);
        return outcome ?? (refused && { outcome: "refused" as const, ...refused });
      }),
    );
    const again: Pending[] = [];
    for (const [i, each] of batch.entries()) {
      const outcome = outcomes[i];
      if (outcome) each.resolve(outcome);
      else again.push(each);
    }
    putBack(again);
    return again.length < batch.length;
  }

  function putBack(appends: readonly Pending[]): void {
    if (!ended) queue = [...appends, ...queue];
  }

  function takeBatch(sizeMax: number): Pending[] {
    const batch: Pending[] = [];
    const later: Pending[] = [];
    const entities = new Set<string>();
    let [messages, bytes, seen] = [0, 0, 0];
    for (const each of queue) {
      const full = messages + each.messages.length > sizeMax || bytes + each.bytes > batchBytesMax;
      if (full && batch.length > 0) break;
      seen++;
      // A later append of an entity was decided on what an earlier one does.
      if (entities.has(each.key)) {
        later.push(each);
        continue;
      }
      entities.add(each.key);
      batch.push(each);
      messages += each.messages.length;
      bytes += each.bytes;
    }
    queue = [...later, ...queue.slice(seen)];
    return batch;
  }

  function close(reason: LogUnavailable): void {
    ended ??= reason;
    for (const each of [...inFlight, ...queue]) each.reject(ended);
    queue = [];
  }

  return {
    append(entity, version, events) {
      if (ended) return Promise.reject(ended);
      let append: Append;
      try {
        append = prepare(entity, version, events);
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
      const refused = whyTooLarge(append);
      if (refused) return Promise.resolve({ outcome: "refused", category: "permanent", reason: refused });
      return new Promise((resolve, reject) => {
        queue.push({ ...append, key: `${entity.root}.${entity.id}`, incomplete: 0, resolve, reject });
        if (running) return;
        running = true;
        run().catch((error: unknown) =>
          close(error instanceof LogUnavailable ? error : new LogUnavailable(String(error), { cause: error })),
        );
      });
    },
    get waiting() {
      return queue.length + inFlight.length;
    },
    close,
  };
}

type Refused = Omit<Extract<AppendOutcome, { outcome: "refused" }>, "outcome">;

interface Pending extends Append {
  key: string;
  incomplete: number;
  resolve(outcome: AppendOutcome): void;
  reject(error: Error): void;
}

function prepare(entity: Entity, version: number, events: readonly NewEvent[]): Append {
  if (events.length === 0) throw new Error(`an append to ${entity.root}.${entity.id} without events`);
  if (!Number.isSafeInteger(version) || version < 0)
    throw new Error(`version ${version} of ${entity.root}.${entity.id} is no sequence`);
  const messages = events.map((event) => ({ subject: subjectOf(entity, event.type), body: encode(entity, event) }));
  const bytes = messages.reduce((sum, { body }) => sum + body.length + headerRoom, 0);
  return { entity, version, eventIds: events.map(({ id }) => id), uncertain: false, messages, bytes };
}

/** Found out here, as one message too large would spoil the batch for its neighbours. */
function whyTooLarge({ messages }: Append): string | null {
  if (messages.length > batchMessagesMax)
    return `${messages.length} events in one append, at most ${batchMessagesMax} fit in a batch`;
  for (const { subject, body } of messages) {
    if (body.length + headerRoom > messageSizeMax) {
      return `${subject} has ${body.length} bytes, at most ${messageSizeMax - headerRoom} fit in a message`;
    }
  }
  return null;
}
