import type { Match } from "./match.ts";
import { basisOf } from "./settlement.ts";

/** What an operator's word does to the settlement of a match; only `accepted` leaves a fact. */
export type Resettling = "accepted" | "already done" | "not finished" | "in flight" | "history" | "unknown";

/**
 * Whether an operator's word has a settlement to start. `failed` takes those that failed alone; `unsettled` also those nobody
 * has asked for yet. A match whose retro work is under way is settled at the end of that.
 */
export function resettling(match: Match | null, which: "failed" | "unsettled"): Resettling {
  if (match === null || match.fixture === null) return "unknown";
  if (match.fixture.purpose === "history") return "history";
  const basis = basisOf(match);
  if (basis === null) return "not finished";
  if (basis === match.settlement?.basis) return "already done";
  const { request, failure, opened } = match.stages.settle;
  if (match.retro !== null || request !== null) return "in flight";
  if (failure !== null) return "accepted";
  // Asked for by a word that dispatch has not come to, or about to be asked for without one.
  return opened !== null || which === "failed" ? "in flight" : "accepted";
}
