import { Counter, Histogram, type Registry } from "prom-client";
import { isTip, type ModelAnswer } from "../match/event.ts";

/** What the panel's models answered and cost. Their names are the roster's, 200 at most. */
export function modelCounters(registry: Registry): (answers: readonly ModelAnswer[]) => void {
  const registers = [registry];
  const calls = new Counter({
    name: "fulltime_model_calls_total",
    help: "Calls of models by what came of them: answered, abstained, failed; resting ones were not called.",
    labelNames: ["model", "outcome"],
    registers,
  });
  const cost = new Counter({
    name: "fulltime_model_cost_total",
    help: "What answers cost, in the currency of the panel file.",
    labelNames: ["model"],
    registers,
  });
  const duration = new Histogram({
    name: "fulltime_model_call_duration_seconds",
    help: "How long models took for their answers.",
    buckets: [0.005, 0.05, 0.2, 1, 5, 15, 30, 60, 120, 300, 600],
    registers,
  });
  return (answers) => {
    for (const answer of answers) {
      const { model } = answer;
      // What brought no tip may have been paid for as well.
      if (answer.cost !== undefined) cost.inc({ model }, answer.cost);
      if (isTip(answer)) {
        calls.inc({ model, outcome: "answered" });
        duration.observe(answer.latencyMs / 1000);
      } else {
        calls.inc({ model, outcome: answer.outcome });
      }
    }
  };
}
