import { countingAnswers } from "./answers.ts";
import { due } from "./due.ts";
import { stages } from "./event.ts";
import type { Match } from "./match.ts";
import type { Policy } from "./policy.ts";
import { expiresAt, preMatchStages, retryAt, settleDueAt } from "./schedule.ts";
import { basisOf } from "./settlement.ts";

/** What was found of a state, which never changes: whoever projects it asks first, and dispatch right after. */
const found = new WeakMap<Match, { policy: Policy; at: number | null }>();

/**
 * The first instant at which `due` says anything, as the match stands; null when it never will. It asks `due` at each instant
 * where its answer can change, so the two cannot disagree.
 */
export function nextDueAt(match: Match, policy: Policy): number | null {
  const known = found.get(match);
  if (known?.policy === policy) return known.at;
  const at = firstDue(match, policy);
  found.set(match, { policy, at });
  return at;
}

/** `false` where it is known that `due` says nothing at `now`; cheaper to ask than either. */
export function mayBeDue(match: Match, now: number, policy: Policy): boolean {
  const known = found.get(match);
  return known?.policy !== policy || (known.at !== null && known.at <= now);
}

function firstDue(match: Match, policy: Policy): number | null {
  const { fixture } = match;
  if (fixture === null || fixture.purpose === "history" || isAtRest(match)) return null;
  let asked = Number.NEGATIVE_INFINITY;
  for (const point of turningPoints(match, policy).sort((a, b) => a - b)) {
    const at = Math.max(point, match.updatedAt);
    if (at === asked) continue;
    if (due(match, at, policy).length > 0) return at;
    asked = at;
  }
  return null;
}

/** Settled, and nothing left that `due` could say: of nearly every match of a log, where asking a dozen instants takes longest. */
function isAtRest(match: Match): boolean {
  const { settlement, retro, gap, fixture } = match;
  if (settlement === null || settlement.void !== null || retro !== null || gap !== null) return false;
  if (fixture?.status !== "finished" || stages.some((stage) => match.stages[stage].failure !== null)) return false;
  return settlement.basis === basisOf(match) && countingAnswers(match).length > 0;
}

/** The first instant after `now` at which what the match lacks (`gapOf`) can change by time alone. */
export function nextTurnAt(match: Match, now: number, policy: Policy): number {
  return Math.min(...turningPoints(match, policy).filter((at) => at > now));
}

/** Where the answers of `due` and `gapOf` can change. */
function turningPoints(match: Match, policy: Policy): number[] {
  const { fixture } = match;
  const points = [match.updatedAt];
  if (fixture !== null) {
    const { kickoff, since } = fixture;
    points.push(kickoff, kickoff - policy.critical + 1, kickoff - policy.warning + 1);
    for (const stage of preMatchStages) {
      const at = kickoff - policy.due[stage];
      points.push(at, at + policy.budget[stage], since + policy.budget[stage]);
    }
    const predictAt = kickoff - policy.due.predict;
    points.push(predictAt + policy.budget.lineups, match.updatedAt + policy.budget.lineups);
  }
  const ended = settleDueAt(match);
  if (ended !== null) points.push(ended, ended + policy.budget.settle, ended + policy.unsettledCritical);
  for (const stage of stages) {
    const { request, failure } = match.stages[stage];
    if (request !== null) points.push(expiresAt(request, policy), request.time + policy.budget[stage]);
    const again = failure === null ? null : retryAt(stage, failure, match, policy);
    if (again !== null) points.push(again);
  }
  return points;
}
