import { backfillEnd } from "./backfill.ts";
import type { OperatorEvent, OperatorRequested } from "./event.ts";
import type { Match } from "./match.ts";
import { basisOf } from "./settlement.ts";

/** An operator's call: a fold of the messages under `operator.<id>.>`. Instants are epoch milliseconds. */
export interface Call {
  id: string;
  /** Sequence of the newest message under the call, decodable or not. */
  version: number;
  /** null until it was requested. */
  requested: (OperatorRequested & { sequence: number; time: number; actor: string }) | null;
  /** null until every match it is about has had its word. */
  applied: { requested: number; skipped: Record<string, number>; time: number } | null;
  cancelled: { id: string; by: string; reason: string | null; time: number } | null;
}

export type CallEntry = OperatorEvent | { sequence: number; type: null };

export function unknownCall(id: string): Call {
  return { id, version: 0, requested: null, applied: null, cancelled: null };
}

/** The first of each counts: a call is made, carried out and cancelled once. The event that makes it has its id. */
export function evolveCall(call: Call, entry: CallEntry): Call {
  const next = { ...call, version: entry.sequence };
  const { sequence } = entry;
  switch (entry.type) {
    case "operator.requested":
      if (call.requested !== null || entry.id !== call.id) return next;
      return { ...next, requested: { ...entry.data, sequence, time: entry.time, actor: entry.actor } };
    case "operator.applied":
      if (call.requested === null || call.applied !== null) return next;
      return { ...next, applied: { ...entry.data, time: entry.time } };
    case "operator.cancelled":
      if (call.requested === null || call.cancelled !== null) return next;
      return {
        ...next,
        cancelled: { id: entry.id, by: entry.data.principal, reason: entry.data.reason, time: entry.time },
      };
    case null:
      return next;
  }
}

export const callMatchStates = ["running", "done", "failed", "cancelled"] as const;
/** What has come of a call on one match. */
export type CallMatchState = (typeof callMatchStates)[number];

/** What has come of an order that `match` got its word of. */
export function callEnd(order: OperatorRequested["order"], match: Match): Exclude<CallMatchState, "cancelled"> {
  if (order.what === "backfill") return backfillEnd(match, order.stages);
  const basis = basisOf(match);
  if (basis === null || basis === match.settlement?.basis) return "done";
  const { failure } = match.stages.settle;
  return failure !== null && failure.retryAt === null ? "failed" : "running";
}
