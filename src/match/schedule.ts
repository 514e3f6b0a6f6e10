import { isPassing } from "./answers.ts";
import type { Stage } from "./event.ts";
import { type Failure, type Fixture, freshStage, type Match, type StageState } from "./match.ts";
import type { Policy } from "./policy.ts";
import { isTerminal, isUnderWay } from "./status.ts";

/** The stages that must be over when the match kicks off. */
export type PreMatchStage = Exclude<Stage, "settle">;
export const preMatchStages: readonly PreMatchStage[] = ["analyse", "lineups", "predict"];

/** The round that work is due for now: the next one once the kick-off has moved too far from where the round began. */
export interface CurrentRound {
  number: number;
  stages: Record<PreMatchStage, StageState>;
  analysed: boolean;
}

export function currentRound(match: Match, policy: Policy): CurrentRound {
  const { analyse, lineups, predict } = match.stages;
  if (!needsNewRound(match, policy)) {
    return { number: match.round.number, stages: { analyse, lineups, predict }, analysed: match.analysis !== null };
  }
  const fresh = { analyse: freshStage, lineups: freshStage, predict: freshStage };
  return { number: match.round.number + 1, stages: fresh, analysed: false };
}

export function needsNewRound(match: Match, policy: Policy): boolean {
  return match.fixture !== null && isMoved(match.fixture, match.round.kickoff, policy);
}

/** Too far from where its round began for what was asked and answered then. */
export function isMoved(
  { status, kickoff }: Pick<Fixture, "status" | "kickoff">,
  roundKickoff: number | null,
  policy: Policy,
): boolean {
  if (roundKickoff === null || isTerminal(status) || status === "postponed") return false;
  return Math.abs(kickoff - roundKickoff) > policy.newRoundAfterMove;
}

/** The match has begun: by its status, or because its kick-off passed. A postponed one has not, whatever its old date. */
export function hasBegun(fixture: Pick<Fixture, "status" | "kickoff">, now: number): boolean {
  if (fixture.status === "postponed") return false;
  return isUnderWay(fixture.status) || isTerminal(fixture.status) || now >= fixture.kickoff;
}

export function preMatchDueAt(stage: PreMatchStage, fixture: Fixture, policy: Policy): number {
  return fixture.kickoff - policy.due[stage];
}

/** When a stage falls due, as far as it is known; null for a settlement before the match has ended. */
export function stageDueAt(stage: Stage, match: Match, policy: Policy): number | null {
  if (match.fixture === null) return null;
  return stage === "settle" ? settleDueAt(match) : preMatchDueAt(stage, match.fixture, policy);
}

/** The end of the match, or what has since changed the basis: a correction, a retro answer, another kick-off. */
export function settleDueAt(match: Match): number | null {
  const { ended, result, answers, fixture } = match;
  if (ended === null) return null;
  return Math.max(ended.time, result?.time ?? 0, answers.at(-1)?.time ?? 0, fixture?.since ?? 0);
}

/** When an unanswered request is given up and made again. */
export function expiresAt(request: { time: number; budgetMs: number }, policy: Policy): number {
  return request.time + request.budgetMs + policy.unansweredAfter;
}

/**
 * When a failed stage is tried again: at `retryAt`, or, given up for a reason that passes, once an hour inside its window.
 * null: only new input or an operator brings it back.
 */
export function retryAt(stage: Stage, failure: Failure, match: Match, policy: Policy): number | null {
  if (failure.retryAt !== null) return failure.retryAt;
  if (!isPassing(failure.category) || failure.category === "no-data-yet") return null;
  const at = failure.time + policy.askAgainEvery;
  if (stage !== "settle") return match.fixture !== null && at < match.fixture.kickoff ? at : null;
  return match.ended !== null && at <= match.ended.time + policy.watch.settle ? at : null;
}

/** A request made now for this stage runs for an operator's retro request. */
export function isRetro(stage: Stage, match: Match): boolean {
  return match.retro?.stages.includes(stage) ?? false;
}

export function budgetOf(stage: Stage, retro: boolean, policy: Policy): number {
  return retro && stage !== "lineups" ? policy.retroBudget[stage] : policy.budget[stage];
}

/** Whether a request is still what the match waits for: the newest of its stage, of the round that is due, and not too late. */
export function isCurrent(match: Match, stage: Stage, requestId: string, now: number, policy: Policy): boolean {
  const { request } = match.stages[stage];
  if (request === null || request.id !== requestId || match.fixture === null) return false;
  if (stage === "settle" || request.retroactive) return true;
  return !needsNewRound(match, policy) && !hasBegun(match.fixture, now);
}
