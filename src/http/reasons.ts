import { z } from "zod";
import type { SourceState } from "../match/polling.ts";
import type { Coverage } from "../projections/coverage.ts";

/** Why health is not `ok`. Instants are ISO 8601, of the pipeline's clock. */
export const reasonSchema = z.object({
  code: z.enum(["nats-unreachable", "projection-stalled", "disk-full", "clock-skew", "coverage-low", "source-stale"]),
  since: z.string(),
  detail: z.string(),
  /** Of `source-stale` alone; null when no poll ever went well. */
  lastGoodPoll: z.string().nullable().optional(),
});

/** A reason as it is found; one that cannot tell since when gets the instant it was first seen. */
export type Reason = Omit<z.infer<typeof reasonSchema>, "since"> & { since?: string };

const coverageMinPercent = 90;

export function coverageLow({ percent, matches, withGap }: Coverage): Reason[] {
  if (percent >= coverageMinPercent) return [];
  return [{ code: "coverage-low", detail: `${withGap} of ${matches} matches in the window have a gap` }];
}

interface Polls {
  now: number;
  /** When this node began to serve: a source nobody has polled yet gets as long as any other. */
  startedAt: number;
  pollEvery: number;
}

/** Sources whose last good fixtures poll is older than twice its interval, unless nothing will ever come from them again. */
export function staleSources(sources: readonly SourceState[], { now, startedAt, pollEvery }: Polls): Reason[] {
  if (sources.length === 0) return stale("no source", null, startedAt);
  return sources.flatMap(({ id, exhausted, polls }) => {
    const good = polls.fixtures.good?.time ?? null;
    return exhausted ? [] : stale(id, good, good ?? startedAt);
  });

  function stale(id: string, good: number | null, from: number): Reason[] {
    const since = from + 2 * pollEvery;
    if (now <= since) return [];
    const lastGoodPoll = good === null ? null : new Date(good).toISOString();
    const detail =
      lastGoodPoll === null ? `${id} was never polled well` : `${id} was last polled well at ${lastGoodPoll}`;
    return [{ code: "source-stale", since: new Date(since).toISOString(), detail, lastGoodPoll }];
  }
}

/** Remembers since when each reason has stood. */
export function createFirstSeen(): (reasons: readonly Reason[], now: number) => z.infer<typeof reasonSchema>[] {
  let seen = new Map<string, string>();
  return (reasons, now) => {
    const known = seen;
    seen = new Map();
    return reasons.map((reason) => {
      const since = reason.since ?? known.get(reason.code) ?? new Date(now).toISOString();
      seen.set(reason.code, since);
      return { ...reason, since };
    });
  };
}
