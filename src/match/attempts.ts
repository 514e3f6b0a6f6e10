import { burnsAttempt, isPassing } from "./answers.ts";
import type { Category, Failed, Stage } from "./event.ts";
import type { Policy } from "./policy.ts";

/** What a handler or the runtime knows of a failed attempt. */
export interface FailureCause {
  category: Category;
  reason: string;
  /** Groups failures of one cause; defaults to the category. */
  fingerprint?: string | undefined;
  /** When whoever refused said to come back (epoch milliseconds). */
  retryAt?: number | undefined;
}

interface Attempt {
  stage: Stage;
  round: number;
  attempt: number;
}

export const reasonLengthMax = 300;

/** The fact a failed attempt leaves: what happened, and when it is tried again. */
export function failedAttempt(asked: Attempt, cause: FailureCause, now: number, policy: Policy): Failed {
  const at = nextTryAt(asked, cause, now, policy);
  return {
    stage: asked.stage,
    round: asked.round,
    attempt: asked.attempt,
    of: Math.max(policy.attempts, asked.attempt),
    category: cause.category,
    reason: cause.reason.slice(0, reasonLengthMax),
    fingerprint: cause.fingerprint ?? `${cause.category}:${asked.stage}`,
    retryAt: at === null ? null : new Date(at).toISOString(),
  };
}

function nextTryAt(asked: Attempt, cause: FailureCause, now: number, policy: Policy): number | null {
  if (!isPassing(cause.category)) return null;
  if (burnsAttempt(cause.category))
    return asked.attempt >= policy.attempts ? null : now + retryDelay(asked.attempt, policy);
  if (cause.category === "no-data-yet") return now + policy.lineupsEvery;
  if (cause.retryAt === undefined) return now + policy.askAgainEvery;
  // "Come back at once" burns no attempt: without a wait it would be asked for ever at one instant.
  return cause.retryAt > now ? cause.retryAt : now + retryDelay(1, policy);
}

/** The wait after the `attempt`-th failure in a row (from 1). Past the table the last delay stands. */
export function retryDelay(attempt: number, policy: Policy): number {
  return policy.retryDelays[Math.min(attempt, policy.retryDelays.length) - 1] ?? policy.resultEvery;
}
