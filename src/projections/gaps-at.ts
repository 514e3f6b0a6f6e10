import type { EventLog } from "../events/log.ts";
import { wholeLog } from "../events/whole-log.ts";
import { stages } from "../match/event.ts";
import { evolve } from "../match/evolve.ts";
import { type Match, type MatchEntry, unknownMatch } from "../match/match.ts";
import type { Policy } from "../match/policy.ts";
import { type Coverage, coverageQueries, type MatchGap } from "./coverage.ts";
import type { FailureCount } from "./failures.ts";

/** A span of kick-offs around an instant, in milliseconds. */
export interface Span {
  ahead: number;
  back: number;
}

/** The furthest that gaps are looked for in the past: a match that is open for longer is nobody's tonight. */
export const backMax = 30 * 24 * 3_600_000;

/** The kick-offs whose gaps are told unless somebody asks for others: as far as the policy watches. */
export function watchedSpan({ watch }: Policy): Span {
  return { ahead: Math.max(watch.analyse, watch.lineups, watch.predict), back: watch.settle };
}

/** Which kick-offs an answer looked at, and how far each stage is watched: in milliseconds, ISO 8601 for instants. */
export function windowOf(at: number, { ahead, back }: Span, { watch }: Policy) {
  return { from: new Date(at - back).toISOString(), to: new Date(at + ahead).toISOString(), watchMs: { ...watch } };
}

/** How it stood at another instant. */
export interface Then {
  gaps: MatchGap[];
  coverage: Coverage;
  /** Of those that nobody had dismissed. */
  failures: FailureCount[];
}

export interface ThenOptions extends Span {
  log: EventLog;
  policy: Policy;
  /** Epoch milliseconds. */
  at: number;
  signal: AbortSignal;
}

/** Folds every match up to what had been recorded by then, from the log alone. Rejects with the signal's reason. */
export async function gapsAt({ log, policy, at, ahead, back, signal }: ThenOptions): Promise<Then> {
  const matches = new Map<string, Match>();
  for await (const { entity, event } of wholeLog(log, signal)) {
    if (entity?.root !== "match" || event === null || event.time > at) continue;
    matches.set(entity.id, evolve(matches.get(entity.id) ?? unknownMatch(entity.id), event as MatchEntry));
  }
  signal.throwIfAborted();
  const kickoffOf = (id: string) => matches.get(id)?.fixture?.kickoff ?? Number.NaN;
  const { gaps, coverage } = coverageQueries({
    withGaps: (start, end) =>
      [...matches.keys()]
        .filter((id) => kickoffOf(id) >= start && kickoffOf(id) <= end)
        .sort((a, b) => kickoffOf(a) - kickoffOf(b) || (a < b ? -1 : 1))
        .flatMap((id) => matches.get(id) ?? []),
    load: (id) => matches.get(id) ?? null,
  });
  return {
    gaps: gaps(at, ahead, back, policy),
    coverage: coverage(at, policy),
    failures: countsOf(matches.values()),
  };
}

/** As the read model counts them (failures.ts). */
function countsOf(matches: Iterable<Match>): FailureCount[] {
  const counts = new Map<string, FailureCount>();
  for (const match of matches) {
    for (const stage of stages) {
      const { failure } = match.stages[stage];
      if (failure === null || failure.dismissed !== null || failure.category === "no-data-yet") continue;
      const alike = { stage, category: failure.category, givenUp: failure.retryAt === null };
      const key = JSON.stringify(alike);
      counts.set(key, { ...alike, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()];
}
