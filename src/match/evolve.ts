import type { MatchEvent, MatchEventType, Recorded } from "./event.ts";
import { evolveAnswer, withPredictEnd } from "./evolve-answers.ts";
import { evolveFixture, evolveResult } from "./evolve-fixture.ts";
import { evolveRequest, stageOfRequest } from "./evolve-requests.ts";
import { evolveCancelled, evolveFailed, evolveMark, evolveWord } from "./evolve-words.ts";
import { basisOf } from "./settlement.ts";
import { freshStage, isIgnored, type Match, type MatchEntry, type Step } from "./match.ts";

/**
 * Folds one message into a match. Total: whatever the log holds, the fold goes on. A message that is no event, or that
 * contradicts what is known (a fact without its request, an old observation, a second settlement), moves the version and is
 * noted in `ignored`; it changes nothing else.
 */
export function evolve(match: Match, entry: MatchEntry): Match {
  if (entry.type === null) return { ...match, version: entry.sequence };
  const before = basisOf(match);
  const next = step(match, entry);
  if (isIgnored(next)) {
    const note = { sequence: entry.sequence, type: entry.type, why: next.why };
    return { ...match, version: entry.sequence, ignored: [...match.ignored, note] };
  }
  const updatedAt = Math.max(match.updatedAt, entry.time);
  const moved = withPredictEnd({ ...next, version: entry.sequence, updatedAt }, entry);
  return basisOf(moved) === before ? moved : withSettlementReopened(moved);
}

/** The newest fold of each state. */
const evolved = new WeakMap<Match, { entry: MatchEntry; after: Match }>();

/**
 * The same, remembered: who writes an event folds it to go on, and who projects it folds it again. Both get one state, and with
 * it whatever is remembered of that (answers.ts, next-due.ts). A replay meets each event once: it takes `evolve`.
 */
export function evolveOnce(match: Match, entry: MatchEntry): Match {
  const known = evolved.get(match);
  if (known !== undefined && isSame(known.entry, entry)) return known.after;
  const after = evolve(match, entry);
  evolved.set(match, { entry, after });
  return after;
}

function isSame(one: MatchEntry, other: MatchEntry): boolean {
  if (one.type === null || other.type === null) return false;
  const { sequence, id, type, time, actor, causationId, data } = other;
  if (one.data !== data || one.sequence !== sequence || one.id !== id || one.type !== type) return false;
  return one.time === time && one.actor === actor && one.causationId === causationId;
}

export function fold(match: Match, entries: Iterable<MatchEntry>): Match {
  let state = match;
  for (const entry of entries) state = evolve(state, entry);
  return state;
}

/** A new basis is new input: what the settlement of the old one failed for says nothing about it. Without one there is nothing to settle. */
function withSettlementReopened(match: Match): Match {
  const { request, opened } = match.stages.settle;
  const open = basisOf(match) === null ? freshStage : { ...freshStage, request, opened };
  return { ...match, stages: { ...match.stages, settle: open } };
}

function step(match: Match, event: MatchEvent): Step {
  switch (event.type) {
    case "match.scheduled":
      return evolveFixture(match, event);
    case "match.finished":
      return evolveResult(match, event);
    case "match.analysis.requested":
    case "match.lineups.requested":
    case "match.prediction.requested":
    case "match.settlement.requested":
      return evolveRequest(match, event, stageOfRequest(event.type));
    case "match.analysed":
    case "match.lineups":
    case "match.predicted":
    case "match.settled":
      return evolveAnswer(match, event);
    case "match.failed":
      return evolveFailed(match, event);
    case "match.retro.requested":
    case "match.retry.requested":
      return evolveWord(match, event);
    case "match.retro.cancelled":
      return evolveCancelled(match, event);
    case "match.failure.dismissed":
    case "match.failure.restored":
      return evolveMark(match, event);
    case "match.request.rejected":
    case "match.request.noop":
      return { ...match, letters: [...match.letters, event.data.letter] };
    case "match.gap.raised":
      return match.fixture === null
        ? { why: "a gap of a match that was never scheduled" }
        : { ...match, gap: gapOf(event) };
    case "match.gap.resolved":
      return { ...match, gap: null };
    default:
      return unreachable(event);
  }
}

function gapOf(event: Recorded<"match.gap.raised">): Match["gap"] {
  const { severity, stage } = event.data;
  return { severity, stage, since: event.time, sequence: event.sequence };
}

function unreachable(event: never): never {
  throw new Error(`no fold for ${(event as { type: MatchEventType }).type}`);
}
