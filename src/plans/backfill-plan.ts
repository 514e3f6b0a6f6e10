import { type BackfillPlan, type BackfillScope, type Lack, lackIn, planOf, type Skip } from "../match/backfill.ts";
import type { Order } from "../match/event.ts";
import type { Match } from "../match/match.ts";
import type { MatchBook } from "../match/orders.ts";

/** The matches that a backfill looks at. */
export interface Window {
  /** All that are in it at an instant between these. */
  matches(from: number, to: number): Match[];
  /** Whether a match, as it then stood, was in it at that instant. */
  holds(match: Match, at: number): boolean;
}

/** What a backfill would run, and what it was computed from. */
export interface PlannedBackfill {
  plan: BackfillPlan;
  lacks: Lack[];
  /** Ids of those that were requested before and have not ended yet. */
  underWay: string[];
  /** Named matches on which nothing can be run. */
  skipped: { matchId: string; why: Skip }[];
  scope: BackfillScope;
  window: Window;
  /** What carries it out. */
  order: Order;
}

export interface BackfillWish {
  /** Named matches, however old; null: those of the last days. */
  matchIds: readonly string[] | null;
  days: number;
  reason: string | null;
}

const dayMs = 24 * 3_600_000;

/** A match may begin before its time. */
const earlyMs = 3_600_000;

/** An order names its matches, so that it runs no more than was planned, while they fit into one event. */
const namedMax = 1000;

/** What a backfill would run now. Named matches that nobody knows are among the skipped. */
export function planBackfill(
  { matchIds, days, reason }: BackfillWish,
  book: MatchBook,
  scope: BackfillScope,
): PlannedBackfill {
  const { now, stages } = scope;
  const [from, to] = [now - days * dayMs, now + earlyMs];
  const named = matchIds === null ? null : [...new Set(matchIds)];
  const candidates =
    named === null
      ? Array.from(book.hindsights(from, to), (it) => ({ matchId: it.matchId, lack: lackIn(it, scope) }))
      : named.map((matchId) => ({ matchId, lack: lackIn(book.hindsight(matchId), scope) }));
  const lacks = candidates.flatMap(({ lack }) => (typeof lack === "string" ? [] : [lack]));
  const ids = lacks.map(({ matchId }) => matchId);
  const isNamed = named !== null || ids.length <= namedMax;
  return {
    plan: planOf(lacks, book.costs()),
    lacks,
    underWay: candidates.flatMap(({ matchId, lack }) => (lack === "under way" ? [matchId] : [])),
    // Those that nobody knows first: they may be misspelt.
    skipped:
      named === null
        ? []
        : [true, false].flatMap((unknown) =>
            candidates.flatMap(({ matchId, lack }) => ((lack === "unknown") === unknown ? leftOut(matchId, lack) : [])),
          ),
    scope,
    window: matchIds === null ? lastDays(days, book) : onlyThese(matchIds, book),
    order: {
      what: "backfill",
      matchIds: isNamed ? ids : null,
      category: null,
      window: isNamed ? null : { from: iso(from), to: iso(to) },
      stages: stages === null ? null : [...stages],
      reason,
    },
  };
}

function leftOut(matchId: string, lack: Lack | Skip): PlannedBackfill["skipped"] {
  const isWhy = typeof lack === "string" && lack !== "under way" && lack !== "nothing missing";
  return isWhy ? [{ matchId, why: lack }] : [];
}

function lastDays(days: number, book: MatchBook): Window {
  return {
    matches: (from, to) => [...book.live(from - days * dayMs, to + earlyMs)],
    holds: ({ fixture }, at) =>
      fixture !== null && fixture.kickoff >= at - days * dayMs && fixture.kickoff <= at + earlyMs,
  };
}

function onlyThese(ids: readonly string[], book: MatchBook): Window {
  return { matches: () => [...new Set(ids)].flatMap((id) => book.match(id) ?? []), holds: () => true };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
