import { type BackfillScope, type Hindsight, lackOf, reasonsToSkip } from "./backfill.ts";
import type { Failure, Match } from "./match.ts";
import type { MatchEventData, Order } from "./event.ts";
import { resettling, type Resettling } from "./settlement-retry.ts";

/** The matches that an order can be about, as somebody knows them. */
export interface MatchBook {
  /** null when nothing is known of that match. */
  match(id: string): Match | null;
  /** Live matches that kick off between these instants, ascending by kick-off; each as it is when its turn comes. */
  live(from: number, to: number): Iterable<Match>;
  /** What decides what a backfill runs on a match, null when nobody has scheduled it. */
  hindsight(id: string): Hindsight | null;
  /** Of the live matches that kick off between these and may lack something, ascending by kick-off. */
  hindsights(from: number, to: number): Iterable<Hindsight>;
  /** What a settled answer of each model has cost on average; a model without one is left out. */
  costs(): ReadonlyMap<string, number>;
  /** Those whose settlement failed and nothing newer was asked or answered, dismissed or not; as lazily. */
  failedSettlements(): Iterable<Match>;
}

/** The same, for retries by the ten thousand. */
export interface SettlementBook extends Pick<MatchBook, "match"> {
  /** Failed settlements that nobody dismissed, of one category or of all, and whether a word has a settlement to start. */
  openSettlements(category: Order["category"]): Iterable<{ matchId: string; unsettled: boolean }>;
}

type WordType =
  | "match.retro.requested"
  | "match.retry.requested"
  | "match.failure.dismissed"
  | "match.failure.restored";

/** What an operator has to say about a match. */
export type Word = { [T in WordType]: { type: T; data: MatchEventData[T] } }[WordType];

/** Why an order leaves a match out, in words for people. */
export interface LeftOut {
  why: string;
}

export interface Candidate {
  id: string;
  /** null for an id that nobody knows. */
  match: Match | null;
}

/** The matches an order is about, each once, read as the walk comes to them: there may be a hundred thousand. */
export function* candidatesOf({ matchIds, what, category, window }: Order, book: MatchBook): Iterable<Candidate> {
  if (matchIds !== null) {
    for (const id of new Set(matchIds)) yield { id, match: book.match(id) };
  } else if (window !== null) {
    for (const match of book.live(Date.parse(window.from), Date.parse(window.to))) yield { id: match.id, match };
  } else if (what === "settlement.retry") {
    for (const match of book.failedSettlements()) {
      if (isMeant(match.stages.settle.failure, category)) yield { id: match.id, match };
    }
  }
}

function isMeant(failure: Failure | null, category: Order["category"]): boolean {
  return failure !== null && failure.dismissed === null && (category === null || failure.category === category);
}

/** Who gives the order, and the message that holds it: what makes its words its words, however often it is carried out. */
export interface Orderer {
  by: string;
  letter: number | null;
}

/** What an order says to one match, as that stands; or why it is left out. */
export function wordOf(
  order: Order,
  match: Match | null,
  scope: Omit<BackfillScope, "stages">,
  { by, letter }: Orderer,
): Word | LeftOut {
  const { reason, stages } = order;
  switch (order.what) {
    case "backfill": {
      const lack = lackOf(match, { ...scope, stages });
      if (typeof lack === "string") return { why: reasonsToSkip[lack] };
      return { type: "match.retro.requested", data: { by, reason, stages: lack.stages, letter } };
    }
    case "settlement.retry": {
      const result = retryOf(match, order.category);
      if (result !== "accepted") return { why: result };
      return { type: "match.retry.requested", data: { by, reason, stages: ["settle"], letter } };
    }
    case "failure.dismiss":
    case "failure.restore": {
      const marking = markingOf(match, order.what === "failure.dismiss" ? "dismissed" : "restored");
      if (marking !== "accepted") return { why: marking };
      const type = order.what === "failure.dismiss" ? "match.failure.dismissed" : "match.failure.restored";
      return { type, data: { stage: "settle", by, reason: reason ?? "" } };
    }
    case "projections.rebuild":
      return { why: "a rebuild is about no match" };
  }
}

/** What a retry does to a match's settlement: one that was named is meant, dismissed or not. */
export function retryOf(match: Match | null, category: Order["category"]): Resettling | "another failure" {
  const result = resettling(match, "failed");
  const failure = match?.stages.settle.failure ?? null;
  if (result !== "accepted" || failure === null || category === null) return result;
  return failure.category === category ? result : "another failure";
}

/** What a dismissal or its undoing does to a match's failed settlement. */
export function markingOf(
  match: Match | null,
  as: "dismissed" | "restored",
): "accepted" | "already done" | "unknown" | "no failed settlement" {
  if (match === null || match.fixture === null) return "unknown";
  const { failure } = match.stages.settle;
  if (failure === null) return "no failed settlement";
  return (failure.dismissed !== null) === (as === "dismissed") ? "already done" : "accepted";
}
