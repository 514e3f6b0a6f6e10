import type { NewEvent, Recorded } from "../match/event.ts";

/**
 * What a writer decides on: all messages under one subject prefix, `<root>.<id>.>`. For a match the id is the match id,
 * for a source `<name>.<competition>`, for an operator's call its ULID.
 */
export interface Entity {
  root: "match" | "source" | "operator";
  id: string;
}

/** A message of the log. `event` is null where the body is no event of ours; such a message still moves its entity's version. */
export interface LogMessage {
  sequence: number;
  subject: string;
  /** null for the letter box and for subjects that name no entity. */
  entity: Entity | null;
  event: Recorded | null;
  /** Why `event` is null. */
  undecodable: Undecodable | null;
  /** The body as stored, for the letter box, audit and `verify`. */
  body: Uint8Array;
  /** When the server stored it, epoch milliseconds on its own clock. */
  storedAt: number;
}

export interface Undecodable {
  code:
    | "not-json"
    | "not-an-event"
    | "time-ahead"
    | "unknown-type"
    | "unknown-version"
    | "bad-data"
    | "contradicts-subject"
    | "bad-subject"
    | "letter";
  text: string;
}

export type AppendOutcome =
  /** `sequence` is that of the last event of the append; they are contiguous. */
  | { outcome: "appended"; sequence: number }
  /** Someone else moved the entity; `version` is its newest sequence. Nothing of this append is in the log. */
  | { outcome: "conflict"; version: number }
  /** The log takes nothing now (disk, quota, size). Nothing of this append is in the log. */
  | { outcome: "refused"; category: "transient" | "permanent"; reason: string };

/** A request that a durable consumer handed to this node. */
export interface Delivery {
  message: LogMessage;
  /** How often it has been delivered, from 1, counted by the log. */
  deliveries: number;
  /** Resolves once the log has confirmed that it will not deliver this again. */
  ack(): Promise<void>;
  /** Puts off redelivery by the consumer's ack wait. */
  working(): void;
  /** Hands the message back at once, for another node or a later time (drain). */
  release(): void;
}

export interface ConsumeOptions {
  /** Name of the durable consumer (provision.ts). */
  durable: string;
  /** At most this many deliveries are held unacknowledged by this call. */
  held: number;
  signal: AbortSignal;
}

/**
 * The one log. Every method rejects with `LogUnavailable` only when the log was closed; while the server is away they wait for it.
 */
export interface EventLog {
  /** Identity of the stream behind this log (its creation time); a read model built from another one is worthless. */
  readonly identity: string;
  /**
   * Appends `events`, all or none, if the newest message under the entity is still `version` (0: there is none).
   * An unknown outcome (time-out, lost server) is resolved before this resolves.
   */
  append(entity: Entity, version: number, events: readonly NewEvent[]): Promise<AppendOutcome>;
  /** Every message of one entity after `after`, ascending. */
  history(entity: Entity, after?: number): Promise<LogMessage[]>;
  /** One message, whatever it holds; null when there is none at that sequence. */
  read(sequence: number): Promise<LogMessage | null>;
  /** Sequence of the newest message in the log, 0 when empty. */
  last(): Promise<number>;
  /** Messages after `after` in order, in batches as they come, for ever; ends when `signal` aborts. Never an empty batch. */
  follow(after: number, signal: AbortSignal): AsyncIterable<LogMessage[]>;
  /** Deliveries of a durable consumer; ends when `signal` aborts. Re-creates a vanished consumer. */
  consume(options: ConsumeOptions): AsyncIterable<Delivery>;
  /** Deliveries not yet made plus deliveries not yet acknowledged, over all durable consumers. */
  pending(): Promise<number>;
  /** Whether the log answers now; never older than 2 s. */
  connected(): boolean;
  close(): Promise<void>;
}
