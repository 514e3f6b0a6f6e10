import type { Status, VoidStatus } from "./status.ts";

/** The stages that work on one match. Fixtures and results arrive by polls of a source (polling.ts). */
export const stages = ["analyse", "lineups", "predict", "settle"] as const;
export type Stage = (typeof stages)[number];

/** Why a stage did not deliver. See the category table in docs/domain.md; policy follows from it, never from a message. */
export const categories = [
  "transient",
  "rate-limited",
  "budget",
  "no-data-yet",
  "permanent",
  "bug",
  "crash",
  "missed",
  "no-predictions",
] as const;
export type Category = (typeof categories)[number];

export type RequestReason = "due" | "catch-up" | "retry" | "retro" | "operator";

export interface Score {
  home: number;
  away: number;
}

export interface Probabilities {
  home: number;
  draw: number;
  away: number;
}

export interface Team {
  /** Stable within a competition: the token used in match ids. */
  id: string;
  name: string;
}

export interface RosterEntry {
  model: string;
  version: string;
}

export interface Scheduled {
  competition: string;
  season: string;
  matchday: string | null;
  teams: { home: Team; away: Team };
  /** ISO 8601, UTC. */
  kickoff: string;
  /** The source gave a date without a time of day. */
  timeAssumed: boolean;
  status: Status;
  source: { name: string; ref: string };
  /** `history` matches feed the forecasts; they are never predicted and never settled. */
  purpose: "live" | "history";
  /** When the fetch that saw this began (ISO 8601). An older observation than the one known is dropped. */
  observedAt: string;
  /** The fields that differ from what was known; all of them at first sight. */
  changed: string[];
}

export interface StageRequested {
  stage: Stage;
  round: number;
  /** The attempt this request is, from 1. */
  attempt: number;
  reason: RequestReason;
  /** The wall time an attempt may take, from its handler's start. */
  budgetMs: number;
  /** The request works for an operator's retro request; what it yields is marked so for ever. */
  retroactive: boolean;
}

export interface PredictionRequested extends StageRequested {
  stage: "predict";
  /** Frozen by the round's first prediction request and repeated by later ones. */
  roster: RosterEntry[];
}

/** Which results a forecast was made from: enough to prove there was no look-ahead. */
export interface Inputs {
  results: number;
  /** Kick-off of the newest result used (ISO 8601), null when there was none. */
  latestKickoff: string | null;
}

export interface FormEntry {
  matchId: string;
  kickoff: string;
  opponent: string;
  venue: "home" | "away";
  score: Score;
  outcome: "win" | "draw" | "loss";
}

export interface TableRow {
  position: number;
  team: string;
  played: number;
  won: number;
  drawn: number;
  lost: number;
  goalsFor: number;
  goalsAgainst: number;
  points: number;
}

export interface Analysed {
  round: number;
  /** The instant of the round's forecasts: kick-off minus the analysis offset, in retro too (ISO 8601). */
  asOf: string;
  retroactive: boolean;
  inputs: Inputs;
  form: { home: FormEntry[]; away: FormEntry[] };
  /** The season's table of the competition at `asOf`. */
  table: TableRow[];
  ratings: { home: number; away: number };
  /** Rating points won or lost over each team's last five matches; null without one. */
  movement: { home: number | null; away: number | null };
  restDays: { home: number | null; away: number | null };
  headToHead: { matchId: string; kickoff: string; home: string; away: string; score: Score }[];
  expectedGoals: { home: number; away: number };
  /** Where each part comes from, in words. */
  sources: { results: string; ratings: string; expectedGoals: string };
}

export type Lineups =
  | { round: number; available: true; home: string[]; away: string[] }
  | { round: number; available: false; why: string };

export interface ModelTip extends Usage {
  model: string;
  tip: Score;
  probabilities: Probabilities;
  latencyMs: number;
  /** In the currency of the panel file, 0 for members that cost nothing. */
  cost: number;
}

export interface ModelOutcome extends Usage {
  model: string;
  outcome: "abstained" | "resting" | "failed";
  category: Category | null;
  reason: string;
  /** When the model may be asked again, where it or its ceiling says so (ISO 8601). */
  retryAt?: string;
  /** What it cost all the same: an answer that could not be read is paid for too. */
  cost?: number;
}

/** What a language model read and wrote for its answer, and which prompt it was given. */
export interface Usage {
  tokens?: { in: number; out: number };
  /** Of the prompt's fixed text and its answer's schema; the rest of it is in the log. */
  promptHash?: string;
}

export type ModelAnswer = ModelTip | ModelOutcome;

export function isTip(answer: ModelAnswer): answer is ModelTip {
  return "tip" in answer;
}

export interface Predicted {
  round: number;
  retroactive: boolean;
  answers: ModelAnswer[];
}

export interface Finished {
  /** From 1, one higher for each correction. */
  revision: number;
  observedAt: string;
  score: { regular: Score; extraTime: Score | null; shootOut: Score | null };
  how: "regular" | "extra-time" | "shoot-out";
}

export interface Settled {
  basis: string;
  /** The `finished` revision that was scored; null when the match ended without one. */
  revision: number | null;
  void: null | { reason: "no-analysis" | VoidStatus; status: Status };
  quotas: { home: number; draw: number; away: number } | null;
  quotasFrom: "live" | "retro" | null;
  /** Sequences of the `predicted` facts whose answers the quotas were counted from. */
  quotasOf: number[];
  points: { model: string; points: number }[];
}

export interface Failed {
  stage: Stage;
  round: number;
  attempt: number;
  of: number;
  category: Category;
  /** At most 300 characters. For people: nothing reads it. */
  reason: string;
  /** Groups failures of one cause; for `bug` a hash of the stack. */
  fingerprint: string;
  /** ISO 8601; null means given up. */
  retryAt: string | null;
}

/** An operator's word on one match: retro work, or a stage tried anew. */
export interface OperatorWord {
  /** Who asked, as attested: the principal, or what a hand-published letter claimed. */
  by: string;
  reason: string | null;
  /** null: whatever is missing. */
  stages: Stage[] | null;
  /** Sequence of the letter or operator's call this came from, null when it came from neither. */
  letter: number | null;
}

/** A retro request is withdrawn before its work has begun. */
export interface RetroCancelled {
  /** Id of the `match.retro.requested`. */
  request: string;
  by: string;
  reason: string | null;
}

export interface FailureMark {
  stage: Stage;
  by: string;
  reason: string;
}

export interface RequestRejected {
  /** The request as received, cut at 2 kB. */
  request: string;
  letter: number;
  reasons: { code: string; text: string }[];
}

export interface RequestNoop {
  request: string;
  letter: number;
  doneBy: number;
}

export type Severity = "info" | "warning" | "critical" | "missed";

export interface GapRaised {
  severity: Severity;
  stage: Stage;
  /** ISO 8601: since when the stage has been due. */
  dueSince: string;
}

export interface GapResolved {
  /** The severity it had reached. */
  severity: Severity;
  stage: Stage;
}

export interface MatchEventData {
  "match.scheduled": Scheduled;
  "match.analysis.requested": StageRequested;
  "match.lineups.requested": StageRequested;
  "match.prediction.requested": PredictionRequested;
  "match.settlement.requested": StageRequested;
  "match.analysed": Analysed;
  "match.lineups": Lineups;
  "match.predicted": Predicted;
  "match.finished": Finished;
  "match.settled": Settled;
  "match.failed": Failed;
  "match.retro.requested": OperatorWord;
  "match.retry.requested": OperatorWord;
  "match.retro.cancelled": RetroCancelled;
  "match.failure.dismissed": FailureMark;
  "match.failure.restored": FailureMark;
  "match.request.rejected": RequestRejected;
  "match.request.noop": RequestNoop;
  "match.gap.raised": GapRaised;
  "match.gap.resolved": GapResolved;
}

export interface PollRequested {
  kind: PollKind;
  /** From 1: counts the polls of this kind since the last good one. */
  attempt: number;
  reason: RequestReason;
  budgetMs: number;
  /** ISO 8601; `from: null` asks for everything the source has. */
  window: { from: string | null; to: string };
}

export type PollKind = "fixtures" | "results";

export interface PollRemark {
  code: string;
  /** How the source calls the match. */
  match: string;
  text: string;
}

export interface Polled {
  kind: PollKind;
  window: { from: string | null; to: string };
  ok: boolean;
  /** Why a failed poll failed, null for a good one. */
  category: Category | null;
  reason: string | null;
  /** When the next poll of this kind may be tried after a `rate-limited` or `budget` failure (ISO 8601). */
  retryAt: string | null;
  counts: { seen: number; scheduled: number; finished: number; rejected: number; quarantined: number };
  /** What was newly rejected, 50 at most; `counts` has the number. */
  rejected: PollRemark[];
  quarantined: PollRemark[];
  /** Calls left of the provider's quota, null where it has none. */
  budget: Budget | null;
  /** Nothing will ever come again. */
  exhausted: boolean;
}

/** What is left of a provider's daily quota, which its competitions share. */
export interface Budget {
  remaining: number;
  /** When it is whole again (ISO 8601), null where nobody knows. */
  resetAt: string | null;
  /** Calls a day. */
  limit?: number;
}

export interface SourceEventData {
  "source.poll.requested": PollRequested;
  "source.polled": Polled;
}

/** What an operator's call may ask for. */
export const orders = [
  "backfill",
  "settlement.retry",
  "failure.dismiss",
  "failure.restore",
  "projections.rebuild",
] as const;
export type OrderKind = (typeof orders)[number];

/** What an operator asks for: of named matches, or of all that fit. */
export interface Order {
  what: OrderKind;
  /** null: all that fit the rest. */
  matchIds: string[] | null;
  /** Failures of this category alone; null: of any. */
  category: Category | null;
  /** Matches that kick off in it (ISO 8601); null: whenever. */
  window: { from: string; to: string } | null;
  /** null: whatever is missing. */
  stages: Stage[] | null;
  reason: string | null;
}

export interface OperatorRequested {
  principal: string;
  order: Order;
  /** Of the plan that was shown and is run, where there was one. */
  planHash: string | null;
  /** A second call with the same key of the same principal gets the same answer. */
  idempotencyKey: string | null;
  /** SHA-256 of method, path and body: what else the key must not be used for. */
  bodyHash: string;
  /** What the caller was told, null where nobody waited for an answer. */
  answer: { status: number; body: string } | null;
}

/** The call has been carried over to its matches, one fact each. */
export interface OperatorApplied {
  requested: number;
  /** How many matches were left out, by the reason. */
  skipped: Record<string, number>;
}

export interface OperatorCancelled {
  principal: string;
  reason: string | null;
}

export interface OperatorEventData {
  "operator.requested": OperatorRequested;
  "operator.applied": OperatorApplied;
  "operator.cancelled": OperatorCancelled;
}

export type EventData = MatchEventData & SourceEventData & OperatorEventData;
export type EventType = keyof EventData;
export type MatchEventType = keyof MatchEventData;

/** An event that its writer is about to append: everything but the sequence the log gives it. */
export type NewEvent<T extends EventType = EventType> = {
  [K in T]: {
    /** ULID. */
    id: string;
    type: K;
    /** The pipeline's clock, epoch milliseconds. */
    time: number;
    /** Who appends: `pipeline:<actor>`, an authenticated principal, or `unattested:<claim>`. */
    actor: string;
    /** Id of the event this one answers or follows from. */
    causationId: string | null;
    data: EventData[K];
  };
}[T];

/** An event as the log holds it. */
export type Recorded<T extends EventType = EventType> = {
  [K in T]: NewEvent<K> & { sequence: number };
}[T];

export type MatchEvent = Recorded<MatchEventType>;
export type OperatorEvent = Recorded<keyof OperatorEventData>;
export type SourceEvent = Recorded<keyof SourceEventData>;
