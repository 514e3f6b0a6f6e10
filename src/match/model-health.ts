import type { Policy } from "./policy.ts";

/** How a model has been doing of late: nothing is known of one that answers. */
export interface ModelHealth {
  /** Permanent failures in a row, up to now. */
  failures: number;
  /** When the newest of them was stated, epoch milliseconds. */
  failedAt: number;
}

/** A model that failed for good so often in a row is left alone for a while. */
export const restAfterFailures = 5;

/** Until when a model rests (epoch milliseconds); null when it does not. What is asked of it first after that is a probe. */
export function restsUntil(health: ModelHealth | null, policy: Policy): number | null {
  if (health === null || health.failures < restAfterFailures) return null;
  return health.failedAt + policy.modelRest;
}
