import { gapOf, isInWindow } from "../../match/coverage.ts";
import type { Severity, Stage } from "../../match/event.ts";
import type { SourceState } from "../../match/polling.ts";
import type { Policy } from "../../match/policy.ts";
import type { FailureCount } from "../../projections/failures.ts";
import type { MatchSummary } from "../../projections/listing.ts";
import type { Punctuality } from "../../projections/punctuality.ts";
import type { ReadModelQueries } from "../../projections/queries.ts";
import type { StageRow } from "../../projections/stages.ts";

/** One match of the evening: where its stages are, and what it lacks. */
export interface TonightMatch {
  match: MatchSummary;
  /** Of the round that stands. */
  stages: StageRow[];
  gap: { severity: Severity; missing: readonly Stage[]; reason: string; nextAction: string } | null;
  /** It counts in the coverage of the hours ahead. */
  inWindow: boolean;
}

export interface Tonight {
  /** Under way or ended, and not settled yet; by kick-off. */
  begun: TonightMatch[];
  /** Still ahead, by kick-off. */
  ahead: TonightMatch[];
  /** More begin in those hours than are looked at one by one. */
  more: boolean;
  /** Where there is none of them: the next kick-off after those hours. */
  next: MatchSummary | null;
  failures: FailureCount[];
  sources: SourceState[];
  inFlight: Record<Stage | "retro", number>;
}

/** A match with extra time, and the settlement after it. */
const backMs = 4 * 3_600_000;

/** So many are looked at one by one: a state has some kilobytes. */
const aheadMax = 200;
const begunMax = 100;

export function tonightOf(readModel: ReadModelQueries, now: number, policy: Policy): Tonight {
  const to = now + policy.coverageWindow;
  const rows = (matches: readonly MatchSummary[]) => matches.map((match) => rowOf(readModel, match, now, to, policy));
  const begun = readModel.matches({ purpose: "live", from: now - backMs, to: now, limit: begunMax });
  // Coverage counts what kicks off after this instant.
  const ahead = readModel.matches({ purpose: "live", from: now + 1, to, limit: aheadMax });
  const after = { purpose: "live", status: "scheduled", from: to, limit: 1 } as const;
  return {
    begun: rows(begun.matches.filter(({ settlement }) => settlement === null)),
    ahead: rows(ahead.matches),
    more: ahead.cursor !== null,
    next: ahead.matches.length > 0 ? null : (readModel.matches(after).matches[0] ?? null),
    failures: readModel.failureCounts(),
    sources: readModel.sources(),
    inFlight: readModel.inFlight(),
  };
}

/** Nothing is due of it before that, so it can lack nothing and need not be looked at. */
export function canLack({ purpose, settlement, kickoff }: MatchSummary, now: number, { due }: Policy): boolean {
  return purpose === "live" && settlement === null && kickoff <= now + Math.max(...Object.values(due));
}

/** `to`: where the hours end whose coverage is counted. */
export function rowOf(
  readModel: Pick<ReadModelQueries, "match" | "stageRows">,
  summary: MatchSummary,
  now: number,
  to: number,
  policy: Policy,
): TonightMatch {
  const match = readModel.match(summary.id);
  const all = readModel.stageRows(summary.id);
  const round = Math.max(...all.map((row) => row.round));
  return {
    match: summary,
    stages: all.filter((row) => row.round === round),
    gap: match === null ? null : gapOf(match, now, policy),
    inWindow: match !== null && isInWindow(match, now, to),
  };
}

const hourMs = 3_600_000;
export const hoursBack = 24;

/** The last 24 whole hours of kick-offs, and the one that runs. */
export function punctualityOf(readModel: ReadModelQueries, now: number, { budget }: Policy): Punctuality[] {
  const to = Math.floor(now / hourMs) * hourMs + hourMs;
  return readModel.punctuality({ from: to - (hoursBack + 1) * hourMs, to, slotMs: hourMs, grace: budget });
}
