import { burnsAttempt, isComplete } from "./answers.ts";
import { reasonLengthMax } from "./attempts.ts";
import { type Recorded, type Stage, stages } from "./event.ts";
import { inRound } from "./evolve-requests.ts";
import { type Failure, freshStage, type Match, type StageState, type Step } from "./match.ts";
import { hasBegun } from "./schedule.ts";
import { isTerminal } from "./status.ts";

export function evolveFailed(match: Match, event: Recorded<"match.failed">): Step {
  const { data } = event;
  const { stage } = data;
  if (match.fixture === null) return { why: "failed before it was scheduled" };
  const unpaid = stage === "lineups" && data.category === "budget" && data.retryAt === null;
  const closing = (data.category === "missed" && stage !== "settle") || unpaid;
  if (closing && (isTerminal(match.fixture.status) || !hasBegun(match.fixture, event.time))) {
    return { why: "missed without a kick-off" };
  }
  const opened = closing ? inRound(match, data.round, match.fixture.kickoff) : match;
  if (opened === null) return { why: `round ${data.round} is not the one under way` };
  const state = opened.stages[stage];
  if (closing ? state.done !== null : state.request?.id !== event.causationId) return { why: "no open request failed" };

  const failure: Failure = {
    id: event.id,
    sequence: event.sequence,
    time: event.time,
    category: data.category,
    reason: data.reason,
    fingerprint: data.fingerprint,
    attempt: data.attempt,
    of: data.of,
    retryAt: data.retryAt === null ? null : Date.parse(data.retryAt),
    dismissed: null,
  };
  const attempts = burnsAttempt(data.category) ? data.attempt : state.attempts;
  const next: Match = {
    ...opened,
    stages: { ...opened.stages, [stage]: { ...state, attempts, request: null, failure } },
  };
  const givenUp = failure.retryAt === null && next.retro !== null && next.retro.stages.includes(stage);
  return givenUp ? { ...next, retro: null } : next;
}

/** An operator's word starts attempts anew: retro for what was missed, retry for what failed. */
export function evolveWord(match: Match, event: Recorded<"match.retro.requested" | "match.retry.requested">): Step {
  if (match.fixture === null) return { why: "asked for before it was scheduled" };
  if (match.fixture.purpose === "history") return { why: "a history match has no stages" };
  if (event.data.letter !== null && match.letters.includes(event.data.letter))
    return { why: "its letter was answered before" };
  const letters = event.data.letter === null ? match.letters : [...match.letters, event.data.letter];
  const asked = event.data.stages;
  if (event.type === "match.retry.requested") {
    const failed = stages.filter((stage) => match.stages[stage].failure !== null);
    const opened = reopened(match, asked ?? failed, { id: event.id, reason: "operator" });
    return { ...opened, letters };
  }
  const todo = retroStages(match, asked);
  // Ahead of kick-off there is no hindsight: the word asks for the normal work anew.
  if (!hasBegun(match.fixture, event.time))
    return { ...reopened(match, todo, { id: event.id, reason: "operator" }), letters };
  const next = reopened(match, todo, { id: event.id, reason: "retro" });
  const settleOnly = asked?.includes("settle")
    ? reopened(next, ["settle"], { id: event.id, reason: "operator" })
    : next;
  const retro = todo.length === 0 ? match.retro : { id: event.id, sequence: event.sequence, stages: todo };
  return { ...settleOnly, retro, letters };
}

/** What a retro request has to run on this match: only what is missing, and the analysis before predictions that need it. */
export function retroStages(match: Match, asked: readonly Stage[] | null): Stage[] {
  const analysed = match.stages.analyse.done !== null;
  return missingStages({ analysed, complete: isComplete(match) }, asked ?? ["analyse", "predict"]);
}

export function missingStages(of: { analysed: boolean; complete: boolean }, wanted: readonly Stage[]): Stage[] {
  const todo: Stage[] = [];
  const predict = wanted.includes("predict") && !of.complete;
  if (!of.analysed && (wanted.includes("analyse") || predict)) todo.push("analyse");
  if (predict) todo.push("predict");
  return todo;
}

function reopened(match: Match, which: readonly Stage[], opened: NonNullable<StageState["opened"]>): Match {
  const next = { ...match.stages };
  for (const stage of which) {
    const state = next[stage];
    const { asked, done, request } = state;
    // Retro work replaces the normal request that was under way; an operator's retry joins it.
    const kept = request?.retroactive || opened.reason === "operator" ? request : null;
    next[stage] = { ...freshStage, asked, done, opened, request: kept };
  }
  return { ...match, stages: next };
}

/** Withdraws a retro request nobody works on: what it had opened is missed again. */
export function evolveCancelled(match: Match, event: Recorded<"match.retro.cancelled">): Step {
  const { request, by, reason } = event.data;
  const { retro } = match;
  if (retro === null || retro.id !== request) return { why: "no such retro request is in flight" };
  if (isRetroUnderWay(match)) return { why: "its work is under way" };
  const next = { ...match.stages };
  for (const stage of retro.stages) {
    const attempt = Math.max(1, next[stage].attempts);
    const failure: Failure = {
      id: event.id,
      sequence: event.sequence,
      time: event.time,
      category: "missed",
      reason: `the retro request was cancelled by ${by}${reason === null ? "" : `: ${reason}`}`.slice(
        0,
        reasonLengthMax,
      ),
      fingerprint: `cancelled:${stage}`,
      attempt,
      of: attempt,
      retryAt: null,
      dismissed: null,
    };
    next[stage] = { ...next[stage], opened: null, failure };
  }
  return { ...match, retro: null, stages: next };
}

/** Somebody has been asked to work for the retro request and has not answered. */
export function isRetroUnderWay({ retro, stages }: Match): boolean {
  return retro !== null && retro.stages.some((stage) => stages[stage].request !== null);
}

export function evolveMark(match: Match, event: Recorded<"match.failure.dismissed" | "match.failure.restored">): Step {
  const { stage, by, reason } = event.data;
  const state = match.stages[stage];
  if (state.failure === null) return { why: "there is no failure to mark" };
  const dismissed = event.type === "match.failure.dismissed" ? { by, reason } : null;
  return { ...match, stages: { ...match.stages, [stage]: { ...state, failure: { ...state.failure, dismissed } } } };
}
