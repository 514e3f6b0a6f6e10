import { isComplete } from "./answers.ts";
import { isTip, type Recorded, type Stage } from "./event.ts";
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
  const state = match.stages.lineups;
  const closing = !event.data.available && state.done === null;
  if (!closing && !isAnswer(match, event, "lineups")) return noRequest;
  if (event.data.round !== match.round.number) return noRequest;
  return { ...match, stages: { ...match.stages, lineups: done(state, event) } };
}

/** Answers were paid for: they are kept whatever happened meanwhile. answers.ts says which count. */
function predicted(match: Match, event: Recorded<"match.predicted">): Step {
  const { round, retroactive } = event.data;
  const request = match.predictionRequests.find((asked) => asked.id === event.causationId && asked.round === round);
  if (request === undefined || request.retroactive !== retroactive) return noRequest;
  const roster = round === match.round.number ? match.round.roster : null;
  const known = event.data.answers.filter(({ model }) => roster === null || roster.some((entry) => entry.model === model));
  if (known.length === 0) return { why: "no answer of a roster model" };

  const late = !retroactive && match.fixture !== null && event.time >= match.fixture.kickoff;
  const answers: Answer[] = [];
  const outcomes: Outcome[] = [];
  for (const given of known) {
    if (isTip(given)) {
      const { latencyMs: _, ...tip } = given;
      answers.push({ ...tip, round, sequence: event.sequence, time: event.time, retroactive, late });
    } else {
      outcomes.push({ ...given, round, sequence: event.sequence });
    }
  }
  const replaced = (old: Outcome) => !outcomes.some((it) => it.model === old.model && it.round === old.round);
  const next: Match = {
    ...match,
    answers: [...match.answers, ...answers],
    outcomes: [...match.outcomes.filter(replaced), ...outcomes],
  };
  if (next.stages.predict.done !== null || !isComplete(next)) return next;
  const complete = { ...next, stages: { ...next.stages, predict: done(next.stages.predict, event) } };
  return withRetroProgress(complete, "predict");
}

function settled(match: Match, event: Recorded<"match.settled">): Step {
  if (match.fixture?.purpose === "history") return { why: "a history match is never settled" };
  if (!isAnswer(match, event, "settle")) return noRequest;
  if (event.data.basis !== basisOf(match)) return { why: "its basis is not the match's" };
  return {
    ...match,
    settlement: { ...event.data, id: event.id, sequence: event.sequence, time: event.time },
    stages: { ...match.stages, settle: done(match.stages.settle, event) },
  };
}

function done(stage: StageState, event: AnswerEvent): StageState {
  const { id, sequence, time } = event;
  return { ...stage, attempts: 0, request: null, failure: null, opened: null, done: { id, sequence, time } };
}

/** Retro work is in flight until its last stage is done (or given up: evolve-words.ts). */
export function withRetroProgress(match: Match, ended: Stage): Match {
  if (match.retro === null) return match;
  const stages = match.retro.stages.filter((stage) => stage !== ended);
  return { ...match, retro: stages.length === 0 ? null : { ...match.retro, stages } };
}
