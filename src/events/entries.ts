import type { CallEntry } from "../match/call.ts";
import type { MatchEvent, OperatorEvent, SourceEvent } from "../match/event.ts";
import type { MatchEntry } from "../match/match.ts";
import type { SourceEntry } from "../match/polling.ts";
import type { LogMessage } from "./log.ts";

/** As much of a message as a fold takes. */
export type Stored = Pick<LogMessage, "sequence" | "event">;

export function matchEntry({ sequence, event }: Stored): MatchEntry {
  return event !== null && event.type.startsWith("match.") ? (event as MatchEvent) : { sequence, type: null };
}

export function sourceEntry({ sequence, event }: Stored): SourceEntry {
  return event !== null && event.type.startsWith("source.") ? (event as SourceEvent) : { sequence, type: null };
}

export function callEntry({ sequence, event }: Stored): CallEntry {
  return event !== null && event.type.startsWith("operator.") ? (event as OperatorEvent) : { sequence, type: null };
}
