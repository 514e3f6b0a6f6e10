import {
  type BackfillPlan,
  type BackfillScope,
  costsOf,
  type Lack,
  lackOf,
  planOf,
  type Skip,
} from "../match/backfill.ts";
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
  /** Requested before and not ended yet. */
  underWay: Match[];
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
  const window = matchIds === null ? lastDays(days, book) : onlyThese(matchIds, book);
  const looked = window.matches(now, now).map((match) => ({ match, lack: lackOf(match, scope) }));
  const lacks = looked.flatMap(({ lack }) => (typeof lack === "string" ? [] : [lack]));
  const strangers = [...new Set(matchIds ?? [])].filter((id) => book.match(id) === null);
  const named = lacks.map(({ matchId }) => matchId);
  return {
    plan: planOf(lacks, costsOf(looked.map(({ match }) => match))),
    lacks,
    underWay: looked.flatMap(({ match, lack }) => (lack === "under way" ? [match] : [])),
    skipped:
      matchIds === null
        ? []
        : [
            ...strangers.map((matchId) => ({ matchId, why: "unknown" as const })),
            ...looked.flatMap(({ match, lack }) =>
              typeof lack === "string" && lack !== "under way" && lack !== "nothing missing"
                ? [{ matchId: match.id, why: lack }]
                : [],
            ),
          ],
    scope,
    window,
    order: {
      what: "backfill",
      matchIds: matchIds !== null || named.length <= namedMax ? named : null,
      category: null,
      window:
        matchIds !== null || named.length <= namedMax
          ? null
          : { from: iso(now - days * dayMs), to: iso(now + earlyMs) },
      stages: stages === null ? null : [...stages],
      reason,
    },
  };
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
