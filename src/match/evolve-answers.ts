import { isComplete } from "./answers.ts";
import { isTip, type MatchEvent, type Recorded, type Stage } from "./event.ts";
import { inRound } from "./evolve-requests.ts";
import { type Answer, freshStage, type Match, type Outcome, type StageState, type Step } from "./match.ts";
import { basisOf } from "./settlement.ts";

type AnswerEvent = Recorded<"match.analysed" | "match.lineups" | "match.predicted" | "match.settled">;

/** A fact counts only as the answer to its request: that is what keeps a forged, late or doubled one from changing anything. */
export function evolveAnswer(match: Match, event: AnswerEvent): Step {
  switch (event.type) {
    case "match.analysed":
      return analysed(match, event);
    case "match.lineups":
      return lineups(match, event);
    case "match.predicted":
      return predicted(match, event);
    case "match.settled":
      return settled(match, event);
  }
}

const noRequest = { why: "no open request asked for it" };

function isAnswer(match: Match, event: AnswerEvent, stage: Stage): boolean {
  const request = match.stages[stage].request;
  return request !== null && request.id === event.causationId;
}

function analysed(match: Match, event: Recorded<"match.analysed">): Step {
  if (!isAnswer(match, event, "analyse") || event.data.round !== match.round.number) return noRequest;
  const { predict } = match.stages;
  const next: Match = {
    ...match,
    analysis: {
      id: event.id,
      sequence: event.sequence,
      asOf: Date.parse(event.data.asOf),
      retroactive: event.data.retroactive,
    },
    stages: {
      ...match.stages,
      analyse: done(match.stages.analyse, event),
      // A new analysis is new input for whoever refused the old one.
      predict: predict.failure?.category === "permanent" ? { ...freshStage, asked: predict.asked } : predict,
    },
  };
  return withRetroProgress(next, "analyse");
}

/** Line-ups come from a request; that there are none may also be said by dispatch, once predict's time has come. */
function lineups(match: Match, event: Recorded<"match.lineups">): Step {
  if (match.fixture === null) return noRequest;
  const round = event.data.available ? match : inRound(match, event.data.round, match.fixture.kickoff);
  if (round === null || event.data.round !== round.round.number) return noRequest;
  const state = round.stages.lineups;
  const closing = !event.data.available && state.done === null;
  if (!closing && !isAnswer(round, event, "lineups")) return noRequest;
  return { ...round, stages: { ...round.stages, lineups: done(state, event) } };
}

/** Answers were paid for: they are kept whatever happened meanwhile. answers.ts says which count. */
function predicted(match: Match, event: Recorded<"match.predicted">): Step {
  const { round, retroactive } = event.data;
  const request = match.predictionRequests.find((asked) => asked.id === event.causationId && asked.round === round);
  if (request === undefined || request.retroactive !== retroactive) return noRequest;
  const roster = round === match.round.number ? match.round.roster : null;
  const models = roster === null ? null : new Set(roster.map(({ model }) => model));
  const known = event.data.answers.filter(({ model }) => models === null || models.has(model));
  if (known.length === 0) return { why: "no answer of a roster model" };

  const late = !retroactive && match.fixture !== null && event.time >= match.fixture.kickoff;
  const answers: Answer[] = [];
  const outcomes: Outcome[] = [];
  for (const given of known) {
    if (isTip(given)) {
      // Field by field: taking the others away costs ten times as much, for 42 answers a millisecond.
      const { model, tip, probabilities, cost } = given;
      const { sequence, time } = event;
      answers.push({ model, tip, probabilities, cost, round, sequence, time, retroactive, late });
    } else {
      const { tokens: _, promptHash: __, ...outcome } = given;
      outcomes.push({ ...outcome, round, sequence: event.sequence });
    }
  }
  const replaced = (old: Outcome) => !outcomes.some((it) => it.model === old.model && it.round === old.round);
  return {
    ...match,
    answers: [...match.answers, ...answers],
    outcomes: [...match.outcomes.filter(replaced), ...outcomes],
  };
}

/**
 * Predict is done exactly while every roster model is accounted for. A kick-off that turns out to have been earlier makes
 * answers late and opens it again, and one set back later closes it; neither is an answer, so the fold looks after each event.
 */
export function withPredictEnd(match: Match, event: Ending): Match {
  const { predict } = match.stages;
  const complete = isComplete(match);
  if (complete === (predict.done !== null)) return match;
  if (!complete) return { ...match, stages: { ...match.stages, predict: { ...predict, done: null } } };
  return withRetroProgress({ ...match, stages: { ...match.stages, predict: done(predict, event) } }, "predict");
}

function settled(match: Match, event: Recorded<"match.settled">): Step {
  if (match.fixture?.purpose === "history") return { why: "a history match is never settled" };
  if (!isAnswer(match, event, "settle")) return noRequest;
  if (event.data.basis !== basisOf(match)) return { why: "its basis is not the match's" };
  if (event.data.basis === match.settlement?.basis) return { why: "settled on this basis already" };
  return {
    ...match,
    settlement: { ...event.data, id: event.id, sequence: event.sequence, time: event.time },
    stages: { ...match.stages, settle: done(match.stages.settle, event) },
  };
}

type Ending = Pick<MatchEvent, "id" | "sequence" | "time">;

function done(stage: StageState, { id, sequence, time }: Ending): StageState {
  return { ...stage, attempts: 0, request: null, failure: null, opened: null, done: { id, sequence, time } };
}

/** Retro work is in flight until its last stage is done (or given up: evolve-words.ts). */
export function withRetroProgress(match: Match, ended: Stage): Match {
  if (match.retro === null) return match;
  const stages = match.retro.stages.filter((stage) => stage !== ended);
  return { ...match, retro: stages.length === 0 ? null : { ...match.retro, stages } };
}
