import type { Recorded } from "./event.ts";
import { type Fixture, freshStage, type Match, type StageState, type Step } from "./match.ts";
import { hasBegun } from "./schedule.ts";
import { isTerminal } from "./status.ts";

/** No fixture list reaches further; a date beyond it would keep a simulated clock from ever ending. */
const kickoffAheadMax = 2 * 366 * 24 * 60 * 60 * 1000;

export function evolveFixture(match: Match, event: Recorded<"match.scheduled">): Step {
  const { data } = event;
  const known = match.fixture;
  const observedAt = Date.parse(data.observedAt);
  if (known !== null && observedAt < known.observedAt) return { why: "an older observation than the one known" };

  if (observedAt > event.time) return { why: "observed after it was told" };
  const kickoff = Date.parse(data.kickoff);
  if (kickoff - event.time > kickoffAheadMax) return { why: "a kick-off more than two years ahead" };
  const sameInput =
    known !== null &&
    known.kickoff === kickoff &&
    known.teams.home.id === data.teams.home.id &&
    known.teams.away.id === data.teams.away.id;
  // Field by field: what is left when others are taken away is slow to make, and slow to copy ever after.
  const { competition, season, matchday, teams, timeAssumed, status, source, purpose } = data;
  const fixture: Fixture = {
    competition,
    season,
    matchday,
    teams,
    kickoff,
    timeAssumed,
    status,
    source,
    purpose,
    observedAt,
    id: event.id,
    since: sameInput ? known.since : event.time,
  };
  let next: Match = { ...match, fixture, ended: endedBy(match, event, data.status) };
  next = withReopened(next, { newInput: !sameInput, ahead: !hasBegun(fixture, event.time) });
  if (isTerminal(data.status) || data.status === "postponed") next = withClosedRequests(next);
  return kickoff > event.time && !isTerminal(data.status) ? withoutRetro(next) : next;
}

export function evolveResult(match: Match, event: Recorded<"match.finished">): Step {
  const { data } = event;
  if (match.fixture === null) return { why: "finished before it was scheduled" };
  const observedAt = Date.parse(data.observedAt);
  if (observedAt < match.fixture.observedAt) return { why: "an older observation than the one known" };
  if (observedAt > event.time) return { why: "observed after it was told" };
  if (data.revision !== (match.result?.revision ?? 0) + 1) return { why: `revision ${data.revision} does not follow` };
  const next: Match = {
    ...match,
    fixture: { ...match.fixture, status: "finished", observedAt },
    ended:
      match.fixture.status === "finished" && match.ended !== null ? match.ended : { id: event.id, time: event.time },
    result: { ...data, observedAt, id: event.id, sequence: event.sequence, time: event.time },
  };
  return withClosedRequests(next);
}

function endedBy(match: Match, event: Recorded<"match.scheduled">, status: Fixture["status"]): Match["ended"] {
  if (!isTerminal(status)) return null;
  return match.fixture?.status === status && match.ended !== null ? match.ended : { id: event.id, time: event.time };
}

/** New input gives a permanent failure another try; a match ahead again, one that its kick-off (or a premature status) had ended. */
function withReopened(match: Match, { newInput, ahead }: { newInput: boolean; ahead: boolean }): Match {
  return withPreMatchStages(match, (stage) => {
    const category = stage.failure?.category;
    const anew = (category === "permanent" && newInput) || (category === "missed" && ahead);
    return anew ? { ...freshStage, asked: stage.asked } : stage;
  });
}

/** Normal work ends when the match does, or waits for its new date; retro work goes on. */
function withClosedRequests(match: Match): Match {
  return withPreMatchStages(match, closed);
}

function closed(stage: StageState): StageState {
  return stage.request !== null && !stage.request.retroactive ? { ...stage, request: null } : stage;
}

/** The match itself where none of them changes, as of nearly every match: copies of it are most of what a fold costs. */
function withPreMatchStages(match: Match, change: (stage: StageState) => StageState): Match {
  const { stages } = match;
  const [analyse, lineups, predict] = [change(stages.analyse), change(stages.lineups), change(stages.predict)];
  if (analyse === stages.analyse && lineups === stages.lineups && predict === stages.predict) return match;
  return { ...match, stages: { ...stages, analyse, lineups, predict } };
}

/** The match is ahead again: what was asked for in hindsight is asked for in time instead. */
function withoutRetro(match: Match): Match {
  if (match.retro === null) return match;
  const close = (stage: StageState): StageState => ({
    ...stage,
    request: stage.request?.retroactive ? null : stage.request,
    opened: stage.opened?.reason === "retro" ? null : stage.opened,
  });
  const { analyse, predict } = match.stages;
  return { ...match, retro: null, stages: { ...match.stages, analyse: close(analyse), predict: close(predict) } };
}
