import { Counter, Histogram, type Registry } from "prom-client";
import type { Observer, RunOutcome } from "../actors/observer.ts";
import { stages } from "../match/event.ts";

const outcomes: readonly RunOutcome[] = ["done", "failed", "dropped", "drained"];

/** Runs of the stages' handlers: how many, how long, and how late what they did came. */
export function stageObserver(registry: Registry): Observer {
  const registers = [registry];
  const attempts = new Counter({
    name: "fulltime_stage_attempts_total",
    help: "Runs of a stage's handler that began on this node.",
    labelNames: ["stage"],
    registers,
  });
  const duration = new Histogram({
    name: "fulltime_stage_duration_seconds",
    help: "Wall time of a run of a stage's handler; dropped: no longer waited for, drained: given back at a stop.",
    labelNames: ["stage", "outcome"],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60, 120, 300, 600],
    registers,
  });
  const lateness = new Histogram({
    name: "fulltime_stage_lateness_seconds",
    help: "How long after it fell due a stage was done, on the pipeline's clock; work in hindsight is left out.",
    labelNames: ["stage"],
    buckets: [1, 5, 30, 60, 300, 600, 1800, 3600, 14_400, 86_400],
    registers,
  });
  for (const stage of stages) {
    attempts.inc({ stage }, 0);
    lateness.zero({ stage });
    for (const outcome of outcomes) duration.zero({ stage, outcome });
  }
  return {
    stageBegan: (stage) => attempts.inc({ stage }),
    stageEnded({ stage, outcome, durationMs, lateMs }) {
      duration.observe({ stage, outcome }, durationMs / 1000);
      if (lateMs !== null) lateness.observe({ stage }, lateMs / 1000);
    },
  };
}
