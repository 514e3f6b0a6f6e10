import type { Stage } from "../../../match/event.ts";
import type { Policy } from "../../../match/policy.ts";

/** What a stage that has fallen due may take before it is late, milliseconds. */
export function graceOf(stage: Stage, policy: Policy): number {
  return policy.budget[stage];
}
