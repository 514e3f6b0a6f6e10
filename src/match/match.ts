import type {
  Category,
  Finished,
  MatchEvent,
  ModelOutcome,
  ModelTip,
  RequestReason,
  RosterEntry,
  Scheduled,
  Settled,
  Severity,
  Stage,
  Usage,
} from "./event.ts";

/** Everything the pipeline knows of one match: a fold of its events (evolve.ts). Instants are epoch milliseconds. */
export interface Match {
  id: string;
  /** Sequence of the newest message under the match, decodable or not. */
  version: number;
  /** Greatest `time` among the events that changed something. */
  updatedAt: number;
  /** null until the first `match.scheduled`. */
  fixture: Fixture | null;
  round: Round;
  stages: Record<Stage, StageState>;
  analysis: { id: string; sequence: number; asOf: number; retroactive: boolean } | null;
  /** Of every request that was one: a copy of it, however old, asks for nothing. */
  requestIds: string[];
  /** Every prediction request, all rounds: what an answer must name to be one. */
  predictionRequests: { id: string; round: number; retroactive: boolean }[];
  answers: Answer[];
  outcomes: Outcome[];
  result: Result | null;
  /** When the match reached its present terminal status, and by which event. */
  ended: { id: string; time: number } | null;
  settlement: Settlement | null;
  /** An operator's retro request in flight. */
  retro: { id: string; sequence: number; stages: Stage[] } | null;
  gap: { severity: Severity; stage: Stage; since: number; sequence: number } | null;
  /** Letters (by stream sequence) that were answered on this match, so that a redelivered one adds nothing. */
  letters: number[];
  /** Events that changed nothing because they contradict what is known. */
  ignored: Ignored[];
}

export interface Fixture extends Omit<Scheduled, "kickoff" | "observedAt" | "changed"> {
  kickoff: number;
  observedAt: number;
  /** The `match.scheduled` that last changed it. */
  id: string;
  /** When kick-off, teams or competition were last learnt anew. */
  since: number;
}

export interface Round {
  /** From 1. */
  number: number;
  /** The kick-off as known when the round's first request was made; null before it. */
  kickoff: number | null;
  /** Frozen by the round's first prediction request. */
  roster: RosterEntry[] | null;
}

export interface StageState {
  /** Attempts burnt since the stage was opened. */
  attempts: number;
  /** Requests made in this round. */
  asked: number;
  request: OpenRequest | null;
  done: { id: string; sequence: number; time: number } | null;
  /** The newest failure, while nothing newer was asked or answered. */
  failure: Failure | null;
  /** The operator's word that opened it anew. */
  opened: { id: string; reason: "retro" | "operator" } | null;
}

export interface OpenRequest {
  id: string;
  sequence: number;
  time: number;
  attempt: number;
  reason: RequestReason;
  budgetMs: number;
  retroactive: boolean;
  causationId: string | null;
}

export interface Failure {
  id: string;
  sequence: number;
  time: number;
  category: Category;
  reason: string;
  fingerprint: string;
  attempt: number;
  of: number;
  retryAt: number | null;
  dismissed: { by: string; reason: string } | null;
}

export interface Answer extends Omit<ModelTip, "latencyMs" | keyof Usage> {
  round: number;
  sequence: number;
  time: number;
  retroactive: boolean;
  /** Made at or after the kick-off known then, without being retro. */
  late: boolean;
}

/** The last outcome other than a tip of one model in one round. */
export type Outcome = Omit<ModelOutcome, keyof Usage> & { round: number; sequence: number };

export interface Result extends Omit<Finished, "observedAt"> {
  id: string;
  sequence: number;
  time: number;
  observedAt: number;
}

export interface Settlement extends Settled {
  id: string;
  sequence: number;
  time: number;
}

export interface Ignored {
  sequence: number;
  type: string;
  why: string;
}

/** What a fold takes: an event of the match, or a message of it that is no event of ours. */
export type MatchEntry = MatchEvent | { sequence: number; type: null };

/** What one event does to a match: the new state, or why it changes nothing. */
export type Step = Match | Nothing;

export interface Nothing {
  why: string;
}

export function isIgnored(step: Step): step is Nothing {
  return "why" in step;
}

export const freshStage: StageState = {
  attempts: 0,
  asked: 0,
  request: null,
  done: null,
  failure: null,
  opened: null,
};

export function unknownMatch(id: string): Match {
  return {
    id,
    version: 0,
    updatedAt: 0,
    fixture: null,
    round: { number: 1, kickoff: null, roster: null },
    stages: { analyse: freshStage, lineups: freshStage, predict: freshStage, settle: freshStage },
    analysis: null,
    requestIds: [],
    predictionRequests: [],
    answers: [],
    outcomes: [],
    result: null,
    ended: null,
    settlement: null,
    retro: null,
    gap: null,
    letters: [],
    ignored: [],
  };
}
