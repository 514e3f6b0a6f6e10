import type { MatchEvent, Recorded, Stage } from "./event.ts";
import { freshStage, type Match, type OpenRequest, type Step } from "./match.ts";
import { isTerminal } from "./status.ts";

const requestTypes = {
  analyse: "match.analysis.requested",
  lineups: "match.lineups.requested",
  predict: "match.prediction.requested",
  settle: "match.settlement.requested",
} as const satisfies Record<Stage, string>;

export type RequestType = (typeof requestTypes)[Stage];

export function requestTypeOf<S extends Stage>(stage: S): (typeof requestTypes)[S] {
  return requestTypes[stage];
}

export function stageOfRequest(type: RequestType): Stage {
  switch (type) {
    case "match.analysis.requested":
      return "analyse";
    case "match.lineups.requested":
      return "lineups";
    case "match.prediction.requested":
      return "predict";
    case "match.settlement.requested":
      return "settle";
  }
}

export function isRequest(event: MatchEvent): event is Recorded<RequestType> {
  return event.type.endsWith(".requested") && Object.values(requestTypes).some((type) => type === event.type);
}

/** A round begins with its first request; a stage has one open request, the newest. */
export function evolveRequest(match: Match, event: Recorded<RequestType>, stage: Stage): Step {
  const { data } = event;
  if (match.fixture === null) return { why: "asked for before it was scheduled" };
  if (match.fixture.purpose === "history") return { why: "a history match has no stages" };
  if (data.stage !== stage) return { why: `a request for ${data.stage} under another stage's type` };
  const { status, kickoff } = match.fixture;
  const closed = isTerminal(status) || status === "postponed";
  if (stage !== "settle" && !data.retroactive && closed) return { why: `the match is ${status}` };
  if (match.requestIds.includes(event.id)) return { why: "its id was used before" };
  const opened = stage === "settle" ? match : inRound(match, data.round, kickoff);
  if (opened === null) return { why: `round ${data.round} is not the one under way` };
  if (stage !== "settle" && opened.stages[stage].done !== null) return { why: "the stage is done" };

  // Its roster would be frozen for the round, whoever named it.
  if (stage === "predict" && opened.analysis === null) return { why: "predictions asked for before the analysis" };

  const request: OpenRequest = {
    id: event.id,
    sequence: event.sequence,
    time: event.time,
    attempt: data.attempt,
    reason: data.reason,
    budgetMs: data.budgetMs,
    retroactive: data.retroactive,
    causationId: event.causationId,
  };
  const state = opened.stages[stage];
  const asked: Match = {
    ...opened,
    requestIds: [...opened.requestIds, event.id],
    stages: { ...opened.stages, [stage]: { ...state, asked: state.asked + 1, request, failure: null } },
  };
  return event.type === "match.prediction.requested" ? withRoster(asked, event) : asked;
}

/** The match in that round, opening it if it is the next one; null for any other. */
export function inRound(match: Match, round: number, kickoff: number): Match | null {
  const { number, kickoff: began } = match.round;
  if (round === number) return began === null ? { ...match, round: { ...match.round, kickoff } } : match;
  if (round !== number + 1 || began === null) return null;
  return {
    ...match,
    round: { number: round, kickoff, roster: null },
    analysis: null,
    // It was asked for the old date.
    retro: null,
    stages: { ...match.stages, analyse: freshStage, lineups: freshStage, predict: freshStage },
  };
}

function withRoster(match: Match, event: Recorded<"match.prediction.requested">): Match {
  const { round, retroactive, roster } = event.data;
  return {
    ...match,
    round: { ...match.round, roster: match.round.roster ?? roster },
    predictionRequests: [...match.predictionRequests, { id: event.id, round, retroactive }],
  };
}
