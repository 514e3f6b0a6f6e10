import { pause } from "../clock.ts";
import type { Models } from "../forecast/models.ts";
import { burnsAttempt, openModels, outcomeOf } from "../match/answers.ts";
import type { Category, ModelAnswer } from "../match/event.ts";
import type { Match } from "../match/match.ts";
import { StageError } from "./errors.ts";
import { fixtureToForecast } from "./question.ts";
import { defineStage, type StageFact } from "./stage.ts";

/**
 * Calls every roster model that has no final outcome yet and states their answers in waves: whatever has arrived each
 * `waveEvery`, so that a crash loses at most the calls in flight.
 */
export function predictActor(models: Models) {
  return defineStage({
    stage: "predict",
    concurrency: 200,
    braked: true,
    async *handle({ request, fixture, match, node, signal }): AsyncGenerator<StageFact> {
      const { round, retroactive } = request.data;
      const analysis = match().analysis;
      if (analysis === null) throw new Error(`${match().id} is to be predicted without an analysis`);
      const question = { fixture: fixtureToForecast(match().id, fixture), asOf: analysis.asOf };
      const arrived: ModelAnswer[] = [];
      let broken: unknown = null;
      const calls = openModels(match()).map(async (model) => {
        try {
          arrived.push(await models.ask(model, question, signal));
        } catch (error) {
          if (!signal.aborted) broken ??= error;
        }
      });
      const finished = new AbortController();
      const all = Promise.all(calls).then(() => finished.abort());
      const over = AbortSignal.any([signal, finished.signal]);
      const wave = (): StageFact => {
        const answers = arrived.splice(0).sort((a, b) => (a.model < b.model ? -1 : 1));
        return { type: "match.predicted", data: { round, retroactive, answers }, paid: true };
      };
      while (!over.aborted) {
        await pause(node.clock, node.policy.waveEvery, over);
        if (arrived.length > 0) yield wave();
      }
      // Told to stop, calls end at once; what arrived while the last wave was appended is stated too.
      await all;
      while (arrived.length > 0) yield wave();
      signal.throwIfAborted();
      if (broken !== null) throw broken;
      const failure = passingFailure(match());
      if (failure !== null) throw failure;
    },
  });
}

/** The stage ends as failed while models remain that only failed in passing; it is tried again at the earliest they may be called. */
function passingFailure(match: Match): StageError | null {
  const open = openModels(match);
  if (open.length === 0) return null;
  const categories = open.map((model): Category => outcomeOf(match, model)?.category ?? "transient");
  const category = categories.find(burnsAttempt) ?? categories[0] ?? "transient";
  return new StageError(category, `${open.length} models have not answered: ${open.join(", ")}`, {
    fingerprint: `${category}:models`,
  });
}
