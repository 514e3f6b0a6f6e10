import type { Clock, Timer } from "../../clock.ts";
import type { Append, StoreOutcome } from "../append.ts";
import { createBell } from "../bell.ts";
import { eventIdOf, type StoredMessage } from "../envelope.ts";
import { ackWaitMs, consumerConfig, consumers, type Durable, durables } from "../provision.ts";
import { filterTakes } from "../subjects.ts";
import type { Position } from "../unknown.ts";

/** The stream and its durable consumers, as one process's memory. Everything here happens at once, between two awaits. */
export interface Stream {
  readonly messages: readonly StoredMessage[];
  publish(subject: string, body: Uint8Array): number;
  store(appends: readonly Append[]): StoreOutcome;
  /** Messages of an entity (`<root>.<id>`), ascending. */
  under(prefix: string): readonly StoredMessage[];
  consumer(durable: Durable): Consumer | null;
  createConsumer(durable: Durable, start: number): Consumer;
  removeConsumer(durable: Durable): void;
  pending(): number;
  /** Resolves at the next change: a message stored, a delivery handed back, a consumer made or removed. */
  changed(): Promise<void>;
  /** Makes a change known that the stream does not see. */
  touch(): void;
  /** While set, nothing is stored. */
  refusal: Extract<StoreOutcome, { kind: "refused" }> | null;
}

export interface Consumer {
  /** The oldest message to deliver, null when there is none now. It is then out until acked, released or overdue. */
  take(): Out | null;
  ack(sequence: number): void;
  /** Restarts the ack wait. */
  working(out: Out): void;
  release(out: Out): void;
  /** Delivers again what is out, as if its ack wait were over; null: everything. */
  redeliver(sequence: number | null): void;
  /** Sequences delivered and not acknowledged. */
  readonly unacknowledged: readonly number[];
  readonly waiting: number;
  /** `take` would give something. */
  readonly ready: boolean;
}

/** One delivery. */
export interface Out {
  sequence: number;
  deliveries: number;
}

export function createStream(clock: Clock): Stream {
  const messages: StoredMessage[] = [];
  const byEntity = new Map<string, StoredMessage[]>();
  const made = new Map<Durable, Consumer & { offer(message: StoredMessage): void; stop(): void }>();
  const bell = createBell();

  function publish(subject: string, body: Uint8Array): number {
    const message = { sequence: messages.length + 1, subject, body, storedAt: clock.now() };
    messages.push(message);
    for (const prefix of prefixesOf(subject)) {
      const life = byEntity.get(prefix);
      if (life) life.push(message);
      else byEntity.set(prefix, [message]);
    }
    for (const consumer of made.values()) consumer.offer(message);
    bell.ring();
    return message.sequence;
  }

  const under = (prefix: string): readonly StoredMessage[] => byEntity.get(prefix) ?? [];

  function createConsumer(durable: Durable, start: number): Consumer {
    const existing = made.get(durable);
    if (existing) return existing;
    const { max_ack_pending: outMax, deliver_policy: policy } = consumerConfig(durable);
    const consumer = newConsumer(clock, consumers[durable], outMax, bell.ring);
    if (policy === "all") for (const message of messages) if (message.sequence >= start) consumer.offer(message);
    made.set(durable, consumer);
    bell.ring();
    return consumer;
  }

  for (const durable of durables) createConsumer(durable, 1);

  return {
    messages,
    publish,
    under,
    refusal: null,
    store(appends) {
      if (this.refusal) return this.refusal;
      const moved = appends.some(({ entity, version }) => newestOf(under(`${entity.root}.${entity.id}`)) !== version);
      if (moved) return { kind: "moved" };
      for (const append of appends) for (const { subject, body } of append.messages) publish(subject, body);
      return { kind: "stored", last: messages.length };
    },
    consumer: (durable) => made.get(durable) ?? null,
    createConsumer,
    removeConsumer(durable) {
      made.get(durable)?.stop();
      made.delete(durable);
      bell.ring();
    },
    pending() {
      let sum = 0;
      for (const consumer of made.values()) sum += consumer.waiting + consumer.unacknowledged.length;
      return sum;
    },
    changed: bell.heard,
    touch: bell.ring,
  };
}

export function positionOf(message: StoredMessage | undefined): Position | null {
  return message ? { sequence: message.sequence, eventId: eventIdOf(message.body) } : null;
}

function newestOf(life: readonly StoredMessage[]): number {
  return life.at(-1)?.sequence ?? 0;
}

/** `<root>.<id>` of what `<root>.<id>.>` takes, whether or not the id is one of ours. */
function prefixesOf(subject: string): string[] {
  const tokens = subject.split(".");
  const width = tokens[0] === "source" ? 3 : 2;
  return tokens.length > width ? [tokens.slice(0, width).join(".")] : [];
}

function newConsumer(clock: Clock, filters: readonly string[], outMax: number, changed: () => void) {
  /** Ascending: never delivered, then those to be delivered again. */
  const fresh: number[] = [];
  const again: number[] = [];
  const out = new Map<number, { deliveries: number; timer: Timer }>();
  let stopped = false;

  function comeBack(sequence: number): void {
    if (stopped || !out.has(sequence) || again.includes(sequence)) return;
    out.get(sequence)?.timer.cancel();
    again.push(sequence);
    again.sort((a, b) => a - b);
    changed();
  }

  const overdue = (sequence: number) => clock.after(ackWaitMs, () => comeBack(sequence));

  return {
    offer(message: StoredMessage) {
      if (filters.some((filter) => filterTakes(filter, message.subject))) fresh.push(message.sequence);
    },
    take(): Out | null {
      const sequence = again.shift() ?? (out.size < outMax ? fresh.shift() : undefined);
      if (sequence === undefined) return null;
      const deliveries = (out.get(sequence)?.deliveries ?? 0) + 1;
      out.set(sequence, { deliveries, timer: overdue(sequence) });
      return { sequence, deliveries };
    },
    ack(sequence: number) {
      const held = out.get(sequence);
      if (!held) return;
      held.timer.cancel();
      out.delete(sequence);
      const i = again.indexOf(sequence);
      if (i >= 0) again.splice(i, 1);
      changed();
    },
    working({ sequence }: Out) {
      const held = out.get(sequence);
      if (!held || again.includes(sequence)) return;
      held.timer.cancel();
      held.timer = overdue(sequence);
    },
    release({ sequence }: Out) {
      comeBack(sequence);
    },
    redeliver(sequence: number | null) {
      for (const each of sequence === null ? [...out.keys()] : [sequence]) comeBack(each);
    },
    get unacknowledged() {
      return [...out.keys()];
    },
    get waiting() {
      return fresh.length;
    },
    get ready() {
      return again.length > 0 || (fresh.length > 0 && out.size < outMax);
    },
    stop() {
      stopped = true;
      for (const { timer } of out.values()) timer.cancel();
    },
  };
}
