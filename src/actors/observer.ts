import type { Logger } from "pino";
import type { Stage } from "../match/event.ts";

/** How one run of a stage's handler ended. `dropped`: the match no longer waited for it; `drained`: the node stops, it begins anew elsewhere. */
export type RunOutcome = "done" | "failed" | "dropped" | "drained";

export interface StageRun {
  stage: Stage;
  outcome: RunOutcome;
  /** Wall time from the handler's start. */
  durationMs: number;
  /** How long after it fell due this run ended the stage, on the pipeline's clock; null when it did not, or worked in hindsight. */
  lateMs: number | null;
}

/** Is told what the actors of a node do, as they do it: a replay or rebuild tells nothing. */
export interface Observer {
  stageBegan(stage: Stage): void;
  stageEnded(run: StageRun): void;
}

/** Tells the observer, if there is one. What it throws is logged and harms nothing. */
export function tell(
  { observer, logger }: { observer?: Observer; logger: Logger },
  what: (observer: Observer) => void,
): void {
  if (observer === undefined) return;
  try {
    what(observer);
  } catch (error) {
    logger.warn({ err: error }, "an observer failed");
  }
}
