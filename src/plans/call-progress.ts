import type { Call, CallMatchState } from "../match/call.ts";
import type { ReadModelQueries } from "../projections/queries.ts";

/** How far a call has come. */
export interface CallProgress extends Record<CallMatchState, number> {
  /** `starting`: its matches are still getting their words. `partly`: ended, and not on all of them as asked.
   * `failed`: of a rebuild. */
  state: "starting" | "running" | "done" | "partly" | "failed" | "cancelled";
  /** Matches that got a word. */
  total: number;
}

export function callProgress(call: Call, readModel: Pick<ReadModelQueries, "callProgress">): CallProgress {
  const counts = readModel.callProgress(call.id);
  const total = counts.running + counts.done + counts.failed + counts.cancelled;
  return { state: stateOf(call, counts), total, ...counts };
}

function stateOf(
  { requested, applied, cancelled }: Call,
  counts: Record<CallMatchState, number>,
): CallProgress["state"] {
  if (requested?.order.what === "projections.rebuild")
    return applied === null ? "running" : applied.requested > 0 ? "done" : "failed";
  if (applied === null) return "starting";
  if (counts.running > 0) return "running";
  // A cancel that came after the end took nothing back.
  const tookBack = counts.cancelled > 0 || (applied.skipped["cancelled"] ?? 0) > 0;
  if (cancelled !== null && tookBack) return "cancelled";
  return counts.failed > 0 ? "partly" : "done";
}
