import type { Category } from "../match/event.ts";

/** An attempt of a stage that failed for a known cause; what follows depends on the category alone. */
export class StageError extends Error {
  override readonly name = "StageError";
  readonly category: Category;
  /** When whoever refused said to come back, epoch milliseconds. */
  readonly retryAt: number | undefined;
  /** Groups failures of one cause, across matches. */
  readonly fingerprint: string | undefined;

  constructor(
    category: Category,
    message: string,
    options: { retryAt?: number | undefined; fingerprint?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.category = category;
    this.retryAt = options.retryAt;
    this.fingerprint = options.fingerprint;
  }
}

/** Why running work was told to stop. None of these is the work's fault, but `budget`. */
export type StopReason = "budget" | "superseded" | "expired" | "drain";

export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(`stopped: ${why}`);
    this.why = why;
  }
}
