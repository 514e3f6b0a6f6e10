import { countingAnswers } from "./answers.ts";
import type { Stage } from "./event.ts";
import type { Match } from "./match.ts";
import type { Policy } from "./policy.ts";
import { stageDueAt } from "./schedule.ts";

/**
 * Since when what a stage has done, or has yet to do, has been due; null while that is not known. For a settlement that is when
 * the newest thing it rests on became known: a correction days later makes no old settlement late.
 */
export function fellDueAt(stage: Stage, match: Match, policy: Policy): number | null {
  return stage === "settle" ? settlementDueAt(match) : stageDueAt(stage, match, policy);
}

function settlementDueAt(match: Match): number | null {
  if (match.ended === null) return null;
  let at = Math.max(match.ended.time, match.result?.time ?? 0);
  if (match.fixture?.status === "finished") for (const { time } of countingAnswers(match)) at = Math.max(at, time);
  return at;
}

/** How long after it fell due a stage was done, milliseconds; 0 when in time, or not done. */
export function lateMs(doneAt: number | null, dueAt: number | null): number {
  return doneAt === null || dueAt === null ? 0 : Math.max(0, doneAt - dueAt);
}
