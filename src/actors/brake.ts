import { createBell } from "../events/bell.ts";

/**
 * Holds back what costs money on this node while something is wrong that makes it worthless or impossible to record. Work
 * that has begun goes on: it is paid for.
 */
export interface Brake {
  /** Why predictions are held back now, null while they are not. */
  readonly reason: string | null;
  /** Puts the brake on for a cause, or takes that cause away; it holds until the last one is gone. */
  set(cause: string, reason: string | null): void;
  /** Resolves when nothing holds predictions back, or `signal` aborts. */
  released(signal: AbortSignal): Promise<void>;
}

export function createBrake(): Brake {
  const causes = new Map<string, string>();
  const bell = createBell();

  function first(): string | null {
    return causes.values().next().value ?? null;
  }

  return {
    get reason() {
      return first();
    },
    set(cause, reason) {
      if (reason === null) causes.delete(cause);
      else causes.set(cause, reason);
      if (causes.size === 0) bell.ring();
    },
    async released(signal) {
      if (causes.size === 0 || signal.aborted) return;
      const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      while (causes.size > 0 && !signal.aborted) await Promise.race([bell.heard(), aborted]);
    },
  };
}
