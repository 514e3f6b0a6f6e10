import type { ReadModelState } from "../projections/read-model.ts";

/**
 * Whether what this node shows is all there is. `current`: it is, but for what a busy node owes for a moment; `behind`: a thousand
 * events are missing or more; `old`: the read model is made anew, and an old one answers; `stalled`: it goes no further;
 * `nats-away`: nobody knows, NATS does not answer.
 */
export type Condition = "current" | "behind" | "old" | "stalled" | "nats-away";

/** More is what a busy node owes for a moment only. */
const behindMax = 1000;

export function conditionOf(
  connected: boolean,
  { state, stale, target }: Pick<ReadModelState, "state" | "stale" | "target">,
  sequence: number,
): Condition {
  if (!connected) return "nats-away";
  if (state === "stalled") return "stalled";
  if (stale) return "old";
  return target - sequence > behindMax ? "behind" : "current";
}
