import { Counter, type Registry } from "prom-client";
import { eventTypes } from "../events/catalogue.ts";
import { categories, type NewEvent, stages } from "../match/event.ts";
import type { LogWatcher } from "./log.ts";
import { modelCounters } from "./models.ts";

/** Counts what this node appends, from the facts themselves: whoever states a failure or an answer, it is counted here. */
export function factCounters(registry: Registry): LogWatcher["appended"] {
  const registers = [registry];
  const appended = new Counter({
    name: "fulltime_events_appended_total",
    help: "Events this node has appended to the log.",
    labelNames: ["type"],
    registers,
  });
  const conflicts = new Counter({
    name: "fulltime_append_conflicts_total",
    help: "Appends that lost against somebody else's to the same match, and were decided on again.",
    registers,
  });
  const refusals = new Counter({
    name: "fulltime_append_refusals_total",
    help: "Appends the log would not take; transient: for want of room or quota.",
    labelNames: ["category"],
    registers,
  });
  const failures = new Counter({
    name: "fulltime_stage_failures_total",
    help: "Failed attempts of stages, and stages that kick-off found open (missed).",
    labelNames: ["stage", "category"],
    registers,
  });
  const polls = new Counter({
    name: "fulltime_polls_total",
    help: "Answered polls of the sources; outcome: ok, or the category of the failure.",
    labelNames: ["kind", "outcome"],
    registers,
  });
  const countAnswers = modelCounters(registry);

  for (const type of eventTypes) appended.inc({ type }, 0);
  for (const category of ["transient", "permanent"]) refusals.inc({ category }, 0);
  for (const category of categories) for (const stage of stages) failures.inc({ stage, category }, 0);
  for (const outcome of ["ok", ...categories])
    for (const kind of ["fixtures", "results"]) polls.inc({ kind, outcome }, 0);

  return (events, outcome) => {
    if (outcome.outcome === "conflict") conflicts.inc();
    if (outcome.outcome === "refused") refusals.inc({ category: outcome.category });
    if (outcome.outcome === "appended") for (const event of events) count(event);
  };

  function count(event: NewEvent): void {
    appended.inc({ type: event.type });
    if (event.type === "match.predicted") countAnswers(event.data.answers);
    if (event.type === "match.failed") failures.inc({ stage: event.data.stage, category: event.data.category });
    if (event.type === "source.polled")
      polls.inc({ kind: event.data.kind, outcome: event.data.ok ? "ok" : (event.data.category ?? "bug") });
  }
}
