import { isPassing } from "./answers.ts";
import { gapOf } from "./coverage.ts";
import type { Failed, GapRaised, GapResolved, Lineups, OperatorWord, RequestReason, Stage } from "./event.ts";
import type { Failure, Fixture, Match, StageState } from "./match.ts";
import type { Policy } from "./policy.ts";
import {
  budgetOf,
  currentRound,
  expiresAt,
  hasBegun,
  isRetro,
  needsNewRound,
  preMatchDueAt,
  preMatchStages,
  retryAt,
  settleDueAt,
  type CurrentRound,
  type PreMatchStage,
} from "./schedule.ts";
import { basisOf } from "./settlement.ts";
import { isTerminal, isVoid } from "./status.ts";

/** What dispatch appends for a match: a request for a stage, or a fact that nobody else will state. */
export type Due =
  | {
      kind: "request";
      stage: Stage;
      round: number;
      attempt: number;
      reason: RequestReason;
      budgetMs: number;
      retroactive: boolean;
      causationId: string;
    }
  | { kind: "missed"; data: Failed; causationId: string }
  | { kind: "no-lineups"; data: Lineups; causationId: string }
  | { kind: "retro"; data: OperatorWord; causationId: string }
  | { kind: "gap-raised"; data: GapRaised; causationId: string }
  | { kind: "gap-resolved"; data: GapResolved; causationId: string };

/** Asked at a dozen instants of every event: most answers are none, and each would be a list of its own. */
const nothing: readonly Due[] = [];

/**
 * What this match's state makes due at `now` and nobody has asked for. Once something is due it stays due, as this or as its
 * end (`missed`), until an event changes the match: so a dispatcher that was away finds all of it.
 */
export function due(match: Match, now: number, policy: Policy): Due[] {
  const { fixture } = match;
  if (fixture === null || fixture.purpose === "history") return [];
  const dues: Due[] = [];
  if (!isTerminal(fixture.status) && fixture.status !== "postponed") {
    const round = currentRound(match, policy);
    dues.push(...(hasBegun(fixture, now) ? ended(match, round) : ahead(match, fixture, round, now, policy)));
  }
  if (hasBegun(fixture, now) && !needsNewRound(match, policy)) dues.push(...retro(match, now, policy));
  dues.push(...settlement(match, now, policy), ...gap(match, now, policy));
  return dues;
}

function ahead(match: Match, fixture: Fixture, round: CurrentRound, now: number, policy: Policy): Due[] {
  const { lineups } = round.stages;
  const closes =
    lineups.done === null &&
    lineups.asked > 0 &&
    now >= preMatchDueAt("predict", fixture, policy) &&
    !inFlight(lineups, now, policy) &&
    !isUnpaid(lineups);
  const predicts = round.analysed && now >= predictAt(match, round, policy);
  return [
    ...ask("analyse", match, fixture, round, now, policy),
    ...(closes
      ? [noLineups(match, round, "not there when the predictions were due")]
      : ask("lineups", match, fixture, round, now, policy)),
    ...(predicts ? ask("predict", match, fixture, round, now, policy) : nothing),
  ];
}

function ask(
  stage: PreMatchStage,
  match: Match,
  fixture: Fixture,
  round: CurrentRound,
  now: number,
  policy: Policy,
): readonly Due[] {
  const at = preMatchDueAt(stage, fixture, policy);
  return request(match, stage, round.number, round.stages[stage], at, causeAhead(match, stage), now, policy);
}

/** Predict waits for line-ups that are being fetched, by that stage's budget at most. */
function predictAt(match: Match, round: CurrentRound, policy: Policy): number {
  const { lineups, predict } = round.stages;
  const at = (match.fixture?.kickoff ?? 0) - policy.due.predict;
  if (lineups.done !== null || predict.asked > 0) return at;
  const since = lineups.request?.time ?? (lineups.asked === 0 ? Math.max(at, match.updatedAt) : null);
  return since === null ? at : Math.max(at, since + policy.budget.lineups);
}

function inFlight(stage: StageState, now: number, policy: Policy): boolean {
  return stage.request !== null && now < expiresAt(stage.request, policy);
}

/** The source may have them and was not asked for want of quota: that is no word on whether there are any. */
function isUnpaid({ failure }: StageState): boolean {
  return failure?.category === "budget";
}

/** Kick-off: every open normal stage ends, and says so. */
function ended(match: Match, round: CurrentRound): Due[] {
  const dues: Due[] = [];
  for (const stage of preMatchStages) {
    const state = round.stages[stage];
    const underWay = round.number === match.round.number && isRetro(stage, match);
    if (state.done !== null || underWay) continue;
    if (stage === "lineups") {
      if (!isUnpaid(state)) dues.push(noLineups(match, round, "the match had begun before anyone could get them"));
      else if (isOpen(state) && state.failure?.retryAt !== null) dues.push(givenUp(match, round));
    } else if (isOpen(state)) dues.push(missed(match, round, stage));
  }
  return dues;
}

function isOpen({ failure }: StageState): boolean {
  return failure === null || failure.retryAt !== null || isPassing(failure.category);
}

function missed(match: Match, round: CurrentRound, stage: PreMatchStage): Extract<Due, { kind: "missed" }> {
  const state = round.stages[stage];
  const attempt = Math.max(1, state.attempts);
  return {
    kind: "missed",
    causationId: state.request?.id ?? state.failure?.id ?? causeAhead(match, stage),
    data: {
      stage,
      round: round.number,
      attempt,
      of: attempt,
      category: "missed",
      reason: missedReason(match, round, stage),
      fingerprint: `missed:${stage}`,
      retryAt: null,
    },
  };
}

/** Line-ups never end as `missed`: what was not asked for want of quota stays that. */
function givenUp(match: Match, round: CurrentRound): Due {
  const due = missed(match, round, "lineups");
  return { ...due, data: { ...due.data, category: "budget", fingerprint: "budget:lineups" } };
}

function missedReason(match: Match, round: CurrentRound, stage: PreMatchStage): string {
  const { failure, request } = round.stages[stage];
  if (failure !== null) return `kick-off passed after ${failure.category}: ${failure.reason}`.slice(0, 300);
  if (request !== null) return "kick-off passed while it was under way";
  if (stage === "predict" && !round.analysed) return "kick-off passed before there was an analysis";
  return match.fixture !== null && match.fixture.since >= match.fixture.kickoff
    ? "the match was first seen after its kick-off"
    : "kick-off passed before anyone asked for it";
}

function noLineups(match: Match, round: CurrentRound, why: string): Due {
  const { failure, request } = round.stages.lineups;
  return {
    kind: "no-lineups",
    causationId: failure?.id ?? request?.id ?? causeAhead(match, "lineups"),
    data: {
      round: round.number,
      available: false,
      why: failure === null ? why : `${why}: ${failure.reason}`.slice(0, 300),
    },
  };
}

function causeAhead(match: Match, stage: PreMatchStage): string {
  return (stage === "predict" ? match.analysis?.id : undefined) ?? match.fixture?.id ?? match.id;
}

function retro(match: Match, now: number, policy: Policy): readonly Due[] {
  if (match.retro === null) return autoRetro(match, policy);
  const { number } = match.round;
  const cause = match.retro.id;
  const next = isRetro("analyse", match) ? "analyse" : "predict";
  if (next === "predict" && match.analysis === null) return nothing;
  return request(match, next, number, match.stages[next], 0, cause, now, policy);
}

/** Where the policy says so, what was missed is asked for in hindsight without an operator: once, and not what is long past. */
function autoRetro({ fixture, stages }: Match, policy: Policy): readonly Due[] {
  if (!policy.autoRetro || fixture === null || isVoid(fixture.status)) return nothing;
  const missed = [stages.analyse, stages.predict].flatMap(({ failure }) => failure ?? []).find(isMissed);
  if (missed === undefined || missed.time > fixture.kickoff + policy.watch.settle) return nothing;
  const data: OperatorWord = { by: "autoRetro", reason: "missed", stages: null, letter: null };
  return [{ kind: "retro", causationId: missed.id, data }];
}

/** Of itself: what an operator cancelled is missed as well, and stays so. */
function isMissed({ category, fingerprint }: Failure): boolean {
  return category === "missed" && fingerprint.startsWith("missed:");
}

function settlement(match: Match, now: number, policy: Policy): readonly Due[] {
  const basis = basisOf(match);
  const at = settleDueAt(match);
  if (
    basis === null ||
    match.ended === null ||
    at === null ||
    match.retro !== null ||
    basis === match.settlement?.basis
  )
    return nothing;
  const state = { ...match.stages.settle, done: null };
  const cause = match.result !== null && match.fixture?.status === "finished" ? match.result.id : match.ended.id;
  return request(match, "settle", match.round.number, state, at, cause, now, policy);
}

/** `at`: from when on it is due. */
function request(
  match: Match,
  stage: Stage,
  round: number,
  state: StageState,
  at: number,
  cause: string,
  now: number,
  policy: Policy,
): readonly Due[] {
  if (state.done !== null || now < at) return nothing;
  const retroactive = isRetro(stage, match);
  const due = { kind: "request" as const, stage, round, budgetMs: budgetOf(stage, retroactive, policy), retroactive };
  const attempt = state.attempts + 1;
  if (state.request !== null) {
    if (now < expiresAt(state.request, policy)) return nothing;
    // Nobody answered: the same attempt again.
    const { reason, causationId } = state.request;
    return [{ ...due, attempt: state.request.attempt, reason, causationId: causationId ?? cause }];
  }
  if (state.failure !== null) {
    const again = retryAt(stage, state.failure, match, policy);
    return again !== null && now >= again
      ? [{ ...due, attempt, reason: "retry", causationId: state.failure.id }]
      : nothing;
  }
  if (state.opened !== null) return [{ ...due, attempt, reason: state.opened.reason, causationId: state.opened.id }];
  const onTime = now - at <= due.budgetMs;
  return [{ ...due, attempt, reason: onTime ? "due" : "catch-up", causationId: cause }];
}

/** One fact for each change of a gap's severity, so that alerts and reports agree on when it was. */
function gap(match: Match, now: number, policy: Policy): readonly Due[] {
  const found = gapOf(match, now, policy);
  const known = match.gap;
  const causationId = match.fixture?.id ?? match.id;
  if (found === null) {
    return known === null
      ? nothing
      : [{ kind: "gap-resolved", causationId, data: { severity: known.severity, stage: known.stage } }];
  }
  // A gap that had closed since it was raised is another one, though it has come to the same severity: once due, its fact stays due.
  const began = gapOf(match, Math.min(now, match.updatedAt), policy);
  if (known?.severity === found.severity && began?.severity === known.severity) return nothing;
  const [stage] = found.missing;
  if (stage === undefined) throw new Error(`a gap of ${match.id} without a missing stage`);
  const dueSince = new Date(found.dueSince).toISOString();
  return [{ kind: "gap-raised", causationId, data: { severity: found.severity, stage, dueSince } }];
}
