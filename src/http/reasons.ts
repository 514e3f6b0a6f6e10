import { z } from "zod";
import { leastFreePercent, lowFreePercent } from "../events/server/disk.ts";
import type { SourceState } from "../match/polling.ts";
import type { Coverage } from "../projections/coverage.ts";
import type { ReadModelState } from "../projections/read-model.ts";
import type { Lag } from "./lag.ts";

/** The first three make the node `unhealthy`, the others `degraded`. */
export const reasonCodes = [
  "nats-unreachable",
  "projection-stalled",
  "disk-full",
  "projection-lag",
  "log-storage",
  "clock-skew",
  "coverage-low",
  "source-stale",
] as const;

/**
 * Why health is not `ok`. Instants are ISO 8601, of the pipeline's clock. Anyone may read it: a detail holds figures, never a
 * path, an address, a match or an error's text.
 */
export const reasonSchema = z.object({
  code: z.enum(reasonCodes),
  since: z.string(),
  detail: z.string(),
  /** Of `source-stale` alone; null when no poll ever went well. */
  lastGoodPoll: z.string().nullable().optional(),
});

/** A reason as it is found; one that cannot tell since when gets the instant it was first seen. */
export type Reason = Omit<z.infer<typeof reasonSchema>, "since"> & { since?: string };

interface Severe {
  connected: boolean;
  state: ReadModelState;
  /** Free share of the log's disk, 0 to 100; null where it is another machine's. */
  diskFreePercent: number | null;
}

/** What makes the node `unhealthy`. */
export function severeReasons({ connected, state, diskFreePercent }: Severe): Reason[] {
  const reasons: Reason[] = [];
  if (!connected)
    reasons.push({ code: "nats-unreachable", detail: "NATS does not answer; nothing can be asked for or recorded" });
  if (state.state === "stalled") {
    reasons.push({
      code: "projection-stalled",
      since: new Date(state.since).toISOString(),
      detail: `the read model goes no further than sequence ${state.sequence}: ${state.ofDisk ? "its disk is full or failing" : "the node's log tells why"}`,
    });
  }
  if (diskFreePercent !== null && diskFreePercent < leastFreePercent) {
    const detail = `the log's disk is ${diskFreePercent.toFixed(1)} % free; nothing is appended below ${leastFreePercent} %`;
    reasons.push({ code: "disk-full", detail });
  }
  return reasons;
}

interface Light {
  coverage: Coverage;
  lag: Lag;
  state: ReadModelState;
  diskFreePercent: number | null;
  /** What is wrong with this node's clock, null for nothing. */
  skew: string | null;
  sources: readonly SourceState[];
  polls: Polls;
}

/** What makes the node `degraded`. What is `unhealthy` for the same cause is not told twice. */
export function lightReasons({ coverage, lag, state, diskFreePercent, skew, sources, polls }: Light): Reason[] {
  const reasons: Reason[] = [];
  if (lag.isFarBehind && state.state !== "stalled")
    reasons.push({ code: "projection-lag", detail: `the read model is ${lag.lag} events behind the log` });
  if (diskFreePercent !== null && diskFreePercent >= leastFreePercent && diskFreePercent < lowFreePercent) {
    const detail = `the log's disk is ${diskFreePercent.toFixed(1)} % free; appends stop below ${leastFreePercent} %`;
    reasons.push({ code: "log-storage", detail });
  }
  if (skew !== null) reasons.push({ code: "clock-skew", detail: skew });
  return [...reasons, ...coverageLow(coverage), ...staleSources(sources, polls)];
}

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
function staleSources(sources: readonly SourceState[], { now, startedAt, pollEvery }: Polls): Reason[] {
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
