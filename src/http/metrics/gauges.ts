import { Gauge, type Registry } from "prom-client";
import { type Stage, stages } from "../../match/event.ts";
import type { SourceState } from "../../match/polling.ts";
import type { FailureCount } from "../../projections/failures.ts";
import type { Diagnosis } from "../diagnosis.ts";
import { reasonCodes } from "../reasons.ts";

/** What the read model knows at one instant. */
export interface Observation {
  /** null: no read model can answer, so nothing is known. */
  diagnosis: Diagnosis | null;
  failures: readonly FailureCount[];
  inFlight: Readonly<Record<Stage | "retro", number>>;
  sources: readonly SourceState[];
}

/** Gauges of the pipeline's state. They are the same on every node of a log: take the maximum over nodes, not the sum. */
export function pipelineGauges(registry: Registry): (observation: Observation) => void {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name: `fulltime_${name}`, help, labelNames: [...labelNames], registers: [registry] });

  const status = gauge("health_status", "1 for the status that GET /api/health tells.", ["status"]);
  const reason = gauge("health_reason", "1 while this reason keeps health from being ok.", ["code"]);
  const connected = gauge("nats_connected", "1 while NATS answers.");
  const coverage = gauge("coverage_ratio", "Matches in the coverage window without a gap, of all in it.");
  const stale = gauge("coverage_stale", "1 while coverage and gaps may lack what the log has since.");
  const asOf = gauge(
    "coverage_as_of_timestamp_seconds",
    "The instant coverage and gaps are for, on the pipeline's clock.",
  );
  const matches = gauge("coverage_matches", "Live matches that kick off in the coverage window.");
  const gaps = gauge("gaps", "Matches with a gap: in the window, begun, or ended and still watched.", ["severity"]);
  const unpredicted = gauge("matches_without_predictions", "Matches with a gap whose predictions are missing.");
  const failures = gauge("failures", "Stages whose newest attempt failed and was not dismissed.", ["stage", "state"]);
  const inFlight = gauge("requests_in_flight", "Requests nobody has answered yet; retro: in hindsight.", ["stage"]);
  const lag = gauge("projection_lag_events", "Events of the log that are not in the read model.");
  const sequence = gauge("projection_sequence", "Everything in the log up to here is in the read model.");
  const budget = gauge("source_budget_remaining", "Calls left of a provider's quota, where it has one.", ["source"]);
  const goodPoll = gauge("source_last_good_poll_timestamp_seconds", "When a source was last polled well.", [
    "source",
    "kind",
  ]);

  return ({ diagnosis, ...rest }) => {
    // A figure nobody can vouch for is no number.
    const known = (value: (of: Diagnosis) => number) => (diagnosis === null ? Number.NaN : value(diagnosis));
    const present = diagnosis?.status ?? "unhealthy";
    for (const each of ["ok", "degraded", "unhealthy"]) status.set({ status: each }, each === present ? 1 : 0);
    const standing = new Set(diagnosis?.reasons.map(({ code }) => code));
    for (const code of reasonCodes)
      reason.set(
        { code },
        known(() => (standing.has(code) ? 1 : 0)),
      );
    connected.set(known((it) => (it.connected ? 1 : 0)));
    coverage.set(known((it) => it.coverage.percent / 100));
    stale.set(known((it) => (it.stale ? 1 : 0)));
    asOf.set(known((it) => it.asOf / 1000));
    matches.set(known((it) => it.coverage.matches));
    for (const severity of ["critical", "warning", "info", "missed"] as const)
      gaps.set(
        { severity },
        known((it) => it.coverage.gaps[severity]),
      );
    unpredicted.set(known((it) => it.coverage.withoutPredictions));
    lag.set(known((it) => it.lag));
    sequence.set(known((it) => it.sequence));
    for (const stage of stages) {
      for (const state of ["waiting", "given-up"])
        failures.set(
          { stage, state },
          known(() => countOf(rest.failures, stage, state === "given-up")),
        );
    }
    for (const stage of [...stages, "retro"] as const)
      inFlight.set(
        { stage },
        known(() => rest.inFlight[stage]),
      );
    budget.reset();
    goodPoll.reset();
    for (const source of rest.sources) {
      if (source.budget !== null) budget.set({ source: source.id }, source.budget.remaining);
      for (const kind of ["fixtures", "results"] as const) {
        const good = source.polls[kind].good;
        if (good !== null) goodPoll.set({ source: source.id, kind }, good.time / 1000);
      }
    }
  };
}

function countOf(failures: readonly FailureCount[], stage: Stage, givenUp: boolean): number {
  return failures.reduce((sum, it) => sum + (it.stage === stage && it.givenUp === givenUp ? it.count : 0), 0);
}
