import type { Models, Question } from "../forecast/models.ts";
import type { ModelAnswer } from "../match/event.ts";
import { createLanes } from "./lanes.ts";
import { createModelRests } from "./model-rests.ts";
import { createModelSpending } from "./model-spending.ts";
import type { Node } from "./node.ts";

export interface Asked {
  model: string;
  question: Question;
  /** Made in time: it goes before those in hindsight. */
  live: boolean;
  signal: AbortSignal;
}

/** Asks a model, within its terms: it may rest, have reached its ceiling, or have to wait for room at its address. */
export type AskModel = (node: Node, asked: Asked) => Promise<ModelAnswer>;

/** One for all matches of a node: they share the rooms. */
export function createAskModel(models: Models): AskModel {
  const termsOf = (model: string) => models.terms?.(model) ?? null;
  const sizes = new Map<string, number>();
  for (const { model } of models.roster) {
    const terms = termsOf(model);
    if (terms === null) continue;
    sizes.set(terms.lane, Math.min(terms.concurrency, sizes.get(terms.lane) ?? terms.concurrency));
  }
  const lanes = createLanes(sizes);
  const rests = createModelRests();
  const spending = createModelSpending();

  return (node, { model, question, live, signal }) =>
    rests.ask(node, model, signal, () => {
      const terms = termsOf(model);
      if (terms === null) return models.ask(model, question, signal);
      const { lane, dailyCostMax } = terms;
      return lanes.run(lane, live, signal, async () => {
        // Much may have happened while it waited for room.
        const barred =
          rests.resting(node, model) ?? (dailyCostMax === null ? null : spending.exhausted(node, model, dailyCostMax));
        if (barred !== null) return barred;
        const answer = await models.ask(model, question, signal);
        spending.paid(node, model, answer);
        return answer;
      });
    });
}
