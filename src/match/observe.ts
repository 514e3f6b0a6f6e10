import type { Finished, Scheduled } from "./event.ts";
import type { Match } from "./match.ts";
import { isTerminal, isUnderWay, type Status } from "./status.ts";

/** What a source shows of a match: its fixture, and its score once it has ended. */
export interface Observed {
  fixture: Omit<Scheduled, "purpose" | "observedAt" | "changed">;
  result: Pick<Finished, "score" | "how"> | null;
}

export type Observation = { type: "match.scheduled"; data: Scheduled } | { type: "match.finished"; data: Finished };

/** A match first seen ended longer ago than this only feeds the forecasts. */
const historyAfterMs = 7 * 24 * 60 * 60 * 1000;

/**
 * The facts that an observation adds to what is known: nothing when it says nothing new or is older than what is known. So
 * polls may overlap, repeat and overtake each other.
 */
export function observe(known: Match, seen: Observed, observedAt: number): Observation[] {
  const facts: Observation[] = [];
  const at = new Date(observedAt).toISOString();
  const { fixture } = known;
  if (fixture !== null && observedAt < fixture.observedAt) return [];

  // Nothing to correct in it either: what it says is that the match is still to come, and that is wrong.
  if (seen.fixture.status === "scheduled" && isPlayedAlready(known, seen)) return [];
  const purpose = fixture?.purpose ?? purposeOf(seen, observedAt);
  const status = statusOf(known, seen, purpose);
  const reported = { ...seen.fixture, status };
  const changed = fixture === null ? Object.keys(reported) : changedFields(fixture, reported);
  if (changed.length > 0) {
    facts.push({ type: "match.scheduled", data: { ...reported, purpose, observedAt: at, changed } });
  }
  const result = seen.fixture.status === "finished" ? seen.result : null;
  if (result !== null && (known.fixture?.status !== "finished" || !sameResult(known.result, result))) {
    const revision = (known.result?.revision ?? 0) + 1;
    facts.push({ type: "match.finished", data: { ...result, revision, observedAt: at } });
  }
  return facts;
}

/**
 * A match ends by its result: a fixture list that calls it finished neither ends a known one nor un-ends it, and one first
 * seen finished without a score goes on being asked for it. Nor does one that tells the same play as under way again, as
 * providers do around the final whistle: the score that follows would be a revision of itself, settled a second time.
 */
function statusOf(match: Match, seen: Observed, purpose: Scheduled["purpose"]): Scheduled["status"] {
  const { fixture } = match;
  if (seen.fixture.status !== "finished") return isPlayedAlready(match, seen) ? "finished" : seen.fixture.status;
  if (fixture !== null) return fixture.status;
  return seen.result === null && purpose === "live" ? "in-play" : "finished";
}

function isPlayedAlready({ fixture }: Match, seen: Observed): boolean {
  return fixture !== null && isSamePlay(fixture, { ...seen.fixture, kickoff: Date.parse(seen.fixture.kickoff) });
}

interface Play {
  status: Status;
  /** Epoch milliseconds. */
  kickoff: number;
}

const replayAfterMs = 24 * 60 * 60 * 1000;

/**
 * Whether a match that has ended is told as still to come or under way without being played again. Nobody plays a match again
 * within a day of its first play, so a replay has a kick-off more than 24 h later. A match that was called off in between has
 * not ended, and any date of it is news. What the poll remarks on and what becomes a fact are decided by this one rule.
 */
export function isSamePlay(ended: Play, told: Play): boolean {
  const isBack = told.status === "scheduled" || isUnderWay(told.status);
  return isBack && ended.status === "finished" && told.kickoff - ended.kickoff <= replayAfterMs;
}

function purposeOf(seen: Observed, observedAt: number): Scheduled["purpose"] {
  const ended = isTerminal(seen.fixture.status);
  return ended && observedAt - Date.parse(seen.fixture.kickoff) > historyAfterMs ? "history" : "live";
}

function changedFields(known: NonNullable<Match["fixture"]>, seen: Observed["fixture"]): string[] {
  const changed: string[] = [];
  if (known.kickoff !== Date.parse(seen.kickoff)) changed.push("kickoff");
  if (known.timeAssumed !== seen.timeAssumed) changed.push("timeAssumed");
  if (known.status !== seen.status) changed.push("status");
  if (known.matchday !== seen.matchday) changed.push("matchday");
  if (known.season !== seen.season) changed.push("season");
  if (known.competition !== seen.competition) changed.push("competition");
  for (const side of ["home", "away"] as const) {
    const [old, now] = [known.teams[side], seen.teams[side]];
    if (old.id !== now.id || old.name !== now.name) changed.push(`teams.${side}`);
  }
  return changed;
}

function sameResult(known: Match["result"], seen: Pick<Finished, "score" | "how">): boolean {
  return (
    known !== null &&
    known.how === seen.how &&
    sameScore(known.score.regular, seen.score.regular) &&
    sameScore(known.score.extraTime, seen.score.extraTime) &&
    sameScore(known.score.shootOut, seen.score.shootOut)
  );
}

type Maybe = Finished["score"]["extraTime"];

function sameScore(a: Maybe, b: Maybe): boolean {
  return a === b || (a !== null && b !== null && a.home === b.home && a.away === b.away);
}
