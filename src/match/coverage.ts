import { countingAnswers, isComplete, isCovered } from "./answers.ts";
import { type Severity, type Stage, stages } from "./event.ts";
import type { Failure, Fixture, Match, StageState } from "./match.ts";
import type { Policy } from "./policy.ts";
import {
  type CurrentRound,
  currentRound,
  hasBegun,
  preMatchDueAt,
  type PreMatchStage,
  retryAt,
  settleDueAt,
  stageDueAt,
} from "./schedule.ts";
import { basisOf } from "./settlement.ts";
import { stageNames } from "./stage-names.ts";
import { isTerminal } from "./status.ts";

/** What a match lacks at an instant although it should have it by then. */
export interface Gap {
  severity: Severity;
  /** At least one, in the order of the stages. */
  missing: Stage[];
  /** Epoch milliseconds: since when the first of them has been due. */
  dueSince: number;
  reason: string;
  nextAction: string;
}

/**
 * The gap of one match at `now`, null when there is none. A stage counts once its budget has passed after it fell due (or
 * after the match or its kick-off became known), or at once when it was given up. Severity goes by the time to kick-off,
 * unrounded: critical under 2 h, warning under 4 h, info above, `missed` from kick-off on; unsettled for an hour is critical.
 */
export function gapOf(match: Match, now: number, policy: Policy): Gap | null {
  const { fixture } = match;
  if (fixture === null || fixture.purpose === "history" || fixture.status === "postponed") return null;
  const round = currentRound(match, policy);
  const missing = stages.filter((stage) =>
    stage === "settle" ? isUnsettled(match, now, policy) : isMissing(stage, match, fixture, round, now, policy),
  );
  const [first] = missing;
  if (first === undefined) return null;
  const dueSince = stageDueAt(first, match, policy) ?? now;
  return {
    severity: severityOf(match, fixture, missing, now, policy),
    missing,
    dueSince,
    ...explain(missing, match, fixture, round, now, policy),
  };
}

function isMissing(
  stage: PreMatchStage,
  match: Match,
  fixture: Fixture,
  round: CurrentRound,
  now: number,
  policy: Policy,
): boolean {
  if (isTerminal(fixture.status)) {
    // What it lacked no longer matters to an ended match, but for the answers it is scored by.
    return fixture.status === "finished" && stage === "predict" && countingAnswers(match).length === 0;
  }
  const state = round.stages[stage];
  const begun = hasBegun(fixture, now);
  if (stage === "predict" && round.number === match.round.number && isComplete(match)) return !isCovered(match);
  if (stage === "lineups" && begun) return false;
  if (state.done !== null) return false;
  if (begun) return true;
  // Line-ups are asked for until predict is due: only then is their absence a hole.
  const dueAt = preMatchDueAt(stage === "lineups" ? "predict" : stage, fixture, policy);
  if (now < dueAt) return false;
  return isGivenUp(state) || now >= Math.max(dueAt, fixture.since) + policy.budget[stage];
}

function isUnsettled(match: Match, now: number, policy: Policy): boolean {
  const basis = basisOf(match);
  // Without a basis it is a match that is said to be finished and whose score nobody has told.
  const at = settleDueAt(match);
  if (at === null || basis === (match.settlement?.basis ?? "") || match.retro !== null) return false;
  return isGivenUp(match.stages.settle) || now >= at + policy.budget.settle;
}

function isGivenUp(state: StageState): boolean {
  return state.failure !== null && state.failure.retryAt === null;
}

function severityOf(match: Match, fixture: Fixture, missing: readonly Stage[], now: number, policy: Policy): Severity {
  if (missing.some((stage) => stage !== "settle") && hasBegun(fixture, now)) return "missed";
  if (missing.includes("settle")) {
    const at = settleDueAt(match);
    return at !== null && now - at >= policy.unsettledCritical ? "critical" : "info";
  }
  const left = fixture.kickoff - now;
  if (left < policy.critical) return "critical";
  return left < policy.warning ? "warning" : "info";
}

function explain(
  missing: readonly Stage[],
  match: Match,
  fixture: Fixture,
  round: CurrentRound,
  now: number,
  policy: Policy,
): Pick<Gap, "reason" | "nextAction"> {
  const [first = "settle"] = missing;
  const state = first === "settle" ? match.stages.settle : round.stages[first];
  const { failure, request } = state;
  const begun = hasBegun(fixture, now) && first !== "settle";
  const nextAction = begun
    ? match.retro === null
      ? "retro"
      : "retro under way"
    : request !== null
      ? "under way"
      : failure === null
        ? "will be asked for"
        : afterFailure(first, failure, match, policy);
  const blocked =
    !begun && first === "analyse" && missing.includes("predict") ? `; ${stageNames.predict} wait for it` : "";
  const name = stageNames[first];
  if (failure !== null) return { reason: `${name} ${failure.category}: ${failure.reason}${blocked}`, nextAction };
  if (first === "predict" && isComplete(match))
    return { reason: "every model is accounted for, none answered", nextAction };
  const why = request === null ? "not asked for" : "not answered";
  return { reason: `${name} ${why}${blocked}`, nextAction };
}

/** What brings back a stage that failed. Ahead of kick-off no operator can: a backfill works in hindsight. */
function afterFailure(stage: Stage, failure: Failure, match: Match, policy: Policy): string {
  const again = retryAt(stage, failure, match, policy);
  if (again !== null) return `retry at ${new Date(again).toISOString()}`;
  if (stage === "settle") return "retry of its settlement by an operator";
  if (stage === "lineups") return "closes as not available";
  // A permanent failure is one of this input; what crashed a process may do so with any.
  return failure.category === "permanent"
    ? "asked anew if the kick-off or a team changes; else retro after kick-off"
    : "retro after kick-off";
}

/** Share of the matches without a gap, in percent; an empty window is 100. */
export function coveragePercent(matches: number, withGap: number): number {
  return matches === 0 ? 100 : (100 * (matches - withGap)) / matches;
}

/** Whether a match counts in the coverage of the window that ends at `to`: live, still ahead, and going to be played. */
export function isInWindow(match: Pick<Match, "fixture">, now: number, to: number): boolean {
  const { fixture } = match;
  if (fixture === null || fixture.purpose === "history") return false;
  if (isTerminal(fixture.status) || fixture.status === "postponed") return false;
  return fixture.kickoff > now && fixture.kickoff <= to;
}
